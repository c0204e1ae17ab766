//! Which areas of a large change did not fit into the context, and what do they amount to?

use crate::domain::digest::Item;
use crate::features::draft::Material;
use crate::features::draft::check::Known;
use crate::features::draft::check::{Trust, cite};
use crate::features::draft::rules::phrase::{count, short};
use crate::ports::changes::Progress;
use crate::prompt::{Asker, Complaint, Prompt};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Areas summarised at the same time.
const SIDE_BY_SIDE: usize = 8;
/// An area is summarised when more of its items than this share are not in the context.
const SHARE_LEFT_OUT: f64 = 0.3;
/// Characters of items given per area: about 3,000 tokens.
const GIVEN: usize = 12_000;
/// Items an extractive summary names.
const NAMED: usize = 5;

/// What the areas that did not fit amount to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summaries {
    /// Area and its summary; sentences carry their citations.
    pub areas: Vec<(String, String)>,
    pub remarks: Vec<String>,
}

/// Asks for all areas that did not fit, side by side; what no model answers names its heaviest items. Without any model
/// nobody would read a summary, and there is none.
pub async fn summarise(asker: &Asker, material: &Material, progress: Progress<'_>) -> Summaries {
    let known = Known::of(material);
    let inputs = if asker.has_model() { left_out(material, &known) } else { Vec::new() };
    if inputs.is_empty() {
        return Summaries::default();
    }
    progress(&format!("summarising {}", count(inputs.len(), "area")));
    let answers: Vec<_> = futures::stream::iter(&inputs)
        .map(|input| async move { (input.area.clone(), asker.ask(&prompt(), input).await) })
        .buffered(SIDE_BY_SIDE)
        .collect()
        .await;
    let mut summaries = Summaries::default();
    for (area, answered) in answers {
        if !answered.answer.summary.is_empty() {
            summaries.areas.push((area, answered.answer.summary));
        }
        for remark in answered.remarks {
            if !summaries.remarks.contains(&remark) {
                summaries.remarks.push(remark);
            }
        }
    }
    summaries
}

/// One area's question.
#[derive(Serialize)]
struct Input<'a> {
    area: String,
    items_text: String,
    style: &'static str,
    #[serde(skip)]
    extract: String,
    #[serde(skip)]
    known: &'a Known,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Answer {
    summary: String,
}

/// The question, for inputs of any lifetime.
fn prompt<'a>() -> Prompt<Input<'a>, Answer> {
    Prompt { name: "summarise", schema, check, fallback }
}

fn schema(_: &Input<'_>) -> Value {
    json!({
        "type": "object",
        "properties": { "summary": { "type": "string", "minLength": 1, "maxLength": 4000 } },
        "required": ["summary"],
        "additionalProperties": false
    })
}

fn check(input: &Input<'_>, answer: &Answer) -> Vec<Complaint> {
    let cited = cite(&answer.summary, input.known, Trust::Model);
    if cited.kept > 0 {
        return Vec::new();
    }
    let problem = "has no sentence that cites one of the given ids in brackets".to_owned();
    vec![Complaint { field: "summary".to_owned(), problem }]
}

fn fallback(input: &Input<'_>) -> Answer {
    Answer { summary: input.extract.clone() }
}

/// Areas of which too many items are not in the context, in the order of the digest.
fn left_out<'a>(material: &Material, known: &'a Known) -> Vec<Input<'a>> {
    let context = &material.context.context;
    let mut areas: Vec<(&str, Vec<&Item>)> = Vec::new();
    for item in &material.digest.items {
        match areas.iter_mut().find(|(area, _)| *area == item.area) {
            Some((_, items)) => items.push(item),
            None => areas.push((&item.area, vec![item])),
        }
    }
    areas
        .into_iter()
        .filter(|(_, items)| {
            let missing = items.iter().filter(|item| !context.contains(item.title.as_str())).count();
            items.len() > NAMED && missing as f64 > items.len() as f64 * SHARE_LEFT_OUT
        })
        .map(|(area, items)| Input {
            area: if area.is_empty() { "the rest".to_owned() } else { area.to_owned() },
            items_text: items_text(&items),
            style: "at most five sentences",
            extract: extract(&items),
            known,
        })
        .collect()
}

fn items_text(items: &[&Item]) -> String {
    let mut text = String::new();
    for item in items {
        let line = format!("[{}] {} {}\n", item.id, item.title, short(&item.detail, 240));
        if text.len() + line.len() > GIVEN {
            break;
        }
        text.push_str(&line);
    }
    text
}

fn extract(items: &[&Item]) -> String {
    let lines: Vec<String> = items
        .iter()
        .take(NAMED)
        .map(|item| {
            crate::features::draft::rules::phrase::told(&short(&item.title, 160), std::slice::from_ref(&item.id))
        })
        .collect();
    lines.join(" ")
}
