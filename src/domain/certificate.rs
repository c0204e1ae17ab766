//! A certificate as a server shows it: whom it names, who issued it, until when, and whether others would trust it.

use chrono::{DateTime, Utc};
use std::net::SocketAddr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it was issued to: its common name, else the whole of its subject. Like every text here clean and bounded.
    pub subject: String,
    /// Names it covers, at most [`NAMES`] of them.
    pub names: Vec<String>,
    /// How many it covers.
    pub covers: usize,
    pub issuer: String,
    pub not_before: DateTime<Utc>,
    pub not_after: DateTime<Utc>,
    /// Hexadecimal, in pairs: `04:1f:9a`.
    pub serial: String,
    /// `RSA 2048`, `ECDSA P-256`
    pub key: String,
}

/// Names of a certificate that are kept; an authority may put hundreds into one.
pub const NAMES: usize = 20;

/// What one address of a host serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub address: SocketAddr,
    pub certificate: Certificate,
    /// Does it cover the name that was asked for?
    pub names_host: bool,
    pub chain: Chain,
}

/// Would somebody who knows the system's authorities trust it, its dates and names apart?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    Trusted,
    /// It vouches for itself.
    SelfSigned,
    /// The server sends nothing but the certificate itself, and no known authority issued that.
    Incomplete,
    /// It leads to an authority that this machine does not know.
    UnknownAuthority,
    /// Something else, in words.
    Broken(String),
}

/// A host to look at, as people write it: `pay.example.com`, `pay.example.com:8443`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    /// Lower case.
    pub name: String,
    pub port: Option<u16>,
}

impl Host {
    /// `None`: this is no name of a host. An address in figures is one, when all of it is there.
    pub fn read(text: &str) -> Option<Self> {
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok().filter(|port| *port > 0)?)),
            None => (text, None),
        };
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        is_name(&name).then_some(Self { name, port })
    }
}

fn is_name(name: &str) -> bool {
    let labels: Vec<&str> = name.split('.').collect();
    let label = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = labels.last().copied().unwrap_or_default();
    let ends = last.len() >= 2 && last.starts_with(|first: char| first.is_ascii_alphabetic());
    let figures = name.parse::<std::net::Ipv4Addr>().is_ok();
    name.len() <= 253 && labels.len() >= 2 && labels.iter().all(label) && (ends || figures)
}

/// Hosts that may be looked at: `pay.example.com`, `pay.example.com:8443`, `*.shop.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    /// As [`Host::name`], perhaps with `*` for its first label; like in a certificate it stands for one label only.
    name: String,
    port: u16,
}

/// Where TLS is spoken when nobody says otherwise.
pub const PORT: u16 = 443;

impl HostPattern {
    pub fn read(text: &str) -> Option<Self> {
        let bare = text.strip_prefix("*.").unwrap_or(text);
        let host = Host::read(bare)?;
        let name = if bare.len() < text.len() { format!("*.{}", host.name) } else { host.name };
        Some(Self { name, port: host.port.unwrap_or(PORT) })
    }

    /// The port to look at when this pattern allows the host.
    pub fn allows(&self, host: &Host) -> Option<u16> {
        let named = match self.name.strip_prefix("*.") {
            Some(rest) => host.name.split_once('.').is_some_and(|(_, parent)| parent == rest),
            None => host.name == self.name,
        };
        (named && host.port.is_none_or(|port| port == self.port)).then_some(self.port)
    }
}

impl Certificate {
    /// Whole days until it ends; negative once it has.
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        (self.not_after - now).num_seconds().div_euclid(86_400)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_other_words() {
        let read = |text| Host::read(text).map(|host| (host.name, host.port));
        assert_eq!(read("Pay.Example.com"), Some(("pay.example.com".to_owned(), None)));
        assert_eq!(read("pay.example.com:8443"), Some(("pay.example.com".to_owned(), Some(8443))));
        assert_eq!(read("10.0.0.7:443"), Some(("10.0.0.7".to_owned(), Some(443))));
        for word in
            ["certificate", "v1.2.3", "e.g", "14.2", "-a.example", "a..example", "a.example:0", "a.example:x", ""]
        {
            assert_eq!(read(word), None, "{word}");
        }
    }

    #[test]
    fn a_pattern_allows_what_it_names_and_nothing_near_it() {
        let allows = |pattern: &str, host: &str| {
            HostPattern::read(pattern).expect("a pattern").allows(&Host::read(host).expect("a host"))
        };
        assert_eq!(allows("pay.example.com", "pay.example.com"), Some(443));
        assert_eq!(allows("pay.example.com", "pay.example.com:443"), Some(443));
        assert_eq!(allows("pay.example.com", "pay.example.com:8443"), None);
        assert_eq!(allows("pay.example.com:8443", "pay.example.com"), Some(8443));
        assert_eq!(allows("*.shop.example", "eu.shop.example"), Some(443));
        for near in ["shop.example", "a.eu.shop.example", "evilshop.example", "eu.shop.example.evil.test"] {
            assert_eq!(allows("*.shop.example", near), None, "{near}");
        }
        for bad in ["*", "*.com*", "", "https://pay.example.com", "pay.*.com"] {
            assert_eq!(HostPattern::read(bad), None, "{bad}");
        }
    }
}
