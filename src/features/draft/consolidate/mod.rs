//! How do several modules become one change that can be told: in their order, with ids that name their module, as one digest?

mod context;
mod join;
mod order;
mod own;

pub use context::context;
pub use join::joined;
pub use order::in_order;
pub use own::{named, numbered};
