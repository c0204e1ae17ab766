//! Tags that draft notes by themselves: hears of them, looks for them, and remembers what came of each.
//!
//! A notice is a hint, never the truth: webhooks come late, twice, in any order, or not at all. What a tag is now is asked
//! of the code host, or of git where there is no host; the difference to what is remembered is what happened. So a repeat
//! and a replay find nothing new, and whatever came in the wrong order ends in the right state.

pub mod command;
pub mod look;
pub mod notice;
mod words;

use crate::domain::service::{Remote, Service, Workspace};
use crate::features::Context;

/// The repository in the catalogue's spelling, with the services whose code is in it.
fn catalogued<'a>(context: &'a Context, remote: &Remote) -> Option<(Remote, Vec<(&'a Workspace, &'a Service)>)> {
    let services: Vec<_> = context.services().filter(|(_, service)| service.source.repository().is(remote)).collect();
    let own = services.first()?.1.source.repository();
    Some((own, services))
}
