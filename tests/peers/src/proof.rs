//! What a contestant proves before it is measured.

use anyhow::{Result, ensure};
use reqwest::{
    Client,
    header::{ACCEPT, COOKIE},
    redirect::Policy,
};
use url::Url;

use crate::{
    browser::Browser,
    provider::{Provider, SUBJECT},
};

/// Nobody sees the page without a login, the user who logged in sees who that is, and a cookie with one character changed is
/// no cookie. Returns the user's cookie.
pub(crate) async fn that_it_protects(page: &Url, provider: &Provider) -> Result<String> {
    let http = Client::builder().redirect(Policy::none()).no_proxy().build()?;
    refuses(&http, page, "").await?;

    let mut browser = Browser::new()?;
    let greeting = browser.sign_in(page, provider).await?;
    ensure!(greeting.trim() == format!("hello {SUBJECT}"), "after the login {page} says: {greeting}");

    let cookie = browser.cookie(page);
    refuses(&http, page, &tampered(&cookie)).await?;
    Ok(cookie)
}

async fn refuses(http: &Client, page: &Url, cookie: &str) -> Result<()> {
    let answer = http.get(page.clone()).header(ACCEPT, "text/html").header(COOKIE, cookie).send().await?;
    let status = answer.status();
    ensure!(!status.is_success() && !status.is_server_error(), "{page} answers a stranger with {status}");
    ensure!(!answer.text().await?.contains(SUBJECT), "{page} tells a stranger who is signed in");
    Ok(())
}

/// Every cookie with the character in its middle changed.
fn tampered(cookies: &str) -> String {
    let tampered = cookies.split("; ").map(|cookie| {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        let middle = value.len() / 2;
        let changed = value.char_indices().map(|(at, char)| match char {
            'a' if at == middle => 'b',
            _ if at == middle => 'a',
            other => other,
        });
        format!("{name}={}", changed.collect::<String>())
    });
    tampered.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::tampered;

    #[test]
    fn one_character_of_each_cookie_is_changed() {
        assert_eq!(tampered("one=xyz; two=aaa"), "one=xaz; two=aba");
    }
}
