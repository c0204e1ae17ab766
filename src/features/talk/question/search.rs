//! The bounded search: the model asks for one look-up after the other, and then answers. Steps, time and words are limited; the same
//! look-up twice, or one that brings too much, is refused.

use super::check::kept;
use super::facts::{Facts, of_note};
use super::looks::{LOOKS, Library, Look};
use crate::domain::language::Language;
use crate::domain::note::Writer;
use crate::domain::question::{Answer, Question, Sentence};
use crate::domain::trouble::Trouble;
use crate::features::{Context, store_trouble};
use crate::prompt::{Answered, Complaint, Prompt};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const STEPS: usize = 12;
const TIME: Duration = Duration::from_secs(60);
/// Letters of facts that a model is given at once; about six thousand tokens.
const WINDOW: usize = 24_000;
/// Of it, what one look-up may bring.
const SHARE: f64 = 0.15;
/// Letters that one question may send in all; about sixty thousand tokens.
const BUDGET: usize = 240_000;

#[derive(Serialize)]
pub struct Input {
    pub question: String,
    pub facts_text: String,
    pub looked: String,
    pub looks: Vec<Look>,
    pub steps_left: usize,
    pub language: &'static str,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    action: String,
    tool: String,
    argument: String,
    pub sentences: Vec<Sentence>,
}

pub const PROMPT: Prompt<Input, Step> = Prompt { name: "question", schema, check, fallback: |_| Step::default() };

fn schema(input: &Input) -> Value {
    let names: Vec<&str> = input.looks.iter().map(|look| look.name).chain([""]).collect();
    let actions = if input.looks.is_empty() { json!(["answer"]) } else { json!(["look", "answer"]) };
    json!({
        "type": "object",
        "properties": {
            "action": { "type": "string", "enum": actions },
            "tool": { "type": "string", "enum": names },
            "argument": { "type": "string", "maxLength": 200 },
            "sentences": {
                "type": "array",
                "maxItems": 6,
                "items": {
                    "type": "object",
                    "properties": {
                        "text": { "type": "string", "maxLength": 400 },
                        "cites": { "type": "array", "maxItems": 6, "items": { "type": "string", "maxLength": 200 } }
                    },
                    "required": ["text", "cites"],
                    "additionalProperties": false
                }
            }
        },
        "required": ["action", "tool", "argument", "sentences"],
        "additionalProperties": false
    })
}

fn check(_: &Input, step: &Step) -> Vec<Complaint> {
    let asks_for_nothing = step.action == "look" && (step.tool.is_empty() || step.argument.trim().is_empty());
    let problem = "names no look-up with an argument".to_owned();
    asks_for_nothing.then(|| Complaint { field: "tool".to_owned(), problem }).into_iter().collect()
}

/// `None`: somebody pressed Stop meanwhile.
pub async fn search(
    context: &Context,
    question: &Question,
    work: &str,
    progress: &(dyn Fn(&[String]) + Send + Sync),
) -> Result<Option<Answer>, Trouble> {
    let started = Instant::now();
    let found = context.records.notes.get(question.note).await.map_err(store_trouble)?;
    let (note, _) = found.context("the note of a question is gone")?;
    let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
    let revision = latest.context("a question about a note without a revision")?;
    let mut facts = of_note(context, &note, &revision).await?;
    let own = facts.all().len();
    let library = Library::new(context, &note, &revision);
    let asker = context.asker.for_work(work);
    let (mut looked, mut done) = (Vec::new(), BTreeSet::new());
    let (mut sent, mut waited, mut remarks) = (0, Duration::ZERO, Vec::new());
    let mut answer = (None, Vec::new(), 0);
    for step in 0..=STEPS {
        let stopped = context.records.questions.get(question.id).await.map_err(store_trouble)?;
        if stopped.is_none_or(|(now, _)| now.stopped.is_some()) {
            return Ok(None);
        }
        let Some(left) = TIME.checked_sub(started.elapsed()) else { break };
        let last = step == STEPS || sent >= BUDGET;
        let input = Input {
            question: question.text.clone(),
            facts_text: facts.told(WINDOW, own),
            looked: looked.join("\n"),
            looks: if last { Vec::new() } else { LOOKS.to_vec() },
            steps_left: STEPS - step,
            language: if question.language == Language::Korean { "Korean" } else { "English" },
        };
        sent += input.facts_text.chars().count() + input.looked.chars().count();
        let asking = Instant::now();
        let asked = tokio::time::timeout(left, asker.ask(&PROMPT, &input)).await;
        waited += asking.elapsed();
        let Ok(Answered { answer: said, writer, remarks: about, .. }) = asked else { break };
        let Writer::Model(model) = writer else {
            remarks.extend(about);
            break;
        };
        answer.0 = Some(model);
        if said.action != "look" || last {
            let (sentences, fell) = kept(said.sentences, &facts, &question.text);
            answer.1 = sentences;
            answer.2 = fell;
            break;
        }
        looked.push(look(&library, &said, &mut facts, &mut done).await?);
        progress(&looked);
    }
    let (model, sentences, dropped) = answer;
    Ok(Some(Answer {
        model,
        sentences,
        dropped,
        facts: facts.into_all(),
        looked,
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        model_milliseconds: u64::try_from(waited.as_millis()).unwrap_or(u64::MAX),
        remarks,
    }))
}

/// One look-up and what came of it, in a line.
async fn look(
    library: &Library<'_>,
    step: &Step,
    facts: &mut Facts,
    done: &mut BTreeSet<(String, String)>,
) -> Result<String, Trouble> {
    let argument: String = step.argument.trim().chars().take(200).collect();
    let named = format!("{} `{}`", step.tool, argument.replace('`', "'"));
    if !done.insert((step.tool.clone(), argument.to_lowercase())) {
        return Ok(format!("{named}: looked up before; it tells nothing new"));
    }
    let mut found = Facts::default();
    let told = match library.look(&step.tool, &argument, &mut found).await {
        Ok(told) => told,
        // What cannot be read costs this look-up, not the answer.
        Err(trouble) => {
            tracing::warn!(trouble = %trouble, tool = step.tool, "a look-up failed");
            return Ok(format!("{named}: cannot be read now"));
        }
    };
    if found.letters() as f64 > SHARE * WINDOW as f64 {
        return Ok(format!("{named}: too much to read at once ({} letters); ask for less of it", found.letters()));
    }
    for known in found.into_all() {
        facts.add(known.fact.id.0, &known.fact.text, known.link);
    }
    Ok(format!("{named}: {told}"))
}
