//! What the process itself says: everything that no feature could.

use crate::domain::message::{Block, Message, Tone};
use crate::domain::trouble::Fault;
use crate::records::Notice;
use chrono::{DateTime, Utc};

pub fn stale_button() -> String {
    "This button belongs to an earlier version of Slipway and does nothing any more. `/release help` lists what there is.".to_owned()
}

/// For whoever asked for a message that cannot stand where it was to stand.
pub fn undelivered(fault: &Fault) -> Message {
    let why = match fault {
        Fault::Refused(refusal) => refusal.0.clone(),
        Fault::NotFound => "The channel, the thread or the message is gone, or Slipway cannot see it.".to_owned(),
        other => format!("The chat platform {other}."),
    };
    Message::default().with(Block::Callout {
        tone: Tone::Caution,
        markdown: format!(
            "**What you asked for cannot be shown here.** {why}\n\nNothing is lost: `/release notes` lists what was made, and `/release show NOTE` shows it again."
        ),
    })
}

pub fn notice(platform: &str, notice: &Notice) -> Message {
    let since = notice.since.format("%Y-%m-%d %H:%M UTC");
    Message::default().with(Block::Callout {
        tone: Tone::Danger,
        markdown: format!("**{}: trouble since {since}.** {}", shown(platform), notice.sentence),
    })
}

pub fn notice_over(platform: &str, notice: &Notice, now: DateTime<Utc>) -> Message {
    let (since, until) = (notice.since.format("%Y-%m-%d %H:%M"), now.format("%H:%M UTC"));
    Message::default().with(Block::Callout {
        tone: Tone::Good,
        markdown: format!("**{}: over.** Lasted from {since} to {until}. It was: {}", shown(platform), notice.sentence),
    })
}

/// `slack` as people write it.
fn shown(platform: &str) -> String {
    let mut letters = platform.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

pub fn outside(service: &str, fault: &str) -> String {
    format!(
        "{service} {fault}. Nothing was changed; try again in a minute, and look at `/release status` if it stays so."
    )
}

pub fn bug(id: &str) -> String {
    format!(
        "Something in Slipway went wrong, and nothing was changed. The log has the cause under `{id}`; pass that id on to whoever runs it."
    )
}
