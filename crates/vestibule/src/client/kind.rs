//! Client kinds as types (RFC 6749 section 2.1): what a kind may not do does not compile.

/// A kind of client. Sealed: the kinds are those that specifications know.
pub trait ClientKind: sealed::Sealed + 'static {}

/// Kinds that log users in with the authorization code flow, always with PKCE.
pub trait CodeFlow: ClientKind {}

/// Kinds that can keep a secret.
pub trait Confidential: ClientKind {}

/// A web application on a server: it has a secret, and uses PKCE all the same.
///
/// There is no web application without a secret:
///
/// ```compile_fail,E0061
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.web_app("dashboard");
/// ```
///
/// ```
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.web_app("dashboard", vestibule::ClientSecret::new("from your configuration"));
/// ```
#[derive(Debug)]
pub enum WebApp {}

/// A client whose kind has been left behind: see [`Client::erase`](crate::Client::erase).
#[derive(Debug)]
pub enum AnyKind {}

impl ClientKind for WebApp {}
impl CodeFlow for WebApp {}
impl Confidential for WebApp {}

impl ClientKind for AnyKind {}
impl CodeFlow for AnyKind {}

mod sealed {
    #[expect(unnameable_types, reason = "sealed")]
    pub trait Sealed {}

    impl Sealed for super::WebApp {}
    impl Sealed for super::AnyKind {}
}
