//! Drafting: digest, compression, rules, model, revisions.
mod digest;
