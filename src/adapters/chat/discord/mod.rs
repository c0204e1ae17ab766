//! How does a team talk to Slipway in Discord?
//!
//! `listen` keeps a gateway connection and turns what it tells into events; `interact` answers commands, presses and forms
//! within Discord's three seconds, after `Intake::accept` returned; `gap` reads what was said while nobody listened.
//! `post`, `thread`, `find` and `whisper` bring messages about, through `calls`, which never waits for a limit.

mod answer;
mod asker;
mod calls;
mod chat;
mod check;
mod commands;
mod complete;
mod events;
mod fault;
mod fill;
mod find;
mod gap;
mod gateway;
mod hear;
mod interact;
mod kept;
mod me;
mod mend;
mod message;
mod options;
mod pace;
mod page;
mod post;
mod reached;
pub mod render;
mod rooms;
mod rows;
mod spoken;
mod thread;
mod whisper;
mod words;

pub use options::{DiscordOptions, Relay};

use crate::domain::trouble::Fault;
use crate::ports::clock::Clock;
use crate::ports::store::{Store, StoreError};
use calls::Calls;
use find::Nonces;
use gap::Behind;
use me::Me;
use pace::Pace;
use reached::ReachedRooms;
use rooms::Rooms;
use rows::Rows;
use spoken::SpokenTo;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::OnceCell;

/// The platform's name in `Place` and `Person`.
pub const PLATFORM: &str = "discord";

pub struct Discord {
    /// For what goes on beside a call.
    myself: Weak<Self>,
    options: DiscordOptions,
    clock: Arc<dyn Clock>,
    calls: Calls,
    rows: Rows,
    rooms: Rooms,
    reached: ReachedRooms,
    spoken: SpokenTo,
    nonces: Nonces,
    behind: Behind,
    pace: Pace,
    me: OnceCell<Me>,
    line: Mutex<check::Line>,
}

impl Discord {
    /// `Err` is a sentence for whoever sets it up.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, options: DiscordOptions) -> Result<Arc<Self>, String> {
        options.check()?;
        let calls = Calls::new(&options)?;
        Ok(Arc::new_cyclic(|myself| Self {
            myself: myself.clone(),
            calls,
            rows: Rows::new(store),
            rooms: Rooms::default(),
            reached: ReachedRooms::default(),
            spoken: SpokenTo::default(),
            nonces: Nonces::default(),
            behind: Behind::default(),
            pace: Pace::default(),
            me: OnceCell::new(),
            line: Mutex::default(),
            options,
            clock,
        }))
    }
}

/// Our own store, not Discord, failed: the outbox tries again.
fn store_fault(error: StoreError) -> Fault {
    Fault::Unreachable(format!("{:#}", anyhow::Error::new(error)))
}
