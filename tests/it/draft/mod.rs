//! Drafting: digest, compression, rules, model, revisions.
