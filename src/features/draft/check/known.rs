//! Which facts may a sentence about this change cite, and which numbers may it say?

use super::numbers::numbers;
use crate::domain::digest::Digest;
use crate::domain::fact::{Fact, FactId};
use crate::features::draft::Material;
use std::collections::{HashMap, HashSet};

/// The range as a whole: its two ends and its size.
pub const RANGE: &str = "range:1";

/// Everything a draft knows, by id.
#[derive(Debug, Clone, Default)]
pub struct Known {
    facts: HashMap<String, String>,
    numbers: HashSet<String>,
}

impl Known {
    pub fn of(material: &Material) -> Self {
        let mut known = Self::default();
        for fact in material.digest.facts.iter().cloned().chain(own_facts(&material.digest)) {
            known.numbers.extend(numbers(&fact.text));
            known.numbers.extend(numbers(&fact.id.0));
            known.facts.insert(fact.id.0, fact.text);
        }
        for text in texts(material) {
            known.numbers.extend(numbers(text));
        }
        known
    }

    pub fn fact(&self, id: &FactId) -> Option<Fact> {
        self.facts.get(&id.0).map(|text| Fact { id: id.clone(), text: text.clone() })
    }

    /// The known id that was meant by what stands in a bracket: itself, or the usual slips (`#12`, `pr:12`, a long SHA).
    pub fn meant(&self, token: &str) -> Option<FactId> {
        let bare = token.trim_start_matches('#');
        let tail = token.split_once(':').map_or(token, |(_, tail)| tail).trim_start_matches('#');
        let short = tail.get(..7).unwrap_or(tail);
        [token.to_owned(), format!("pr:#{tail}"), format!("t:{bare}"), format!("c:{short}"), format!("f:{bare}")]
            .into_iter()
            .find(|id| self.facts.contains_key(id))
            .map(FactId)
    }

    /// Allows the numbers of `text` too: those of our own rules (`30 minutes`).
    pub fn allow_numbers_of(&mut self, text: &str) {
        self.numbers.extend(numbers(text));
    }

    pub fn number(&self, number: &str) -> bool {
        self.numbers.contains(number)
    }
}

/// Facts that are not in the digest's list because they are about the change as a whole.
pub fn own_facts(digest: &Digest) -> Vec<Fact> {
    let range = &digest.range;
    let seen = &digest.seen;
    let size = format!(
        "{}: {} commits, {} authors, {} pull requests, {} files, +{} -{}",
        range.label(),
        range.commits,
        digest.authors.len(),
        digest.pull_requests.len(),
        seen.files_total,
        seen.added,
        seen.removed
    );
    let gaps = digest.gaps.iter().enumerate();
    std::iter::once(Fact { id: FactId(RANGE.to_owned()), text: size })
        .chain(gaps.map(|(n, gap)| Fact { id: FactId(format!("gap:{}", n + 1)), text: gap.sentence.clone() }))
        .collect()
}

fn texts(material: &Material) -> impl Iterator<Item = &str> {
    let digest = &material.digest;
    let risks = digest.risks.iter().flat_map(|risk| {
        [risk.title.as_str(), risk.meaning.as_str()]
            .into_iter()
            .chain(risk.evidence.iter().map(|seen| seen.quote.as_str()))
    });
    let items = digest.items.iter().flat_map(|item| [item.title.as_str(), item.detail.as_str()]);
    let breaking = digest.breaking.iter().map(|breaking| breaking.text.as_str());
    risks.chain(items).chain(breaking).chain([material.context.context.as_str()])
}
