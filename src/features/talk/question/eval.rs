//! How well does a model answer what was asked before? Stored questions, asked again over the same facts, and held to the same checks.

use super::check::kept;
use super::facts::Facts;
use super::search::{Input, PROMPT};
use crate::domain::language::Language;
use crate::domain::note::Writer;
use crate::domain::question::Question;
use crate::prompt::{Answered, Asker, Totals};
use serde::Serialize;
use std::fmt::Write as _;
use std::time::Instant;

/// Letters of facts that a model is given at once.
const WINDOW: usize = 24_000;

/// What one or all of them came to.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    pub questions: usize,
    /// Questions that nobody could be asked, because there were no facts with them.
    pub passed_over: usize,
    pub answered: usize,
    /// The model answered with nothing that may stand.
    pub refused: usize,
    /// The model did not answer at all.
    pub failed: usize,
    pub sentences: usize,
    /// Sentences that fell: no known citation, or a number or name of their own.
    pub dropped: usize,
    /// Of the facts that a well received answer cited, the share that is cited again.
    pub recalled: Option<f64>,
    pub milliseconds_p50: u64,
    pub milliseconds_p95: u64,
    pub tokens_in: u64,
    pub tokens_out: u64,
    /// In the currency of the prices that were given.
    pub cost: Option<f64>,
    pub each: Vec<One>,
}

#[derive(Debug, Serialize)]
pub struct One {
    pub id: u64,
    pub question: String,
    pub answer: Vec<String>,
    pub dropped: usize,
    pub milliseconds: u64,
}

/// One question a line, as `slipway eval --export` writes them; lines that are none are named.
pub fn read(text: &str) -> Result<Vec<Question>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(n, line)| {
            serde_json::from_str(line).map_err(|error| format!("line {}: no stored question: {error}", n + 1))
        })
        .collect()
}

/// `prices`: of a million tokens in, and of a million out.
pub async fn eval(asker: &Asker, questions: &[Question], prices: Option<(f64, f64)>) -> Report {
    let mut report = Report { questions: questions.len(), ..Report::default() };
    let before = asker.ledger().map(crate::prompt::Ledger::totals).unwrap_or_default();
    let (mut took, mut recalled) = (Vec::new(), Vec::new());
    for question in questions {
        let Some(known) = question.answer.as_ref().filter(|answer| !answer.facts.is_empty()) else {
            report.passed_over += 1;
            continue;
        };
        let mut facts = Facts::default();
        for fact in &known.facts {
            facts.add(fact.fact.id.0.clone(), &fact.fact.text, fact.link.clone());
        }
        let input = Input {
            question: question.text.clone(),
            facts_text: facts.told(WINDOW, usize::MAX),
            looked: String::new(),
            looks: Vec::new(),
            steps_left: 0,
            language: if question.language == Language::Korean { "Korean" } else { "English" },
        };
        let asking = Instant::now();
        let Answered { answer, writer, .. } = asker.ask(&PROMPT, &input).await;
        let milliseconds = u64::try_from(asking.elapsed().as_millis()).unwrap_or(u64::MAX);
        took.push(milliseconds);
        if !matches!(writer, Writer::Model(_)) {
            report.failed += 1;
            continue;
        }
        let (sentences, dropped) = kept(answer.sentences, &facts, &question.text);
        report.sentences += sentences.len();
        report.dropped += dropped;
        match sentences.is_empty() {
            true => report.refused += 1,
            false => report.answered += 1,
        }
        let good = question.opinions.iter().filter(|one| one.good).count();
        if good * 2 > question.opinions.len() {
            let wanted: Vec<&String> = known.sentences.iter().flat_map(|one| &one.cites).collect();
            let again = wanted.iter().filter(|id| sentences.iter().any(|one| one.cites.contains(id))).count();
            recalled.extend((!wanted.is_empty()).then(|| again as f64 / wanted.len() as f64));
        }
        let answer = sentences.into_iter().map(|one| format!("{} [{}]", one.text, one.cites.join("] ["))).collect();
        report.each.push(One { id: question.id, question: question.text.clone(), answer, dropped, milliseconds });
    }
    took.sort_unstable();
    let at = |share: f64| {
        took.get(((took.len() as f64 * share) as usize).min(took.len().saturating_sub(1))).copied().unwrap_or_default()
    };
    (report.milliseconds_p50, report.milliseconds_p95) = (at(0.5), at(0.95));
    report.recalled = (!recalled.is_empty()).then(|| recalled.iter().sum::<f64>() / recalled.len() as f64);
    let after: Totals = asker.ledger().map(crate::prompt::Ledger::totals).unwrap_or_default();
    report.tokens_in = after.tokens_in - before.tokens_in;
    report.tokens_out = after.tokens_out - before.tokens_out;
    report.cost = prices
        .map(|(input, output)| (report.tokens_in as f64 * input + report.tokens_out as f64 * output) / 1_000_000.0);
    report
}

impl Report {
    /// As people read it.
    pub fn told(&self) -> String {
        let mut text = String::new();
        let share = |part: usize, all: usize| if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 };
        let asked = self.questions - self.passed_over;
        let said = self.sentences + self.dropped;
        let _ = writeln!(
            text,
            "Questions      {asked} asked, {} passed over because they have no facts with them",
            self.passed_over
        );
        let _ = writeln!(text, "Answered       {} ({:.0} %)", self.answered, share(self.answered, asked));
        let _ = writeln!(
            text,
            "Refused        {} ({:.0} %): nothing that may stand",
            self.refused,
            share(self.refused, asked)
        );
        let _ = writeln!(text, "Not answered   {}", self.failed);
        let _ = writeln!(
            text,
            "Sentences      {} of {said} rest on what they cite ({:.0} %)",
            self.sentences,
            share(self.sentences, said)
        );
        if let Some(recalled) = self.recalled {
            let _ = writeln!(text, "Cited again    {:.0} % of what well received answers cited", recalled * 100.0);
        }
        let _ = writeln!(
            text,
            "Latency        {} ms in the middle, {} ms for the slowest of twenty",
            self.milliseconds_p50, self.milliseconds_p95
        );
        let _ = writeln!(text, "Tokens         {} in, {} out", self.tokens_in, self.tokens_out);
        if let Some(cost) = self.cost {
            let _ = writeln!(text, "Cost           {cost:.4}");
        }
        text
    }
}
