//! A postmortem begun from what was said and what changed. Nothing in it is guessed; what nobody said is marked so.

use crate::domain::incident::Incident;
use crate::domain::language::Language;
use crate::domain::message::{Attachment, Block, Message};
use crate::domain::trouble::Trouble;
use crate::features::Context;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use crate::features::happened::{self, Happened};
use crate::features::phrase::plain;
use crate::features::texts::{self as text, Text};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use futures::future::BoxFuture;

pub const POSTMORTEM: Spoken = Spoken {
    says: ["write a postmortem", "포스트모템 써줘"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bpost.?mortem\b|\bincident (?:report|review)\b|\bretro(?:spective)?\b",
        r"포스트\s*모템|사후\s*(?:분석|보고)|회고",
    ],
    fits: |_| true,
    answer,
};

/// Changes of so long before it stand in the timeline.
const BEFORE: TimeDelta = TimeDelta::hours(24);
/// Letters of one entry of the timeline.
const ENTRY: usize = 300;

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let language = asked.language;
        let Some(incident) = &asked.incident else {
            return Err(Trouble::refused(text::PM_NO_INCIDENT.plain(language)));
        };
        let began = incident.recap.began.unwrap_or(incident.filed_at);
        let until = incident.recap.ended.unwrap_or_else(|| context.clock.now());
        let changes = happened::between(context, began - BEFORE, until).await?;
        let written = written(context, incident, &changes, language);
        let attachment = Attachment {
            name: format!("postmortem-{}.md", incident.id),
            media_type: "text/markdown".to_owned(),
            alt: text::PM_TITLE.of(language, &[("title", &plain(&incident.title(120)))]),
            bytes: written.clone().into_bytes(),
        };
        let message = Message::text(text::PM_DONE.of(language, &[("id", &incident.id)]))
            .with(Block::Text { markdown: written })
            .with(Block::File { attachment });
        Ok(Reply::Say(message))
    })
}

fn written(context: &Context, incident: &Incident, changes: &[Happened], language: Language) -> String {
    let (recap, zone) = (&incident.recap, context.zone_of(None));
    let head = |text: Text| format!("## {}", text.plain(language));
    let said = |line: &str| if line.is_empty() { text::PM_UNSAID.plain(language) } else { plain(line) };
    let moment = |at: DateTime<Utc>| language.moment(at, zone);
    let began = recap.began.unwrap_or(incident.filed_at);
    let ended = recap.ended.map_or_else(|| text::PM_NOT_OVER.plain(language), moment);
    let title = text::PM_TITLE.of(language, &[("title", &plain(&incident.title(120)))]);
    let mut lines = vec![
        format!("# {title}"),
        text::PM_WHEN.of(language, &[("began", &moment(began)), ("ended", &ended)]),
        head(text::PM_HAPPENED),
        said(&recap.happened),
        head(text::PM_IMPACT),
        said(&recap.impact),
        head(text::PM_TIMELINE),
        timeline(incident, changes, zone, language),
        head(text::PM_CAUSE),
        said(&recap.cause),
        head(text::PM_TRIGGER),
        said(&recap.trigger),
        head(text::PM_FIX),
        said(&recap.fix),
        head(text::PM_LESSON),
        said(&recap.lesson),
        head(text::PM_CHANGES),
    ];
    let before: Vec<String> = changes
        .iter()
        .filter(|one| one.at <= began)
        .map(|one| format!("- {}", linked(context, one, zone, language)))
        .collect();
    lines.push(if before.is_empty() { text::PM_NO_CHANGES.plain(language) } else { before.join("\n") });
    lines.push(head(text::PM_NEXT));
    lines.push(format!("- [ ] {}", text::PM_WHO.plain(language)));
    lines.join("\n\n")
}

fn linked(context: &Context, one: &Happened, zone: Tz, language: Language) -> String {
    let at = language.moment(one.at, zone);
    match one.note() {
        Some(note) => format!("{at} · [note {}: {}]({})", note.id, plain(&one.title), context.note_url(note.id)),
        None => format!("{at} · {}", plain(&one.title)),
    }
}

/// What was said and what changed, in the order in which it happened.
fn timeline(incident: &Incident, changes: &[Happened], zone: Tz, language: Language) -> String {
    let cut = |text: &str| -> String {
        plain(&text.split_whitespace().collect::<Vec<_>>().join(" ")).chars().take(ENTRY).collect()
    };
    let mut entries: Vec<(DateTime<Utc>, String)> = Vec::new();
    let began = incident.recap.began.unwrap_or(incident.filed_at);
    entries.extend(
        changes.iter().map(|one| (one.at, format!("{}: {}", text::KIND_DEPLOYMENT.plain(language), plain(&one.title)))),
    );
    if began < incident.filed_at {
        entries.push((began, cut(&incident.recap.happened)));
    }
    entries.push((incident.filed_at, format!("{}: {}", plain(&incident.filed_by.name), cut(&incident.text))));
    entries.extend(
        incident.replies.iter().map(|reply| (reply.at, format!("{}: {}", plain(&reply.who), cut(&reply.text)))),
    );
    entries.extend(incident.recap.ended.map(|ended| (ended, text::PM_FIX.plain(language))));
    entries.sort_by_key(|(at, _)| *at);
    entries
        .into_iter()
        .map(|(at, what)| format!("- {} · {what}", language.moment(at, zone)))
        .collect::<Vec<_>>()
        .join("\n")
}
