//! The forms of an HTML page, read as far as pressing a button needs.

/// A form and its fields, with their preset values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// As written in the page: perhaps relative, perhaps empty.
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    /// The forms of `html`, in order.
    pub(crate) fn all_in(html: &str) -> Vec<Self> {
        let mut forms: Vec<Self> = Vec::new();
        let mut open = false;
        for tag in tags(html) {
            match tag.name.as_str() {
                "form" => {
                    forms.push(Self {
                        action: tag.value_of("action").unwrap_or_default(),
                        fields: Vec::new(),
                    });
                    open = true;
                }
                "/form" => open = false,
                "input" if open => {
                    if let (Some(form), Some(name)) = (forms.last_mut(), tag.value_of("name")) {
                        form.fields.push((name, tag.value_of("value").unwrap_or_default()));
                    }
                }
                _ => {}
            }
        }
        forms
    }

    /// The action without its query.
    pub(crate) fn path(&self) -> &str {
        self.action.split('?').next().unwrap_or_default()
    }

    /// The preset value of the field `name`.
    pub(crate) fn value_of(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// The form with `value` in the field `name`.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn value_of(&self, attribute: &str) -> Option<String> {
        self.attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.clone())
    }
}

fn tags(html: &str) -> impl Iterator<Item = Tag> {
    html.split('<').skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
        let (name, rest) = rest.split_at(end);
        Some(Tag { name: name.trim_end_matches('/').to_ascii_lowercase(), attributes: attributes(rest) })
    })
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_ascii_whitespace() || "=/>".contains(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        if name.is_empty() {
            return attributes;
        }
        let (value, after) = after.strip_prefix('=').map_or(("", after), value);
        attributes.push((name.to_ascii_lowercase(), unescape(value)));
        rest = after;
    }
}

/// The value after an `=`, quoted or not, and what follows it.
fn value(rest: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = rest.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    rest.split_at(rest.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(rest.len()))
}

fn unescape(text: &str) -> String {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_has_its_own_fields_only() {
        let page = r#"<input name="search">
            <form method="post" action="/auth/logout?a=1&amp;b=2">
              <input type="hidden" name="csrf" value="x&quot;y"/><button>Log out</button>
            </form>
            <FORM action=/other><input name='login' required><INPUT NAME=password></FORM>"#;

        let forms = Form::all_in(page);

        assert_eq!(forms.len(), 2);
        assert_eq!(forms[0].action, "/auth/logout?a=1&b=2");
        assert_eq!(forms[0].path(), "/auth/logout");
        assert_eq!(forms[0].fields, [("csrf".to_owned(), "x\"y".to_owned())]);
        assert_eq!(forms[1].action, "/other");
        assert_eq!(forms[1].value_of("login"), Some(""));
        assert_eq!(forms[1].value_of("password"), Some(""));
        assert_eq!(forms[1].value_of("csrf"), None);
    }

    #[test]
    fn a_filled_field_is_sent_once() {
        let form = Form { action: String::new(), fields: vec![("login".to_owned(), String::new())] };

        assert_eq!(form.with("login", "alice").fields, [("login".to_owned(), "alice".to_owned())]);
    }
}
