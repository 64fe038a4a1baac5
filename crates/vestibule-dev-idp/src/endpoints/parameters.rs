//! Request parameters, read strictly: none may be repeated (RFC 6749 section 3.1).

use axum::body::to_bytes;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, Method};

/// Names and values in the order of the request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of a parameter. One without a value counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// A parameter that is there more than once.
    pub(crate) fn repeated(&self) -> Option<&str> {
        self.0.iter().enumerate().find_map(|(at, (name, _))| {
            self.0.iter().take(at).any(|(earlier, _)| earlier == name).then_some(name.as_str())
        })
    }

    pub(crate) fn encoded(&self) -> String {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// The parameters of a browser's request: the query of a GET, the form of a POST.
pub(crate) async fn of_browser(request: Request) -> (HeaderMap, Parameters) {
    if request.method() == Method::POST {
        let (head, form) = of_form(request).await;
        (head.headers, form.unwrap_or_default())
    } else {
        let parameters = Parameters::parse(request.uri().query().unwrap_or_default().as_bytes());
        (request.into_parts().0.headers, parameters)
    }
}

/// The parameters of a form; none where the request is no form.
pub(crate) async fn of_form(request: Request) -> (Parts, Option<Parameters>) {
    let (head, body) = request.into_parts();
    let is_form = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    if !is_form {
        return (head, None);
    }
    let body = to_bytes(body, LARGEST_FORM).await.ok();
    (head, body.map(|body| Parameters::parse(&body)))
}

/// Bytes.
const LARGEST_FORM: usize = 256 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_and_empty_parameters_are_seen() {
        let parameters = Parameters::parse(b"a=1&b=&c=x+y%26&a=2");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), None);
        assert_eq!(parameters.get("c"), Some("x y&"));
        assert_eq!(parameters.repeated(), Some("a"));
        assert_eq!(parameters.encoded(), "a=1&b=&c=x+y%26&a=2");
        assert_eq!(Parameters::parse(b"a=1&b=1").repeated(), None);
    }
}
