//! Where the web chat listens and whom it lets in.

use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebConfig {
    pub address: SocketAddr,
    /// The access token's environment variable, or a file that holds it.
    pub token_env: Option<String>,
    pub token_file: Option<PathBuf>,
    /// A header in which a trusted proxy names the person, and the proxies' addresses.
    pub identity_header: Option<String>,
    pub trusted_proxies: Vec<IpAddr>,
    /// How people reach it from outside: the beginning of every link. Default: `http://ADDRESS`.
    pub public_url: Option<String>,
    pub channels: Vec<String>,
}

impl Default for WebConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            token_env: None,
            token_file: None,
            identity_header: None,
            trusted_proxies: Vec::new(),
            public_url: None,
            channels: vec!["releases".to_owned(), "on-call".to_owned(), "general".to_owned()],
        }
    }
}
