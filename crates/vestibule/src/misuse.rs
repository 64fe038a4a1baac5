//! What must not compile. Beside each misuse stands its proper use, which differs in the one line that matters.
//!
//! A web app has a secret:
//!
//! ```
//! # use vestibule::*; fn f(provider: &Provider) -> Client<WebApp> {
//! provider.web_app("dashboard", ClientSecret::new("secret"))
//! # }
//! ```
//! ```compile_fail,E0061
//! # use vestibule::*; fn f(provider: &Provider) -> Client<WebApp> {
//! provider.web_app("dashboard")
//! # }
//! ```
//! ```compile_fail,E0277
//! # use vestibule::*; fn f(provider: &Provider) -> Client<WebApp> {
//! provider.web_app("dashboard", None::<ClientSecret>)
//! # }
//! ```
//!
//! PKCE and `state` are nobody's to set:
//!
//! ```
//! # use vestibule::*; fn f(request: AuthorizationRequest) -> AuthorizationRequest {
//! request.login_hint("alice@acme.example")
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(request: AuthorizationRequest) -> AuthorizationRequest {
//! request.without_pkce()
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(request: AuthorizationRequest) -> AuthorizationRequest {
//! request.code_challenge_method("plain")
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(request: AuthorizationRequest) -> AuthorizationRequest {
//! request.state(State::new("mine"))
//! # }
//! ```
//!
//! An attempt ends once, and cannot be copied or made up:
//!
//! ```
//! # use vestibule::*; async fn f(client: &Client<WebApp>, pending: PendingLogin, callback: &Callback) {
//! let _ = client.complete_login(pending, callback).await;
//! # }
//! ```
//! ```compile_fail,E0382
//! # use vestibule::*; async fn f(client: &Client<WebApp>, pending: PendingLogin, callback: &Callback) {
//! let _ = client.complete_login(pending, callback).await;
//! let _ = client.complete_login(pending, callback).await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(client: &Client<WebApp>, pending: PendingLogin, callback: &Callback) {
//! let _ = client.complete_login(pending.clone(), callback).await;
//! # }
//! ```
//! ```compile_fail,E0451
//! # use vestibule::*; fn f(made: PendingLogin) -> PendingLogin {
//! PendingLogin { issuer: "https://acme.example".into(), ..made }
//! # }
//! ```
//!
//! A kind of client is one of those that exist, and does what its kind may do:
//!
//! ```
//! # use vestibule::*; fn authenticated<K: Confidential>(_: &Client<K>) {} fn f(client: &Client<WebApp>) {
//! authenticated(client);
//! # }
//! ```
//! ```compile_fail,E0277
//! # use vestibule::*; fn authenticated<K: Confidential>(_: &Client<K>) {} fn f(client: &Client<AnyKind>) {
//! authenticated(client);
//! # }
//! ```
//! ```compile_fail,E0277
//! enum Homemade {}
//! impl vestibule::ClientKind for Homemade {}
//! ```
//!
//! A native application keeps no secret, and logs its users in:
//!
//! ```
//! # use vestibule::*; fn f(provider: &Provider) -> Client<Native> {
//! provider.native("acme-cli")
//! # }
//! ```
//! ```compile_fail,E0061
//! # use vestibule::*; fn f(provider: &Provider) -> Client<Native> {
//! provider.native("acme-cli", ClientSecret::new("secret"))
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(app: Client<Native>) -> Client<Native> {
//! app.with_secret_in_body()
//! # }
//! ```
//! ```compile_fail,E0277
//! # use vestibule::*; fn authenticated<K: Confidential>(_: &Client<K>) {} fn f(app: &Client<Native>) {
//! authenticated(app);
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(app: &Client<Native>) -> TokenSource {
//! app.token_source(["reports:read"])
//! # }
//! ```
//!
//! Nor does one in the browser:
//!
//! ```
//! # use vestibule::*; fn f(provider: &Provider) -> Client<Spa> {
//! provider.spa("analytics")
//! # }
//! ```
//! ```compile_fail,E0061
//! # use vestibule::*; fn f(provider: &Provider) -> Client<Spa> {
//! provider.spa("analytics", ClientSecret::new("secret"))
//! # }
//! ```
//! ```compile_fail,E0277
//! # use vestibule::*; fn authenticated<K: Confidential>(_: &Client<K>) {} fn f(app: &Client<Spa>) {
//! authenticated(app);
//! # }
//! ```
//!
//! Logins on another device are for applications that have no browser of their own:
//!
//! ```
//! # use vestibule::*; async fn f(app: &Client<Native>, request: &DeviceRequest) {
//! let _ = app.begin_device_login(request).await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(app: &Client<WebApp>, request: &DeviceRequest) {
//! let _ = app.begin_device_login(request).await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(app: &Client<Spa>, request: &DeviceRequest) {
//! let _ = app.begin_device_login(request).await;
//! # }
//! ```
//!
//! A service acts for itself alone, and a web app for its users alone:
//!
//! ```
//! # use vestibule::*; fn f(nightly: &Client<Service>) -> TokenSource {
//! nightly.token_source(["reports:read"])
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(dashboard: &Client<WebApp>) -> TokenSource {
//! dashboard.token_source(["reports:read"])
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(nightly: &Client<Service>, pending: PendingLogin, callback: &Callback) {
//! let _ = nightly.complete_login(pending, callback).await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(nightly: &Client<Service>, token: &RefreshToken, user: &Identity) {
//! let _ = nightly.refresh(token, user).await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; async fn f(nightly: &Client<Service>) {
//! let _ = nightly.verify_logout_token("").await;
//! # }
//! ```
//! ```compile_fail,E0599
//! # use vestibule::*; fn f(nightly: Client<Service>) -> Client<AnyKind> {
//! nightly.erase()
//! # }
//! ```
//!
//! Proofs are made by the verifier alone:
//!
//! ```
//! # use vestibule::*; fn f(proof: Verified<IdToken>) -> IdToken {
//! proof.into_inner()
//! # }
//! ```
//! ```compile_fail,E0423
//! # use vestibule::*; fn f(token: IdToken) -> Verified<IdToken> {
//! Verified(token)
//! # }
//! ```
//! ```compile_fail,E0624
//! # use vestibule::*; fn f(token: IdToken) -> Verified<IdToken> {
//! Verified::new(token)
//! # }
//! ```
//! ```compile_fail,E0599
//! let token = vestibule::IdToken::default();
//! ```
//! ```compile_fail,E0639
//! # use vestibule::*; fn f(key: &Jwk) -> SignatureJob<'_> {
//! SignatureJob { algorithm: Algorithm::Rs256, key, input: b"", signature: b"" }
//! # }
//! ```
//!
//! Secrets are not shown:
//!
//! ```
//! println!("{:?}", vestibule::AccessToken::new("a"));
//! ```
//! ```compile_fail,E0277
//! println!("{}", vestibule::AccessToken::new("a"));
//! ```
//! ```compile_fail,E0277
//! println!("{}", vestibule::ClientSecret::new("a"));
//! ```
//! ```compile_fail,E0277
//! println!("{}", vestibule::RawIdToken::new("a"));
//! ```
