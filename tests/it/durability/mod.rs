//! Does what was acknowledged survive, and does the store open after whatever happened?

mod leftovers;
