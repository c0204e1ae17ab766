//! All that a watch says.

use super::replay::{figure, short};
use crate::domain::message::{Attachment, Block, Message, Tone};
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{End, State, Watch};
use crate::judge::verdict::Numbers;
use crate::judge::watch::CHECKPOINTS;
use chrono::TimeDelta;

/// What a look saw, as lines.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The worst first.
    pub findings: Vec<String>,
    pub suspects: Vec<String>,
    /// What could not be asked.
    pub gaps: Vec<String>,
    pub picture: Option<Picture>,
}

/// Of the signal that got worst, with what it says in words.
#[derive(Debug, Clone)]
pub struct Picture {
    pub png: Vec<u8>,
    pub told: String,
}

pub fn picture(signal: &str, service: &str, numbers: &Numbers, live: &str) -> String {
    format!(
        "{signal} of {service}: {} where {} was to be expected and {} to {} is normal; live since {live} UTC. Beside it the same hours a day and a week before.",
        figure(numbers.measured),
        figure(numbers.baseline),
        figure(numbers.low),
        figure(numbers.high)
    )
}

/// Lines of findings that a card spends.
const LINES: usize = 3;
/// A checkpoint that was judged so much after its time was judged late.
const LATE: TimeDelta = TimeDelta::minutes(7);

pub fn key(note: u64) -> String {
    format!("note/{note}/watch")
}

pub fn no_time(text: &str) -> Trouble {
    Trouble::refused(format!("`{text}` is no time. Write `14:05`, or `2026-12-03 14:05` in UTC."))
}

pub fn not_yet(id: u64) -> Trouble {
    Trouble::refused(format!("That is still to come. Say `/release deployed {id}` once it is live."))
}

pub fn too_long_ago(id: u64) -> Trouble {
    Trouble::refused(format!(
        "Note {id} would be watched for the day after it went live, and that is over for more than a week. `slipway replay` looks back further."
    ))
}

pub fn nothing_measured(note: &Note) -> Trouble {
    Trouble::refused(format!(
        "Nothing of {} is measured, so note {} cannot be watched. Whoever runs Slipway names the service in `signals.toml`; `slipway doctor signals` shows what is measured.",
        note.subject(),
        note.id
    ))
}

pub fn watched_already(watch: &Watch) -> Trouble {
    Trouble::refused(format!(
        "Note {0} is watched already, since {1} UTC. `/release deployed {0} stop` ends that.",
        watch.note,
        watch.at.format("%-d %b %H:%M")
    ))
}

pub fn not_watched(id: u64) -> Trouble {
    Trouble::refused(format!("Note {id} is not watched. `/release deployed {id}` begins it."))
}

pub fn watching(note: &Note, watch: &Watch) -> Message {
    Message::text(format!(
        "Note {} is watched from {} UTC for a day, by what is measured of {}. Its thread tells what is new.",
        note.id,
        watch.at.format("%-d %b %H:%M"),
        listed(&watch.services)
    ))
}

pub fn stopped(note: &Note) -> Message {
    Message::text(format!("Note {} is not watched any more.", note.id))
}

/// The one living message of a watch.
pub fn card(note: &Note, watch: &Watch, situation: &Situation) -> Message {
    let (tone, state) = match (watch.state, &watch.end) {
        (None, None) => (Tone::Plain, "**Watch: nothing judged yet.** The first look is on its way.".to_owned()),
        (None, Some(_)) => (Tone::Plain, "**Watch: nothing was judged.**".to_owned()),
        (Some(state), _) => (tone(state), format!("**Watch: {}.** {}", state.name(), so_far(watch, state))),
    };
    let mut message = Message::default().with(Block::Callout { tone, markdown: state });
    let judged = CHECKPOINTS.iter().map(|after| {
        let known = watch.checkpoints.iter().find(|known| known.after == *after);
        match known {
            Some(known) => {
                let due = watch.at + TimeDelta::seconds(*after);
                let late = if known.judged_at - due > LATE { ", judged late" } else { "" };
                format!("{} {} {}{late}", mark(known.state), short(*after), known.state.name())
            }
            None => format!("▫ {}", short(*after)),
        }
    });
    message = message.with(Block::Text { markdown: judged.collect::<Vec<_>>().join(" · ") });
    if !situation.findings.is_empty() {
        let lines: Vec<String> = situation.findings.iter().take(LINES).map(|line| format!("- {line}")).collect();
        message = message.with(Block::Text { markdown: lines.join("\n") });
    }
    message = with_gaps(message, situation);
    let end = match &watch.end {
        None => format!("until {} UTC", (watch.at + TimeDelta::days(1)).format("%-d %b %H:%M")),
        Some(End::Over) => "over".to_owned(),
        Some(End::Stopped(person)) => format!("stopped by {}", person.name),
        Some(End::HandedTo(other)) => format!("handed to note {other}, which changes the same"),
    };
    message.with(Block::Footnote {
        markdown: format!(
            "{} · live since {} UTC, told by {} · {end}",
            note.subject(),
            watch.at.format("%-d %b %H:%M"),
            watch.by.name
        ),
    })
}

fn so_far(watch: &Watch, state: State) -> String {
    match (state, watch.worst) {
        (State::NotEnough, _) if watch.told >= Some(State::MostlyStable) => {
            let told = watch.told.map_or("", State::name);
            format!("Too little is measured just now; it was {told} when it could be judged last.")
        }
        (State::NotEnough, _) => "Too little is measured to say more.".to_owned(),
        (_, Some(worst)) if worst > state && worst >= State::MostlyStable => format!("It was {} before.", worst.name()),
        (State::Stable, _) => "Nothing is worse than it would have been.".to_owned(),
        _ => "Something is worse than it would have been.".to_owned(),
    }
}

/// Told in the thread when the state changed.
pub fn change(note: &Note, before: Option<State>, state: State, situation: &Situation) -> Message {
    let was = before.map_or(String::new(), |state| format!(" It was {}.", state.name()));
    let mut message = Message::default().with(Block::Callout {
        tone: tone(state),
        markdown: format!("**{} is {} after note {}.**{was}", note.subject(), state.name(), note.id),
    });
    if state >= State::MostlyStable {
        let lines: Vec<String> = situation.findings.iter().map(|line| format!("- {line}")).collect();
        message = message.with(Block::Text { markdown: lines.join("\n") });
        if !situation.suspects.is_empty() {
            let lines: Vec<String> = situation.suspects.iter().map(|line| format!("- {line}")).collect();
            message =
                message.with(Block::Text { markdown: format!("**Where it may have begun**\n{}", lines.join("\n")) });
        }
        message.blocks.extend(image(situation));
    }
    with_gaps(message, situation)
}

/// After the day.
pub fn receipt(note: &Note, watch: &Watch, situation: &Situation) -> Message {
    let worst = watch.worst.unwrap_or(State::NotEnough);
    let told = match worst {
        State::Stable => format!(
            "**Note {} went well.** A day after it went live nothing is worse than it would have been.",
            note.id
        ),
        State::NotEnough => format!(
            "**Whether note {} went well could not be judged:** too little was measured in the day after it went live.",
            note.id
        ),
        State::MostlyStable | State::Unstable => format!(
            "**Note {} did not go all well.** At its worst {} was {}; a day after it is {}.",
            note.id,
            note.subject(),
            worst.name(),
            watch.state.unwrap_or(State::NotEnough).name()
        ),
    };
    let message = Message::default().with(Block::Callout { tone: tone(worst), markdown: told });
    let lines: Vec<String> = situation.findings.iter().map(|line| format!("- {line}")).collect();
    if lines.is_empty() {
        return message;
    }
    let mut message = message.with(Block::Text { markdown: lines.join("\n") });
    message.blocks.extend(image(situation));
    message
}

fn image(situation: &Situation) -> Option<Block> {
    let picture = situation.picture.clone()?;
    let (name, media_type) = ("watch.png".to_owned(), "image/png".to_owned());
    Some(Block::Image { attachment: Attachment { name, media_type, alt: picture.told, bytes: picture.png } })
}

fn with_gaps(message: Message, situation: &Situation) -> Message {
    if situation.gaps.is_empty() {
        return message;
    }
    let lines: Vec<String> = situation.gaps.iter().map(|gap| format!("- {gap}")).collect();
    message.with(Block::Details { summary: "What could not be asked".to_owned(), markdown: lines.join("\n") })
}

/// With a form of its own beside the word, for who sees no colours.
fn mark(state: State) -> &'static str {
    match state {
        State::Stable => "●",
        State::NotEnough => "○",
        State::MostlyStable => "◐",
        State::Unstable => "✖",
    }
}

fn tone(state: State) -> Tone {
    match state {
        State::Stable => Tone::Good,
        State::NotEnough => Tone::Plain,
        State::MostlyStable => Tone::Caution,
        State::Unstable => Tone::Danger,
    }
}

fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
