use super::RequestHead;

/// The members of a query or a form, decoded; none where that is broken.
#[derive(Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of_query(head: &RequestHead<'_>) -> Self {
        head.query.and_then(Self::parse).unwrap_or_default()
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        vestibule::form::parse(text).ok().map(Self)
    }

    /// The only value of that name. `Err` when there are several: nobody knows which one another reader takes.
    pub(crate) fn single(&self, name: &str) -> Result<Option<&str>, Repeated> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            _ => Err(Repeated),
        }
    }

    /// The only value of that name; `None` also when there are several.
    pub(crate) fn only(&self, name: &str) -> Option<&str> {
        self.single(name).ok().flatten()
    }

    pub(crate) fn has(&self, (name, value): (&str, &str)) -> bool {
        self.0.iter().any(|(known, is)| known == name && is == value)
    }
}

/// A member came more than once.
pub(crate) struct Repeated;
