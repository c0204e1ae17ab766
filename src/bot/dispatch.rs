//! Takes what was heard, in the order it was heard, to the feature that handles it; every event ends in one visible reply.

use super::{Bot, trouble, wait, words};
use crate::domain::message::{Heard, Message, What};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Misuse, Press};
use crate::features::plan::only;
use crate::features::words::Words;
use crate::features::{ACTIONS, COMMANDS, Permission, Plan, is_listened_to, meant, noticed, overheard, spoken};
use crate::ports::store::StoreError;
use crate::records::InboxId;
use futures::FutureExt as _;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often an event is handled anew because a record changed under it.
const TRIES: usize = 8;
/// Events taken up together. What people do in one channel keeps its order; channels do not wait for each other.
const AT_ONCE: usize = 256;

impl Bot {
    pub(super) async fn dispatch_loop(self: Arc<Self>, stop: CancellationToken) {
        loop {
            match self.context.records.inbox.pending(AT_ONCE).await {
                Ok(events) if !events.is_empty() => {
                    self.handle_all(events, &stop).await;
                    if stop.is_cancelled() {
                        return;
                    }
                    continue;
                }
                Ok(_) => {}
                Err(error) => tracing::error!(error = %error, "the inbox cannot be read"),
            }
            if !wait(self.heard.notified(), Duration::from_secs(5), &stop).await {
                return;
            }
        }
    }

    async fn handle_all(&self, events: Vec<(InboxId, Heard)>, stop: &CancellationToken) {
        let mut by_channel: BTreeMap<(String, String), Vec<(InboxId, Heard)>> = BTreeMap::new();
        for (id, heard) in events {
            let channel = (heard.place.platform.clone(), heard.place.channel.clone());
            by_channel.entry(channel).or_default().push((id, heard));
        }
        let channels = by_channel.into_values().map(|events| async move {
            let mut events = events.into_iter().peekable();
            while let Some((id, heard)) = events.next()
                && !stop.is_cancelled()
            {
                let idle = |heard: &Heard| heard.is_chatter() && !is_listened_to(&self.context, heard);
                if idle(&heard) {
                    let mut ids = vec![id];
                    while let Some((id, _)) = events.next_if(|(_, next)| idle(next)) {
                        ids.push(id);
                    }
                    self.pass_over(&ids).await;
                } else {
                    self.handle(id, &heard).await;
                }
            }
        });
        futures::future::join_all(channels).await;
    }

    /// People talking to each other are none of our business: a run of it is closed in one transaction.
    async fn pass_over(&self, ids: &[InboxId]) {
        let inbox = &self.context.records.inbox;
        let closing = ids.iter().flat_map(|id| inbox.done(id)).collect();
        if let Err(error) = self.context.records.commit(closing).await {
            tracing::error!(error = %error, "events could not be closed; they are kept and tried again");
            self.context.clock.sleep(Duration::from_secs(1)).await;
        }
    }

    /// One event, one transaction. A conflict means a record moved on meanwhile: decide again on what is there now.
    async fn handle(&self, id: InboxId, heard: &Heard) {
        for attempt in 1..=TRIES {
            let plan = self.plan(heard).await;
            match self.commit(plan, self.context.records.inbox.done(&id)).await {
                Ok(()) => return,
                Err(StoreError::Conflict { key }) => {
                    tracing::debug!(key, attempt, event = heard.id, "handled again after a conflict")
                }
                Err(error) => {
                    tracing::error!(error = %error, event = heard.id, "an event's effects could not be stored; it is kept and tried again");
                    self.context.clock.sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// What an event comes to; a failure comes to a sentence for the person.
    async fn plan(&self, heard: &Heard) -> Plan {
        let handled = AssertUnwindSafe(self.route(heard)).catch_unwind().await;
        let trouble = match handled {
            Ok(Ok(plan)) => return plan,
            Ok(Err(trouble)) => trouble,
            Err(panic) => Trouble::Bug(anyhow::anyhow!("panicked: {}", trouble::panic_text(&*panic))),
        };
        let sentence = trouble::tell(&trouble, &format!("event {}", heard.id));
        if matches!(heard.what, What::Noticed(_)) || heard.is_chatter() {
            // Nobody asked; the log has it, and looking finds what a notice could not tell.
            return Plan::nothing();
        }
        Plan::nothing().say(
            format!("reply/{}/{}", heard.place.platform, heard.id),
            only(&heard.place, &heard.person),
            Message::text(sentence),
        )
    }

    async fn route(&self, heard: &Heard) -> Result<Plan, Trouble> {
        match &heard.what {
            What::Command { words } | What::Mention { words } => self.command(heard, words).await,
            What::Pressed { action, value, .. } => self.action(heard, action, value, &[]).await,
            What::Submitted { action, value, fields } => self.action(heard, action, value, fields).await,
            What::Noticed(notice) => noticed(&self.context, heard, notice).await,
            What::Message { .. } | What::Edited { .. } | What::Deleted { .. } | What::Gone => {
                overheard(&self.context, heard).await
            }
        }
    }

    async fn command(&self, heard: &Heard, typed: &str) -> Result<Plan, Trouble> {
        let typed = &*meant(typed.trim());
        let (name, rest) = typed.split_once(char::is_whitespace).unwrap_or((typed, ""));
        let name = if name.is_empty() { "help" } else { name };
        let command = COMMANDS.iter().find(|command| command.name == name);
        let parsed = command.map(|command| Words::of(command, rest).and_then(|words| (command.parse)(&words)));
        if let (Some(command), Some(Ok(request))) = (command, &parsed) {
            self.permit(command.needs, heard)?;
            return request.handle(&self.context, heard).await;
        }
        // No command as it stands, but perhaps it was never meant as one.
        if let Some(plan) = spoken::answer(&self.context, heard, typed, command.is_none()).await? {
            return Ok(plan);
        }
        match (command, parsed) {
            (Some(command), Some(Err(Misuse(sentence)))) => {
                self.permit(command.needs, heard)?;
                Err(Trouble::refused(sentence))
            }
            _ => Err(Trouble::refused(crate::features::help::command::no_such_command(name))),
        }
    }

    async fn action(
        &self,
        heard: &Heard,
        name: &str,
        value: &str,
        fields: &[(String, String)],
    ) -> Result<Plan, Trouble> {
        let Some(action) = ACTIONS.iter().find(|action| action.name == name) else {
            return Err(Trouble::refused(words::stale_button()));
        };
        self.permit(action.needs, heard)?;
        (action.run)(&self.context, Press { heard, value, fields }).await
    }

    fn permit(&self, needs: Permission, heard: &Heard) -> Result<(), Trouble> {
        if self.context.permissions.allow(needs, &heard.person) { Ok(()) } else { Err(needs.refused()) }
    }
}
