//! Which certificate does a host serve? Somebody who looks at it.
//!
//! Contract:
//! * Only hosts that the configuration names are looked at; for any other `allowed` answers `None`, and nothing is sent.
//! * Every address of the host is looked at, side by side, and answers for itself.
//! * Only a TLS handshake is begun, nothing is said inside it, and nothing of the other side is kept but the certificate.
//! * Whatever is wrong with the certificate, it is shown: an expired one is an answer, not a fault.
//! * The texts in an answer are clean: one line, no signs that could format, link or mention, and bounded.

use crate::domain::certificate::{Host, Served};
use crate::domain::trouble::Fault;
use async_trait::async_trait;
use std::net::SocketAddr;

#[async_trait]
pub trait Certificates: Send + Sync {
    /// The port at which the host may be looked at; `None` when it may not.
    fn allowed(&self, host: &Host) -> Option<u16>;
    /// What each address of an allowed host serves. `Err`: the name leads to no address, or the host is not allowed.
    async fn served(&self, host: &Host) -> Result<Vec<Result<Served, Unseen>>, Fault>;
}

/// An address that showed no certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    pub address: SocketAddr,
    pub fault: Fault,
}
