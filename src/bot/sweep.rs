//! Puts away what nobody asks for any more: seen events and remembered answers older than a week.

use super::Bot;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// No platform repeats an event after this long, and no draft of that age runs again.
const KEPT: chrono::Duration = chrono::Duration::days(7);
const EVERY: Duration = Duration::from_secs(3600);

impl Bot {
    pub(super) async fn sweep_loop(self: Arc<Self>, stop: CancellationToken) {
        loop {
            let before = self.context.clock.now() - KEPT;
            let events = self.context.records.inbox.sweep(before).await;
            let answers = self.context.records.answers.sweep(before).await;
            match (events, answers) {
                (Ok(0), Ok(0)) => {}
                (Ok(events), Ok(answers)) => tracing::info!(events, answers, "old events and answers were put away"),
                (Err(error), _) | (_, Err(error)) => {
                    tracing::warn!(error = %error, "old records could not be put away")
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.context.clock.sleep(EVERY) => {}
            }
        }
    }
}
