//! How is the connection kept on which Discord tells what happens? By serenity's shard, with our hand on its door.
//!
//! The shard resumes, heartbeats and identifies by itself, and dials again every five seconds for as long as it lives.
//! We decide whether it finds anything to dial: when the address it is given is shut, nothing is called. So pauses grow,
//! and the address is always one that Discord named a moment ago. (serenity's own client would fall back to the real
//! `gateway.discord.gg` when it cannot ask; here it is never asked.)

use super::Discord;
use super::fault::Problem;
use super::hear::Ears;
use super::words;
use crate::domain::trouble::Fault;
use crate::ports::chat::Intake;
use futures::StreamExt as _;
use serenity::gateway::{ConnectionStage, GatewayError, ShardManager, ShardManagerOptions, ShardRunnerMessage};
use serenity::http::Route;
use serenity::model::gateway::GatewayIntents;
use serenity::model::id::ShardId;
use serenity::prelude::{Mutex, RwLock, TypeMap};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const SHARD: ShardId = ShardId(0);
/// No address: dialling it fails at once, without a packet.
const SHUT: &str = "shut";
/// Neither 1000 nor 1001, which end the session for Discord and show the bot as gone at every restart.
const KEEPS_SESSION: u16 = 4_000;
const LOOKED_AT: Duration = Duration::from_millis(500);
/// serenity gets this long before the door is shut and pauses begin.
const BY_ITSELF: Duration = Duration::from_secs(20);
/// Connected for this long, the next loss is a new one.
const SETTLED: Duration = Duration::from_secs(60);
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// Sessions begun so often in so short a time are not begun further: Discord allows a thousand a day.
const TOO_OFTEN: u32 = 6;
const IN: Duration = Duration::from_secs(300);
/// A loss that lasts longer is told.
const TOLD_AFTER: chrono::Duration = chrono::Duration::seconds(60);

/// Why a connection is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Stopped,
    BadToken,
    /// The application may not ask for message content.
    ContentRefused,
    IntentsRefused,
    Lost,
}

impl Discord {
    /// Where the gateway is, asked now; and how many sessions may still begin, with the wait when none may.
    pub(super) async fn gateway_address(&self) -> Result<(String, Option<Duration>), Problem> {
        let answer = self.calls.get(Route::GatewayBot).await?;
        let url = answer["url"].as_str().ok_or_else(|| Fault::Malformed("a gateway without an address".to_owned()))?;
        let starts = &answer["session_start_limit"];
        let wait =
            (starts["remaining"] == 0).then(|| Duration::from_millis(starts["reset_after"].as_u64().unwrap_or(60_000)));
        Ok((url.to_owned(), wait))
    }

    /// One connection with these intents, until it has to be given up.
    pub(super) async fn connection(
        &self,
        ears: Arc<Ears>,
        intents: GatewayIntents,
        address: String,
        stop: &CancellationToken,
    ) -> Ended {
        let door = Arc::new(Mutex::new(address));
        let (manager, mut ends) = ShardManager::new(ShardManagerOptions {
            data: Arc::new(RwLock::new(TypeMap::new())),
            event_handlers: vec![],
            raw_event_handlers: vec![ears.clone()],
            shard_index: 0,
            shard_init: 1,
            shard_total: 1,
            ws_url: door.clone(),
            http: self.calls.http().clone(),
            intents,
            presence: None,
        });
        // A shard that wants to begin anew asks the manager to end it first, and the manager waits five seconds for an end
        // that cannot come from the shard that asks. One such message ahead, and it goes on at once.
        manager.shutdown_finished(SHARD);
        manager.set_shards(0, 1, 1).await;
        if manager.initialize().is_err() {
            return Ended::Lost;
        }
        let ended = tokio::select! {
            () = stop.cancelled() => Ended::Stopped,
            end = ends.next() => match end {
                Some(Err(GatewayError::InvalidAuthentication)) => Ended::BadToken,
                Some(Err(GatewayError::DisallowedGatewayIntents)) => Ended::ContentRefused,
                Some(Err(GatewayError::InvalidGatewayIntents)) => Ended::IntentsRefused,
                _ => Ended::Lost,
            },
            () = self.watch_over(&manager, &door, ears.intake(), stop) => Ended::Stopped,
        };
        *door.lock().await = SHUT.to_owned();
        hang_up(&manager, ended).await;
        self.lost();
        ended
    }

    /// Opens and shuts the door. Returns only to stop.
    async fn watch_over(
        &self,
        manager: &ShardManager,
        door: &Mutex<String>,
        intake: &Arc<dyn Intake>,
        stop: &CancellationToken,
    ) {
        let (mut lost, mut connected, mut pause) = (Some(Instant::now()), None::<Instant>, FIRST_PAUSE);
        let mut address = door.lock().await.clone();
        let mut counted = (Instant::now(), self.begun_so_far());
        while !stop.is_cancelled() {
            self.clock.sleep(LOOKED_AT).await;
            let begun = self.begun_so_far();
            if counted.0.elapsed() > IN {
                counted = (Instant::now(), begun);
            } else if begun - counted.1 >= TOO_OFTEN {
                // The connection that stands is left alone; the next one waits for its turn.
                *door.lock().await = SHUT.to_owned();
            }
            if is_connected(manager).await {
                lost = None;
                let since = *connected.get_or_insert_with(Instant::now);
                self.back(intake).await;
                if since.elapsed() > SETTLED {
                    pause = FIRST_PAUSE;
                    door.lock().await.clone_from(&address);
                }
                continue;
            }
            connected = None;
            self.lost();
            let since = *lost.get_or_insert_with(Instant::now);
            if since.elapsed() > BY_ITSELF {
                *door.lock().await = SHUT.to_owned();
                self.tell_lost(intake, "nobody answers at its gateway").await;
                tracing::warn!(pause_s = pause.as_secs(), "Discord's gateway is tried again after a pause");
                self.clock.sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
                match self.open_door(door, intake).await {
                    Ok(()) => {
                        lost = Some(Instant::now());
                        counted = (Instant::now(), begun);
                        address = door.lock().await.clone();
                    }
                    Err(fault) => self.tell_lost(intake, &format!("it {fault}")).await,
                }
            }
        }
    }

    async fn open_door(&self, door: &Mutex<String>, intake: &Arc<dyn Intake>) -> Result<(), Fault> {
        let (address, wait) = self.gateway_address().await?;
        if let Some(wait) = wait {
            self.wait_for_sessions(intake, wait).await;
        }
        *door.lock().await = address;
        Ok(())
    }

    /// Discord lets a bot begin so many sessions a day.
    pub(super) async fn wait_for_sessions(&self, intake: &Arc<dyn Intake>, wait: Duration) {
        let minutes = i64::try_from(wait.as_secs() / 60 + 1).unwrap_or(i64::MAX);
        intake.notice(super::PLATFORM, "sessions", Some(words::no_identifies_left(minutes))).await;
        self.clock.sleep(wait).await;
        intake.notice(super::PLATFORM, "sessions", None).await;
    }

    fn begun_so_far(&self) -> u32 {
        self.line().begun
    }

    fn lost(&self) {
        let now = self.clock.now();
        let mut line = self.line();
        if line.connected_since.take().is_some() || line.lost_at.is_none() {
            line.lost_at = Some(now);
        }
    }

    pub(super) async fn back(&self, intake: &Arc<dyn Intake>) {
        let was_lost = {
            let now = self.clock.now();
            let mut line = self.line();
            line.connected_since.get_or_insert(now);
            line.lost_at.take().is_some()
        };
        if was_lost {
            intake.notice(super::PLATFORM, "gateway", None).await;
        }
    }

    pub(super) async fn tell_lost(&self, intake: &Arc<dyn Intake>, why: &str) {
        let now = self.clock.now();
        let lost = *self.line().lost_at.get_or_insert(now);
        if now - lost > TOLD_AFTER {
            let since = lost.format("%Y-%m-%d %H:%M UTC").to_string();
            intake.notice(super::PLATFORM, "gateway", Some(words::disconnected(&since, why))).await;
        }
    }
}

async fn is_connected(manager: &ShardManager) -> bool {
    manager.runners.lock().await.get(&SHARD).is_some_and(|runner| runner.stage == ConnectionStage::Connected)
}

/// Says goodbye where somebody still listens, and ends the task that would dial again.
async fn hang_up(manager: &ShardManager, ended: Ended) {
    let runner = manager.runners.lock().await.get(&SHARD).map(|runner| runner.runner_tx.clone());
    let goodbye = async {
        let stopped = runner.filter(|_| ended == Ended::Stopped);
        if let Some(runner) = &stopped {
            runner.send_to_shard(ShardRunnerMessage::Shutdown(SHARD, KEEPS_SESSION));
        }
        manager.shutdown_all().await;
        if stopped.is_some() {
            // The first took the message that was ahead; this waits for the shard's own.
            manager.shutdown(SHARD, KEEPS_SESSION).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(3), goodbye).await.is_err() {
        tracing::debug!("Discord's gateway did not say goodbye");
    }
}
