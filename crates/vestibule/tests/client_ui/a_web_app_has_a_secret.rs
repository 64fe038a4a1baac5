use vestibule::{Client, Provider, WebApp};

fn public(provider: &Provider) -> Client<WebApp> {
    provider.web_app("dashboard")
}

fn empty(provider: &Provider) -> Client<WebApp> {
    provider.web_app("dashboard", None)
}

fn main() {}
