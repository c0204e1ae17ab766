//! What no pattern fits: a question over a note's facts, answered by a model that may look things up, and held to what it was given.

mod check;
pub mod eval;
mod facts;
mod looks;
mod search;
mod words;

use crate::domain::language::Language;
use crate::domain::message::{Block, Message, What};
use crate::domain::question::{Opinion, Question};
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Asked, Job, Manner, Permission, Planning, Press, Reply, Say, Spoken};
use crate::features::plan::{Saying, at};
use crate::features::{Context, Plan, SPOKEN, store_trouble, texts as text};
use crate::ports::store::Expect;
use crate::records::{Claimed, NewJob, Target};
use anyhow::Context as _;
use futures::future::BoxFuture;
use serde_json::json;

pub const QUESTION: Spoken = Spoken {
    says: ["does anything read the dropped column?", "삭제된 컬럼을 읽는 코드가 있어?"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[],
    fits: |_| true,
    answer: asked,
};

pub const ANSWER: Job = Job { name: "talk.question", run, failed };
pub const STOP: Action = Action { name: "question.stop", needs: Permission::Read, run: stop, form: None };
pub const GOOD: Action = Action {
    name: "question.good",
    needs: Permission::Read,
    run: |context, press| judged(context, press, true),
    form: None,
};
pub const BAD: Action = Action {
    name: "question.bad",
    needs: Permission::Read,
    run: |context, press| judged(context, press, false),
    form: None,
};

/// Letters of a question that are read.
const LONGEST: usize = 1_000;

fn asked<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let note = asked.note.as_ref().filter(|note| note.revision > 0);
        let Some(note) = note.filter(|_| context.asker.has_model()) else {
            return Ok(Reply::Say(not_understood(context, asked.language)));
        };
        let heard = asked.heard;
        let (id, ops) = context.records.questions.next_id().await.map_err(store_trouble)?;
        let question = Question {
            id,
            text: masked(asked.text).chars().take(LONGEST).collect(),
            by: heard.person.clone(),
            at: context.clock.now(),
            place: heard.place.clone(),
            quiet: matches!(heard.what, What::Command { .. }),
            language: asked.language,
            note: note.id,
            stopped: None,
            answer: None,
            opinions: Vec::new(),
        };
        let job = NewJob {
            name: ANSWER.name.to_owned(),
            key: format!("{}/{id}", ANSWER.name),
            lane: format!("{}/{id}", ANSWER.name),
            payload: json!({ "question": id }),
            due: context.clock.now(),
        };
        let plan = Plan::nothing()
            .write(ops)
            .write(context.records.questions.put(&question, Expect::Absent))
            .write(context.records.jobs.enqueue_once(&job).await.map_err(store_trouble)?);
        Ok(Reply::Do(said(plan, &question, words::working(&question, &[]))))
    })
}

fn target(question: &Question) -> Target {
    Target { only: question.quiet.then(|| question.by.clone()), ..at(&question.place) }
}

fn key(question: &Question) -> String {
    format!("question/{}", question.id)
}

fn said(plan: Plan, question: &Question, message: Message) -> Plan {
    plan.say(key(question), target(question), message)
}

/// What can be asked.
fn not_understood(context: &Context, language: Language) -> Message {
    let own = |spoken: &&&Spoken| spoken.manner != Manner::Politeness;
    let says = |spoken: &&Spoken| format!("- {}", spoken.says[usize::from(language == Language::Korean)]);
    let lines = std::iter::once(text::NOT_UNDERSTOOD.plain(language)).chain(SPOKEN.iter().filter(own).map(says));
    let message = Message::text(lines.collect::<Vec<_>>().join("\n"));
    let footnote = if context.asker.has_model() { text::ONLY_IN_A_THREAD } else { text::NO_MODEL };
    message.with(Block::Footnote { markdown: footnote.plain(language) })
}

async fn load(context: &Context, id: u64) -> Result<(Question, u64), Trouble> {
    let found = context.records.questions.get(id).await.map_err(store_trouble)?;
    found.ok_or_else(|| Trouble::refused("This question is not remembered any more."))
}

fn run<'a>(context: &'a Context, job: &'a Claimed, board: &'a dyn Say) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["question"].as_u64().context("a job for no question")?;
        let (mut question, version) = load(context, id).await?;
        if question.stopped.is_some() || question.answer.is_some() {
            return Ok(Plan::nothing());
        }
        let progress = |steps: &[String]| {
            let message = words::working(&question, steps);
            board.say(Saying { key: key(&question), target: target(&question), message });
        };
        let found = search::search(context, &question, &job.key, &progress).await?;
        // Pressed meanwhile: Stop has said so already.
        let Some(found) = found else { return Ok(Plan::nothing()) };
        let whom = whom_to_ask(context, question.note).await?;
        question.answer = Some(found);
        let message = words::answered(&question, &whom, &context.note_url(question.note));
        let plan = Plan::nothing().write(context.records.questions.put(&question, Expect::Version(version)));
        Ok(said(plan, &question, message))
    })
}

fn failed<'a>(context: &'a Context, job: &'a Claimed, sentence: &'a str) -> Planning<'a> {
    Box::pin(async move {
        let id = job.payload["question"].as_u64().context("a job for no question")?;
        let (question, _) = load(context, id).await?;
        Ok(said(Plan::nothing(), &question, Message::text(sentence)))
    })
}

/// Those who answer for what the note changes.
async fn whom_to_ask(context: &Context, note: u64) -> Result<Vec<String>, Trouble> {
    let found = context.records.notes.get(note).await.map_err(store_trouble)?;
    let Some((note, _)) = found else { return Ok(Vec::new()) };
    let mut names: Vec<String> = Vec::new();
    for (_, service) in note.services().filter_map(|name| context.service(name)) {
        for name in service.owners.iter().chain(&service.operators) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
    if names.is_empty() {
        names.push(note.created_by.name.clone());
    }
    Ok(names)
}

fn stop<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let (mut question, version) = load(context, press.value.parse().unwrap_or_default()).await?;
        if question.answer.is_some() {
            return Err(Trouble::refused(text::QUESTION_OVER.plain(question.language)));
        }
        question.stopped = Some(press.heard.person.clone());
        let plan = Plan::nothing().write(context.records.questions.put(&question, Expect::Version(version)));
        Ok(said(plan, &question, words::stopped(&question)))
    })
}

/// Each person has one opinion of an answer; saying the other takes it back.
fn judged<'a>(context: &'a Context, press: Press<'a>, good: bool) -> Planning<'a> {
    Box::pin(async move {
        let (mut question, version) = load(context, press.value.parse().unwrap_or_default()).await?;
        let by = press.heard.person.clone();
        question.opinions.retain(|one| !one.by.is(&by));
        question.opinions.push(Opinion { by, good });
        let whom = whom_to_ask(context, question.note).await?;
        let message = words::answered(&question, &whom, &context.note_url(question.note));
        let plan = Plan::nothing().write(context.records.questions.put(&question, Expect::Version(version)));
        Ok(said(plan, &question, message))
    })
}
