//! Which texts share words with the query, weighted by how rare they are? BM25 (Robertson and Zaragoza, 2009) over weighted
//! fields.

use std::collections::HashMap;

const K1: f32 = 1.6;
const B: f32 = 0.57;
/// What a term is worth that a text has any number of times, against having it once in a text of usual length.
pub const OFTEN: f32 = K1 + 1.0;
/// A term of the title counts as this many of the text, one of the recap as that many.
pub const TITLE: u32 = 4;
pub const RECAP: u32 = 2;

/// Of a handful of texts nobody can tell which words are rare: so many more without the term are assumed.
const PRIOR: f32 = 54.0;

/// Postings of one term: the slot in the upper 24 bits, how often in the lower 8.
type Posting = u32;

#[derive(Default)]
pub struct Lexical {
    ids: HashMap<Box<str>, u32>,
    postings: Vec<Vec<Posting>>,
    /// By slot: its length in terms.
    lengths: Vec<u32>,
    total: u64,
    /// Texts that still count.
    live: usize,
}

/// How well one text meets the query.
#[derive(Debug, Clone, Copy, Default)]
pub struct Met {
    pub bm25: f32,
    /// Share of what the query's terms weigh together that this text has.
    pub covered: f32,
    /// How many of its terms.
    pub terms: u32,
}

impl Lexical {
    /// Slots are given out in order.
    pub fn add(&mut self, slot: u32, weighted: &HashMap<String, u32>) {
        debug_assert_eq!(slot as usize, self.lengths.len());
        for (term, often) in weighted {
            let next = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
            let id = *self.ids.entry(term.as_str().into()).or_insert(next);
            if id == next {
                self.postings.push(Vec::new());
            }
            self.postings[id as usize].push((slot << 8) | (*often).min(255));
        }
        let length = weighted.values().sum();
        self.lengths.push(length);
        self.total += u64::from(length);
        self.live += 1;
    }

    /// A slot that is searched no more.
    pub fn forget(&mut self, slot: u32) {
        self.total -= u64::from(self.lengths[slot as usize]);
        self.live -= 1;
    }

    /// What the terms weigh: rare ones more. Unknown ones weigh as the rarest.
    pub fn weight(&self, term: &str) -> f32 {
        let known = self.ids.get(term).map_or(0, |id| self.postings[*id as usize].len());
        let (all, with) = (self.live as f32 + PRIOR, known as f32);
        (1.0 + (all - with.min(all) + 0.5) / (with + 0.5)).ln()
    }

    /// Has the text this term?
    pub fn has(&self, term: &str, slot: u32) -> bool {
        let postings = self.ids.get(term).map(|id| &self.postings[*id as usize]);
        // Slots only grow, so postings are in their order.
        postings.is_some_and(|postings| postings.binary_search_by_key(&slot, |posting| posting >> 8).is_ok())
    }

    /// By slot, how well it meets the query. `terms` are distinct.
    pub fn search(&self, terms: &[String]) -> Vec<Met> {
        let average = self.total as f32 / self.live.max(1) as f32;
        let weights: Vec<f32> = terms.iter().map(|term| self.weight(term)).collect();
        let all: f32 = weights.iter().sum::<f32>().max(f32::EPSILON);
        let mut met = vec![Met::default(); self.lengths.len()];
        for (term, weight) in terms.iter().zip(&weights) {
            let Some(id) = self.ids.get(term.as_str()) else { continue };
            for posting in &self.postings[*id as usize] {
                let (slot, often) = (posting >> 8, (posting & 0xff) as f32);
                let length = self.lengths[slot as usize] as f32 / average.max(1.0);
                let one = &mut met[slot as usize];
                one.bm25 += weight * often * (K1 + 1.0) / (often + K1 * (1.0 - B + B * length));
                one.covered += weight / all;
                one.terms += 1;
            }
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexical(texts: &[&str]) -> Lexical {
        let mut lexical = Lexical::default();
        for (slot, text) in texts.iter().enumerate() {
            let mut weighted = HashMap::new();
            for word in text.split(' ') {
                *weighted.entry(word.to_owned()).or_default() += 1;
            }
            lexical.add(u32::try_from(slot).expect("few"), &weighted);
        }
        lexical
    }

    #[test]
    fn rare_terms_weigh_more_and_short_texts_win() {
        let lexical =
            lexical(&["node disk full", "node dns", "node disk full and a lot of other words besides", "node"]);
        assert!(lexical.weight("dns") > lexical.weight("disk") && lexical.weight("disk") > lexical.weight("node"));
        assert!(lexical.weight("never") >= lexical.weight("dns"));
        let met = lexical.search(&["disk".to_owned(), "full".to_owned()]);
        assert_eq!(met.iter().map(|one| one.terms).collect::<Vec<_>>(), [2, 0, 2, 0]);
        assert!(met[0].bm25 > met[2].bm25);
        assert!((met[0].covered - 1.0).abs() < 1e-6);
        let half = lexical.search(&["disk".to_owned(), "never".to_owned()]);
        assert!(half[0].covered < 0.5, "what no text has counts against all");
    }
}
