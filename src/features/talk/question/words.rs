//! What an answer looks like while it is looked for, and when it is there: each sentence with links to what it rests on.

use crate::domain::message::{Block, Button, ButtonStyle, Message, Step, StepState};
use crate::domain::question::{Answer, Known, Question};
use crate::features::phrase::{list, plain};
use crate::features::texts as text;

pub fn working(question: &Question, looked: &[String]) -> Message {
    let language = question.language;
    let mut steps: Vec<Step> = looked.iter().map(|line| Step { text: plain(line), state: StepState::Done }).collect();
    steps.push(Step { text: text::QUESTION_THINKING.plain(language), state: StepState::Running });
    Message::text(text::QUESTION_WORKING.of(language, &[("question", &shown(&question.text))]))
        .with(Block::Progress { steps })
        .with(Block::Buttons { buttons: vec![button(question, "question.stop", text::BUTTON_STOP.plain(language))] })
}

pub fn stopped(question: &Question) -> Message {
    let who = question.stopped.as_ref().map_or_else(String::new, |person| plain(&person.name));
    let values: [(&str, &dyn std::fmt::Display); 2] = [("name", &who), ("question", &shown(&question.text))];
    Message::text(text::QUESTION_STOPPED.of(question.language, &values))
}

fn shown(question: &str) -> String {
    plain(&question.split_whitespace().collect::<Vec<_>>().join(" ")).chars().take(200).collect()
}

fn button(question: &Question, action: &str, label: String) -> Button {
    Button {
        action: action.to_owned(),
        value: question.id.to_string(),
        label,
        style: ButtonStyle::Plain,
        confirm: None,
    }
}

pub fn answered(question: &Question, whom: &[String], url: &str) -> Message {
    let language = question.language;
    let Some(answer) = &question.answer else { return stopped(question) };
    let mut message = Message::default();
    let whom: Vec<String> = whom.iter().map(|name| plain(name)).collect();
    if answer.sentences.is_empty() {
        let text = match answer.model {
            Some(_) => text::QUESTION_NOTHING,
            None => text::QUESTION_NO_ANSWER,
        };
        message = message.with(Block::Text { markdown: text.of(language, &[("whom", &list(&whom)), ("url", &url)]) });
    } else {
        let sentences = answer.sentences.iter().map(|one| {
            let cites: Vec<String> = one.cites.iter().filter_map(|id| cited(answer, id)).collect();
            format!("{} ({})", one.text, cites.join(", "))
        });
        message = message.with(Block::Text { markdown: sentences.collect::<Vec<_>>().join("\n\n") });
    }
    if !answer.looked.is_empty() {
        let lines: Vec<String> = answer.looked.iter().map(|line| format!("- {}", plain(line))).collect();
        let summary = text::QUESTION_LOOKED.of(language, &[("count", &answer.looked.len())]);
        message = message.with(Block::Details { summary, markdown: lines.join("\n") });
    }
    let votes = |good: bool| question.opinions.iter().filter(|one| one.good == good).count();
    let label = |sign: &str, count: usize| if count == 0 { sign.to_owned() } else { format!("{sign} {count}") };
    if answer.model.is_some() {
        message = message.with(Block::Buttons {
            buttons: vec![
                button(question, "question.good", label("👍", votes(true))),
                button(question, "question.bad", label("👎", votes(false))),
            ],
        });
    }
    message.with(Block::Footnote { markdown: account(question, answer) })
}

/// A link where a person can look it up.
fn cited(answer: &Answer, id: &str) -> Option<String> {
    let known: &Known = answer.facts.iter().find(|known| known.fact.id.0 == id)?;
    let label = plain(id);
    Some(match &known.link {
        Some(link) => format!("[{label}]({link})"),
        None => label,
    })
}

/// Who answered, from how much, and what fell.
fn account(question: &Question, answer: &Answer) -> String {
    let language = question.language;
    let mut parts = Vec::new();
    if let Some(model) = &answer.model {
        let seconds = format!("{:.1}", answer.milliseconds as f64 / 1_000.0);
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("model", &plain(model)), ("facts", &answer.facts.len()), ("seconds", &seconds)];
        parts.push(text::QUESTION_BY.of(language, &values));
    }
    if answer.dropped > 0 {
        parts.push(text::QUESTION_DROPPED.of(language, &[("count", &answer.dropped)]));
    }
    parts.extend(answer.remarks.iter().map(|remark| plain(remark)));
    parts.join(" · ")
}
