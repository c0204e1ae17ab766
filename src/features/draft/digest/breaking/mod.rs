//! What breaks for those who use this? Every convention in use, one file each, told once per change.

mod footers;
mod fragments;
mod labels;
mod marks;
mod removals;

pub use footers::contains_ignoring_case;

use super::items::Folded;
use super::plain;
use super::reading::Reading;
use crate::domain::digest::Breaking;
use crate::domain::fact::FactId;
use std::collections::HashSet;

/// One sighting of a breaking change, before those of the same change are told once.
pub struct Sighting {
    pub text: String,
    pub how: String,
    /// The commit it was seen in, as an index; a file otherwise.
    pub commit: Option<usize>,
    pub path: Option<String>,
}

/// Breaking changes in the order: authors' footers, marks, labels, fragments, removals. A reverted one is not told; one that is
/// said by a merge and by its commit is told once, by who says more.
pub fn breaking(reading: &Reading, folded: &Folded) -> Vec<Breaking> {
    let live = |sighting: &Sighting| sighting.commit.is_none_or(|index| !folded.reverts.cancelled.contains(&index));
    let mut sightings: Vec<Sighting> = footers::sightings(reading);
    sightings.extend(marks::sightings(reading));
    sightings.extend(labels::sightings(reading));
    sightings.extend(fragments::sightings(reading));
    sightings.extend(removals::sighting(reading));
    let mut told: Vec<Breaking> = Vec::new();
    let mut texts: HashSet<String> = HashSet::new();
    let mut spoken: HashSet<FactId> = HashSet::new();
    for sighting in sightings.into_iter().filter(live) {
        let owner = sighting.commit.map(|index| {
            folded
                .item_of
                .get(&index)
                .cloned()
                .unwrap_or_else(|| FactId::commit(reading.changes.commits[index].short()))
        });
        let key: String = sighting.text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        // Several footers of one change are several things; a mark beside a footer is the same thing again.
        let again =
            owner.as_ref().is_some_and(|owner| !spoken.insert(owner.clone())) && !sighting.how.starts_with("footer");
        if again || !texts.insert(key) {
            continue;
        }
        told.push(Breaking {
            id: FactId::breaking(told.len() + 1),
            text: plain::shortened(&plain::plain(&sighting.text), 400),
            how: sighting.how,
            facts: facts(reading, owner, sighting.commit, sighting.path),
        });
    }
    told
}

fn facts(reading: &Reading, owner: Option<FactId>, commit: Option<usize>, path: Option<String>) -> Vec<FactId> {
    let mut facts: Vec<FactId> = owner.into_iter().collect();
    facts.extend(commit.map(|index| FactId::commit(reading.changes.commits[index].short())));
    facts.extend(path.iter().map(|path| FactId::file(&plain::path(path))));
    facts.dedup();
    facts
}
