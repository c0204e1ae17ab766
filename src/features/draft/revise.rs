//! What becomes of people's edits when the draft is made again, and how is a section edited?

use crate::domain::note::{Revision, Section, Stale, Writer};
use crate::domain::person::Person;
use crate::domain::trouble::Refusal;
use crate::features::draft::assemble::empty;
use crate::features::draft::check::sentences::sentences;
use crate::features::draft::rules::phrase::list;
use crate::features::draft::schema::Schema;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Merges a new draft with what people made of the old one, section by section, three ways; the base is what was
/// generated last. Nothing a person wrote is replaced: where both sides moved, the person's text stays and the new one
/// waits beside it.
pub fn merge(old: &Revision, new: Revision) -> Revision {
    let mut merged = new;
    let why = why(old, &merged);
    for section in &mut merged.sections {
        if let Some(before) = old.section(&section.key).filter(|before| is_edited(before)) {
            let (kept, remark) = settle(before, section, &why);
            *section = kept;
            merged.remarks.extend(remark);
        }
    }
    for lost in old.sections.iter().filter(|section| is_edited(section)) {
        if merged.section(&lost.key).is_none() {
            merged.remarks.push(format!("`{}` is no longer in the schema; its edited text is kept.", lost.title));
            merged.sections.push(lost.clone());
        }
    }
    keep_facts(old, &mut merged);
    merged
}

/// Puts a person's text into one section, found by its key, its title or an unambiguous part of either.
///
/// Lists are given as lines. The refusal names what was asked, what is there, and what the schema allows.
pub fn edit(
    revision: &Revision,
    schema: &Schema,
    name: &str,
    text: &str,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Revision, Refusal> {
    let at = find(revision, name)?;
    let section = &revision.sections[at];
    let value = read(schema, section, text)?;
    if value == section.value && section.stale.is_none() {
        return Err(Refusal(format!("`{}` says exactly that already. Nothing was changed.", section.title)));
    }
    let mut next = following(revision, person, now, format!("edited `{}`", section.title));
    let generated = section.stale.as_ref().map_or_else(|| section.generated.clone(), |stale| stale.proposal.clone());
    let edited = &mut next.sections[at];
    edited.value = value;
    edited.generated = generated;
    edited.writer = Writer::Person(person.clone());
    edited.stale = None;
    edited.cites.clear();
    Ok(next)
}

/// Takes the text that waits beside a stale section.
pub fn accept_proposal(
    revision: &Revision,
    name: &str,
    person: &Person,
    now: DateTime<Utc>,
) -> Result<Revision, Refusal> {
    let at = find(revision, name)?;
    let section = &revision.sections[at];
    let Some(stale) = &section.stale else {
        return Err(Refusal(format!(
            "No other text waits beside `{}`. Edit it, or draft the note again.",
            section.title
        )));
    };
    let proposal = stale.proposal.clone();
    let mut next = following(revision, person, now, format!("took the new text of `{}`", section.title));
    let taken = &mut next.sections[at];
    taken.value = proposal.clone();
    taken.generated = proposal;
    taken.writer = Writer::Person(person.clone());
    taken.stale = None;
    Ok(next)
}

/// Edited, and not by taking what was generated.
fn is_edited(section: &Section) -> bool {
    section.edited() && section.value != section.generated
}

fn why(old: &Revision, new: &Revision) -> String {
    if old.range == new.range {
        "The note was drafted again and this section came out differently.".to_owned()
    } else {
        format!("The note covers {} now; this text was edited for {}.", new.range.label(), old.range.label())
    }
}

/// One edited section against its new draft.
fn settle(old: &Section, new: &Section, why: &str) -> (Section, Option<String>) {
    let title = &new.title;
    let place = |kept: Section| Section { title: new.title.clone(), group: new.group.clone(), ..kept };
    if new.generated == old.generated {
        return (place(Section { stale: None, ..old.clone() }), None);
    }
    if old.value == new.value {
        return (Section { writer: old.writer.clone(), ..new.clone() }, None);
    }
    match three_ways(&old.generated, &old.value, &new.generated) {
        Some(value) => {
            let section = Section { value, writer: old.writer.clone(), ..new.clone() };
            (section, Some(format!("`{title}` keeps what a person edited, merged with the new draft.")))
        }
        None => {
            let stale = Stale { why: why.to_owned(), proposal: new.generated.clone() };
            let remark =
                format!("`{title}` keeps what a person edited; the new draft says something else and waits beside it.");
            (place(Section { stale: Some(stale), ..old.clone() }), Some(remark))
        }
    }
}

/// The merged value, or nothing when both sides changed the same place.
fn three_ways(base: &Value, mine: &Value, theirs: &Value) -> Option<Value> {
    match (base, mine, theirs) {
        (Value::String(base), Value::String(mine), Value::String(theirs)) => {
            merge_texts(base, mine, theirs).map(Value::String)
        }
        (Value::Array(base), Value::Array(mine), Value::Array(theirs)) => {
            merge_lists(base, mine, theirs).map(Value::Array)
        }
        _ => None,
    }
}

/// Marks that a sentence goes on in the line of the one before it.
const GOES_ON: char = '\u{1f}';
/// Stands between two sentences, so that changes in neighbouring ones do not touch.
const BETWEEN: &str = "\u{1e}\n";

fn merge_texts(base: &str, mine: &str, theirs: &str) -> Option<String> {
    if !base.contains(' ') {
        return None;
    }
    let merged = diffy::merge(&spread(base), &spread(mine), &spread(theirs)).ok()?;
    Some(gathered(&merged))
}

/// One sentence per line; numbers of entries are left open, since the merge may shift them.
fn spread(text: &str) -> String {
    let mut spread = String::new();
    for line in text.lines() {
        let line = unnumbered(line);
        let parts = sentences(&line);
        if parts.len() < 2 {
            spread.push_str(&line);
            spread.push('\n');
        } else {
            let indent = line.len() - line.trim_start().len();
            for (n, part) in parts.iter().enumerate() {
                let lead = if n == 0 { line[..indent].to_owned() } else { GOES_ON.to_string() };
                spread.push_str(&format!("{lead}{part}\n"));
                spread.push_str(if n + 1 < parts.len() { BETWEEN } else { "" });
            }
        }
        spread.push_str(BETWEEN);
    }
    spread
}

fn gathered(spread: &str) -> String {
    let mut text = String::new();
    for line in spread.lines().filter(|line| !line.starts_with(BETWEEN.trim_end_matches('\n'))) {
        match line.strip_prefix(GOES_ON) {
            Some(part) => {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(part);
            }
            None => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            }
        }
    }
    renumbered(text.trim_matches('\n'))
}

/// `3. Redeploy` as `0. Redeploy`
fn unnumbered(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.get(digits..digits + 2) {
        Some(". ") if (1..=2).contains(&digits) => format!("0. {}", &line[digits + 2..]),
        _ => line.to_owned(),
    }
}

fn renumbered(text: &str) -> String {
    let mut number = 0;
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.strip_prefix("0. ") {
            Some(rest) => {
                number += 1;
                format!("{number}. {rest}")
            }
            None => {
                if !line.is_empty() && !line.starts_with(' ') {
                    number = 0;
                }
                line.to_owned()
            }
        })
        .collect();
    lines.join("\n")
}

/// The new list without what the person removed and with what the person added, in their place. A reworded entry that the
/// new draft reworded too is for a person to decide.
fn merge_lists(base: &[Value], mine: &[Value], theirs: &[Value]) -> Option<Vec<Value>> {
    let mut merged: Vec<Value> =
        theirs.iter().filter(|item| !base.contains(item) || mine.contains(item)).cloned().collect();
    for (at, item) in mine.iter().enumerate().filter(|(_, item)| !base.contains(item)) {
        if merged.contains(item) {
            continue;
        }
        if theirs.iter().filter(|other| !base.contains(other)).any(|other| alike(other, item)) {
            return None;
        }
        let before = mine[..at].iter().rev().find_map(|earlier| merged.iter().position(|other| other == earlier));
        merged.insert(before.map_or(if at == 0 { 0 } else { merged.len() }, |before| before + 1), item.clone());
    }
    Some(merged)
}

fn alike(a: &Value, b: &Value) -> bool {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => strsim::normalized_levenshtein(a, b) > 0.6,
        _ => a.is_object() && b.is_object(),
    }
}

/// Facts that kept sections cite stay with the note.
fn keep_facts(old: &Revision, merged: &mut Revision) {
    let cited: Vec<_> = merged.sections.iter().flat_map(|section| section.cites.clone()).collect();
    for fact in &old.facts {
        if cited.contains(&fact.id) && !merged.facts.contains(fact) {
            merged.facts.push(fact.clone());
        }
    }
}

fn following(revision: &Revision, person: &Person, now: DateTime<Utc>, what: String) -> Revision {
    Revision { number: revision.number + 1, at: now, writer: Writer::Person(person.clone()), what, ..revision.clone() }
}

/// Index of the section that was meant.
fn find(revision: &Revision, name: &str) -> Result<usize, Refusal> {
    let asked = plain(name);
    let sections = &revision.sections;
    let exact = |section: &Section| plain(&section.key) == asked || plain(&section.title) == asked;
    if let Some(at) = sections.iter().position(exact) {
        return Ok(at);
    }
    let part = |section: &Section| {
        !asked.is_empty()
            && [&section.key, &section.title, &section.group].iter().any(|text| {
                let text = plain(text);
                text.starts_with(&asked) || text.contains(&format!(" {asked}"))
            })
    };
    let candidates: Vec<usize> = (0..sections.len()).filter(|at| part(&sections[*at])).collect();
    let scenarios: Vec<usize> =
        candidates.iter().copied().filter(|at| sections[*at].key.ends_with("_scenario")).collect();
    match (candidates.as_slice(), scenarios.as_slice()) {
        ([only], _) | (_, [only]) => Ok(*only),
        ([], _) => Err(unknown(sections, name, &asked)),
        (several, _) => {
            let names: Vec<String> = several.iter().map(|at| format!("`{}`", sections[*at].title)).collect();
            Err(Refusal(format!("`{name}` may be {}. Name one of them.", either(&names))))
        }
    }
}

fn unknown(sections: &[Section], name: &str, asked: &str) -> Refusal {
    let near = sections
        .iter()
        .map(|section| {
            (
                strsim::jaro_winkler(&plain(&section.title), asked)
                    .max(strsim::jaro_winkler(&plain(&section.key), asked)),
                section,
            )
        })
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Refusal(match near {
        Some((_, section)) => format!("There is no section `{name}`. The nearest is `{}`.", section.title),
        None => {
            let names: Vec<String> = sections.iter().map(|section| format!("`{}`", section.title)).collect();
            format!("There is no section `{name}`. There are {}.", list(&names))
        }
    })
}

fn either(names: &[String]) -> String {
    list(names).replacen(" and ", " or ", 1)
}

/// Small letters, words apart: `rollback_scenario`, `Rollback scenario` and `checklistGroup` compare as people say them.
fn plain(name: &str) -> String {
    let mut plain = String::new();
    let mut small = false;
    for letter in name.trim().trim_matches('`').chars() {
        if (small && letter.is_uppercase()) || matches!(letter, '_' | '-') {
            plain.push(' ');
        }
        small = letter.is_lowercase();
        plain.extend(letter.to_lowercase().filter(|letter| !matches!(letter, '_' | '-')));
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a person typed, as a value of the section's type.
fn read(schema: &Schema, section: &Section, text: &str) -> Result<Value, Refusal> {
    let field = schema.field(&section.key);
    let shape = field.map_or_else(|| section.value.clone(), empty);
    let value = match shape {
        Value::Array(_) if field.is_some_and(|field| field.schema["items"]["type"] == "object") => {
            return Err(Refusal(format!(
                "`{}` is filled from git and is not edited as text. Draft the note again to renew it.",
                section.title
            )));
        }
        Value::Array(_) => text.lines().map(bare).filter(|line| !line.is_empty()).map(Value::from).collect(),
        Value::Null => serde_json::from_str(text.trim()).unwrap_or_else(|_| Value::from(text.trim())),
        _ => choice(field.map(|field| &field.schema), text),
    };
    match field {
        None => Ok(value),
        Some(field) => schema.settle(field, value).map_err(|complaints| {
            let problems: Vec<String> = complaints.into_iter().map(|complaint| complaint.problem).collect();
            Refusal(format!(
                "`{}` {}. It was not changed; send it again within these limits.",
                section.title,
                problems.join("; ")
            ))
        }),
    }
}

/// A choice may be typed in small letters.
fn choice(schema: Option<&Value>, text: &str) -> Value {
    let options = schema.and_then(|schema| schema.get("enum")).and_then(Value::as_array);
    let typed = text.trim().replace([' ', '-'], "_");
    options
        .into_iter()
        .flatten()
        .find(|option| option.as_str().is_some_and(|option| option.eq_ignore_ascii_case(&typed)))
        .cloned()
        .unwrap_or_else(|| Value::from(text))
}

/// An entry without its list marker.
fn bare(line: &str) -> &str {
    let line = line.trim();
    let line = ["- [ ] ", "- [x] ", "- ", "* ", "+ ", "• "]
        .iter()
        .find_map(|marker| line.strip_prefix(marker))
        .unwrap_or(line);
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.get(digits..digits + 2) {
        Some(". " | ") ") if (1..=2).contains(&digits) => line[digits + 2..].trim(),
        _ => line.trim(),
    }
}
