//! The one page: the same for everybody, without script, and without a word from outside.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Says that the rest happens elsewhere. It does not claim a success, which is not known yet.
pub(crate) fn done() -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Back to the application</title>\
         <style>{STYLE}</style></head><body><main>\
         <svg viewBox=\"0 0 48 48\" width=\"56\" height=\"56\" aria-hidden=\"true\">\
         <circle cx=\"24\" cy=\"24\" r=\"22\"/><path d=\"M15 24.5l6.2 6.2L33.5 18.4\"/></svg>\
         <h1>You can close this window</h1>\
         <p>The application has your answer, and goes on by itself.</p>\
         </main></body></html>"
    )
}

/// Allows the page its own style, and nothing else (CSP 3).
pub(crate) fn headers() -> String {
    let style = BASE64_STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!(
        "Content-Type: text/html; charset=utf-8\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'\r\n"
    )
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;\
background:light-dark(#f6f6f4,#161618);color:light-dark(#1c1c1e,#ececee)}\
main{max-width:26rem;margin:1.5rem;padding:2.5rem 2.75rem;border-radius:14px;text-align:center;\
background:light-dark(#fff,#1f1f23);box-shadow:0 1px 2px #0002,0 8px 28px #0001}\
circle{fill:light-dark(#e7f4ec,#1d3427)}\
path{fill:none;stroke:light-dark(#1f8a4c,#63d297);stroke-width:3.5;stroke-linecap:round;stroke-linejoin:round}\
h1{margin:1.25rem 0 .5rem;font-size:1.375rem;letter-spacing:-.01em}\
p{margin:0;color:light-dark(#5c5c62,#a6a6ae)}";
