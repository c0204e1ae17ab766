//! When does a ticket count as done? Found in a field, under a heading, or in a checklist.

use crate::adapters::tickets::jira::read::lines::{Kind, Line, cut};
use crate::adapters::tickets::jira::read::{adf, wiki};
use crate::domain::pattern::pattern;
use crate::domain::ticket::Criterion;
use regex::Regex;
use serde_json::Value;
use std::sync::LazyLock;

/// A ticket with more has another purpose than being accepted.
const MOST: usize = 60;
const LONGEST: usize = 600;

static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:\d+[.)]\s*)?(?:acceptance(?:\s+(?:criteria|criterion|tests?))?|definition\s+of\s+done|done\s+when|ac|acs|dod|인수\s*(?:조건|기준)|완료\s*(?:조건|기준|정의)|수락\s*(?:조건|기준))(?:\s*\([^()]*\))?\s*[:：]?$",
    )
});
static GIVEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:scenario|given|먼저|시나리오)(?:[\s:]|$)"));
static THEN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:given|when|then|and|but|먼저|만일|만약|그러면|그리고|하지만)(?:[\s:]|$)"));

/// The field's own criteria win; else those under a heading; else every box there is.
pub fn acceptance(field: &Value, description: &[Line]) -> Vec<Criterion> {
    let own = of_field(field);
    if !own.is_empty() {
        return own;
    }
    let under = under_heading(description).map(criteria).unwrap_or_default();
    if !under.is_empty() {
        return under;
    }
    let boxes: Vec<Line> = description.iter().filter(|line| matches!(line.kind, Kind::Box { .. })).cloned().collect();
    criteria(&boxes)
}

/// Text, a document, or the entries of a checklist.
fn of_field(field: &Value) -> Vec<Criterion> {
    match field {
        Value::String(text) => criteria(&wiki::lines(text)),
        Value::Object(_) if field["type"] == "doc" => criteria(&adf::lines(field)),
        Value::Array(entries) => entries.iter().filter_map(entry).take(MOST).collect(),
        Value::Object(_) => entry(field).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn entry(entry: &Value) -> Option<Criterion> {
    if let Some(text) = entry.as_str() {
        return criteria(&wiki::lines(text)).into_iter().next();
    }
    let text = ["name", "text", "value"].iter().find_map(|name| entry[*name].as_str())?;
    let met = ["checked", "done", "completed"].iter().find_map(|name| entry[*name].as_bool());
    Some(Criterion { text: cut(text.trim(), LONGEST), met })
}

/// The lines after a heading that says so, to the next heading of its rank.
fn under_heading(lines: &[Line]) -> Option<&[Line]> {
    let at = lines
        .iter()
        .position(|line| matches!(line.kind, Kind::Heading(_) | Kind::Text) && HEADING.is_match(line.text.trim()))?;
    let rest = &lines[at + 1..];
    let ends = |line: &Line| match (lines[at].kind, line.kind) {
        (Kind::Heading(own), Kind::Heading(next)) => next <= own,
        (_, Kind::Heading(_)) => true,
        // Where headings are only bold lines, the next of them ends it too.
        (Kind::Text, Kind::Text) => line.text.ends_with(':') && line.text.len() < 40,
        _ => false,
    };
    Some(&rest[..rest.iter().position(ends).unwrap_or(rest.len())])
}

/// An entry is one; what hangs on it belongs to it; given, when and then are one together.
fn criteria(lines: &[Line]) -> Vec<Criterion> {
    let listed = lines.iter().any(|line| matches!(line.kind, Kind::Item(_) | Kind::Box { .. }));
    let mut found: Vec<Criterion> = Vec::new();
    let (mut in_story, mut parted) = (false, false);
    let mut top = usize::MAX;
    for line in lines {
        let text = line.text.trim();
        let goes_on = in_story && THEN.is_match(text) && !starts_anew(text, found.last());
        let depth = match line.kind {
            Kind::Item(depth) | Kind::Box { depth, .. } => depth,
            _ => 1,
        };
        let deeper = matches!(line.kind, Kind::Item(_)) && depth > top;
        match line.kind {
            Kind::Gap => {
                parted = true;
                continue;
            }
            Kind::Heading(_) => continue,
            // A paragraph of its own after the list is not part of its last entry.
            Kind::Text if listed && parted && !goes_on && !GIVEN.is_match(text) => continue,
            Kind::Text if listed && !goes_on && !GIVEN.is_match(text) && (found.is_empty() || text.ends_with(':')) => {
                continue;
            }
            _ => {}
        }
        parted = false;
        let hangs = goes_on
            || deeper
            || line.kind == Kind::Code
            || (listed && line.kind == Kind::Text && !GIVEN.is_match(text));
        match found.last_mut().filter(|_| hangs) {
            Some(last) => last.text = cut(&format!("{} {text}", last.text), LONGEST),
            None => {
                let met = if let Kind::Box { met, .. } = line.kind { Some(met) } else { None };
                found.push(Criterion { text: cut(text, LONGEST), met });
                in_story = GIVEN.is_match(text);
                top = depth;
            }
        }
    }
    found.truncate(MOST);
    found
}

/// A second `Given` begins another one, unless nothing but the scenario's name stood before it.
fn starts_anew(text: &str, last: Option<&Criterion>) -> bool {
    let told = last.is_some_and(|last| last.text.to_lowercase().contains("then") || last.text.contains("그러면"));
    GIVEN.is_match(text) && told
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(description: &str) -> Vec<(String, Option<bool>)> {
        let all = acceptance(&Value::Null, &wiki::lines(description));
        all.into_iter().map(|one| (one.text, one.met)).collect()
    }

    fn unboxed(texts: &[&str]) -> Vec<(String, Option<bool>)> {
        texts.iter().map(|text| ((*text).to_owned(), None)).collect()
    }

    #[test]
    fn those_under_a_heading_end_with_the_next_one() {
        let asked = "h2. Why\n* not this\nh2. Acceptance criteria\nIt holds that:\n* one\n** with a detail\n* two\nh3. More\n* three\nh2. Notes\n* nor this";
        assert_eq!(found(asked), unboxed(&["one with a detail", "two", "three"]));
        assert_eq!(found("*인수 조건:*\n- 환불이 나뉜다\n*참고:*\n- 아님"), unboxed(&["환불이 나뉜다"]));
        assert_eq!(found("h3. AC\nOne line\nAnother"), unboxed(&["One line", "Another"]));
        assert_eq!(found("h3. Definition of Done\n# (/) shipped\n# (x) told").len(), 2);
    }

    #[test]
    fn given_when_and_then_are_one_criterion() {
        let asked = "h2. Acceptance criteria\nGiven a paid order\nWhen it is refunded\nThen both parts go back\n\nGiven an open order\nWhen it is refunded\nThen nothing happens";
        let told = [
            "Given a paid order When it is refunded Then both parts go back",
            "Given an open order When it is refunded Then nothing happens",
        ];
        assert_eq!(found(asked), unboxed(&told));
    }

    #[test]
    fn without_a_heading_the_boxes_are_it_and_plain_lists_are_not() {
        let asked = "* just a list\n(/) ticked\n- [ ] open\n- [x] done";
        let boxes = [("ticked", true), ("open", false), ("done", true)];
        assert_eq!(found(asked), boxes.map(|(text, met)| (text.to_owned(), Some(met))));
        assert_eq!(found("* just a list"), Vec::new());
    }

    #[test]
    fn a_field_wins_whatever_its_form() {
        let of = |field: Value| {
            acceptance(&field, &wiki::lines("h1. AC\n* not this"))
                .into_iter()
                .map(|one| (one.text, one.met))
                .collect::<Vec<_>>()
        };
        assert_eq!(of(json!("- [x] a\n- [ ] b")), [("a".to_owned(), Some(true)), ("b".to_owned(), Some(false))]);
        assert_eq!(of(json!([{ "name": "a", "checked": true }, { "name": "b", "checked": false }])).len(), 2);
        assert_eq!(
            of(
                json!({ "type": "doc", "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": "a" }] }] })
            ),
            unboxed(&["a"])
        );
        assert_eq!(of(Value::Null), unboxed(&["not this"]));
    }
}
