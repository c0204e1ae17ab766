//! Would others trust the chain, and does the certificate cover the name? The second verdict, over what was remembered.

use super::parse::Parsed;
use crate::domain::certificate::Chain;
use chrono::{DateTime, Utc};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use std::time::Duration;

pub fn covers(leaf: &CertificateDer<'_>, host: &str) -> bool {
    let name = ServerName::try_from(host.to_owned());
    let parsed = ParsedCertificate::try_from(leaf);
    name.ok().zip(parsed.ok()).is_some_and(|(name, parsed)| verify_server_name(&parsed, &name).is_ok())
}

/// The chain at a moment at which the certificate itself is valid: that it has expired is told apart.
pub fn judge(chain: &[CertificateDer<'_>], parsed: &Parsed, roots: &RootCertStore, now: DateTime<Utc>) -> Chain {
    let Some((leaf, others)) = chain.split_first() else { return Chain::Broken("it is empty".to_owned()) };
    let now = now.clamp(parsed.certificate.not_before, parsed.certificate.not_after.max(parsed.certificate.not_before));
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now.timestamp().try_into().unwrap_or(0)));
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
    let verdict = ParsedCertificate::try_from(leaf)
        .and_then(|leaf| verify_server_cert_signed_by_trust_anchor(&leaf, roots, others, now, algorithms.all));
    match verdict {
        Ok(()) => Chain::Trusted,
        Err(_) if parsed.self_issued => Chain::SelfSigned,
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) if others.is_empty() => Chain::Incomplete,
        Err(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => Chain::UnknownAuthority,
        Err(Error::InvalidCertificate(problem)) => Chain::Broken(in_words(&problem).to_owned()),
        Err(_) => Chain::Broken("it cannot be checked".to_owned()),
    }
}

fn in_words(problem: &CertificateError) -> &'static str {
    match problem {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "a certificate between it and its authority has expired"
        }
        CertificateError::BadSignature => "a signature in it is wrong",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "it is not meant for servers"
        }
        CertificateError::BadEncoding => "a certificate in it cannot be read",
        _ => "it does not lead to an authority",
    }
}
