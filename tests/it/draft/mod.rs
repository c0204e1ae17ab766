//! Drafting: digest, compression, rules, model, revisions.

mod collect;
mod digest;
mod fixtures;
mod generate;
mod material;
mod note;
mod revise;
