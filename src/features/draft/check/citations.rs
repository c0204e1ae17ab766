//! Which sentences of a text rest on something known, and what remains of it?

use super::blocks::{Block, Shape, blocks};
use super::known::Known;
use super::sentences::{bracket, code_span, is_citation, sentences, tokens};
use crate::domain::fact::FactId;
use crate::features::numbers::numbers;
use serde_json::Value;

/// Whose text it is. Rules may say numbers of their own (`for 30 minutes`); a model may say only numbers it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    Rules,
    Model,
}

/// A text after the check: what may stand, on what it rests, and what fell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cited {
    /// Without brackets; empty list entries and headings over nothing are gone.
    pub text: String,
    /// In order of appearance, each once.
    pub cites: Vec<FactId>,
    pub dropped: Vec<Dropped>,
    /// Sentences that remained.
    pub kept: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    pub sentence: String,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// No citation at all.
    Uncited,
    /// Only ids that nobody gave it.
    Unknown,
    /// A number that stands in no fact.
    Number(String),
}

/// The first number of a sentence that nobody knows.
fn invented<'a>(stated: &'a [String], known: &Known) -> Option<&'a String> {
    stated.iter().find(|number| !known.number(number))
}

/// Checks a Markdown text sentence by sentence.
pub fn cite(text: &str, known: &Known, trust: Trust) -> Cited {
    let mut check =
        Check { known, trust, cited: Cited::default(), lines: Vec::new(), pending: Vec::new(), count: None };
    let mut stood = false;
    for block in blocks(text) {
        stood = check.block(block, stood);
    }
    check.cited.text = check.lines.join("\n").trim().to_owned();
    check.cited
}

/// Checks every text of a value: a string, or a list of strings whose entries may fall one by one.
pub fn cite_value(value: &Value, known: &Known, trust: Trust) -> (Value, Cited) {
    match value {
        Value::String(text) => {
            let cited = cite(text, known, trust);
            (Value::String(cited.text.clone()), cited)
        }
        Value::Array(items) => {
            let mut all = Cited::default();
            let mut kept = Vec::new();
            for item in items {
                let (item, cited) = cite_value(item, known, trust);
                if !cited.text.is_empty() {
                    kept.push(item);
                }
                all.absorb(cited);
            }
            (Value::Array(kept), all)
        }
        other => (other.clone(), Cited { text: other.to_string(), ..Cited::default() }),
    }
}

impl Cited {
    fn absorb(&mut self, other: Cited) {
        self.text = join(&self.text, &other.text);
        for id in other.cites {
            self.note(id);
        }
        self.dropped.extend(other.dropped);
        self.kept += other.kept;
    }

    fn note(&mut self, id: FactId) {
        if !self.cites.contains(&id) {
            self.cites.push(id);
        }
    }
}

struct Check<'a> {
    known: &'a Known,
    trust: Trust,
    cited: Cited,
    lines: Vec<String>,
    /// Headings that wait for something to stand under them, with their level.
    pending: Vec<(u8, String)>,
    /// The number of the last numbered entry that stood.
    count: Option<usize>,
}

impl Check<'_> {
    /// Returns whether the block stood; `before` is the answer for the block before it.
    fn block(&mut self, block: Block, before: bool) -> bool {
        match &block.shape {
            Shape::Heading(level) => self.heading(*level, &block.text),
            Shape::TableHead => {
                self.pending.push((9, block.text));
                true
            }
            Shape::Code => {
                if before {
                    self.lines.push(block.text);
                }
                before
            }
            Shape::Row => self.sentence(&block.text).is_some_and(|row| self.stand("", row, block.gap)),
            Shape::Paragraph => {
                self.count = None;
                self.running(&block.text).is_some_and(|text| self.stand("", text, block.gap))
            }
            Shape::Item { indent, marker } => self.running(&block.text).is_some_and(|text| {
                let marker = self.marker(*indent, marker);
                self.stand(&marker, text, block.gap)
            }),
        }
    }

    fn heading(&mut self, level: u8, text: &str) -> bool {
        self.count = None;
        let honest = self.trust == Trust::Rules || invented(&numbers(text), self.known).is_none();
        self.pending.retain(|(other, _)| *other < level);
        if honest && text.chars().count() <= 120 {
            self.pending.push((level, strip(text).0));
        }
        true
    }

    /// The sentences of a paragraph or entry that may stand, joined.
    fn running(&mut self, text: &str) -> Option<String> {
        let kept: Vec<String> = sentences(text).into_iter().filter_map(|sentence| self.sentence(sentence)).collect();
        (!kept.is_empty()).then(|| kept.join(" "))
    }

    fn sentence(&mut self, sentence: &str) -> Option<String> {
        let (text, brackets) = strip(sentence);
        let ids: Vec<FactId> = brackets
            .iter()
            .flat_map(|inside| {
                let whole = self.known.meant(inside);
                let parts = whole.is_none().then(|| tokens(inside).filter_map(|token| self.known.meant(token)));
                whole.into_iter().chain(parts.into_iter().flatten()).collect::<Vec<_>>()
            })
            .collect();
        if let Some(why) = self.objection(&text, &brackets, &ids) {
            self.cited.dropped.push(Dropped { sentence: text, why });
            return None;
        }
        self.cited.kept += 1;
        for id in ids {
            self.cited.note(id);
        }
        Some(text)
    }

    fn objection(&self, text: &str, brackets: &[String], ids: &[FactId]) -> Option<Why> {
        if brackets.is_empty() {
            return Some(Why::Uncited);
        }
        if ids.is_empty() {
            return Some(Why::Unknown);
        }
        if self.trust == Trust::Rules {
            return None;
        }
        invented(&numbers(text), self.known).map(|number| Why::Number(number.clone()))
    }

    fn stand(&mut self, marker: &str, text: String, gap: bool) -> bool {
        let headings = std::mem::take(&mut self.pending);
        let mut gap = gap;
        for (level, heading) in headings {
            self.gap(level < 9 || gap);
            self.lines.push(heading);
            gap = level < 8;
        }
        self.gap(gap);
        self.lines.push(format!("{marker}{text}"));
        true
    }

    fn gap(&mut self, wanted: bool) {
        if wanted && self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// Numbered entries are counted anew, so that a dropped one leaves no hole.
    fn marker(&mut self, indent: usize, marker: &str) -> String {
        let blanks = " ".repeat(indent);
        let number = marker.split(['.', ')']).next().and_then(|digits| digits.parse::<usize>().ok());
        match number {
            None => format!("{blanks}{marker} "),
            Some(first) if indent > 0 => format!("{blanks}{first}. "),
            Some(first) => {
                let number = self.count.map_or_else(|| first.min(1), |last| last + 1);
                self.count = Some(number);
                format!("{number}. ")
            }
        }
    }
}

/// The sentence without its citations, and what stood in them.
fn strip(sentence: &str) -> (String, Vec<String>) {
    let mut text = String::with_capacity(sentence.len());
    let mut brackets = Vec::new();
    let mut at = 0;
    while at < sentence.len() {
        let rest = &sentence[at..];
        let end = if rest.starts_with('`') {
            code_span(sentence, at)
        } else if rest.starts_with('[') {
            bracket(sentence, at)
        } else {
            None
        };
        match end {
            Some(end) if rest.starts_with('[') && is_citation(&sentence[at..end]) => {
                brackets.push(sentence[at + 1..end - 1].trim().to_owned());
                text.truncate(text.trim_end().len());
                at = end;
            }
            Some(end) if rest.starts_with('`') => {
                text.push_str(&sentence[at..end]);
                at = end;
            }
            _ => {
                let letter = rest.chars().next().expect("`at` is inside the sentence and on a boundary");
                text.push(letter);
                at += letter.len_utf8();
            }
        }
    }
    (full_stops(text.trim()), brackets)
}

/// `It works.` from `It works. [pr:#1].`
fn full_stops(text: &str) -> String {
    match text.strip_suffix("..") {
        Some(rest) if !rest.ends_with('.') => format!("{rest}."),
        _ => text.to_owned(),
    }
}

fn join(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::rules::tests::material;

    fn known() -> Known {
        Known::of(&material())
    }

    fn model(text: &str) -> Cited {
        cite(text, &known(), Trust::Model)
    }

    #[test]
    fn a_sentence_that_cites_what_is_known_stands_without_its_brackets() {
        let cited = model("Refunds are idempotent [pr:#812]. The ledger is split [pr:#815, risk:1] [t:PAY-311].");
        assert_eq!(cited.text, "Refunds are idempotent. The ledger is split.");
        let ids: Vec<&str> = cited.cites.iter().map(|id| id.0.as_str()).collect();
        assert_eq!(ids, ["pr:#812", "pr:#815", "risk:1", "t:PAY-311"]);
        assert!(cited.dropped.is_empty());
    }

    #[test]
    fn slips_in_writing_an_id_are_understood() {
        let cited = model("A [#812]. B [pr:815]. C [c:1a2b3c4d5e6f]. D. [pr:#812].");
        assert_eq!(cited.text, "A. B. C. D.");
        let ids: Vec<&str> = cited.cites.iter().map(|id| id.0.as_str()).collect();
        assert_eq!(ids, ["pr:#812", "pr:#815", "c:1a2b3c4"]);
    }

    #[test]
    fn what_rests_on_nothing_known_falls_and_is_counted() {
        let cited =
            model("Everything is faster. Nobody will notice [pr:#99999]. Refunds are idempotent [pr:#812] [pr:#4].");
        assert_eq!(cited.text, "Refunds are idempotent.");
        let why: Vec<&Why> = cited.dropped.iter().map(|dropped| &dropped.why).collect();
        assert_eq!(why, [&Why::Uncited, &Why::Unknown]);
        assert_eq!(cited.cites, [FactId("pr:#812".to_owned())]);
    }

    #[test]
    fn a_number_nobody_gave_falls_for_a_model_and_stands_for_rules() {
        let text = "Latency drops by 37 % [pr:#812].";
        assert_eq!(model(text).dropped[0].why, Why::Number("37".to_owned()));
        assert_eq!(cite(text, &known(), Trust::Rules).text, "Latency drops by 37 %.");
    }

    #[test]
    fn lists_are_closed_up_and_headings_over_nothing_go() {
        let cited = model(
            "## Fixes\n\n1. One [pr:#812].\n2. Two.\n3. Three [pr:#815].\n\n## Empty\n\n- nothing known\n\n## Last\n\n- four [risk:1]",
        );
        assert_eq!(cited.text, "## Fixes\n\n1. One.\n2. Three.\n\n## Last\n\n- four");
        assert_eq!((cited.kept, cited.dropped.len()), (3, 2));
    }

    #[test]
    fn brackets_in_code_and_links_are_not_citations() {
        let cited = model("Use `a[c:1a2b3c4]` and [the page](https://example.test) [pr:#812].");
        assert_eq!(cited.text, "Use `a[c:1a2b3c4]` and [the page](https://example.test).");
        assert_eq!(model("Use `a[c:1a2b3c4]` now.").text, "");
    }

    #[test]
    fn a_list_value_loses_only_the_entries_that_rest_on_nothing() {
        let value = serde_json::json!(["Back up the database [risk:1]", "Smile"]);
        let (value, cited) = cite_value(&value, &known(), Trust::Model);
        assert_eq!(value, serde_json::json!(["Back up the database"]));
        assert_eq!(cited.dropped.len(), 1);
    }
}
