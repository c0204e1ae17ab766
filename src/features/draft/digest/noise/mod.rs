//! Which files would only tire a reader? Each is named with its reason and kept out of reading.

mod lines;
mod names;

pub use lines::by_lines;
pub use names::{by_name, is_fragment, is_lock};
