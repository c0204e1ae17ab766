//! Does what was acknowledged survive, and does the store open after whatever happened?

mod disk;
mod kill;
mod leftovers;
mod speed;
mod sync;
mod writer;
