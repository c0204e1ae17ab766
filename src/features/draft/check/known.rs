//! Which facts may a sentence about this change cite, and which numbers may it say?

use crate::domain::digest::Digest;
use crate::domain::fact::{Fact, FactId};
use crate::features::draft::{Material, habits};
use crate::features::numbers::numbers;
use std::collections::{HashMap, HashSet};

/// Everything a draft knows, by id.
#[derive(Debug, Clone, Default)]
pub struct Known {
    facts: HashMap<String, String>,
    numbers: HashSet<String>,
    /// What ids begin with where several modules go out: `web/`.
    modules: Vec<String>,
}

impl Known {
    pub fn of(material: &Material) -> Self {
        let mut known = Self::default();
        for fact in material.digest.facts.iter().cloned().chain(own_facts(material)).chain(habits::facts(material)) {
            known.numbers.extend(numbers(&fact.text));
            known.numbers.extend(numbers(&fact.id.0));
            known.facts.insert(fact.id.0, fact.text);
        }
        for text in texts(material) {
            known.numbers.extend(numbers(text));
        }
        known.modules =
            material.ranges().iter().filter_map(|id| id.parts().0.map(|module| format!("{module}/"))).collect();
        known
    }

    pub fn fact(&self, id: &FactId) -> Option<Fact> {
        self.facts.get(&id.0).map(|text| Fact { id: id.clone(), text: text.clone() })
    }

    /// The known id that was meant by what stands in a bracket: itself, or the usual slips (`#12`, `pr:12`, a long SHA). An
    /// id without its module is understood where only one module has it.
    pub fn meant(&self, token: &str) -> Option<FactId> {
        let module = self.modules.iter().find(|module| token.starts_with(module.as_str()));
        if let Some(module) = module {
            return self.within(module, &token[module.len()..]);
        }
        if let Some(id) = self.within("", token) {
            return Some(id);
        }
        let mut found = self.modules.iter().filter_map(|module| self.within(module, token));
        found.next().filter(|_| found.next().is_none())
    }

    fn within(&self, module: &str, token: &str) -> Option<FactId> {
        let bare = token.trim_start_matches('#');
        let tail = token.split_once(':').map_or(token, |(_, tail)| tail).trim_start_matches('#');
        let short = tail.get(..7).unwrap_or(tail);
        [token.to_owned(), format!("pr:#{tail}"), format!("t:{bare}"), format!("c:{short}"), format!("f:{bare}")]
            .into_iter()
            .map(|id| format!("{module}{id}"))
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

/// Facts about the change as a whole, module by module: its size, and what could not be read.
pub fn own_facts(material: &Material) -> Vec<Fact> {
    let of = |(module, digest): (Option<&str>, &Digest)| {
        let gaps = digest.gaps.iter().enumerate();
        let gaps = gaps.map(|(n, gap)| Fact { id: FactId::gap(n + 1), text: gap.sentence.clone() });
        let facts = std::iter::once(Fact { id: FactId::range(), text: size(digest) }).chain(gaps);
        facts
            .map(|fact| Fact { id: module.map_or(fact.id.clone(), |module| fact.id.of_module(module)), ..fact })
            .collect()
    };
    material.parts().into_iter().flat_map(|part| -> Vec<Fact> { of(part) }).collect()
}

fn size(digest: &Digest) -> String {
    let (range, seen) = (&digest.range, &digest.seen);
    format!(
        "{}: {} commits, {} authors, {} pull requests, {} files, +{} -{}",
        range.label(),
        range.commits,
        digest.authors.len(),
        digest.pull_requests.len(),
        seen.files_total,
        seen.added,
        seen.removed
    )
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::rules::tests::several;

    #[test]
    fn an_id_without_its_module_is_understood_where_only_one_module_has_it() {
        let known = Known::of(&several());
        let meant = |token: &str| known.meant(token).map(|id| id.0);
        assert_eq!(meant("web/pr:#815").as_deref(), Some("web/pr:#815"));
        assert_eq!(
            meant("web/#815").as_deref(),
            Some("web/pr:#815"),
            "the usual slips are understood behind a module too"
        );
        assert_eq!(meant("#812").as_deref(), Some("api/pr:#812"), "only one of them has it");
        assert_eq!(meant("#815"), None, "both have it, and nobody knows which is meant");
        assert_eq!(meant("risk:1").as_deref(), Some("api/risk:1"));
        assert_eq!(meant("api/range:1").as_deref(), Some("api/range:1"));
        assert_eq!(meant("ledger/pr:#815"), None);
    }
}
