//! What are a text's terms? Lower case, stemmed, without words that say nothing; Korean as pairs of syllables.

use rust_stemmers::{Algorithm, Stemmer};
use std::collections::HashSet;
use std::sync::LazyLock;

/// Longer runs of letters are hashes and blobs, not words.
const LONGEST: usize = 40;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

static EMPTY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    "a about above after again all also am an and any are as at be because been before being below between both but by can \
     cannot could did do does doing down during each few for from further had has have having he her here hers him his how i \
     if in into is it its itself just me more most my no nor not now of off on once only or other our ours out over own same \
     she should so some such than that the their theirs them then there these they this those through to too under until up \
     us very was we were what when where which while who whom why will with would you your yours due via per got get there \
     utc gmt cet cest am pm"
        .split_whitespace()
        .collect()
});

/// Each term in order, repeats too.
pub fn terms(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each(text, &mut |term, _| found.push(term));
    found
}

/// Each term once, with the word of the text that it comes from.
pub fn spoken(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut seen = HashSet::new();
    each(text, &mut |term, word| {
        if seen.insert(term.clone()) {
            found.push((term, word.to_owned()));
        }
    });
    found
}

fn each(text: &str, found: &mut dyn FnMut(String, &str)) {
    for run in text.split(|letter: char| !letter.is_alphanumeric()) {
        if run.is_empty() || run.len() > LONGEST * 3 {
            continue;
        }
        if run.chars().any(is_syllable) {
            syllables(run, found);
        } else {
            word(run, found);
        }
    }
}

/// `CoreDNS` is one word and both of its halves.
fn word(run: &str, found: &mut dyn FnMut(String, &str)) {
    let lower = run.to_lowercase();
    if lower.len() > LONGEST || EMPTY.contains(lower.as_str()) {
        return;
    }
    let figures = lower.bytes().filter(u8::is_ascii_digit).count();
    // Dates, times and hashes tell nothing apart; `503` and `v2` do.
    if lower.chars().count() < 2 || (figures > 4 && figures * 2 >= lower.len()) {
        return;
    }
    let parts = humps(run);
    if parts.len() > 1 {
        for part in parts.iter().filter(|part| part.len() > 2) {
            found(stem(&part.to_lowercase()), run);
        }
    }
    found(stem(&lower), run);
}

fn stem(word: &str) -> String {
    if word.is_ascii() { STEMMER.stem(word).into_owned() } else { word.to_owned() }
}

/// `maxConnections` → `max`, `Connections`.
fn humps(run: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, letter) in run.char_indices() {
        if letter.is_uppercase() && before.is_some_and(char::is_lowercase) {
            parts.push(&run[start..at]);
            start = at;
        }
        before = Some(letter);
    }
    parts.push(&run[start..]);
    parts
}

fn is_syllable(letter: char) -> bool {
    ('\u{ac00}'..='\u{d7a3}').contains(&letter)
}

fn syllables(run: &str, found: &mut dyn FnMut(String, &str)) {
    let letters: Vec<char> = run.chars().collect();
    for pair in letters.windows(2) {
        found(pair.iter().collect::<String>().to_lowercase(), run);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_stemmed_and_words_that_say_nothing_are_left_out() {
        assert_eq!(terms("The nodes were running out of disks"), ["node", "run", "disk"]);
        assert_eq!(terms("CoreDNS maxConnections"), ["core", "dns", "coredn", "max", "connect", "maxconnect"]);
        assert_eq!(terms("HTTP 503 at 2021-11-18T02:33 in 5f3a9bc21d"), ["http", "503", "2021", "11", "18t02", "33"]);
    }

    #[test]
    fn korean_is_told_by_pairs_of_syllables() {
        assert_eq!(terms("결제 장애"), ["결제", "장애"]);
        assert_eq!(terms("메트릭수집"), ["메트", "트릭", "릭수", "수집"]);
        assert_eq!(terms("…"), Vec::<String>::new());
    }
}
