//! The one page: the same for everybody, without script, and without a word from outside.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, prelude::BASE64_STANDARD};

/// Says that the rest happens elsewhere. It claims no success: the provider may have refused, and the
/// application decides.
pub(crate) fn done() -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Back to the application</title>\
         <style>{STYLE}</style></head><body><main>\
         <svg viewBox=\"0 0 48 48\" width=\"56\" height=\"56\" aria-hidden=\"true\">\
         <circle cx=\"24\" cy=\"24\" r=\"22\"/><path d=\"M20 15.5l-7 7 7 7M13.5 22.5h14a6 6 0 0 1 6 6v3.5\"/></svg>\
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
circle{fill:light-dark(#eaf0fb,#1e2a40)}\
path{fill:none;stroke:light-dark(#2f62c4,#8fb4ff);stroke-width:3;stroke-linecap:round;stroke-linejoin:round}\
h1{margin:1.25rem 0 .5rem;font-size:1.375rem;letter-spacing:-.01em}\
p{margin:0;text-wrap:balance;color:light-dark(#5c5c62,#a6a6ae)}";
