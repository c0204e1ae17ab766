//! What is a model given to answer from? The note's frozen facts, each with an id and a place where a person can look it up.

use crate::domain::fact::{Fact, FactId};
use crate::domain::note::{Note, Revision};
use crate::domain::question::Known;
use crate::domain::secret::masked;
use crate::domain::trouble::Trouble;
use crate::features::{Context, store_trouble};
use serde_json::Value;

/// Letters of a fact; what is longer is cut, and can be looked up.
const LONGEST: usize = 1_200;

/// Facts in the order in which they came; an id stands for one of them.
#[derive(Debug, Default)]
pub struct Facts(Vec<Known>);

impl Facts {
    /// False: it is known already, or says nothing.
    pub fn add(&mut self, id: String, text: &str, link: Option<String>) -> bool {
        let text = masked(text.trim());
        if text.is_empty() || self.0.iter().any(|known| known.fact.id.0 == id) {
            return false;
        }
        let cut: String = text.chars().take(LONGEST).collect();
        let text = if cut.len() < text.len() { format!("{cut} …") } else { cut };
        self.0.push(Known { fact: Fact { id: FactId(id), text }, link });
        true
    }

    pub fn all(&self) -> &[Known] {
        &self.0
    }

    pub fn into_all(self) -> Vec<Known> {
        self.0
    }

    pub fn get(&self, id: &str) -> Option<&Known> {
        self.0.iter().find(|known| known.fact.id.0 == id)
    }

    pub fn letters(&self) -> usize {
        self.0.iter().map(|known| known.fact.text.chars().count() + known.fact.id.0.len() + 4).sum()
    }

    /// As a model reads them; with more letters than `most`, what was looked up first is told by its first line alone.
    pub fn told(&self, most: usize, own: usize) -> String {
        let mut over = self.letters().saturating_sub(most);
        let line = |(place, known): (usize, &Known)| {
            let text = &known.fact.text;
            let first = text.lines().next().unwrap_or_default();
            let short = place >= own && over > 0 && first.len() < text.len();
            if short {
                over = over.saturating_sub(text.chars().count() - first.chars().count());
            }
            format!("- [{}] {}", known.fact.id, if short { first } else { text })
        };
        self.0.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// All that is known of the note without looking anything up.
pub async fn of_note(context: &Context, note: &Note, revision: &Revision) -> Result<Facts, Trouble> {
    let mut facts = Facts::default();
    let url = context.note_url(note.id);
    let at = |anchor: &str| Some(format!("{url}#{anchor}"));
    facts.add(
        format!("n:{}", note.id),
        &format!("Note {} of {}: {} ({})", note.id, note.subject(), revision.title(), revision.label()),
        Some(url.clone()),
    );
    for (place, risk) in (1..).zip(&revision.risks) {
        let seen = risk.evidence.iter().map(|seen| format!("{}:{} `{}`", seen.path, seen.line, seen.quote));
        let seen: Vec<String> = seen.take(3).collect();
        let text = format!("Risk ({}): {} {} {}", risk.severity.name(), risk.title, risk.meaning, seen.join(" "));
        facts.add(risk.id.0.clone(), &text, at(&format!("risk-{place}")));
    }
    for (place, breaking) in (1..).zip(&revision.breaking) {
        facts.add(
            breaking.id.0.clone(),
            &format!("Breaking: {} ({})", breaking.text, breaking.how),
            at(&format!("breaking-{place}")),
        );
    }
    for (place, fact) in (1..).zip(&revision.facts) {
        facts.add(fact.id.0.clone(), &fact.text, at(&format!("fact-{place}")));
    }
    for section in revision.sections.iter().filter(|section| section.key != "title") {
        let text = match &section.value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"),
            _ => continue,
        };
        if !text.trim().is_empty() {
            facts.add(
                format!("sec:{}", section.key),
                &format!("{} of the note: {text}", section.title),
                at(&section.key),
            );
        }
    }
    for module in &revision.modules {
        for request in module.background.requests.iter().take(30) {
            facts.add(
                format!("pr:#{}", request.number),
                &format!("Pull request {}: {}", request.number, request.title),
                Some(request.url.clone()),
            );
        }
        for ticket in module.background.tickets.iter().take(30) {
            let text = format!("Ticket {} ({}): {}", ticket.key, ticket.status, ticket.title);
            facts.add(format!("t:{}", ticket.key), &text, Some(ticket.url.clone()));
        }
    }
    if let Some(planned) = &note.planned {
        facts.add("plan:1".to_owned(), &format!("Planned for {}", planned.told()), Some(url.clone()));
    }
    if let Some(live) = &note.live {
        let text = format!("Live since {}, told by {}", live.at.format("%Y-%m-%d %H:%M UTC"), live.by.name);
        facts.add("live:1".to_owned(), &text, Some(url.clone()));
    }
    for (place, one) in (1..).zip(&note.agreed) {
        facts.add(
            format!("agreed:{place}"),
            &format!("Agreed by the team: {} ({})", one.text, one.by.name),
            Some(url.clone()),
        );
    }
    if let Some(review) = context.records.reviews.latest(note.id).await.map_err(store_trouble)? {
        let text = format!("Review {} graded it {}. {}", review.number, review.grade.name(), review.reasons.join(" "));
        facts.add("review:1".to_owned(), &text, at("review"));
        for finding in &review.findings {
            let text = format!("{} {} Instead: {}", finding.what, finding.why, finding.instead);
            facts.add(format!("rule:{}", finding.rule), &text, at("review"));
        }
        for similar in &review.similar {
            let text =
                format!("Past incident ({}): {} {} {}", similar.date, similar.title, similar.happened, similar.meaning);
            facts.add(format!("i:{}", similar.incident), &text, similar.link.clone().or(at("review")));
        }
    }
    if let Some(report) = context.records.watches.report(note.id).await.map_err(store_trouble)? {
        for (place, finding) in (1..).zip(&report.findings) {
            facts.add(format!("watch:{place}"), &format!("Measured since it is live: {finding}"), at("watch"));
        }
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_up_first_is_told_shorter_when_it_is_too_much() {
        let mut facts = Facts::default();
        assert!(facts.add("n:1".to_owned(), "own\nwith more", None));
        assert!(facts.add("h:1".to_owned(), &format!("first hunk\n{}", "x".repeat(100)), None));
        assert!(facts.add("h:2".to_owned(), &format!("second hunk\n{}", "y".repeat(100)), None));
        assert!(!facts.add("h:2".to_owned(), "again", None), "an id is one fact");
        let told = facts.told(200, 1);
        assert!(told.contains("with more") && !told.contains('x') && told.contains("yyy"), "{told}");
        assert!(facts.told(10_000, 1).contains("xxx"));
    }

    #[test]
    fn a_secret_is_no_fact() {
        let mut facts = Facts::default();
        let key = format!("AKIA{}", "Q7RT2WXY5ZKM4NPB");
        facts.add("h:1".to_owned(), &format!("the key {key} is used"), None);
        assert!(!facts.all()[0].fact.text.contains(&key), "{facts:?}");
    }
}
