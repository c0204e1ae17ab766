//! Whole conversations with the bot, as people have them.

mod bad_input;
mod calendar;
mod deployments;
mod digests;
mod draft;
mod edit;
mod edits;
mod evening;
mod export;
mod follow;
mod help;
mod incidents;
mod manners;
mod model;
mod modules;
mod owners;
mod pictures;
mod preferences;
mod questions;
mod services;
mod stale;
mod tags;
mod talk;
mod us;
mod watch;
mod work;
