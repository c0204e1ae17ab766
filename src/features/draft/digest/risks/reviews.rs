//! Was something merged although a reviewer had asked for changes?

use super::super::reading::Reading;
use super::found::{coded, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::fact::FactId;
use crate::domain::pull_request::Verdict;

/// Medium: the newest word of that reviewer still stands.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let asked = reading.background.requests.iter().filter_map(|request| {
        let reviewers: Vec<&str> = request
            .reviews
            .iter()
            .filter(|review| review.verdict == Verdict::ChangesRequested)
            .map(|review| review.by.as_str())
            .collect();
        (!reviewers.is_empty()).then_some((request, reviewers))
    });
    asked
        .map(|(request, reviewers)| {
            let title = format!(
                "{} was merged although {} asked for changes",
                coded(&format!("#{}", request.number)),
                listed(&reviewers)
            );
            let meaning = "The objection was never taken back. Ask whether it is settled.";
            let facts = vec![FactId::pull_request(request.number)];
            Risk { facts, ..risk(RiskKind::Review, Severity::Medium, title, meaning) }
        })
        .collect()
}
