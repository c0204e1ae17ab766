//! What is being done right now, under the composer of a thread? Slack shows it there beside the message that says the same.
//!
//! It is an extra: a workspace without it loses nothing, so nothing here fails a message.

use super::Slack;
use super::post::Target;
use crate::domain::message::{Block, Message, StepState};
use serde_json::json;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What Slack shows of a status.
const LONGEST: usize = 50;

/// Statuses that stand, by channel and root.
#[derive(Default)]
pub struct Statuses {
    shown: Mutex<HashMap<(String, String), String>>,
    /// Slack does not take it here; not asked again.
    off: AtomicBool,
}

impl Statuses {
    /// True if it differs from what stands there.
    fn changes(&self, target: &(String, String), status: &str) -> bool {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.get(target).map_or("", String::as_str) != status
    }

    fn remember(&self, target: (String, String), status: String) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if status.is_empty() { drop(shown.remove(&target)) } else { drop(shown.insert(target, status)) }
    }
}

impl Slack {
    /// The step that runs, while one does; nothing once the message has none any more.
    pub(super) async fn show_status(&self, target: &Target<'_>, message: &Message) {
        let Some(root) = &target.root else { return };
        let status = running(message);
        let thread = (target.place.channel.clone(), root.clone());
        if self.statuses.off.load(Ordering::Relaxed) || !self.statuses.changes(&thread, &status) {
            return;
        }
        let body = json!({"channel_id": thread.0, "thread_ts": root, "status": status});
        match self.api.post("assistant.threads.setStatus", "", &body).await {
            Ok(_) => self.statuses.remember(thread, status),
            Err(problem) if problem.fault.is_passing() => {}
            Err(problem) => {
                tracing::debug!(code = problem.code, "this workspace shows no status in threads");
                self.statuses.off.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn running(message: &Message) -> String {
    let steps = message.blocks.iter().filter_map(|block| match block {
        Block::Progress { steps } => Some(steps),
        _ => None,
    });
    let step = steps.flatten().find(|step| step.state == StepState::Running);
    step.map(|step| crate::adapters::chat::cut::shorten(&step.text, LONGEST)).unwrap_or_default()
}
