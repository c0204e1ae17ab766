//! What every adapter of a port promises, as one story per port.

pub mod chat;
mod store;
