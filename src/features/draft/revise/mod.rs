//! What becomes of people's edits when the draft is made again, and how is a section edited?

pub mod find;
mod three_ways;

use crate::domain::change::Range;
use crate::domain::note::{Revision, Section, Stale, Writer};
use crate::domain::person::Person;
use crate::domain::trouble::Refusal;
use crate::features::draft::schema::Schema;
use chrono::{DateTime, Utc};
use find::{find, read};
use three_ways::three_ways;

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

/// Keeps a person's text although the change under it moved on; the section is no longer marked.
pub fn keep_mine(revision: &Revision, name: &str, person: &Person, now: DateTime<Utc>) -> Result<Revision, Refusal> {
    let at = find(revision, name)?;
    let section = &revision.sections[at];
    let Some(stale) = section.stale.clone() else {
        return Err(Refusal(format!("`{}` is not marked, so there is nothing to decide.", section.title)));
    };
    let mut next = following(revision, person, now, format!("kept the edited text of `{}`", section.title));
    next.sections[at].generated = stale.proposal;
    next.sections[at].stale = None;
    Ok(next)
}

/// Edited, and not by taking what was generated.
fn is_edited(section: &Section) -> bool {
    section.edited() && section.value != section.generated
}

fn why(old: &Revision, new: &Revision) -> String {
    if ranges(old).eq(ranges(new)) {
        "The note was drafted again and this section came out differently.".to_owned()
    } else if old.label() == new.label() {
        let commit = |range: &Range| range.to.sha.chars().take(7).collect::<String>();
        let moved = ranges(old).zip(ranges(new)).filter(|(old, new)| old != new);
        let told =
            moved.map(|(old, new)| format!("`{}` moved on from `{}` to `{}`", new.to.name, commit(old), commit(new)));
        format!("{} after this text was edited.", told.collect::<Vec<_>>().join(" and "))
    } else {
        format!("The note covers {} now; this text was edited for {}.", new.label(), old.label())
    }
}

fn ranges(revision: &Revision) -> impl Iterator<Item = &Range> {
    revision.modules.iter().map(|module| &module.range)
}

/// One edited section against its new draft.
fn settle(old: &Section, new: &Section, why: &str) -> (Section, Option<String>) {
    let title = &new.title;
    let place = |kept: Section| Section {
        title: new.title.clone(),
        group: new.group.clone(),
        group_title: new.group_title.clone(),
        ..kept
    };
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

/// Facts that kept sections cite stay with the note; an id that the new draft gave to another fact is the new one's.
fn keep_facts(old: &Revision, merged: &mut Revision) {
    let cited: Vec<_> = merged.sections.iter().flat_map(|section| section.cites.clone()).collect();
    for fact in &old.facts {
        if cited.contains(&fact.id) && merged.facts.iter().all(|known| known.id != fact.id) {
            merged.facts.push(fact.clone());
        }
    }
}

fn following(revision: &Revision, person: &Person, now: DateTime<Utc>, what: String) -> Revision {
    Revision { number: revision.number + 1, at: now, writer: Writer::Person(person.clone()), what, ..revision.clone() }
}
