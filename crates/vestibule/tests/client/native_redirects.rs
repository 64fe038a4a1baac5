//! Rows F01 and F15 as far as they are about redirect URIs: what may be registered for a native application.

use vestibule::{Disposition, RedirectUri};

use crate::support::verdict;

#[test]
fn f01_a_loopback_redirect_names_the_literal_and_the_real_port() {
    for (address, path, expected) in [
        ("127.0.0.1:49152", "/callback", "http://127.0.0.1:49152/callback"),
        ("[::1]:1", "/callback/Zm9v-_", "http://[::1]:1/callback/Zm9v-_"),
        ("127.0.0.1:65535", "/", "http://127.0.0.1:65535/"),
    ] {
        assert_eq!(RedirectUri::loopback(address.parse().unwrap(), path).unwrap().as_str(), expected);
    }
}

#[test]
fn f01_no_other_address_is_a_loopback_redirect() {
    for address in [
        "0.0.0.0:49152",
        "[::]:49152",
        "192.168.1.7:49152",
        "10.0.0.1:49152",
        "127.0.0.2:49152",
        "[::ffff:127.0.0.1]:49152",
        "[fe80::1]:49152",
        "127.0.0.1:0",
        "[::1]:0",
    ] {
        let refused = RedirectUri::loopback(address.parse().unwrap(), "/callback");
        assert_eq!(verdict(refused), ("config.redirect_uri", Disposition::Config), "{address}");
    }
}

#[test]
fn f01_a_path_cannot_move_the_host() {
    for path in [
        "",
        "callback",
        "@evil.example/",
        ".evil.example/",
        "1/callback",
        "/call back",
        "/a/../b",
        "/?x=y",
        "/#x",
        "/\\evil",
        "\\evil",
        "/a\r\nb",
        "/\u{e9}",
        "//evil.example\t/",
    ] {
        let refused = RedirectUri::loopback("127.0.0.1:49152".parse().unwrap(), path);
        assert_eq!(verdict(refused), ("config.redirect_uri", Disposition::Config), "{path:?}");
    }
}

#[test]
fn f15_a_scheme_is_a_domain_backwards() {
    for uri in ["example.acme.app:/callback", "example.acme.app://callback", "com.acme-2.app:/a/b"] {
        assert_eq!(RedirectUri::private_use(uri).unwrap().as_str(), uri);
    }
}

#[test]
fn f15_other_schemes_and_forms_are_refused() {
    for uri in [
        "",
        "acme:/callback",
        "acme-app://callback",
        "https://acme.example/callback",
        "http://127.0.0.1:1/callback",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "example.acme.app:callback",
        "example.acme.app:",
        "example..app:/callback",
        "example.acme.:/callback",
        "example.a+b:/callback",
        "EXAMPLE.ACME.APP:/callback",
        " example.acme.app:/callback",
        "example.acme.app:/call back",
        "example.acme.app:/a/../b",
        "example.acme.app:/a\\b",
        "example.acme.app:/\n",
        "example.acme.app:/callback?x=y",
        "example.acme.app:/callback#x",
        "example.acme.app://user@callback",
        "example.acme.app://user:word@callback",
        "example.acme.app:/\u{e9}",
    ] {
        let refused = RedirectUri::private_use(uri);
        assert_eq!(verdict(refused), ("config.redirect_uri", Disposition::Config), "{uri:?}");
    }
}
