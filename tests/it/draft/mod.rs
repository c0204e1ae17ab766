//! Drafting: digest, compression, rules, model, revisions.

mod collect;
mod digest;
mod generate;
mod material;
mod note;
mod revise;
