use percent_encoding::percent_decode_str;

use crate::http::is_plain_path;

/// A path, and everything below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProtectedPath(Vec<String>);

impl ProtectedPath {
    /// Takes an absolute path of plain segments. `/` covers everything.
    pub(super) fn new(path: &str) -> Option<Self> {
        if path == "/" || is_plain_path(path) { segments(path).map(Self) } else { None }
    }

    /// Whether a request for `path`, percent-encoded as it was sent, may reach something that lies here.
    ///
    /// Frameworks differ in what they decode and which slashes they merge before they choose a handler; a path is
    /// covered if any of them could lead it here.
    pub(super) fn covers(&self, path: &str) -> bool {
        segments(path).is_some_and(|segments| segments.starts_with(&self.0))
    }

    /// The more, the narrower.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// Decoded once, without empty segments, dot segments resolved; `None` where the escapes are no text.
fn segments(path: &str) -> Option<Vec<String>> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let mut segments = Vec::new();
    for segment in decoded.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment.to_owned()),
        }
    }
    Some(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_itself_and_what_is_below_however_it_is_written() {
        let staff = ProtectedPath::new("/staff").unwrap();
        for path in ["/staff", "/staff/", "/staff/a/b", "/%73taff/a", "//staff", "/a/../staff", "/./staff/a"]
        {
            assert!(staff.covers(path), "{path}");
        }
        for path in ["/", "/staffroom", "/a/staff", "/staff/../a", "/Staff", "/%ff/staff"] {
            assert!(!staff.covers(path), "{path}");
        }
        assert!(ProtectedPath::new("/").unwrap().covers("/anything"));
    }

    #[test]
    fn takes_plain_absolute_paths_only() {
        for path in
            ["", "staff", "/staff/", "//staff", "/a//b", "/a/../b", "/./a", "/%73taff", "/a?b", "/a#b"]
        {
            assert_eq!(ProtectedPath::new(path), None, "{path}");
        }
    }
}
