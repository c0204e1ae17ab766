//! How does the bot hear on Discord until it is told to stop? Prepares, connects, and when the connection has to be given up,
//! decides how to go on. It never gives up by itself: one platform in trouble does not end the bot.

use super::Discord;
use super::fault::Problem;
use super::gateway::Ended;
use super::me::Allowed;
use super::{PLATFORM, check, words};
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use async_trait::async_trait;
use serenity::client::{Context, RawEventHandler};
use serenity::model::event::Event;
use serenity::model::gateway::GatewayIntents;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A token does not become good by asking often; ten thousand refusals in ten minutes, and Discord bans the address.
const TOKEN_PAUSE: Duration = Duration::from_secs(300);
const PLACEHOLDERS: Duration = Duration::from_millis(250);
const REACHED: Duration = Duration::from_secs(2);

/// Hands what the gateway tells to the adapter. serenity calls it in a task of its own for each event.
pub struct Ears {
    discord: Arc<Discord>,
    intake: Arc<dyn Intake>,
}

impl Ears {
    pub fn intake(&self) -> &Arc<dyn Intake> {
        &self.intake
    }
}

#[async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, _: Context, event: Event) {
        self.discord.event(&self.intake, event).await;
    }
}

impl Discord {
    pub(super) async fn hear(&self, intake: Arc<dyn Intake>, stop: CancellationToken) -> anyhow::Result<()> {
        let Some(discord) = self.myself.upgrade() else { return Ok(()) };
        for remembered in [self.remember_reached().await, self.remember_spoken().await] {
            if let Err(error) = remembered {
                tracing::error!(error = %error, "what is known of Discord could not be read; it is learnt anew");
            }
        }
        self.line().listening = true;
        let ears = Arc::new(Ears { discord, intake: intake.clone() });
        // A stop reaches the connection, which says goodbye before it returns.
        tokio::select! {
            () = self.tend_to(&intake) => {}
            () = self.stay_connected(ears, &stop) => {}
        }
        self.line().listening = false;
        self.write_reached().await;
        Ok(())
    }

    /// What has to be looked after all the time.
    async fn tend_to(&self, intake: &Arc<dyn Intake>) {
        let mut rounds = 0_u32;
        loop {
            self.clock.sleep(PLACEHOLDERS).await;
            self.tend_placeholders().await;
            rounds = rounds.wrapping_add(1);
            if rounds.is_multiple_of(u32::try_from(REACHED.as_millis() / PLACEHOLDERS.as_millis()).unwrap_or(8)) {
                self.write_reached().await;
                self.catch_up_behind(intake.as_ref()).await;
            }
        }
    }

    async fn stay_connected(&self, ears: Arc<Ears>, stop: &CancellationToken) {
        let intake = ears.intake().clone();
        let (mut failures, mut content_refused) = (0, false);
        while !stop.is_cancelled() {
            let prepared = tokio::select! {
                () = stop.cancelled() => return,
                prepared = self.prepare(&intake) => prepared,
            };
            let wait = match prepared {
                Err(problem) => {
                    failures += 1;
                    self.explain(&intake, &problem, failures).await
                }
                Ok((address, allowed)) => {
                    failures = 0;
                    let content = self.options.message_content && allowed.content && !content_refused;
                    self.tell_content(&intake, content).await;
                    let ended = self.connection(ears.clone(), intents(content), address, stop).await;
                    content_refused |= ended == Ended::ContentRefused;
                    self.tell_ended(&intake, ended).await
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep(wait) => {}
            }
        }
    }

    /// How long to wait before the next connection.
    async fn tell_ended(&self, intake: &Arc<dyn Intake>, ended: Ended) -> Duration {
        match ended {
            Ended::Stopped | Ended::ContentRefused => Duration::ZERO,
            Ended::Lost => FIRST_PAUSE,
            Ended::BadToken => {
                intake.notice(PLATFORM, "token", Some(words::bad_token())).await;
                TOKEN_PAUSE
            }
            Ended::IntentsRefused => {
                intake.notice(PLATFORM, "intents", Some(words::intents_refused())).await;
                TOKEN_PAUSE
            }
        }
    }

    /// Everything that has to be known before a connection is worth trying.
    async fn prepare(&self, intake: &Arc<dyn Intake>) -> Result<(String, Allowed), Problem> {
        let (_, allowed) = self.who().await?;
        intake.notice(PLATFORM, "token", None).await;
        if let Err(error) = self.register(intake.as_ref()).await {
            tracing::error!(error = %error, "what is registered on Discord could not be written down");
        }
        let (address, wait) = self.gateway_address().await?;
        if let Some(wait) = wait {
            self.wait_for_sessions(intake, wait).await;
        }
        Ok((address, allowed))
    }

    /// Says why nothing could be prepared; returns how long to wait.
    async fn explain(&self, intake: &Arc<dyn Intake>, problem: &Problem, failures: u32) -> Duration {
        let fault = &problem.fault;
        tracing::warn!(fault = %fault, "Discord is not ready");
        match fault {
            Fault::Unauthorized => {
                intake.notice(PLATFORM, "token", Some(words::bad_token())).await;
                TOKEN_PAUSE
            }
            Fault::Busy { retry_after: Some(wait) } => *wait,
            _ => {
                self.tell_lost(intake, &check::refused(fault)).await;
                (FIRST_PAUSE * 2_u32.pow(failures.min(10) - 1)).min(LONGEST_PAUSE)
            }
        }
    }

    async fn tell_content(&self, intake: &Arc<dyn Intake>, content: bool) {
        let missing = self.options.message_content && !content;
        self.line().content_refused = missing;
        intake.notice(PLATFORM, "message-content", missing.then(words::content_not_allowed)).await;
    }
}

/// The least that does the work.
fn intents(content: bool) -> GatewayIntents {
    let least = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if content { least | GatewayIntents::MESSAGE_CONTENT } else { least }
}
