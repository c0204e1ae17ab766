//! How likely would a human release note mention a word, given where in the change it stands?

use super::vocabulary::{self, Usual};
use super::words;
use std::collections::{HashMap, HashSet};

/// Where a word was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Title of a feature, fix or another thing that users notice.
    Title,
    /// Title of anything else that people did.
    InnerTitle,
    /// Title of what a bot did.
    BotTitle,
    /// The first paragraph of a commit message's body, and subjects that are not the item's title.
    Lead,
    /// The rest of a body.
    Body,
    /// Headings added to documentation.
    Heading,
    /// Sentences added to documentation.
    Prose,
    /// Command line flags and configuration keys added.
    Setting,
    /// Names that are defined: functions, types, exports.
    Definition,
    /// Comments added to code.
    Comment,
    /// Code added.
    Code,
    /// Paths of files changed.
    Path,
}

const SOURCES: usize = 12;
pub const FEATURES: usize = SOURCES + 4;

/// Every word of the change with how often each source has it.
#[derive(Debug, Default)]
pub struct Lexicon {
    numbers: HashMap<String, u32>,
    words: Vec<String>,
    seen: Vec<[u16; SOURCES]>,
    titled_stems: HashSet<String>,
}

impl Lexicon {
    /// Counts the content words of `text`; returns their numbers in order of appearance, each once.
    pub fn read(&mut self, text: &str, source: Source) -> Vec<u32> {
        let mut found = Vec::new();
        for word in words::content(text) {
            let number = self.number(word);
            let seen = &mut self.seen[number as usize][source as usize];
            *seen = seen.saturating_add(1);
            if !found.contains(&number) {
                found.push(number);
            }
        }
        if matches!(source, Source::Title | Source::InnerTitle) {
            self.titled_stems.extend(found.iter().map(|number| words::stem(&self.words[*number as usize]).to_string()));
        }
        found
    }

    fn number(&mut self, word: String) -> u32 {
        if let Some(number) = self.numbers.get(&word) {
            return *number;
        }
        let number = self.words.len() as u32;
        self.words.push(word.clone());
        self.seen.push([0; SOURCES]);
        self.numbers.insert(word, number);
        number
    }

    pub fn word(&self, number: u32) -> &str {
        &self.words[number as usize]
    }

    /// Numbers of those words of `text` that were read before.
    pub fn known(&self, text: &str) -> Vec<u32> {
        words::content(text).filter_map(|word| self.numbers.get(&word).copied()).collect()
    }

    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        0..self.words.len() as u32
    }

    /// Probability that the release note has this word, by logistic regression on `features`.
    ///
    /// Fitted on the words of 39 release ranges of 11 open-source projects in several languages against the notes their
    /// people wrote; it is measured on other projects than those.
    pub fn likelihood(&self, number: u32) -> f64 {
        let sum: f64 = self.features(number).iter().zip(WEIGHTS).map(|(feature, weight)| weight * feature).sum();
        1.0 / (1.0 + (-(BIAS + sum)).exp())
    }

    /// How often each source has the word, as a logarithm; then whether it is usual in notes, whether a word of the same
    /// stem is in a title while it is not, and whether it is so long that it is a name in code.
    pub fn features(&self, number: u32) -> [f64; FEATURES] {
        let (word, seen) = (self.word(number), &self.seen[number as usize]);
        let mut features = [0.0; FEATURES];
        for (feature, count) in features.iter_mut().zip(seen) {
            *feature = f64::from(*count).ln_1p();
        }
        let titled = seen[Source::Title as usize] + seen[Source::InnerTitle as usize] > 0;
        features[SOURCES] = f64::from(vocabulary::usual(word) == Usual::Very);
        features[SOURCES + 1] = f64::from(vocabulary::usual(word) == Usual::Somewhat);
        features[SOURCES + 2] = f64::from(!titled && self.titled_stems.contains(words::stem(word)));
        features[SOURCES + 3] = f64::from(word.len() > 12);
        features
    }
}

const BIAS: f64 = -3.7;
/// One for each of `features`, in their order.
const WEIGHTS: [f64; FEATURES] =
    [3.7, 2.1, 1.2, 0.65, 0.5, 0.4, 0.35, 0.25, -0.25, 0.3, 0.02, 0.3, 0.5, 0.4, 0.35, -0.1];
