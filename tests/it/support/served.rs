//! A server that shows a certificate, as work on certificates finds it.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

pub struct Served {
    pub address: SocketAddr,
    /// Of the authority that issued it.
    pub pem: String,
}

/// How the certificate is made.
pub struct Made {
    pub names: Vec<String>,
    /// The year in which it ends.
    pub ends: i32,
    pub self_signed: bool,
}

impl Served {
    pub async fn with(made: Made) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name.push(DnType::CommonName, "Example Authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let mut leaf = CertificateParams::new(made.names.clone()).expect("names");
        leaf.distinguished_name.push(DnType::CommonName, made.names[0].as_str());
        leaf.not_before = date_time_ymd(2020, 1, 1);
        leaf.not_after = date_time_ymd(made.ends, 1, 15);
        let certificate = match made.self_signed {
            true => leaf.self_signed(&key),
            false => leaf.signed_by(&key, &issuer),
        };
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.expect("a certificate").der().clone()], private)
            .expect("the key is the certificate's");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = tcp.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                // Whoever looks at the certificate hangs up; that is no trouble of ours.
                drop(acceptor.accept(stream).await);
            }
        });
        Self { address, pem: issuer.pem() }
    }
}
