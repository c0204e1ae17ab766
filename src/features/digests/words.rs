//! All that digests say.

use super::compose::Part;
use super::when;
use crate::domain::calendar::Entry;
use crate::domain::incident::Incident;
use crate::domain::message::{Block, Button, ButtonStyle, Message};
use crate::domain::note::{Note, Revision};
use crate::domain::periodic::{Digest, Kind, State};
use crate::domain::review::Decision;
use crate::domain::trouble::Trouble;
use crate::domain::watch::{State as Watched, Unannounced, Watch};
use crate::features::phrase::{list, plain};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Daily => "Today",
        Kind::Weekly => "The week",
        Kind::Handover => "On-call hand-over",
    }
}

pub fn message(digest: &Digest, parts: &[Part], now: DateTime<Utc>, calendar: &str) -> Message {
    let at = now.with_timezone(&digest.zone);
    let mut message = Message::default()
        .with(Block::Heading { text: format!("{} · {}", title(digest.kind), at.format("%a %-d %b %Y, %H:%M")) });
    if parts.is_empty() {
        message = message.with(Block::Text {
            markdown: "Nothing is on watch, nothing waits, nothing is planned, and nothing went wrong.".to_owned(),
        });
    }
    for part in parts {
        let mut lines: Vec<String> = part.lines.iter().map(|line| format!("- {line}")).collect();
        if part.more > 0 {
            lines.push(format!("- and {} more", part.more));
        }
        message = message.with(Block::Text { markdown: format!("**{}**\n{}", part.title, lines.join("\n")) });
    }
    let of = if digest.services.is_empty() { String::new() } else { format!(" · only {}", list(&digest.services)) };
    message.with(Block::Footnote {
        markdown: format!(
            "[Calendar]({calendar}) · digest {} by {}{of} · times in {}",
            digest.id,
            plain(&digest.author.name),
            digest.zone.name()
        ),
    })
}

/// `note 7`, leading to its page.
fn linked(note: &Note, url: &str) -> String {
    format!("[note {}]({url}) {}", note.id, note.subject())
}

pub fn on_watch(note: &Note, watch: &Watch, operators: &[&str], zone: Tz, now: DateTime<Utc>, url: &str) -> String {
    let state = watch.state.map_or("not looked at yet", Watched::name);
    let since = watch.at.with_timezone(&zone).format("%a %H:%M");
    let after = (now - watch.at).num_seconds();
    let next = watch.plan.iter().find(|time| **time > after).map(|time| {
        let at = (watch.at + TimeDelta::seconds(*time)).with_timezone(&zone);
        format!(", next checkpoint {}", at.format("%H:%M"))
    });
    let look = watch.findings.first().map(|finding| format!(" Look at {finding}.")).unwrap_or_default();
    let who = if operators.is_empty() {
        " Nobody is named who operates it.".to_owned()
    } else {
        format!(" May roll back: {}.", plain(&list(operators)))
    };
    format!("{}: **{state}**, live since {since}{}.{look}{who}", linked(note, url), next.unwrap_or_default())
}

pub fn waiting(note: &Note, revision: &Revision, asked: &Decision, now: DateTime<Utc>, url: &str) -> String {
    let hours = (now - asked.at).num_hours();
    let since = match hours {
        0 => "just now".to_owned(),
        1..48 => format!("{hours} h ago"),
        _ => format!("{} days ago", hours / 24),
    };
    format!("{}: {} (asked by {}, {since})", linked(note, url), plain(revision.title()), plain(&asked.by.name))
}

pub fn planned(entry: &Entry, against: &[String], zone: Tz) -> String {
    let (from, until) = (entry.from.with_timezone(&zone), entry.until.with_timezone(&zone));
    let end = if from.date_naive() == until.date_naive() { "%H:%M" } else { "%a %-d %b %H:%M" };
    let note = entry.note.map(|id| format!("note {id}: ")).unwrap_or_default();
    let against = if against.is_empty() { String::new() } else { format!(" · ⚠ {}", against.join(" ")) };
    format!(
        "{}–{} · {} · {note}{}{against}",
        from.format("%a %-d %b %H:%M"),
        until.format(end),
        entry.kind.name(),
        plain(&entry.title)
    )
}

pub fn unannounced(seen: &Unannounced, zone: Tz) -> String {
    format!(
        "`{}` as `{}` on {}, says {}",
        seen.service,
        plain(seen.called()),
        seen.at.with_timezone(&zone).format("%a %-d %b %H:%M"),
        plain(&seen.source)
    )
}

pub fn went_badly(note: &Note, watch: &Watch, url: &str) -> String {
    let finding = watch.findings.first().map(|finding| format!(": {finding}")).unwrap_or_default();
    format!("{} was unstable in its day{finding}", linked(note, url))
}

pub fn incident(incident: &Incident) -> String {
    let title = plain(&incident.title(100));
    let title = match &incident.link {
        Some(link) => format!("[{title}]({link})"),
        None => title,
    };
    let over = if incident.recap.ended.is_some() { "over" } else { "not over" };
    format!("{} · {title} · {over}", incident.dated())
}

/// `daily, weekdays 09:00 (Asia/Seoul), only payments, silent 22:00-07:00`
pub fn described(digest: &Digest) -> String {
    let mut parts = vec![digest.kind.name().to_owned(), format!("{} ({})", digest.when, digest.zone.name())];
    if !digest.services.is_empty() {
        parts.push(format!("only {}", list(&digest.services)));
    }
    if let Some((from, until)) = digest.quiet {
        parts.push(format!("quiet {}–{}", from.format("%H:%M"), until.format("%H:%M")));
    }
    parts.push(
        if digest.says_nothing { "a line when there is nothing" } else { "silent when there is nothing" }.to_owned(),
    );
    parts.join(", ")
}

fn next(digest: &Digest, now: DateTime<Utc>) -> String {
    let next = when::next(&digest.cron, digest.zone, now);
    next.map_or_else(|| "never".to_owned(), |at| at.with_timezone(&digest.zone).format("%a %-d %b %H:%M").to_string())
}

/// How it would be now, for its author, who says yes or no.
pub fn trial(digest: &Digest, mut shown: Message, now: DateTime<Utc>) -> Message {
    let told = format!(
        "**Only you see this.** So digest {} would be now: {}. Posted here, first on {}.",
        digest.id,
        described(digest),
        next(digest, now)
    );
    shown.blocks.insert(0, Block::Text { markdown: told });
    let button = |action: &str, label: &str, style| Button {
        action: action.to_owned(),
        value: digest.id.to_string(),
        label: label.to_owned(),
        style,
        confirm: None,
    };
    shown.with(Block::Buttons {
        buttons: vec![
            button("digest.live", "Post it here from now on", ButtonStyle::Primary),
            button("digest.stop", "Drop it", ButtonStyle::Plain),
        ],
    })
}

pub fn is_live(digest: &Digest, now: DateTime<Utc>) -> Message {
    Message::text(format!(
        "Digest {} is posted here from now on: {}. The first comes on {}. `/release digest stop {}` ends it.",
        digest.id,
        described(digest),
        next(digest, now),
        digest.id
    ))
}

pub fn stopped(digest: &Digest) -> Message {
    Message::text(format!("Digest {} is not posted any more.", digest.id))
}

pub fn listed(digests: &[Digest], now: DateTime<Utc>) -> Message {
    let lines: Vec<String> = digests
        .iter()
        .map(|digest| {
            let state = match digest.state {
                State::Live => format!("next {}", next(digest, now)),
                State::Trial => "on trial".to_owned(),
                State::Stopped => "stopped".to_owned(),
            };
            format!("- {} · {} · by {} · {state}", digest.id, described(digest), plain(&digest.author.name))
        })
        .collect();
    if lines.is_empty() {
        return Message::text(
            "No digest is posted in this channel. `/release digest daily --at \"weekdays 09:00\"` shows you one first.",
        );
    }
    Message::text(format!("Digests of this channel:\n{}", lines.join("\n")))
}

pub fn unknown(id: u64) -> Trouble {
    Trouble::refused(format!("There is no digest {id}. `/release digest` lists those of this channel."))
}

pub fn stopped_already(digest: &Digest) -> Trouble {
    Trouble::refused(format!("Digest {} is stopped already.", digest.id))
}

pub fn live_already(digest: &Digest) -> Trouble {
    Trouble::refused(format!("Digest {} is posted already.", digest.id))
}
