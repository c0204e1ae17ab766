//! Which titles, ids and words are worth their tokens?
//!
//! Budgeted maximum coverage: every id and every content word has a worth, a word counts once however often it is said, and
//! steps are taken by gain per token. Lazy evaluation of a submodular gain as in Minoux, "Accelerated greedy algorithms for
//! maximizing submodular set functions" (1978).

use super::entries::Entry;
use super::ids::Role;
use super::lexicon::Lexicon;
use super::tokens;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Words less likely than this to be in a note are not told: they would cost attention besides tokens.
const FAINT: f64 = 0.02;
/// Whole titles and sentences are easier to understand than the same words in a row.
const TITLE_WORTH: f64 = 1.1;
const SENTENCE_WORTH: f64 = 1.05;
/// Of the budget, what ids of people's changes may take, and what all ids together may take when the others come after.
const OWN_SHARE: f64 = 0.6;
const OTHER_SHARE: f64 = 0.4;
/// What a whole title is worth even if all its words are told elsewhere.
const SENSE: f64 = 0.02;
/// Words looked at: more never fit.
const MOST_WORDS: usize = 1_500;
/// How much a title or a sentence must bring per token; the best of each list is taken.
const LEAST_TITLE: [f64; 5] = [0.0, 0.06, 0.12, 0.2, 0.3];
const LEAST_SENTENCE: [f64; 5] = [f64::INFINITY, 0.15, 0.08, 0.04, 0.005];

/// What is to be told, as steps in the order of their worth: the first ones that fit are the choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The entry's id number so and so.
    Id(usize, usize),
    /// The entry's short SHA.
    Sha(usize),
    /// The entry's whole title.
    Title(usize),
    /// The entry's sentence number so and so.
    Sentence(usize, usize),
    /// One word, told with the entry that has it, or among the words of the diff.
    Word(u32, Option<usize>),
}

/// How choosy a round is with titles and with sentences, in gain per token.
#[derive(Debug, Clone, Copy)]
pub struct Taste {
    title: f64,
    sentence: f64,
}

/// Prices in tokens and worths, computed once.
pub struct Market<'a> {
    entries: &'a [Entry],
    titles: Vec<usize>,
    /// Words that may be told on their own.
    words: Vec<u32>,
    /// By number of word.
    worth: Vec<f64>,
    prices: Vec<usize>,
    carrier: HashMap<u32, usize>,
}

impl<'a> Market<'a> {
    /// Words of `told` are in the context anyway and worth nothing more.
    pub fn open(entries: &'a [Entry], lexicon: &Lexicon, told: &str) -> Self {
        let mut worth: Vec<f64> = lexicon.numbers().map(|number| lexicon.likelihood(number)).collect();
        for number in lexicon.known(told) {
            worth[number as usize] = 0.0;
        }
        let carrier = carriers(entries);
        let mut words: Vec<u32> = lexicon.numbers().filter(|number| worth[*number as usize] >= FAINT).collect();
        // Words of other scripts cost several tokens each, and how many differs most between tokenizers.
        words.retain(|number| carrier.contains_key(number) || lexicon.word(*number).is_ascii());
        words.sort_by(|a, b| worth[*b as usize].total_cmp(&worth[*a as usize]).then(a.cmp(b)));
        words.truncate(MOST_WORDS);
        let mut prices = vec![2; worth.len()];
        for word in &words {
            prices[*word as usize] = tokens::count(&format!(" {}", lexicon.word(*word)));
        }
        let titles = entries.iter().map(|entry| tokens::count(&entry.title) + 2).collect();
        Self { entries, titles, words, worth, prices, carrier }
    }

    /// The taste that gains most within `budget` tokens.
    pub fn taste(&self, budget: usize) -> Taste {
        let titles = LEAST_TITLE.map(|title| Taste { title, sentence: f64::INFINITY });
        let title = self.best(budget, &titles).title;
        self.best(budget, &LEAST_SENTENCE.map(|sentence| Taste { title, sentence }))
    }

    fn best(&self, budget: usize, tastes: &[Taste]) -> Taste {
        let mut best = (f64::NEG_INFINITY, tastes[0]);
        for taste in tastes {
            let gain = self.round(budget, *taste).gain;
            if gain > best.0 {
                best = (gain, *taste);
            }
        }
        best.1
    }

    /// Steps whose prices sum up to at most `budget`.
    pub fn choose(&self, budget: usize, taste: Taste) -> Vec<Step> {
        self.round(budget, taste).steps
    }

    /// What the steps cost by estimate.
    pub fn price(&self, steps: &[Step]) -> usize {
        steps.iter().map(|step| self.price_of(*step)).sum()
    }

    fn price_of(&self, step: Step) -> usize {
        match step {
            Step::Id(at, id) => self.entries[at].ids[id].text.len().div_ceil(3) + 1,
            Step::Sha(_) => 6,
            Step::Title(at) => self.titles[at],
            // Counting thousands of sentences costs more than it is worth: four and a bit letters are a token.
            Step::Sentence(at, sentence) => self.entries[at].said[sentence].text.len() / 4 + 2,
            Step::Word(word, _) => self.prices[word as usize],
        }
    }

    fn round(&self, budget: usize, taste: Taste) -> Round<'a, '_> {
        let mut round = Round {
            market: self,
            budget,
            left: budget,
            ids: HashSet::new(),
            words: vec![false; self.worth.len()],
            heap: BinaryHeap::new(),
            steps: Vec::new(),
            gain: 0.0,
        };
        round.offer_ids(&[Role::Own, Role::Closed]);
        round.run_within(OWN_SHARE);
        round.offer_ids(&[Role::Mentioned, Role::Bot]);
        round.run_within(OTHER_SHARE);
        round.offer_titles();
        round.run(taste.title);
        round.offer_sentences();
        round.run(taste.sentence);
        round.offer_words();
        round.run(0.0);
        round
    }
}

/// For each word the entry to tell it with: the first that has it in its title, else the first that has it at all.
fn carriers(entries: &[Entry]) -> HashMap<u32, usize> {
    let mut carriers = HashMap::new();
    for words in [|entry: &Entry| entry.title_words.clone(), |entry: &Entry| entry.more_words.clone()] {
        for (at, entry) in entries.iter().enumerate() {
            for word in words(entry) {
                carriers.entry(word).or_insert(at);
            }
        }
    }
    carriers
}

fn id_worth(role: Role) -> f64 {
    match role {
        Role::Own => 4.0,
        Role::Closed => 3.2,
        Role::Mentioned => 1.5,
        Role::Bot => 1.5,
    }
}

/// A step that may be taken, at the gain per token it had when it was last looked at.
struct Offer {
    ratio: f64,
    order: usize,
    step: Step,
}

impl PartialEq for Offer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Offer {}
impl PartialOrd for Offer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Offer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.ratio.total_cmp(&other.ratio).then(other.order.cmp(&self.order))
    }
}

struct Round<'a, 'm> {
    market: &'m Market<'a>,
    budget: usize,
    left: usize,
    ids: HashSet<&'a str>,
    /// By number of word: is it told?
    words: Vec<bool>,
    heap: BinaryHeap<Offer>,
    steps: Vec<Step>,
    gain: f64,
}

impl<'a> Round<'a, '_> {
    fn offer(&mut self, step: Step) {
        let ratio = self.value(step) / self.market.price_of(step) as f64;
        let order = self.heap.len();
        self.heap.push(Offer { ratio, order, step });
    }

    fn offer_ids(&mut self, roles: &[Role]) {
        for (at, entry) in self.market.entries.iter().enumerate() {
            for id in (0..entry.ids.len()).filter(|id| roles.contains(&entry.ids[*id].role)) {
                self.offer(Step::Id(at, id));
            }
        }
    }

    /// Takes offers until this share of the whole budget is spent.
    fn run_within(&mut self, share: f64) {
        let kept = self.left.min(self.budget - (self.budget as f64 * share) as usize);
        self.left -= kept;
        self.run(0.0);
        self.left += kept;
    }

    fn offer_titles(&mut self) {
        for (at, entry) in self.market.entries.iter().enumerate() {
            if entry.title.is_empty() {
                continue;
            }
            self.offer(Step::Title(at));
            if !entry.sha.is_empty() && entry.intent.user_visible() {
                self.offer(Step::Sha(at));
            }
        }
    }

    fn offer_sentences(&mut self) {
        let titled: Vec<usize> =
            self.steps.iter().filter_map(|step| if let Step::Title(at) = step { Some(*at) } else { None }).collect();
        for at in titled {
            for sentence in 0..self.market.entries[at].said.len() {
                self.offer(Step::Sentence(at, sentence));
            }
        }
    }

    fn offer_words(&mut self) {
        for word in &self.market.words {
            self.offer(Step::Word(*word, self.market.carrier.get(word).copied()));
        }
    }

    /// Takes the best offers while they fit and bring at least `least` per token.
    fn run(&mut self, least: f64) {
        while let Some(offer) = self.heap.pop() {
            let (value, price) = (self.value(offer.step), self.market.price_of(offer.step));
            let ratio = value / price as f64;
            if value <= 0.0 || price > self.left {
                continue;
            }
            if ratio < offer.ratio {
                self.heap.push(Offer { ratio, ..offer });
                continue;
            }
            if ratio < least {
                break;
            }
            self.take(offer.step, value, price);
        }
        self.heap.clear();
    }

    fn take(&mut self, step: Step, value: f64, price: usize) {
        let entries = self.market.entries;
        match step {
            Step::Id(at, id) => {
                self.ids.insert(&entries[at].ids[id].text);
            }
            Step::Sha(_) => {}
            Step::Title(at) => self.tell(&entries[at].title_words),
            Step::Sentence(at, sentence) => self.tell(&entries[at].said[sentence].words),
            Step::Word(word, _) => self.tell(&[word]),
        }
        self.left -= price;
        self.gain += value;
        self.steps.push(step);
    }

    fn tell(&mut self, words: &[u32]) {
        for word in words {
            self.words[*word as usize] = true;
        }
    }

    /// Worth of those words that are not told yet.
    fn fresh(&self, words: &[u32]) -> f64 {
        words
            .iter()
            .map(|word| *word as usize)
            .filter(|word| !self.words[*word])
            .map(|word| self.market.worth[word])
            .sum()
    }

    fn value(&self, step: Step) -> f64 {
        let entries = self.market.entries;
        match step {
            Step::Id(at, id) => {
                let id = &entries[at].ids[id];
                if self.ids.contains(id.text.as_str()) { 0.0 } else { id_worth(id.role) }
            }
            Step::Sha(_) => 0.8,
            Step::Title(at) => TITLE_WORTH * self.fresh(&entries[at].title_words) + SENSE,
            Step::Sentence(at, sentence) => SENTENCE_WORTH * self.fresh(&entries[at].said[sentence].words),
            Step::Word(word, _) => self.fresh(&[word]),
        }
    }
}
