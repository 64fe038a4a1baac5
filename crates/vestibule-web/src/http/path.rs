/// Whether this is an absolute path of plain, non-empty segments: nobody on the way reads it otherwise.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let is_plain = |segment: &str| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_~".contains(&byte))
    };
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_plain))
}
