use super::Upstream;
use crate::http::is_plain_path;

/// Which API is reached below which path of the application. Fixed when the application starts (checklist D25).
#[derive(Debug, Default)]
pub(crate) struct Relays(Vec<(String, Upstream)>);

impl Relays {
    pub(crate) fn add(&mut self, path: String, upstream: Upstream) {
        self.0.push((path, upstream));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(path, _)| path.as_str())
    }

    /// Whether each path is a plain one, and none is inside another or shares a part with the place at `prefix`.
    pub(crate) fn are_apart_from(&self, prefix: &str) -> bool {
        let others =
            |at: usize| self.paths().enumerate().filter(move |(other, _)| *other != at).map(|(_, path)| path);
        self.paths().enumerate().all(|(at, path)| {
            is_plain_path(path)
                && below(path, prefix).is_none()
                && below(prefix, path).is_none()
                && others(at).all(|other| below(path, other).is_none())
        })
    }

    /// The API that answers this path, and what of the path is below it.
    pub(crate) fn find<'a>(&self, path: &'a str) -> Option<(&Upstream, &'a str)> {
        self.0.iter().find_map(|(at, upstream)| below(path, at).map(|rest| (upstream, rest)))
    }
}

/// What follows `at` in `path`: nothing less than whole segments. The place itself is its own start.
fn below<'a>(path: &'a str, at: &str) -> Option<&'a str> {
    match path.strip_prefix(at)? {
        "" => Some("/"),
        rest => rest.starts_with('/').then_some(rest),
    }
}
