//! Whom a TLS connection trusts.

use std::io;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::{LoadError, Target};

/// Whose certificates are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Those of the authorities that the system trusts.
    System,
    /// Those of the authorities in this PEM text, and no others.
    Authorities(Vec<u8>),
    /// Anybody's: the server may be another one than was meant.
    Anybody,
}

/// What connections of one run have in common.
pub(crate) struct Tls {
    pub config: Arc<ClientConfig>,
    /// Also what the server is told (SNI).
    pub name: ServerName<'static>,
}

impl Tls {
    /// What `target` needs; nothing if it is not encrypted.
    pub fn of(target: &Target) -> Result<Option<Self>, LoadError> {
        let Some(trust) = &target.trust else { return Ok(None) };
        let provider = Arc::new(ring::default_provider());
        let refuse = |error: rustls::Error| LoadError::Input(format!("TLS: {error}"));
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(refuse)?;
        let builder = match trust {
            Trust::Anybody => {
                builder.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
            }
            Trust::System => builder.with_root_certificates(system()?),
            Trust::Authorities(text) => builder.with_root_certificates(authorities(text)?),
        };
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let name = ServerName::try_from(target.host.clone())
            .map_err(|_| LoadError::Input(format!("\"{}\" is no name that TLS can ask for", target.host)))?;
        Ok(Some(Self { config: Arc::new(config), name }))
    }
}

fn system() -> Result<RootCertStore, LoadError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        let source = found.errors.first().map_or_else(|| "there are none".to_owned(), ToString::to_string);
        let source = io::Error::new(io::ErrorKind::NotFound, source);
        return Err(LoadError::system("read the certificates that the system trusts")(source));
    }
    Ok(roots)
}

fn authorities(text: &[u8]) -> Result<RootCertStore, LoadError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(text) {
        let certificate = certificate
            .map_err(|error| LoadError::Input(format!("the certificates of the authorities: {error}")))?;
        roots
            .add(certificate)
            .map_err(|error| LoadError::Input(format!("the certificates of the authorities: {error}")))?;
    }
    if roots.is_empty() {
        return Err(LoadError::Input("there is no certificate of an authority in PEM".to_owned()));
    }
    Ok(roots)
}

/// Believes every certificate; that the server has its key is still checked.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
