//! Which incidents are alike, best first, and why? Words, meaning and classes, fused; what is not alike is not named.

use super::lexical::{self, Lexical, Met};
use super::terms;
use super::vectors::Vectors;
use crate::domain::incident::{ChangeClass, Component, Failure};
use std::collections::HashMap;

/// One text to be found.
#[derive(Debug, Clone, Default)]
pub struct Entry<'a> {
    pub title: &'a str,
    /// What it comes to: counts more than the rest of it.
    pub recap: &'a str,
    pub text: &'a str,
    pub services: &'a [String],
    pub classes: Classes,
    /// Of its pieces, all by one model; none where there is no embedder, or not yet.
    pub vectors: &'a [Vec<f32>],
}

/// What kind of thing it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Classes(u64);

impl Classes {
    pub fn of(components: &[Component], changes: &[ChangeClass], failures: &[Failure]) -> Self {
        let changed = Component::ALL.len();
        let failed = changed + ChangeClass::ALL.len();
        let bits = components.iter().map(|one| *one as usize);
        let bits = bits.chain(changes.iter().map(|one| changed + *one as usize));
        let bits = bits.chain(failures.iter().map(|one| failed + *one as usize));
        Self(bits.fold(0, |all, bit| all | (1 << bit)))
    }

    fn shared(self, other: Self) -> Vec<&'static str> {
        let names = Component::ALL.iter().map(|one| one.name());
        let names = names.chain(ChangeClass::ALL.iter().map(|one| one.name()));
        let names = names.chain(Failure::ALL.iter().map(|one| one.name()));
        names.enumerate().filter(|(bit, _)| self.0 & other.0 & (1 << bit) != 0).map(|(_, name)| name).collect()
    }

    fn count(self, other: Self) -> u32 {
        (self.0 & other.0).count_ones()
    }
}

#[derive(Debug, Clone, Default)]
pub struct Query<'a> {
    pub text: &'a str,
    pub vector: Option<&'a [f32]>,
    pub services: &'a [String],
    pub classes: Classes,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub id: u64,
    /// From 0 to 1; comparable between queries.
    pub score: f32,
    pub why: Why,
}

/// What makes it alike.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Why {
    /// Words of the query that it has, the rarest first.
    pub words: Vec<String>,
    /// Nearness in meaning, −1 to 1; `None` without vectors.
    pub meaning: Option<f32>,
    pub services: Vec<String>,
    /// Classes that both have, as people read them.
    pub classes: Vec<&'static str>,
}

/// How the parts are weighed, and where likeness begins. The figures are measured in `tests/bench/retrieval.rs`.
const MEANING: f32 = 0.42;
const WORDS: f32 = 0.58;
const KEY: f32 = 0.02;
const KEYS: f32 = 0.088;
/// The most that words alone count for, and how soon.
const ALL_WORDS: f32 = 0.9;
const SATURATED: f32 = 1.6;
/// Below this nearness two texts have nothing to do with each other; above that, everything.
const FAR: f32 = 0.14;
const NEAR: f32 = 0.85;
/// Without a shared word, what is further away than this is not alike whatever its kind.
const ALONE: f32 = 0.28;

#[derive(Default)]
pub struct Index {
    lexical: Lexical,
    vectors: Vectors,
    slots: Vec<Slot>,
    by_id: HashMap<u64, u32>,
}

struct Slot {
    id: u64,
    alive: bool,
    has_vectors: bool,
    services: Box<[Box<str>]>,
    classes: Classes,
}

impl Index {
    /// Replaces what was known under `id`.
    pub fn put(&mut self, id: u64, entry: &Entry<'_>) {
        self.remove(id);
        let slot = u32::try_from(self.slots.len()).expect("fewer than four billion incidents");
        let mut weighted: HashMap<String, u32> = HashMap::new();
        for (text, weight) in [(entry.title, lexical::TITLE), (entry.recap, lexical::RECAP), (entry.text, 1)] {
            for term in terms::terms(text) {
                *weighted.entry(term).or_default() += weight;
            }
        }
        self.lexical.add(slot, &weighted);
        let added = entry.vectors.iter().filter(|vector| self.vectors.add(slot, vector)).count();
        self.slots.push(Slot {
            id,
            alive: true,
            has_vectors: added > 0,
            services: entry.services.iter().map(|name| name.as_str().into()).collect(),
            classes: entry.classes,
        });
        self.by_id.insert(id, slot);
    }

    pub fn remove(&mut self, id: u64) {
        if let Some(slot) = self.by_id.remove(&id) {
            self.slots[slot as usize].alive = false;
            self.lexical.forget(slot);
        }
    }

    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// Texts that have been replaced or removed and still take room: time to build it anew.
    pub fn is_worn(&self) -> bool {
        self.slots.len() > 2 * self.by_id.len() + 1_000
    }

    /// How many have vectors.
    pub fn embedded(&self) -> usize {
        self.slots.iter().filter(|slot| slot.alive && slot.has_vectors).count()
    }

    /// Alike ones only, best first.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<Hit> {
        let spoken = terms::spoken(query.text);
        let asked: Vec<String> = spoken.iter().map(|(term, _)| term.clone()).collect();
        let once: f32 = asked.iter().map(|term| self.lexical.weight(term)).sum();
        let met = self.lexical.search(&asked);
        let mut nearness: Vec<f32> = Vec::new();
        if let Some(vector) = query.vector {
            nearness = vec![f32::MIN; self.slots.len()];
            self.vectors.search(vector, |slot, near| {
                let own = &mut nearness[slot as usize];
                *own = own.max(near);
            });
        }
        let mut scored: Vec<(f32, u32)> = Vec::new();
        for ((slot, known), met) in (0..).zip(&self.slots).zip(&met) {
            let meaning = nearness.get(slot as usize).copied().filter(|near| *near > f32::MIN);
            // What shares no word and is far away has nothing to say.
            if !known.alive || (met.terms == 0 && meaning.is_none_or(|near| near < ALONE)) {
                continue;
            }
            let keys = known.keys(query);
            if is_alike(met, meaning, keys, asked.len()) {
                scored.push((score(met, once, meaning, keys, asked.len()), slot));
            }
        }
        // Of equals the newer one.
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
        let hits = scored.into_iter().take(limit);
        hits.map(|(score, slot)| self.hit(score, slot, query, &spoken, &nearness)).collect()
    }

    fn hit(&self, score: f32, slot: u32, query: &Query<'_>, spoken: &[(String, String)], nearness: &[f32]) -> Hit {
        let known = &self.slots[slot as usize];
        let mut words: Vec<(f32, &String)> = spoken
            .iter()
            .filter(|(term, _)| self.lexical.has(term, slot))
            .map(|(term, word)| (self.lexical.weight(term), word))
            .collect();
        words.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut told: Vec<String> = Vec::new();
        for (_, word) in words {
            // `13` is found by, and tells nobody why.
            let says = word.len() > 2 || word.chars().any(char::is_alphabetic);
            if says && told.len() < 6 && !told.contains(word) {
                told.push(word.clone());
            }
        }
        let meaning = nearness.get(slot as usize).copied().filter(|near| *near > f32::MIN);
        let services = query.services.iter().filter(|name| known.services.iter().any(|own| **own == ***name));
        let why = Why {
            words: told,
            meaning,
            services: services.cloned().collect(),
            classes: query.classes.shared(known.classes),
        };
        Hit { id: known.id, score, why }
    }
}

impl Slot {
    fn keys(&self, query: &Query<'_>) -> u32 {
        let services = query.services.iter().filter(|name| self.services.iter().any(|own| **own == ***name)).count();
        // The same service says more than the same kind of thing.
        self.classes.count(query.classes) + 2 * u32::try_from(services).unwrap_or(1)
    }
}

/// `once` is what a text gets that has each of the query's terms one time.
fn score(met: &Met, once: f32, meaning: Option<f32>, keys: u32, asked: usize) -> f32 {
    let words = met.bm25 / once.max(f32::EPSILON);
    let keys = (keys as f32 * KEY).min(KEYS);
    let both = match meaning {
        Some(near) => {
            let meaning = ((near - FAR) / (NEAR - FAR)).clamp(0.0, 1.0);
            MEANING * meaning + WORDS * (words / lexical::OFTEN * stretch(asked)).min(1.0)
        }
        // Ever nearer to a limit that it does not reach, so that the better of two good ones comes first.
        None => ALL_WORDS * (1.0 - (-SATURATED * words).exp()),
    };
    (both + keys).min(1.0)
}

/// No text has all the words of a long question, so what it has of them counts for more.
fn stretch(asked: usize) -> f32 {
    (1.0 + 0.295 * asked.saturating_sub(5) as f32).min(3.2)
}

/// Is it alike at all? Either its meaning is near, or it has most of what the query's words weigh, or some of both.
fn is_alike(met: &Met, meaning: Option<f32>, keys: u32, asked: usize) -> bool {
    let enough_words = met.terms >= 2 || asked == 1;
    match meaning {
        Some(near) => {
            // Somebody who writes a whole sentence shares words by intent; two words are shared by chance.
            let is_sentence = asked >= 5;
            near >= 0.34
                || (near >= 0.193 && met.covered >= 0.194 && met.terms >= 2 && is_sentence)
                || (near >= ALONE && keys >= 1)
                || (near >= 0.166 && met.covered >= 0.65 && enough_words)
                || (asked == 1 && met.terms == 1)
        }
        None => {
            let of_a_kind = met.terms >= 3
                && (met.covered >= 0.12 && keys >= 2 || met.covered >= 0.20 && met.terms >= 4 && keys >= 1);
            enough_words && (met.covered >= 0.55 || (met.covered >= 0.35 && keys >= 1) || of_a_kind)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let mut index = Index::default();
        let texts = [
            (7, "DNS lookups fail", "CoreDNS upgrade broke name resolution in all pods"),
            (8, "Disk full on the log nodes", "Log volume grew until the nodes had no space left"),
            (9, "Certificate of KIAM expired", "The server certificate expired and pods lost their role"),
        ];
        for (id, title, text) in texts {
            index.put(id, &Entry { title, text, ..Entry::default() });
        }
        index
    }

    fn found(index: &Index, text: &str) -> Vec<u64> {
        index.search(&Query { text, ..Query::default() }, 10).iter().map(|hit| hit.id).collect()
    }

    #[test]
    fn words_find_it_and_nothing_alike_is_nothing() {
        let index = index();
        assert_eq!(found(&index, "certificate expired"), [9]);
        assert_eq!(found(&index, "no space left on disk"), [8]);
        for nothing in ["birthday cake for the team", "", "…", "the of and"] {
            assert_eq!(found(&index, nothing), Vec::<u64>::new(), "{nothing}");
        }
    }

    #[test]
    fn of_two_that_have_all_the_words_the_one_that_is_about_them_comes_first_and_not_the_newer_one() {
        let mut index = index();
        index.put(10, &Entry { title: "Queue stuck", recap: "The queue is stuck", ..Entry::default() });
        index.put(11, &Entry { title: "Queue stuck after the move to another region", ..Entry::default() });
        assert_eq!(found(&index, "queue stuck"), [10, 11]);
    }

    #[test]
    fn meaning_finds_what_words_do_not() {
        let mut index = index();
        index.put(7, &Entry { title: "DNS lookups fail", vectors: &[vec![1.0, 0.0]], ..Entry::default() });
        let vector = [0.8, 0.6];
        let hits = index.search(&Query { text: "hosts unknown", vector: Some(&vector), ..Query::default() }, 10);
        assert_eq!(hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [7]);
        assert!(hits[0].why.words.is_empty() && hits[0].why.meaning.is_some_and(|near| (near - 0.8).abs() < 0.02));
        // A model that measures otherwise finds by words until everything is embedded again.
        let other = [0.8, 0.6, 0.0];
        let hits = index.search(&Query { text: "DNS lookups", vector: Some(&other), ..Query::default() }, 10);
        assert_eq!(hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn what_is_put_again_is_found_by_its_new_words_and_what_is_removed_by_none() {
        let mut index = index();
        index.put(9, &Entry { title: "Queue stuck", ..Entry::default() });
        assert_eq!(found(&index, "certificate expired"), Vec::<u64>::new());
        assert_eq!(found(&index, "queue stuck"), [9]);
        index.remove(9);
        assert_eq!((found(&index, "queue stuck"), index.len()), (Vec::new(), 2));
    }

    #[test]
    fn the_same_service_and_kind_come_first_and_are_told() {
        let mut index = Index::default();
        let services = ["pay".to_owned()];
        let classes = Classes::of(&[Component::Database], &[ChangeClass::Migration], &[]);
        index.put(1, &Entry { title: "Table locked for minutes", ..Entry::default() });
        index.put(2, &Entry { title: "Table locked for minutes", services: &services, classes, ..Entry::default() });
        index.put(3, &Entry { title: "Table locked for minutes", ..Entry::default() });
        let query = Query { text: "table locked", services: &services, classes, ..Query::default() };
        let hits = index.search(&query, 10);
        assert_eq!(hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), [2, 3, 1]);
        assert_eq!(hits[0].why.classes, ["database", "schema migration"]);
        assert_eq!(
            (&hits[0].why.services[..], &hits[0].why.words[..]),
            (&services[..], &["table".to_owned(), "locked".to_owned()][..])
        );
    }
}
