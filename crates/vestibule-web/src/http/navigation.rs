use super::RequestHead;

/// Whether a person is looking at this request: a top-level page load, not a script's call (checklist C27).
///
/// Browsers say so in `Sec-Fetch-Mode`. Without it, a GET that prefers HTML and does not call itself a script counts.
pub(crate) fn is_navigation(head: &RequestHead<'_>) -> bool {
    head.method == "GET" && is_page_load(head)
}

/// The same for any method: a form that a person sends leads to a page too.
pub(crate) fn is_page_load(head: &RequestHead<'_>) -> bool {
    let by_person = match head.header("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => {
            head.header("accept").is_some_and(|accept| accept.contains("text/html"))
                && !head.has_header("x-requested-with")
        }
    };
    by_person && !is_prefetch(head)
}

/// Whether the body says that it is a form, parameters of the media type allowed.
pub(crate) fn is_form(head: &RequestHead<'_>) -> bool {
    let media_type = head.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    media_type.is_some_and(|value| value.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Whether the browser loads the page before anybody asked for it.
pub(crate) fn is_prefetch(head: &RequestHead<'_>) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        head.header(name).is_some_and(|value| value.contains("prefetch") || value.contains("prerender"))
    })
}
