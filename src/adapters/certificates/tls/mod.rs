//! Looks at a host's certificate by beginning a TLS handshake with each of its addresses, and judges the chain apart.

mod parse;
mod remember;
mod trust;

use crate::domain::certificate::{Host, HostPattern, Served};
use crate::domain::trouble::{Fault, Refusal};
use crate::ports::certificates::{Certificates, Unseen};
use crate::ports::clock::Clock;
use anyhow::Context as _;
use async_trait::async_trait;
use remember::Remember;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Addresses of one host that are looked at.
const ADDRESSES: usize = 8;

pub struct TlsOptions {
    pub hosts: Vec<HostPattern>,
    /// Addresses of hosts that this machine's resolver does not know, or should not be asked for.
    pub addresses: BTreeMap<String, Vec<SocketAddr>>,
    /// A PEM file with authorities that are trusted beside the system's.
    pub authorities: Vec<CertificateDer<'static>>,
    /// For one address, from the first packet to the certificate.
    pub patience: Duration,
    pub clock: Arc<dyn Clock>,
}

pub struct Tls {
    options: TlsOptions,
    roots: RootCertStore,
}

impl Tls {
    pub fn new(options: TlsOptions) -> Self {
        let mut roots = RootCertStore::empty();
        // Where the machine has no list of authorities, every chain leads to one it does not know, and the note says so.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots.add_parsable_certificates(options.authorities.iter().cloned());
        Self { options, roots }
    }

    async fn addresses(&self, host: &Host, port: u16) -> Result<Vec<SocketAddr>, Fault> {
        if let Some(known) = self.options.addresses.get(&host.name) {
            return Ok(known.clone());
        }
        let patience = self.options.patience;
        let unreachable = |error: io::Error| Fault::Unreachable(format!("{} has no address: {error}", host.name));
        let looked_up = timeout(patience, tokio::net::lookup_host((host.name.as_str(), port))).await;
        let found = looked_up.map_err(|_| Fault::TimedOut(patience))?.map_err(unreachable)?;
        let mut addresses: Vec<SocketAddr> = Vec::new();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        addresses.truncate(ADDRESSES);
        match addresses.is_empty() {
            true => Err(Fault::Unreachable(format!("{} has no address", host.name))),
            false => Ok(addresses),
        }
    }

    async fn look(&self, host: &Host, address: SocketAddr) -> Result<Served, Unseen> {
        let patience = self.options.patience;
        let looked = timeout(patience, self.shake_hands(host, address)).await;
        let chain = looked.unwrap_or(Err(Fault::TimedOut(patience)));
        chain.and_then(|chain| self.judge(host, address, &chain)).map_err(|fault| Unseen { address, fault })
    }

    /// The chain that is served, as it is, leaf first.
    async fn shake_hands(&self, host: &Host, address: SocketAddr) -> Result<Vec<CertificateDer<'static>>, Fault> {
        let name = ServerName::try_from(host.name.clone()).map_err(|error| Fault::Malformed(error.to_string()))?;
        let memory = Arc::new(Remember::default());
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| Fault::Malformed(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(memory.clone())
            .with_no_client_auth();
        let tcp = TcpStream::connect(address).await.map_err(|error| Fault::Unreachable(error.to_string()))?;
        let shaken = TlsConnector::from(Arc::new(config)).connect(name, tcp).await;
        // A server that wants a certificate from us hangs up after it has shown its own.
        match (memory.chain(), shaken) {
            (Some(chain), _) => Ok(chain),
            (None, Err(error)) => Err(fault_of(&error)),
            (None, Ok(_)) => Err(Fault::Malformed("a handshake without a certificate".to_owned())),
        }
    }

    fn judge(&self, host: &Host, address: SocketAddr, chain: &[CertificateDer<'_>]) -> Result<Served, Fault> {
        let leaf = chain.first().ok_or_else(|| Fault::Malformed("an empty chain".to_owned()))?;
        let parsed = parse::certificate(leaf)?;
        Ok(Served {
            address,
            names_host: trust::covers(leaf, &host.name),
            chain: trust::judge(chain, &parsed, &self.roots, self.options.clock.now()),
            certificate: parsed.certificate,
        })
    }
}

#[async_trait]
impl Certificates for Tls {
    fn allowed(&self, host: &Host) -> Option<u16> {
        self.options.hosts.iter().find_map(|pattern| pattern.allows(host))
    }

    async fn served(&self, host: &Host) -> Result<Vec<Result<Served, Unseen>>, Fault> {
        let Some(port) = self.allowed(host) else {
            return Err(Fault::Refused(Refusal(format!("`{}` is not among the hosts of `[certificates]`", host.name))));
        };
        let addresses = self.addresses(host, port).await?;
        Ok(futures::future::join_all(addresses.into_iter().map(|address| self.look(host, address))).await)
    }
}

/// The certificates of a PEM file.
pub fn read_authorities(pem: &[u8]) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    use rustls::pki_types::pem::PemObject;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.context("it is not PEM")?;
    anyhow::ensure!(!found.is_empty(), "it holds no certificate");
    Ok(found)
}

/// Connected, and no certificate came: what is it that answers there?
fn fault_of(error: &io::Error) -> Fault {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidMessage(rustls::InvalidMessage::HandshakePayloadTooLarge)) => {
            Fault::Malformed("a certificate larger than TLS allows".to_owned())
        }
        Some(rustls::Error::InvalidMessage(_)) => Fault::Malformed("no TLS".to_owned()),
        Some(rustls::Error::AlertReceived(_) | rustls::Error::PeerIncompatible(_)) => {
            Fault::Malformed("a refusal of TLS 1.2 and 1.3, or of this name".to_owned())
        }
        Some(_) => Fault::Malformed("a handshake that breaks the rules of TLS".to_owned()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            Fault::Malformed("a connection closed without TLS".to_owned())
        }
        None => Fault::Unreachable(error.to_string()),
    }
}
