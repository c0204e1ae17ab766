//! How are the lines to Slack kept open? For ever, with growing pauses, and told apart by why Slack closes them.

use super::link::{Link, Signal};
use super::{Slack, faults};
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use secrecy::ExposeSecret;
use slack_morphism::prelude::SlackApiToken;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Reasons to leave after which coming back at once is of no use.
const FINAL: &[&str] = &["link_disabled", "too_many_websockets"];

impl Slack {
    /// Hears until `stop`.
    pub(super) async fn hear(self: &Arc<Self>, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        if let Some(me) = self.rows.get(super::rows::ME).await? {
            self.remember(me);
        }
        self.reach.load(self.rows.all_reached().await?);
        self.intake.send_replace(Some(intake.clone()));
        self.reach.gap();
        let side = tokio_util::task::TaskTracker::new();
        side.spawn(self.clone().filling(intake.clone(), stop.clone()));
        side.spawn(self.clone().telling(intake, stop.clone()));
        side.spawn(self.clone().marking(stop.clone()));
        side.spawn(self.clone().introducing(stop.clone()));
        if self.options.app_token.is_some() {
            for line in 0..self.pace.lines {
                self.lines.away(line, self.clock.now(), None);
                side.spawn(self.clone().keep_open(line, stop.clone()));
            }
        }
        stop.cancelled().await;
        self.intake.send_replace(None);
        side.close();
        side.wait().await;
        self.write_marks().await;
        self.lines.none();
        Ok(())
    }

    async fn filling(self: Arc<Self>, intake: Arc<dyn Intake>, stop: CancellationToken) {
        self.keep_filled(intake, stop).await;
    }

    async fn telling(self: Arc<Self>, intake: Arc<dyn Intake>, stop: CancellationToken) {
        self.keep_told(intake, stop).await;
    }

    /// Who we are is asked anew at every start: the token may be another workspace's by now, or none.
    async fn introducing(self: Arc<Self>, stop: CancellationToken) {
        let mut failures = 0;
        while let Err(problem) = self.ask_me().await {
            failures += 1;
            tracing::warn!(fault = %problem.fault, "Slack does not say who we are");
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(self.pace.pause(failures)) => {}
            }
        }
    }

    async fn marking(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(2)) => self.write_marks().await,
            }
        }
    }

    async fn keep_open(self: Arc<Self>, line: u32, stop: CancellationToken) {
        let mut failures = 0;
        while !stop.is_cancelled() {
            let pause = tokio::select! {
                () = stop.cancelled() => return,
                pause = self.once(line, &mut failures, &stop) => pause,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// From the first try to the loss of what came of it. Answers how long to wait before the next.
    async fn once(self: &Arc<Self>, line: u32, failures: &mut u32, stop: &CancellationToken) -> Duration {
        // After a failure it is asked first, because only so is it known why: the client keeps that to itself.
        if *failures > 0
            && let Err(pause) = self.ask_why(line, failures).await
        {
            return pause;
        }
        let Some(link) = self.greeted(line).await else {
            *failures += 1;
            self.lines.away(line, self.clock.now(), Some("the connection was opened and said nothing".to_owned()));
            // At once, but then it is asked first why there is none.
            return if *failures == 1 { Duration::ZERO } else { self.pace.pause(*failures) };
        };
        self.held(line, link, failures, stop).await
    }

    /// A connection over which Slack has greeted.
    async fn greeted(self: &Arc<Self>, line: u32) -> Option<Link> {
        let mut link = Link::begin(self).await.ok()?;
        match tokio::time::timeout(self.pace.greeting, link.signal()).await {
            Ok(Signal::Hello) => {
                tracing::info!(line, "connected to Slack");
                self.lines.opened(line, self.clock.now());
                for about in ["app token", "connection"] {
                    self.api.troubles.say(about, None);
                }
                self.reach.gap();
                Some(link)
            }
            Ok(Signal::Disconnect(reason)) => {
                self.closed(line, &reason);
                None
            }
            Ok(Signal::Gone) | Err(_) => None,
        }
    }

    /// Until the connection is lost. Answers how long to wait before the next.
    async fn held(
        self: &Arc<Self>,
        line: u32,
        mut link: Link,
        failures: &mut u32,
        stop: &CancellationToken,
    ) -> Duration {
        let mut settling = true;
        loop {
            let signal = tokio::select! {
                () = stop.cancelled() => return Duration::ZERO,
                signal = link.signal() => signal,
                () = tokio::time::sleep(self.pace.settled), if settling => {
                    settling = false;
                    *failures = 0;
                    self.api.troubles.say("socket mode", None);
                    continue;
                }
            };
            match signal {
                Signal::Hello => {}
                Signal::Gone => return self.lost(line, failures, settling),
                Signal::Disconnect(reason) if FINAL.contains(&reason.as_str()) => {
                    self.closed(line, &reason);
                    *failures += 1;
                    return self.pace.pause(*failures + 3);
                }
                // `warning`, `refresh_requested`, and what Slack may think of next: a new one before the old one goes.
                Signal::Disconnect(reason) => {
                    tracing::debug!(line, reason, "Slack renews a connection");
                    let Some(next) = self.greeted(line).await else { return self.lost(line, failures, settling) };
                    let (old, overlap) = (std::mem::replace(&mut link, next), self.pace.overlap);
                    settling = true;
                    tokio::spawn(async move {
                        tokio::time::sleep(overlap).await;
                        drop(old);
                    });
                }
            }
        }
    }

    /// One that had held is opened again at once; one that goes as soon as it comes is waited for longer and longer.
    fn lost(&self, line: u32, failures: &mut u32, settling: bool) -> Duration {
        tracing::warn!(line, "a connection to Slack was lost");
        self.lines.away(line, self.clock.now(), Some("the connection was lost".to_owned()));
        self.reach.gap();
        *failures += u32::from(settling);
        if settling { self.pace.pause(*failures) } else { Duration::ZERO }
    }

    /// Slack does not want this connection. Others may go on; that it is off at all is told.
    fn closed(&self, line: u32, reason: &str) {
        let (why, sentence) = match reason {
            "link_disabled" => ("Socket Mode is switched off", Some(faults::SOCKET_MODE_OFF)),
            "too_many_websockets" => ("too many connections are open", Some(faults::TOO_MANY_CONNECTIONS)),
            _ => ("Slack closed the connection before it was of use", None),
        };
        tracing::warn!(line, reason, "Slack closed a connection");
        self.lines.away(line, self.clock.now(), Some(why.to_owned()));
        self.reach.gap();
        if let Some(sentence) = sentence {
            self.api.troubles.say("socket mode", Some(sentence.to_owned()));
        }
    }

    /// Asks Slack for a connection, to hear why there is none. `Err` is the pause before the next try.
    async fn ask_why(&self, line: u32, failures: &mut u32) -> Result<(), Duration> {
        let Some(token) = &self.options.app_token else { return Err(self.pace.longest_pause) };
        let token = SlackApiToken::new(token.expose_secret().to_owned().into());
        let Err(problem) = self.api.post_as_app(&token, "apps.connections.open").await else { return Ok(()) };
        *failures += 1;
        let why = match (&problem.fault, problem.code.as_str()) {
            (Fault::Unauthorized, code) => {
                self.api.troubles.say("app token", Some(faults::token(code, "app-level token")));
                format!("Slack does not accept the app-level token (`{code}`)")
            }
            (Fault::Refused(refusal), code) => {
                self.api.troubles.say("app token", Some(refusal.0.clone()));
                format!("Slack refuses a connection (`{code}`)")
            }
            (_, code) if !code.is_empty() => format!("Slack refuses a connection (`{code}`)"),
            (fault, _) => format!("Slack {fault}"),
        };
        tracing::warn!(line, why, failures, "no connection to Slack");
        self.lines.away(line, self.clock.now(), Some(why));
        let pause = self.pace.pause(*failures);
        Err(match problem.fault {
            Fault::Busy { retry_after: Some(wait) } => wait.max(pause),
            _ => pause,
        })
    }
}
