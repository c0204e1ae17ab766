//! Which section was meant, and what was typed for it?

use crate::domain::note::{Revision, Section};
use crate::domain::trouble::Refusal;
use crate::features::draft::assemble::empty;
use crate::features::draft::rules::phrase::list;
use crate::features::draft::schema::Schema;
use serde_json::Value;

/// What a section can be called by.
pub struct Called<'a> {
    pub key: &'a str,
    pub title: &'a str,
    pub group: &'a str,
}

/// Index of the section of a note that was meant.
pub fn find(revision: &Revision, name: &str) -> Result<usize, Refusal> {
    let sections = revision.sections.iter();
    let called = sections.map(|one| Called { key: &one.key, title: &one.title, group: &one.group });
    among(&called.collect::<Vec<_>>(), name)
}

/// Index of the section that was meant.
pub fn among(sections: &[Called<'_>], name: &str) -> Result<usize, Refusal> {
    let asked = plain(name);
    let exact = |section: &Called<'_>| plain(section.key) == asked || plain(section.title) == asked;
    if let Some(at) = sections.iter().position(exact) {
        return Ok(at);
    }
    let part = |section: &Called<'_>| {
        !asked.is_empty()
            && [section.key, section.title, section.group].iter().any(|text| {
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

fn unknown(sections: &[Called<'_>], name: &str, asked: &str) -> Refusal {
    let near = sections
        .iter()
        .map(|section| {
            (
                strsim::jaro_winkler(&plain(section.title), asked)
                    .max(strsim::jaro_winkler(&plain(section.key), asked)),
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
pub fn read(schema: &Schema, section: &Section, text: &str) -> Result<Value, Refusal> {
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
