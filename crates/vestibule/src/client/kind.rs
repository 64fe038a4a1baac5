//! Client kinds as types (RFC 6749 section 2.1): what a kind may not do does not compile.

/// A kind of client. Sealed: the kinds are those that specifications know.
pub trait ClientKind: sealed::Sealed + 'static {}

/// Kinds that log users in with the authorization code flow, always with PKCE.
pub trait CodeFlow: ClientKind {}

/// Kinds that can keep a secret or a private key.
pub trait Confidential: ClientKind {}

/// A web application on a server: it has a secret or a private key, and uses PKCE all the same.
///
/// There is no web application without one:
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

/// A program that acts for itself, such as a nightly job or a caller of management APIs (RFC 6749 section 4.4). It logs
/// nobody in:
///
/// ```compile_fail,E0599
/// # use vestibule::*; async fn f(nightly: &Client<Service>, request: &AuthorizationRequest) {
/// let _ = nightly.begin_login(request).await;
/// # }
/// ```
///
/// ```
/// # use vestibule::*; async fn f(nightly: &Client<Service>, wanted: &ClientCredentials) {
/// let _ = nightly.client_credentials(wanted).await;
/// # }
/// ```
#[derive(Debug)]
pub enum Service {}

/// An application on the user's own machine: in a window or in a terminal (RFC 8252). What is installed everywhere keeps
/// no secret, so that none can be given:
///
/// ```compile_fail,E0061
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.native("acme-cli", vestibule::ClientSecret::new("read by everybody"));
/// ```
///
/// ```
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.native("acme-cli");
/// ```
///
/// Such a client proves at the token endpoint that it is the one which began the login (PKCE), and names itself by its
/// id, whatever methods the provider's metadata lists.
#[derive(Debug)]
pub enum Native {}

/// An application that runs in the user's browser (RFC 10017). Everybody can read it, so that no secret can be given:
///
/// ```compile_fail,E0061
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.spa("analytics", vestibule::ClientSecret::new("read by everybody"));
/// ```
///
/// ```
/// # let provider = vestibule::Provider::new("https://acme.example").unwrap();
/// let app = provider.spa("analytics");
/// ```
///
/// Like [`Native`], it proves by PKCE alone that it is the one which began the login.
#[derive(Debug)]
pub enum Spa {}

/// A client whose kind has been left behind: see [`Client::erase`](crate::Client::erase).
#[derive(Debug)]
pub enum AnyKind {}

impl ClientKind for WebApp {}
impl CodeFlow for WebApp {}
impl Confidential for WebApp {}

impl ClientKind for Service {}
impl Confidential for Service {}

impl ClientKind for Native {}
impl CodeFlow for Native {}

impl ClientKind for Spa {}
impl CodeFlow for Spa {}

impl ClientKind for AnyKind {}
impl CodeFlow for AnyKind {}

mod sealed {
    #[expect(unnameable_types, reason = "sealed")]
    pub trait Sealed {}

    impl Sealed for super::WebApp {}
    impl Sealed for super::Service {}
    impl Sealed for super::Native {}
    impl Sealed for super::Spa {}
    impl Sealed for super::AnyKind {}
}
