//! What every adapter of a port promises, as one story per port.

mod store;
