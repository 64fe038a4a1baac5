use super::{Client, Native};
use crate::{
    CodeVerifier, ConfigError, DeviceError, DevicePoll, DeviceRequest, DeviceStart, Diagnose, Disposition,
    Error, Login, PendingDeviceLogin, TokenEndpointError, TokenResponse,
    exchange::{AuthorizeDevice, DeviceAnswer, ExchangeDeviceCode},
    login::random_token,
    token::IdTokenRules,
};

impl Client<Native> {
    /// Starts a login that the user finishes on another device, for machines without a browser (RFC 8628). Show the code,
    /// the address and a warning, then ask with [`poll_device_login`](Self::poll_device_login).
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use vestibule::testing::TestProvider;
    /// use vestibule::{DevicePoll, DeviceRequest, Diagnose, Disposition};
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let op = TestProvider::new("https://op.example")?;
    /// # let client = op.provider().native("acme-cli");
    /// let start = client.begin_device_login(&DeviceRequest::new().scopes(["profile"])).await?;
    /// println!("Visit {} and enter {}.", start.verification_uri, start.user_code);
    /// println!("Go on only if you started this yourself.");
    /// # op.approve_device(&start.user_code);
    ///
    /// let mut pending = start.pending;
    /// let login = loop {
    ///     tokio::time::sleep(pending.wait()).await;
    ///     match client.poll_device_login(&mut pending).await {
    ///         Ok(DevicePoll::Done(login)) => break login,
    ///         Ok(DevicePoll::Pending) => {}
    ///         Err(error) if error.disposition() == Disposition::Retry => eprintln!("{error}"),
    ///         Err(error) => return Err(error.into()),
    ///     }
    /// };
    /// println!("hello {}", login.id_token.subject());
    /// # assert_eq!(login.id_token.subject(), "alice");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`ConfigError::ClientId`] when it cannot be right; nothing was sent.
    /// - [`DeviceError::NotOffered`] when the provider's metadata has no such endpoint, and other [`DeviceError`]s.
    /// - What [`Provider::metadata`](crate::Provider::metadata) may fail with, and [`Error::Random`].
    pub async fn begin_device_login(&self, request: &DeviceRequest) -> Result<DeviceStart, Error> {
        self.check_registration()?;
        let provider = self.provider();
        let metadata = provider.metadata().await?;
        let endpoint = metadata.device_authorization_endpoint.as_ref().ok_or(DeviceError::NotOffered)?;
        let verifier = CodeVerifier::new(random_token(provider.random().as_ref())?);
        let asked_at = provider.clock().monotonic();
        let exchange = AuthorizeDevice {
            endpoint,
            metadata: &metadata,
            client_id: self.client_id(),
            authentication: self.authentication(&metadata)?,
            request,
            verifier: &verifier,
        };
        let answer = provider.exchange(exchange).await?;
        Ok(DeviceStart::new(provider.issuer(), self.client_id(), verifier, answer, asked_at))
    }

    /// Asks once how a login on another device stands. Between two calls let [`PendingDeviceLogin::wait`] pass: it grows
    /// as the provider demands, and while the provider cannot answer.
    ///
    /// An attempt ends once: after [`DevicePoll::Done`], a refusal or its time, nothing is sent for it any more.
    ///
    /// # Errors
    /// - [`DeviceError`], inside [`Error::Device`]. After one of disposition `Retry` the attempt goes on.
    /// - [`Error::Token`] when the ID token breaks a rule; of disposition `Retry` when it cannot be checked for now: ask
    ///   again.
    /// - [`ConfigError::ForeignSession`] for an attempt of another client; nothing was sent.
    pub async fn poll_device_login(&self, pending: &mut PendingDeviceLogin) -> Result<DevicePoll, Error> {
        if pending.issuer != self.provider().issuer().as_str() || pending.client_id != self.client_id() {
            return Err(ConfigError::ForeignSession.into());
        }
        let tokens = match pending.granted.take() {
            Some(tokens) => tokens,
            None => match self.ask(pending).await? {
                DeviceAnswer::Granted(tokens) => tokens,
                DeviceAnswer::Pending | DeviceAnswer::SlowDown => return Ok(DevicePoll::Pending),
            },
        };
        self.accept_device_login(pending, tokens).await
    }

    async fn ask(&self, pending: &mut PendingDeviceLogin) -> Result<DeviceAnswer, Error> {
        if pending.remaining(self.provider().clock().as_ref()).is_zero() {
            return Err(DeviceError::Expired.into());
        }
        let metadata = self.provider().metadata().await?;
        let exchange = ExchangeDeviceCode {
            metadata: &metadata,
            client_id: self.client_id(),
            authentication: self.authentication(&metadata)?,
            code: &pending.code,
            verifier: &pending.verifier,
        };
        let outcome = self.provider().exchange(exchange).await;
        pending.learn(&outcome);
        Ok(outcome?)
    }

    async fn accept_device_login(
        &self,
        pending: &mut PendingDeviceLogin,
        tokens: TokenResponse,
    ) -> Result<DevicePoll, Error> {
        let rules = IdTokenRules::device().access_token(&tokens.access_token);
        let raw = tokens.id_token.as_ref().ok_or(TokenEndpointError::InvalidResponse("id_token"))?;
        match self.verifier().verify(raw.expose(), &rules).await {
            Ok(id_token) => Ok(DevicePoll::Done(Box::new(Login { id_token, tokens }))),
            Err(error) => {
                if error.disposition() == Disposition::Retry {
                    pending.granted = Some(tokens);
                }
                Err(error.into())
            }
        }
    }
}
