//! Digests by the clock: `command` plans one and shows it to its author first, `post` tells it, `compose` looks up what there is to tell,
//! `when` reads schedules.

pub mod command;
mod compose;
pub mod post;
mod when;
mod words;
