use percent_encoding::percent_decode_str;

use crate::http::is_plain_path;

/// A path, and everything below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ProtectedPath(Vec<String>);

impl ProtectedPath {
    /// Takes an absolute path of plain segments. `/` covers everything.
    pub(super) fn new(path: &str) -> Option<Self> {
        let segments = || path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
        (path == "/" || is_plain_path(path)).then(|| Self(segments()))
    }

    /// Whether something at these segments lies here.
    pub(super) fn covers(&self, segments: &[String]) -> bool {
        segments.starts_with(&self.0)
    }

    /// The more, the narrower.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }
}

/// The segments of a request's path, percent-encoded as it was sent, in every way in which a router may read it: they
/// differ in what they decode, which slashes they merge, and whether they resolve dots.
pub(super) fn readings(path: &str) -> Vec<Vec<String>> {
    let is_read_in_one_way = !path.contains('%') && !path.contains("//") && !path.contains("/.");
    if is_read_in_one_way {
        return vec![split(path)];
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let raw = split(path);
    let by_segment = raw.iter().map(|segment| decoded(segment)).collect();
    let whole = split(&decoded(path));
    [raw, by_segment, whole]
        .into_iter()
        .flat_map(|segments| [merged(&segments), segments])
        .flat_map(|segments| [resolved(&segments), segments])
        .collect()
}

fn split(path: &str) -> Vec<String> {
    path.strip_prefix('/').unwrap_or(path).split('/').map(str::to_owned).collect()
}

fn merged(segments: &[String]) -> Vec<String> {
    segments.iter().filter(|segment| !segment.is_empty()).cloned().collect()
}

fn resolved(segments: &[String]) -> Vec<String> {
    let mut resolved = Vec::new();
    for segment in segments {
        match segment.as_str() {
            "." => {}
            ".." => drop(resolved.pop()),
            _ => resolved.push(segment.clone()),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether every reading, some, or none leads to `/staff`.
    fn covered(path: &str) -> &'static str {
        let staff = ProtectedPath::new("/staff").unwrap();
        let covered: Vec<_> = readings(path).iter().map(|segments| staff.covers(segments)).collect();
        match (covered.contains(&true), covered.contains(&false)) {
            (true, false) => "all",
            (true, true) => "some",
            _ => "none",
        }
    }

    #[test]
    fn covers_itself_and_what_is_below() {
        for path in
            ["/staff", "/staff/", "/staff/a/b", "/staff//a", "/staff/./a", "/staff/a/../b", "/staff/%ff"]
        {
            assert_eq!(covered(path), "all", "{path}");
        }
        for path in ["/", "/staffroom", "/a/staff", "/a%20b", "/Staff", "/%ff/staff", "/a/../b", "//a", "*"] {
            assert_eq!(covered(path), "none", "{path}");
        }
        assert!(ProtectedPath::new("/").unwrap().covers(&split("/anything")));
    }

    #[test]
    fn a_path_that_routers_read_differently_is_known_for_it() {
        for path in [
            "/%73taff/a",
            "//staff",
            "/a/../staff",
            "/./staff/a",
            "/staff/../a",
            "/staff/%2e%2e/a",
            "/staff/.%2E/a",
            "/%73taff/../a",
            "/staff%2Fa",
            "/staff%2f..%2fa",
            "/a/..//staff",
        ] {
            assert_eq!(covered(path), "some", "{path}");
        }
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
