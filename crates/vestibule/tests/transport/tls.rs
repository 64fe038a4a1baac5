//! Row E10: TLS 1.2 or later, a chain to a trusted authority, the right name, a certificate that has not expired.

use std::sync::{Arc, LazyLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    pki_types::{CertificateDer, PrivateKeyDer},
    version::{TLS12, TLS13},
};
use vestibule::{
    ConfigError, Diagnose, Disposition, Provider,
    transport::{HttpTransport, Transport, TransportError, TransportErrorKind},
};

use crate::{
    ROOMY, get,
    server::{Server, answer},
};

type Authority = CertifiedIssuer<'static, KeyPair>;

/// The authority that the tests' transport trusts.
static TRUSTED: LazyLock<Authority> = LazyLock::new(|| authority("Trusted"));

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What a server shows, with its key.
type Identity = (CertificateDer<'static>, KeyPair);

fn signed_by(authority: &Authority, params: &CertificateParams) -> Identity {
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap().der().clone(), key)
}

fn named(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

const HERE: &[&str] = &["localhost", "127.0.0.1"];

/// A server that speaks these versions of TLS and answers `{}`.
fn serve((certificate, key): Identity, versions: &[&'static SupportedProtocolVersion]) -> Server {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    Server::start(move |connection| {
        let tls = ServerConnection::new(Arc::clone(&config)).unwrap();
        let mut connection = connection.over(|stream| StreamOwned::new(tls, stream));
        if connection.read_request().is_some() {
            connection.write(&answer(200, "", "{}"));
        }
    })
}

/// A server whose certificate is good, and signed by somebody unknown.
pub(crate) fn with_an_unknown_authority() -> Server {
    serve(signed_by(&authority("Unknown"), &named(HERE)), &[&TLS13])
}

/// A server whose certificate is good, and the authority that signed it.
pub(crate) fn with_a_known_authority() -> (Server, CertificateDer<'static>) {
    (serve(signed_by(&TRUSTED, &named(HERE)), &[&TLS13]), TRUSTED.der().clone())
}

/// What an application may have for other purposes: TLS that trusts this authority.
pub(crate) fn trusting(authority: CertificateDer<'static>) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(authority).unwrap();
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn transport() -> HttpTransport {
    HttpTransport::trusting(TRUSTED.pem().as_bytes()).unwrap()
}

async fn call(
    transport: &HttpTransport,
    server: &Server,
) -> Result<http::Response<bytes::Bytes>, TransportError> {
    transport.send(get(&format!("https://127.0.0.1:{}/", server.port())), ROOMY).await
}

/// The handshake fails, for a reason of TLS, before anything was sent.
async fn refuses(transport: &HttpTransport, server: &Server) {
    let error = call(transport, server).await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_sent()), (TransportErrorKind::Tls, false), "{error:?}");
    assert_eq!((error.code(), error.disposition()), ("http.tls", Disposition::Retry));
    assert!(server.heads().is_empty());
}

#[tokio::test]
async fn e10_a_private_authority_can_be_trusted() {
    for version in [&TLS12, &TLS13] {
        let server = serve(signed_by(&TRUSTED, &named(HERE)), &[version]);
        assert_eq!(call(&transport(), &server).await.unwrap().body(), "{}");
        assert_eq!(server.heads().len(), 1);
    }
}

#[tokio::test]
async fn e10_an_expired_certificate_is_refused() {
    let mut expired = named(HERE);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    refuses(&transport(), &serve(signed_by(&TRUSTED, &expired), &[&TLS13])).await;
}

#[tokio::test]
async fn e10_a_certificate_of_the_future_is_refused() {
    let mut future = named(HERE);
    (future.not_before, future.not_after) = (date_time_ymd(4000, 1, 1), date_time_ymd(4001, 1, 1));
    refuses(&transport(), &serve(signed_by(&TRUSTED, &future), &[&TLS13])).await;
}

#[tokio::test]
async fn e10_a_self_signed_certificate_is_refused() {
    let key = KeyPair::generate().unwrap();
    let certificate = named(HERE).self_signed(&key).unwrap().der().clone();
    refuses(&transport(), &serve((certificate, key), &[&TLS13])).await;
}

#[tokio::test]
async fn e10_a_certificate_for_another_name_is_refused() {
    for names in [&["other.example"][..], &["localhost"], &["127.0.0.2"], &["127.0.0.1.evil.example"]] {
        refuses(&transport(), &serve(signed_by(&TRUSTED, &named(names)), &[&TLS13])).await;
    }
}

#[tokio::test]
async fn e10_an_unknown_authority_is_refused() {
    let server = serve(signed_by(&authority("Unknown"), &named(HERE)), &[&TLS13]);
    refuses(&transport(), &server).await;
    let server = serve(signed_by(&TRUSTED, &named(HERE)), &[&TLS13]);
    refuses(&HttpTransport::new().unwrap(), &server).await;
}

#[tokio::test]
async fn e10_tls_before_1_2_is_refused() {
    /// The alert `protocol_version`, and a `ServerHello` of TLS 1.1 that chooses a cipher suite of its time.
    const ALERT: [u8; 7] = [21, 3, 2, 0, 2, 2, 70];
    let mut hello = vec![22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for said in [ALERT.to_vec(), hello] {
        let server = Server::start(move |mut connection| {
            connection.write(&said);
            connection.stall();
        });
        refuses(&transport(), &server).await;
    }
}

#[tokio::test]
async fn e10_a_server_without_tls_is_refused() {
    let server = Server::start(|mut connection| {
        connection.write(&answer(200, "", "{}"));
        connection.stall();
    });
    refuses(&transport(), &server).await;
}

#[tokio::test]
async fn e10_a_provider_with_a_bad_certificate_is_told_by_its_name() {
    let mut expired = named(HERE);
    (expired.not_before, expired.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let server = serve(signed_by(&TRUSTED, &expired), &[&TLS13]);
    let builder = Provider::builder(format!("https://127.0.0.1:{}", server.port())).unwrap();
    let error = builder.transport(transport()).build().unwrap().ready().await.unwrap_err();
    assert_eq!((error.code(), error.disposition()), ("http.tls", Disposition::Retry));
}

#[test]
fn e10_what_is_no_authority_is_told_at_the_start() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "no certificate", broken] {
        assert_eq!(HttpTransport::trusting(pem.as_bytes()).unwrap_err(), ConfigError::Transport, "{pem:?}");
    }
}
