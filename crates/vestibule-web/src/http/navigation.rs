use memchr::memmem;

use super::{RequestHead, head::Only};

/// Whether a person is looking at this request: a top-level page load, not a script's call (checklist C27).
///
/// Browsers say so in `Sec-Fetch-Mode`. Without it, a GET that prefers HTML and does not call itself a script counts.
pub(crate) fn is_navigation(head: &RequestHead<'_>) -> bool {
    head.method == "GET" && is_page_load(head)
}

/// The same for any method: a form that a person sends leads to a page too.
pub(crate) fn is_page_load(head: &RequestHead<'_>) -> bool {
    // Every request is asked this: one look at its headers, whatever they say.
    let (mut mode, mut accept) = (Only::default(), Only::default());
    let (mut is_script, mut is_early) = (false, false);
    head.headers.all(&mut |name, value| match name {
        "sec-fetch-mode" => mode.add(value),
        "accept" => accept.add(value),
        "x-requested-with" => is_script = true,
        _ => is_early |= tells_of_prefetch(name, value),
    });
    let by_person = match mode.value() {
        Some(mode) => mode == "navigate",
        None => accept.value().is_some_and(|accept| accept.contains("text/html")) && !is_script,
    };
    by_person && !is_early
}

/// Whether the body says that it is a form, parameters of the media type allowed.
pub(crate) fn is_form(head: &RequestHead<'_>) -> bool {
    let media_type = head.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    media_type.is_some_and(|value| value.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Whether the browser loads the page before anybody asked for it.
pub(crate) fn is_prefetch(head: &RequestHead<'_>) -> bool {
    let mut is_early = false;
    head.headers.all(&mut |name, value| is_early |= tells_of_prefetch(name, value));
    is_early
}

fn tells_of_prefetch(name: &str, value: &[u8]) -> bool {
    matches!(name, "sec-purpose" | "purpose" | "x-moz")
        && ["prefetch", "prerender"].iter().any(|word| memmem::find(value, word.as_bytes()).is_some())
}
