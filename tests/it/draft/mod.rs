//! Drafting: digest, compression, rules, model, revisions.

mod generate;
mod material;
mod note;
mod revise;
