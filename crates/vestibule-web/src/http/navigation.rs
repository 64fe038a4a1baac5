use super::RequestHead;

/// Whether a person is looking at this request: a top-level page load, not a script's call (checklist C27).
///
/// Browsers say so in `Sec-Fetch-Mode`. Without it, a GET that prefers HTML and does not call itself a script counts.
pub(crate) fn is_navigation(head: &RequestHead<'_>) -> bool {
    if head.method != "GET" {
        return false;
    }
    let by_person = match head.header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => {
            head.header("accept").is_some_and(|accept| accept.contains("text/html"))
                && !head.has_header("x-requested-with")
        }
    };
    by_person && !is_prefetch(head)
}

/// Whether the browser loads the page before anybody asked for it.
pub(crate) fn is_prefetch(head: &RequestHead<'_>) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        head.header(name).is_some_and(|value| value.contains("prefetch") || value.contains("prerender"))
    })
}
