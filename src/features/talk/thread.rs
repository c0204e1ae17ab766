//! What a thread comes to: what somebody missed, and what the next shift has to know. Read when it is asked for, kept nowhere.

use super::lookups::{grade, state};
use crate::domain::approval::{Approval, approval};
use crate::domain::language::Language;
use crate::domain::message::{Block, Message, Place, Said, What};
use crate::domain::note::{Note, Revision, Writer};
use crate::domain::owner::Verdict;
use crate::domain::person::Person;
use crate::domain::proposal::Fate;
use crate::domain::review::Decided;
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Asked, Job, Manner, Permission, Planning, Reply, Say, Spoken};
use crate::features::phrase::{list, plain};
use crate::features::plan::at;
use crate::features::texts as text;
use crate::features::{Context, Plan, spoken, store_trouble};
use crate::records::{Claimed, NewJob, Target};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use futures::future::BoxFuture;
use serde_json::json;
use std::collections::BTreeMap;

pub const MISSED: Spoken = Spoken {
    says: ["what did I miss?", "제가 뭘 놓쳤나요?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\bwhat\b.*\bi miss(?:ed)?\b|\bcatch me up\b|\bcatch.?up\b|\bbring me up to (?:date|speed)\b|\btl;?dr\b|\bwhere are we\b",
        r"놓쳤|놓친|따라잡|요약해|어디까지",
    ],
    fits: |_| true,
    answer: |context, asked| begin(context, asked, false),
};

pub const HAND_OVER: Spoken = Spoken {
    says: ["hand over, please", "인수인계 정리해줘"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[r"\bhand.?(?:over|off)\b|\bfor the next shift\b", r"인수\s*인계|교대"],
    fits: |_| true,
    answer: |context, asked| begin(context, asked, true),
};

pub const READ: Job = Job { name: "talk.thread", run, failed };

/// Messages of a thread that are read; what is longer is told so far.
const READ_AT_MOST: usize = 2_500;
/// Lines that are quoted, and letters of each.
const QUOTED: usize = 8;
const LINE: usize = 140;
/// Events that are listed.
const LISTED: usize = 15;

fn begin<'a>(context: &'a Context, asked: &'a Asked<'a>, hand_over: bool) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let Some(note) = &asked.note else { return Err(Trouble::refused(text::NO_NOTE.plain(asked.language))) };
        let heard = asked.heard;
        let key = format!("thread/{}/{}", heard.place.platform, heard.id);
        let quiet = matches!(heard.what, What::Command { .. });
        let job = NewJob {
            name: READ.name.to_owned(),
            key: key.clone(),
            lane: format!("{}/{}", READ.name, note.id),
            payload: json!({
                "note": note.id, "hand_over": hand_over, "language": asked.language, "key": key, "place": heard.place,
                "person": heard.person, "quiet": quiet,
            }),
            due: context.clock.now(),
        };
        let ops = context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)?;
        let reading = Message::text(text::READING_THREAD.plain(asked.language));
        Ok(Reply::Do(Plan::nothing().write(ops).say(key, spoken::target(heard), reading)))
    })
}

fn run<'a>(context: &'a Context, job: &'a Claimed, _: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let payload = &job.payload;
        let id = payload["note"].as_u64().context("a thread of no note")?;
        let key = payload["key"].as_str().context("a question without an answer")?;
        let place: Place = serde_json::from_value(payload["place"].clone()).context("a question from nowhere")?;
        let person: Person = serde_json::from_value(payload["person"].clone()).context("a question of nobody")?;
        let language: Language = serde_json::from_value(payload["language"].clone()).unwrap_or_default();
        let found = context.records.notes.get(id).await.map_err(store_trouble)?;
        let (note, _) = found.context("its note is gone")?;
        let said = said(context, &note, &place).await?;
        let message = if payload["hand_over"].as_bool().unwrap_or_default() {
            hand_over(context, &note, &said, language).await?
        } else {
            missed(context, &note, &said, &person, language).await?
        };
        let only = payload["quiet"].as_bool().unwrap_or_default().then(|| person.clone());
        Ok(Plan::nothing().say(key, Target { only, ..at(&place) }, message))
    })
}

fn failed<'a>(_: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let place: Place = serde_json::from_value(job.payload["place"].clone()).context("a question from nowhere")?;
        let key = job.payload["key"].as_str().context("a question without an answer")?;
        Ok(Plan::nothing().say(key, at(&place), Message::text(sentence)))
    })
}

/// What people said in the thread it was asked in, or else in the note's own.
async fn said(context: &Context, note: &Note, place: &Place) -> Result<Vec<Said>, Trouble> {
    let place = match &place.thread {
        Some(_) => place.clone(),
        None => {
            let root = context.records.outbox.message_id(&note.card_key()).await.map_err(store_trouble)?;
            let Some(root) = root else { return Ok(Vec::new()) };
            note.place.in_thread(root.split('+').next().unwrap_or(&root))
        }
    };
    let Some(chat) = context.chats.iter().find(|chat| chat.name() == place.platform) else { return Ok(Vec::new()) };
    let said = chat.thread(&place, READ_AT_MOST).await;
    said.map_err(|fault| Trouble::Outside { service: chat.name().to_owned(), fault })
}

async fn missed(
    context: &Context,
    note: &Note,
    said: &[Said],
    person: &Person,
    language: Language,
) -> Result<Message, Trouble> {
    let zone = context.zone_of(Some(note));
    let last = said.iter().rev().find(|one| one.person.is(person)).map(|one| one.at);
    let since = last.unwrap_or(note.created_at);
    let head = if last.is_some() { text::MISSED_HEAD } else { text::MISSED_ALL };
    let mut message = Message::text(head.of(language, &[("since", &language.moment(since, zone))]));
    let new: Vec<&Said> = said.iter().filter(|one| one.at > since && !one.person.is(person)).collect();
    let mut events = events(context, note, language).await?;
    events.retain(|(at, _)| *at > since);
    if new.is_empty() && events.is_empty() {
        return Ok(message.with(Block::Text { markdown: text::MISSED_NOTHING.plain(language) }));
    }
    if !events.is_empty() {
        let lines = lines(&events, zone, language);
        message = message.with(Block::Text { markdown: format!("{}\n{lines}", text::MISSED_DID.plain(language)) });
    }
    if !new.is_empty() {
        let mut people: BTreeMap<&str, usize> = BTreeMap::new();
        for one in &new {
            *people.entry(&one.person.name).or_default() += 1;
        }
        let named: Vec<String> = people.iter().map(|(name, count)| format!("{} ({count})", plain(name))).collect();
        let mut lines = vec![text::MISSED_SAID.of(language, &[("count", &new.len()), ("people", &list(&named))])];
        if new.len() > QUOTED {
            lines.push(text::MISSED_EARLIER.of(language, &[("count", &(new.len() - QUOTED))]));
        }
        lines.extend(new.iter().skip(new.len().saturating_sub(QUOTED)).map(|one| format!("- {}", quoted(one))));
        message = message.with(Block::Text { markdown: lines.join("\n") });
    }
    Ok(message)
}

/// `kim: the backup is done`; what others wrote makes no link and calls nobody.
fn quoted(one: &Said) -> String {
    let text = masked(&one.text);
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LINE).collect();
    let cut = if line.chars().count() == LINE { "…" } else { "" };
    format!("{}: {}{cut}", plain(&one.person.name), plain(&line))
}

fn lines(events: &[(DateTime<Utc>, String)], zone: Tz, language: Language) -> String {
    let from = events.len().saturating_sub(LISTED);
    let mut lines = Vec::new();
    if from > 0 {
        lines.push(text::MISSED_EARLIER.of(language, &[("count", &from)]));
    }
    lines.extend(events[from..].iter().map(|(at, what)| format!("- {} · {what}", language.moment(*at, zone))));
    lines.join("\n")
}

/// All that happened to the note, oldest first.
async fn events(context: &Context, note: &Note, language: Language) -> Result<Vec<(DateTime<Utc>, String)>, Trouble> {
    let records = &context.records;
    let mut events = Vec::new();
    for one in records.notes.revisions(note.id).await.map_err(store_trouble)? {
        let who = match &one.writer {
            Writer::Person(person) => plain(&person.name),
            Writer::Model(model) => plain(model),
            Writer::Rules => text::WRITER_RULES.plain(language),
        };
        let values: [(&str, &dyn std::fmt::Display); 3] = [("number", &one.number), ("who", &who), ("what", &one.what)];
        events.push((one.at, text::DID_REVISION.of(language, &values)));
    }
    let mut known = None;
    for one in records.reviews.all(note.id).await.map_err(store_trouble)?.iter().rev() {
        // A review that says the same again is no event.
        if known.replace(one.grade) != Some(one.grade) {
            let told = grade(one.grade, language);
            events.push((one.at, text::DID_REVIEW.of(language, &[("number", &one.number), ("grade", &told)])));
        }
    }
    for one in &note.decisions {
        let text = match one.what {
            Decided::Requested => text::DID_REQUESTED,
            Decided::Approved => text::DID_APPROVED,
            Decided::ChangesRequested => text::DID_CHANGES,
            Decided::Overridden => text::DID_OVERRIDDEN,
        };
        events.push((one.at, text.of(language, &[("who", &plain(&one.by.name)), ("text", &plain(&one.text))])));
    }
    for owner in &note.owners {
        let Some(answer) = &owner.answer else { continue };
        let text = match answer.verdict {
            Verdict::Acknowledged => text::DID_ACKNOWLEDGED,
            Verdict::Objected => text::DID_OBJECTED,
        };
        let services = owner.services.join(", ");
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("who", &plain(&answer.person.name)), ("services", &services), ("text", &plain(&answer.text))];
        events.push((answer.at, text.of(language, &values)));
    }
    events.extend(note.agreed.iter().map(|one| {
        (one.at, text::DID_AGREED.of(language, &[("text", &plain(&one.text)), ("who", &plain(&one.by.name))]))
    }));
    let zone = context.zone_of(Some(note));
    events.extend(note.live.iter().map(|live| {
        let values: [(&str, &dyn std::fmt::Display); 2] =
            [("at", &language.moment(live.at, zone)), ("who", &plain(&live.by.name))];
        (live.told_at, text::DID_LIVE.of(language, &values))
    }));
    if let Some((watch, _)) = records.watches.get(note.id).await.map_err(store_trouble)? {
        events.extend(watch.checkpoints.iter().map(|one| {
            let after = match one.after {
                minutes if minutes < 3_600 => text::MINUTES.of(language, &[("n", &(minutes / 60))]),
                hours => text::HOURS.of(language, &[("n", &(hours / 3_600))]),
            };
            let told = state(one.state, language);
            (one.judged_at, text::DID_CHECKPOINT.of(language, &[("after", &after), ("state", &told)]))
        }));
    }
    events.sort_by_key(|(at, _)| *at);
    Ok(events)
}

async fn hand_over(context: &Context, note: &Note, said: &[Said], language: Language) -> Result<Message, Trouble> {
    let zone = context.zone_of(Some(note));
    let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
    let title = latest.as_ref().map_or_else(|| note.subject(), |revision| plain(revision.title()));
    let mut lines = vec![text::HAND_HEAD.of(language, &[("id", &note.id), ("title", &title)])];
    lines.extend(note.planned.as_ref().map(|planned| text::HAND_PLANNED.of(language, &[("when", &planned.told())])));
    lines.push(match &note.live {
        Some(live) => {
            text::HAND_LIVE.of(language, &[("at", &language.moment(live.at, zone)), ("who", &plain(&live.by.name))])
        }
        None => text::HAND_NOT_LIVE.plain(language),
    });
    if let Some((watch, _)) = context.records.watches.get(note.id).await.map_err(store_trouble)? {
        let next = watch.plan.iter().find(|after| !watch.checkpoints.iter().any(|known| known.after == **after));
        let next = next
            .filter(|_| watch.end.is_none())
            .map(|after| language.moment(watch.at + TimeDelta::seconds(*after), zone));
        let next = next.map(|at| text::WATCH_NEXT.of(language, &[("at", &at)])).unwrap_or_default();
        let told = watch.state.map_or_else(|| text::STATE_UNKNOWN.plain(language), |is| state(is, language));
        lines.push(text::HAND_WATCH.of(language, &[("state", &told), ("next", &next)]));
        lines.extend(watch.findings.iter().take(3).map(|finding| format!("  - {finding}")));
        let report = context.records.watches.report(note.id).await.map_err(store_trouble)?;
        lines.extend(report.iter().flat_map(|report| report.advice.iter().map(|line| format!("  - {line}"))));
    }
    if let Some(review) = context.records.reviews.latest(note.id).await.map_err(store_trouble)? {
        let told = grade(review.grade, language);
        let reasons = review.reasons.join(" ");
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("number", &review.number), ("grade", &told), ("reasons", &reasons)];
        lines.push(text::HAND_REVIEW.of(language, &values));
    }
    if !note.agreed.is_empty() {
        let what: Vec<String> = note.agreed.iter().map(|one| plain(&one.text)).collect();
        lines.push(text::HAND_AGREED.of(language, &[("what", &what.join("; "))]));
    }
    let open = open(context, note, latest.as_ref(), language).await?;
    lines.push(if open.is_empty() {
        text::HAND_NOTHING_OPEN.plain(language)
    } else {
        text::HAND_OPEN.of(language, &[("what", &open.join("; "))])
    });
    if let Some(revision) = &latest {
        let operators =
            revision.section("operators").and_then(|section| section.value.as_array()).cloned().unwrap_or_default();
        let operators: Vec<String> = operators.iter().filter_map(|name| name.as_str()).map(plain).collect();
        if !operators.is_empty() {
            lines.push(text::HAND_PEOPLE.of(language, &[("operators", &list(&operators))]));
        }
        let way =
            revision.text("rollback_scenario").lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
        lines.extend(way.map(|way| text::HAND_BACK.of(language, &[("way", &way.trim_start_matches(['-', ' ']))])));
    }
    lines.extend(said.last().map(|last| text::HAND_SAID.of(language, &[("what", &quoted(last))])));
    Ok(Message::text(lines.join("\n")))
}

/// What somebody still has to do.
async fn open(
    context: &Context,
    note: &Note,
    latest: Option<&Revision>,
    language: Language,
) -> Result<Vec<String>, Trouble> {
    let mut open = Vec::new();
    for section in latest.iter().flat_map(|revision| revision.sections.iter().filter(|section| section.stale.is_some()))
    {
        open.push(text::OPEN_STALE.of(language, &[("section", &plain(&section.title))]));
    }
    for one in context
        .records
        .proposals
        .of(note.id, 20)
        .await
        .map_err(store_trouble)?
        .iter()
        .filter(|one| one.fate == Fate::Open)
    {
        open.push(text::OPEN_PROPOSAL.of(language, &[("who", &plain(&one.by.name))]));
    }
    for owner in &note.owners {
        if let Some(answer) = owner.answer.as_ref().filter(|answer| answer.verdict == Verdict::Objected) {
            open.push(
                text::OPEN_OBJECTION
                    .of(language, &[("who", &plain(&answer.person.name)), ("text", &plain(&answer.text))]),
            );
        }
        for question in owner.questions.iter().filter(|question| question.reply.is_none()) {
            open.push(
                text::OPEN_QUESTION
                    .of(language, &[("who", &plain(&question.person.name)), ("text", &plain(&question.text))]),
            );
        }
    }
    match latest.map(|revision| approval(note, revision)) {
        Some(Approval::Approved(_)) | None => {}
        Some(Approval::ChangesRequested(by)) => {
            open.push(text::DID_CHANGES.of(language, &[("who", &plain(&by.by.name)), ("text", &plain(&by.text))]));
        }
        Some(_) => open.push(text::OPEN_APPROVAL.plain(language)),
    }
    Ok(open)
}
