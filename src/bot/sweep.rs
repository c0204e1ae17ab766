//! Puts away what nobody asks for any more: events that were handled more than a week ago.

use super::Bot;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// No platform repeats an event after this long.
const KEPT: chrono::Duration = chrono::Duration::days(7);
const EVERY: Duration = Duration::from_secs(3600);

impl Bot {
    pub(super) async fn sweep_loop(self: Arc<Self>, stop: CancellationToken) {
        loop {
            match self.context.records.inbox.sweep(self.context.clock.now() - KEPT).await {
                Ok(0) => {}
                Ok(events) => tracing::info!(events, "old events were put away"),
                Err(error) => tracing::warn!(error = %error, "old events could not be put away"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.context.clock.sleep(EVERY) => {}
            }
        }
    }
}
