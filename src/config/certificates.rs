//! Which hosts may be asked for the certificate they serve?

use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Without hosts nobody is asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CertificatesConfig {
    /// `pay.example.com`, `pay.example.com:8443`, `*.shop.example`.
    pub hosts: Vec<String>,
    /// Addresses of hosts that this machine's resolver does not know.
    pub addresses: BTreeMap<String, Vec<SocketAddr>>,
    /// A PEM file with authorities that are trusted beside the system's.
    pub authorities: Option<PathBuf>,
}
