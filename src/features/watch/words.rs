//! All that a watch says.

use super::promises::Promise;
use super::replay::{figure, short};
use crate::domain::message::{Attachment, Block, Button, ButtonStyle, Message, Tone};
use crate::domain::note::Note;
use crate::domain::notice::Deployed;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{Adopted, Checkpoint, End, Report, State, Unannounced, Watch};
use crate::features::phrase::plain;
use crate::features::watching;
use crate::judge::verdict::Numbers;
use chrono::{DateTime, TimeDelta, Utc};

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

pub fn nothing_measured(note: &Note, at: DateTime<Utc>) -> Message {
    Message::text(format!(
        "Note {id} is live since {} UTC. Nothing of {} is measured, so note {id} cannot be watched. Whoever runs Slipway names the service in `signals.toml`; `slipway doctor signals` shows what is measured.",
        at.format("%-d %b %H:%M"),
        note.subject(),
        id = note.id
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

pub fn watching(note: &Note, watch: &Watch, promised: &[Promise]) -> Message {
    let message = Message::text(format!(
        "Note {} is watched from {} UTC for a day, by what is measured of {}. Its thread tells what is new.",
        note.id,
        watch.at.format("%-d %b %H:%M"),
        listed(&watch.services)
    ));
    let lines: Vec<String> = promised.iter().map(|promise| format!("\"{}\"", promise.text)).collect();
    titled(message, "It will say whether these were kept", &lines)
}

pub fn stopped(note: &Note) -> Message {
    Message::text(format!("Note {} is not watched any more.", note.id))
}

/// `v1.4.0 in production, says GitHub`
fn live_as(deployed: &Deployed) -> String {
    let name = deployed.name.as_ref().unwrap_or(&deployed.revision);
    let name: String = if name.len() == 40 { name.chars().take(9).collect() } else { name.clone() };
    format!("`{}` in {}, says {}", plain(&name), plain(&deployed.environment), plain(&deployed.source))
}

pub fn went_live(note: &Note, deployed: &Deployed, watched: bool) -> Message {
    let rest = if watched {
        "It is watched for a day.".to_owned()
    } else {
        format!("Nothing of {} is measured, so it is not watched.", note.subject())
    };
    Message::text(format!("Live since {} UTC: {}. {rest}", deployed.at.format("%-d %b %H:%M"), live_as(deployed)))
}

pub fn deployment_failed(note: &Note, deployed: &Deployed) -> Message {
    let details = deployed.url.as_ref().map(|url| format!(" [What it says]({url})")).unwrap_or_default();
    Message::default().with(Block::Callout {
        tone: Tone::Danger,
        markdown: format!(
            "**The deployment of {} failed** at {} UTC: {}.{details} What was live before may still be, or half of it; look before you try again.",
            note.subject(),
            deployed.at.format("%-d %b %H:%M"),
            live_as(deployed)
        ),
    })
}

/// Asked where its owners are, once.
pub fn unannounced(seen: &Unannounced) -> Message {
    let told = format!(
        "`{}` went live as `{}` in {} on {} UTC, says {}, and no note tells of it.",
        seen.service,
        plain(seen.called()),
        plain(&seen.environment),
        seen.at.format("%-d %b %H:%M"),
        plain(&seen.source)
    );
    match &seen.answer {
        Some(Adopted::As { note, by }) => Message::text(format!("{told} {} had note {note} drafted for it.", by.name)),
        Some(Adopted::NotNeeded { by }) => Message::text(format!("{told} It needs none, says {}.", by.name)),
        None => {
            let button = |action: &str, label: &str, style| Button {
                action: action.to_owned(),
                value: format!("{} {}", seen.service, seen.revision),
                label: label.to_owned(),
                style,
                confirm: None,
            };
            Message::default()
                .with(Block::Callout { tone: Tone::Caution, markdown: format!("{told} Whose is it?") })
                .with(Block::Buttons {
                    buttons: vec![
                        button(watching::ADOPT, "Draft its note and watch it", ButtonStyle::Primary),
                        button("deployment.no-note", "It needs none", ButtonStyle::Plain),
                    ],
                })
        }
    }
}

/// The one living message of a watch.
pub fn card(note: &Note, watch: &Watch, report: Option<&Report>, url: &str) -> Message {
    let (tone, state) = match (watch.state, &watch.end) {
        (None, None) => (Tone::Plain, "**Watch: nothing judged yet.** The first look is on its way.".to_owned()),
        (None, Some(_)) => (Tone::Plain, "**Watch: nothing was judged.**".to_owned()),
        (Some(state), _) => (tone(state), format!("**Watch: {}.** {}", state.name(), so_far(watch, state))),
    };
    let mut message = Message::default().with(Block::Callout { tone, markdown: state });
    let judged = watch.plan.iter().map(|after| {
        let known = watch.checkpoints.iter().find(|known| known.after == *after);
        match known {
            Some(known) => {
                let due = watch.at + TimeDelta::seconds(*after);
                let late = if known.judged_at - due > LATE { ", judged late" } else { "" };
                format!("{} {} {}{late}", known.state.mark(), short(*after), known.state.name())
            }
            None => format!("▫ {}", short(*after)),
        }
    });
    message = message.with(Block::Text { markdown: judged.collect::<Vec<_>>().join(" · ") });
    if let Some(report) = report {
        let advice = report.advice.iter().filter(|_| watch.end.is_none());
        let lines: Vec<String> =
            report.findings.iter().take(LINES).chain(advice).map(|line| format!("- {line}")).collect();
        if !lines.is_empty() {
            message = message.with(Block::Text { markdown: lines.join("\n") });
        }
        message = with_gaps(message, report);
    }
    let end = match &watch.end {
        None => format!("until {} UTC", (watch.at + TimeDelta::days(1)).format("%-d %b %H:%M")),
        Some(End::Over) => "over".to_owned(),
        Some(End::Stopped(person)) => format!("stopped by {}", person.name),
        Some(End::HandedTo(other)) => format!("handed to note {other}, which changes the same"),
    };
    message.with(Block::Footnote {
        markdown: format!(
            "[Report]({url}#watch) · {} · live since {} UTC, told by {} · {end}",
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
pub fn change(note: &Note, before: Option<State>, state: State, report: &Report, picture: Option<Picture>) -> Message {
    let was = before.map_or(String::new(), |state| format!(" It was {}.", state.name()));
    let mut message = Message::default().with(Block::Callout {
        tone: tone(state),
        markdown: format!("**{} is {} after note {}.**{was}", note.subject(), state.name(), note.id),
    });
    if state >= State::MostlyStable {
        message = message.with(Block::Text { markdown: bullets(&report.findings) });
        message = titled(message, "Where it may have begun", &report.suspects);
        message = titled(message, "What to do", &report.advice);
        message.blocks.extend(picture.map(image));
    }
    with_gaps(message, report)
}

fn titled(message: Message, title: &str, lines: &[String]) -> Message {
    if lines.is_empty() {
        return message;
    }
    message.with(Block::Text { markdown: format!("**{title}**\n{}", bullets(lines)) })
}

fn bullets(lines: &[String]) -> String {
    lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n")
}

/// At a time at which people asked to be told.
pub fn checkpoint(note: &Note, checkpoint: &Checkpoint, report: &Report) -> Message {
    let said = match checkpoint.state {
        State::Stable => "Nothing is worse than it would have been.",
        State::NotEnough => "Too little is measured to say more.",
        State::MostlyStable | State::Unstable => "It goes on:",
    };
    let message = Message::default().with(Block::Callout {
        tone: tone(checkpoint.state),
        markdown: format!("**{}: {} is {}.** {said}", short(checkpoint.after), note.subject(), checkpoint.state.name()),
    });
    if checkpoint.state < State::MostlyStable {
        return message;
    }
    titled(message.with(Block::Text { markdown: bullets(&report.findings) }), "What to do", &report.advice)
}

/// Before it is to happen. Only told where something is or was wrong.
pub fn gate(
    note: &Note,
    state: State,
    findings: &[String],
    gaps: &[String],
    now: DateTime<Utc>,
    planned: DateTime<Utc>,
) -> Message {
    let at = now.format("%H:%M");
    if state < State::MostlyStable {
        return Message::default().with(Block::Callout {
            tone: tone(state),
            markdown: format!(
                "**{} is {} again, at {at} UTC.** Nothing measured speaks against {} any more.",
                note.subject(),
                state.name(),
                planned.format("%H:%M")
            ),
        });
    }
    let message = Message::default().with(Block::Callout {
        tone: tone(state),
        markdown: format!(
            "**Not clean: {} is {} at {at} UTC, before note {} is to happen at {}.** Wait until it is well: what breaks now could not be told from what the change breaks.",
            note.subject(),
            state.name(),
            note.id,
            planned.format("%H:%M")
        ),
    });
    let message = message.with(Block::Text { markdown: bullets(findings) });
    if gaps.is_empty() { message } else { titled(message, "What could not be asked", gaps) }
}

pub fn gate_failed(sentence: &str) -> Message {
    Message::text(format!("How its services are before it is to happen could not be looked at. {sentence}"))
}

/// After the day.
pub fn receipt(note: &Note, watch: &Watch, report: &Report, picture: Option<Picture>) -> Message {
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
    let mut message = Message::default().with(Block::Callout { tone: tone(worst), markdown: told });
    let promises: Vec<String> = report
        .promises
        .iter()
        .map(|promise| format!("{}: \"{}\". {}.", sentence_case(promise.kept.name()), promise.text, promise.why))
        .collect();
    message = titled(message, "What the note promised", &promises);
    if !report.findings.is_empty() {
        message = message.with(Block::Text { markdown: bullets(&report.findings) });
        message.blocks.extend(picture.map(image));
    }
    if worst == State::Unstable {
        let learnt = "Remembered as an incident: the review of the next change like it names this one.";
        message = message.with(Block::Footnote { markdown: learnt.to_owned() });
    }
    message
}

fn sentence_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn image(picture: Picture) -> Block {
    let (name, media_type) = ("watch.png".to_owned(), "image/png".to_owned());
    Block::Image { attachment: Attachment { name, media_type, alt: picture.told, bytes: picture.png } }
}

fn with_gaps(message: Message, report: &Report) -> Message {
    if report.gaps.is_empty() {
        return message;
    }
    message.with(Block::Details { summary: "What could not be asked".to_owned(), markdown: bullets(&report.gaps) })
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
