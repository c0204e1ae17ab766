//! Who looks at certificates.

pub mod tls;
