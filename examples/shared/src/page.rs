/// An answer of an example, apart from any framework.
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn new(body: impl Into<String>) -> Self {
        Self { headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
