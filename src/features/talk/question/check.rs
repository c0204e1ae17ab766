//! Which sentences of an answer may stand? Those that rest on given facts, with no number and no name of their own.

use super::facts::Facts;
use crate::domain::question::Sentence;
use crate::features::numbers::numbers;
use crate::retrieval::terms::terms;
use std::collections::HashSet;

/// Of a sentence's words, so many have to stand in what it cites or in the question, where both are in one script.
const GROUNDED: f64 = 0.4;
const MOST: usize = 6;

/// What may stand, and how many fell.
pub fn kept(sentences: Vec<Sentence>, facts: &Facts, question: &str) -> (Vec<Sentence>, usize) {
    let all = sentences.len();
    let kept: Vec<Sentence> = sentences.into_iter().filter_map(|one| stands(one, facts, question)).take(MOST).collect();
    let fell = all - kept.len();
    (kept, fell)
}

fn stands(sentence: Sentence, facts: &Facts, question: &str) -> Option<Sentence> {
    let ids = sentence.cites.iter().map(|id| id.trim().trim_matches(['[', ']']).to_owned());
    let mut cites: Vec<String> = ids.filter(|id| facts.get(id).is_some()).collect();
    cites.dedup();
    let text = without_ids(&sentence.text, facts);
    if cites.is_empty() || text.is_empty() {
        return None;
    }
    let cited: Vec<&str> = cites.iter().filter_map(|id| facts.get(id)).map(|known| known.fact.text.as_str()).collect();
    let ground = format!("{} {} {question}", cited.join(" "), cites.join(" "));
    let known: HashSet<String> = numbers(&ground).into_iter().collect();
    if numbers(&text).iter().any(|number| !known.contains(number)) {
        return None;
    }
    // A name in backticks is copied, never made up.
    let names = text.split('`').skip(1).step_by(2).filter(|name| !name.is_empty());
    for name in names {
        let is_known = ground.contains(name)
            || facts.all().iter().any(|known| known.fact.text.contains(name) || known.fact.id.0.contains(name));
        if !is_known {
            return None;
        }
    }
    is_grounded(&text, &ground).then_some(Sentence { text, cites })
}

/// Only where both are written in Latin letters: a Korean answer over English facts shares names and numbers alone.
fn is_grounded(text: &str, ground: &str) -> bool {
    let own: HashSet<String> = terms(text).into_iter().filter(|term| term.is_ascii()).collect();
    if own.len() < 3 || !text.is_ascii() {
        return true;
    }
    let known: HashSet<String> = terms(ground).into_iter().collect();
    own.intersection(&known).count() as f64 >= GROUNDED * own.len() as f64
}

/// Ids that were written into the text all the same.
fn without_ids(text: &str, facts: &Facts) -> String {
    let mut kept = text.to_owned();
    for known in facts.all() {
        kept = kept.replace(&format!(" [{}]", known.fact.id), "").replace(&format!("[{}]", known.fact.id), "");
    }
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.add("risk:1".to_owned(), "Migration `0042_drop.sql` drops column `legacy_id` and has no way back", None);
        facts.add("c:1a2b3c4".to_owned(), "Stop reading legacy_id in 3 places", None);
        facts
    }

    fn sentence(text: &str, cites: &[&str]) -> Sentence {
        Sentence { text: text.to_owned(), cites: cites.iter().map(|id| (*id).to_owned()).collect() }
    }

    fn texts(sentences: Vec<Sentence>) -> Vec<String> {
        kept(sentences, &facts(), "does anything read legacy_id?").0.into_iter().map(|one| one.text).collect()
    }

    #[test]
    fn what_rests_on_a_fact_stands_without_its_ids() {
        let kept =
            texts(vec![sentence("The column `legacy_id` is dropped and has no way back [risk:1].", &["risk:1"])]);
        assert_eq!(kept, ["The column `legacy_id` is dropped and has no way back."]);
    }

    #[test]
    fn what_cites_nothing_known_or_lies_falls() {
        for lie in [
            sentence("The column is dropped.", &[]),
            sentence("The column is dropped.", &["risk:9"]),
            sentence("The column is read in 7 places.", &["c:1a2b3c4"]),
            sentence("The file `src/secret.rs` reads the column.", &["risk:1"]),
            sentence("Everybody should approve the deployment immediately, management wants that.", &["risk:1"]),
        ] {
            assert_eq!(texts(vec![lie.clone()]), Vec::<String>::new(), "{lie:?}");
        }
    }

    #[test]
    fn another_script_is_held_to_names_and_numbers() {
        assert_eq!(texts(vec![sentence("`legacy_id` 컬럼은 3곳에서 더 이상 읽지 않습니다.", &["c:1a2b3c4"])]).len(), 1);
        assert_eq!(texts(vec![sentence("`legacy_id` 컬럼은 9곳에서 읽습니다.", &["c:1a2b3c4"])]).len(), 0);
    }
}
