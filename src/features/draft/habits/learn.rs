//! What do people always do to the notes that are drafted for them? Pure: notes in, wishes out.
//!
//! A habit is what was done to at least [`OFTEN`] of the newest notes and to three of four where it could have been done. It
//! is given up when the newest two notes say otherwise.

use super::alike::{alike, begin_alike, head, is_about_one_change, same_entry, without_citations};
use super::names::Names;
use super::{entries, is_shaped};
use crate::domain::note::{Kind, Revision, Section};
use crate::domain::preference::{Origin, Preference, Wish};
use crate::features::draft::schema::Schema;
use serde_json::Value;
use std::collections::BTreeSet;

/// Notes that are looked back on.
pub const WINDOW: usize = 10;
const OFTEN: usize = 3;
/// A text longer than this is about its change.
const LONGEST: usize = 240;

/// A habit that was not known.
#[derive(Debug, PartialEq, Eq)]
pub struct Habit {
    pub section: String,
    pub services: Vec<String>,
    pub wish: Wish,
    /// Newest first.
    pub notes: Vec<u64>,
}

/// One section of one note: what was drafted, and what people made of it.
struct Seen<'a> {
    note: u64,
    services: Vec<&'a str>,
    drafted: Vec<String>,
    stands: Vec<String>,
    touched: bool,
}

impl Seen<'_> {
    fn added(&self) -> impl Iterator<Item = &String> {
        let new = |entry: &&String| !self.drafted.iter().any(|old| alike(old, entry));
        self.stands.iter().filter(move |entry| self.touched && new(entry))
    }

    fn has_added(&self, entry: &str) -> bool {
        self.added().any(|added| alike(added, entry))
    }

    fn was_drafted(&self, head: &str) -> bool {
        self.drafted.iter().any(|entry| begin_alike(entry, head))
    }

    fn has_deleted(&self, head: &str) -> bool {
        self.touched && self.was_drafted(head) && !self.stands.iter().any(|entry| begin_alike(entry, head))
    }
}

/// `notes` are the newest of their kind, newest first, each as it stands. `known` are all wishes, also those given up: they
/// are not learnt again.
pub fn habits(notes: &[(u64, Revision)], schema: &Schema, kind: Kind, known: &[Preference]) -> Vec<Habit> {
    let mut found = Vec::new();
    for field in schema.fields().iter().filter(|field| is_shaped(field)) {
        let seen = seen(notes, &field.key);
        // What is never wanted is not learnt as always wanted either, nor the other way around.
        let is_known = |wish: &Wish| {
            known
                .iter()
                .filter(|one| one.kind == kind && one.section == field.key)
                .any(|one| same_entry(&one.wish, wish))
        };
        let mut wishes: Vec<Wish> = Vec::new();
        let mut offer = |wish: Wish| {
            if !is_known(&wish) && !wishes.iter().any(|other| same_entry(other, &wish)) {
                wishes.push(wish);
            }
        };
        for one in &seen {
            let fit = |entry: &&String| entry.chars().count() <= LONGEST && !is_about_one_change(entry);
            one.added().filter(fit).for_each(|entry| offer(Wish::Add(entry.clone())));
            // Of a text each line is about its change; only of a list is an entry the same from note to note.
            if field.schema.get("type").and_then(Value::as_str) == Some("array") {
                let gone = one.drafted.iter().filter(|entry| one.has_deleted(entry));
                gone.for_each(|entry| offer(Wish::Omit(head(entry).to_owned())));
            }
        }
        found.extend(wishes.into_iter().filter_map(|wish| habit(&field.key, &seen, wish, kind)));
    }
    found
}

/// Is it a habit of the whole team, or of those who release one service?
fn habit(section: &str, seen: &[Seen<'_>], wish: Wish, kind: Kind) -> Option<Habit> {
    let did = |one: &&&Seen<'_>| match &wish {
        Wish::Add(text) => one.has_added(text),
        Wish::Omit(head) => one.has_deleted(head),
    };
    let could = |one: &&&Seen<'_>| match &wish {
        Wish::Add(_) => one.touched,
        Wish::Omit(head) => one.was_drafted(head),
    };
    let notes_of = |among: &[&Seen<'_>]| {
        let did: Vec<u64> = among.iter().filter(did).map(|one| one.note).collect();
        let could = among.iter().filter(could).count();
        (did.len() >= OFTEN && did.len() * 4 >= could * 3).then_some(did)
    };
    let all: Vec<&Seen<'_>> = seen.iter().collect();
    let services: BTreeSet<&str> = all.iter().filter(did).flat_map(|one| one.services.iter().copied()).collect();
    if services.len() > 1 || kind == Kind::Work {
        let notes = notes_of(&all)?;
        return Some(Habit { section: section.to_owned(), services: Vec::new(), wish, notes });
    }
    let of_one: Vec<&Seen<'_>> =
        all.into_iter().filter(|one| one.services.iter().any(|name| services.contains(name))).collect();
    let notes = notes_of(&of_one)?;
    Some(Habit {
        section: section.to_owned(),
        services: services.into_iter().map(str::to_owned).collect(),
        wish,
        notes,
    })
}

/// Learnt wishes that the newest two notes speak against, with these.
pub fn given_up(notes: &[(u64, Revision)], kind: Kind, known: &[Preference]) -> Vec<(u64, Vec<u64>)> {
    let learnt =
        known.iter().filter(|one| one.kind == kind && one.is_active() && matches!(one.origin, Origin::Learnt { .. }));
    let against = |one: &Preference| {
        let seen = seen(notes, &one.section);
        let seen = seen.iter().filter(|seen| one.holds_for(seen.services.iter().copied()));
        let told: Vec<(u64, bool)> = match &one.wish {
            Wish::Add(text) => {
                let drafted = seen.filter(|seen| seen.drafted.iter().any(|entry| alike(entry, text)));
                let gone = |seen: &Seen<'_>| seen.touched && !seen.stands.iter().any(|entry| alike(entry, text));
                drafted.map(|seen| (seen.note, gone(seen))).take(2).collect()
            }
            Wish::Omit(head) => {
                let touched = seen.filter(|seen| seen.touched && !seen.was_drafted(head));
                let back = |seen: &Seen<'_>| seen.added().any(|entry| begin_alike(entry, head));
                touched.map(|seen| (seen.note, back(seen))).take(2).collect()
            }
        };
        let notes: Vec<u64> = told.iter().filter(|(_, against)| *against).map(|(note, _)| *note).collect();
        (notes.len() == 2).then_some((one.id, notes))
    };
    learnt.filter_map(against).collect()
}

fn seen<'a>(notes: &'a [(u64, Revision)], key: &str) -> Vec<Seen<'a>> {
    let of = |(note, revision): &'a (u64, Revision)| {
        let section = revision.section(key)?;
        let names = Names::of_revision(revision);
        let general =
            |value: &Value| entries(value).into_iter().map(|entry| names.general(&without_citations(entry))).collect();
        Some(Seen {
            note: *note,
            services: revision.modules.iter().map(|module| module.service.as_str()).collect(),
            drafted: general(&section.generated),
            stands: general(&section.value),
            touched: is_touched(section),
        })
    };
    notes.iter().take(WINDOW).filter_map(of).collect()
}

fn is_touched(section: &Section) -> bool {
    section.edited() && section.value != section.generated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::note::Writer;
    use crate::domain::person::Person;
    use crate::domain::preference::Standing;
    use crate::features::draft::generate::Generated;
    use crate::features::draft::{Material, assemble, rules::tests::material};
    use chrono::{DateTime, Utc};
    use serde_json::json;

    fn schema() -> Schema {
        Schema::embedded(Kind::Deployment)
    }

    fn kim() -> Person {
        Person { platform: "web".to_owned(), id: "kim".to_owned(), name: "kim".to_owned() }
    }

    /// Note `id` of `service`, drafted for `version`, whose entries before the release people changed.
    fn note(id: u64, service: &str, version: &str, people: impl Fn(&mut Vec<String>)) -> (u64, Revision) {
        let mut material: Material = material();
        material.modules[0].service.name = service.to_owned();
        material.modules[0].digest.range.to.name = version.to_owned();
        material.digest.range.to.name = version.to_owned();
        let mut revision =
            assemble::assemble(&material, &schema(), Generated::default(), 1, DateTime::<Utc>::UNIX_EPOCH);
        let section = revision.sections.iter_mut().find(|one| one.key == "before").expect("there");
        let mut entries: Vec<String> = entries(&section.value).into_iter().map(str::to_owned).collect();
        people(&mut entries);
        if json!(entries) != section.value {
            section.value = json!(entries);
            section.writer = Writer::Person(kim());
        }
        (id, revision)
    }

    fn learnt(notes: &[(u64, Revision)], known: &[Preference]) -> Vec<(Vec<String>, Wish, Vec<u64>)> {
        let found = habits(notes, &schema(), Kind::Deployment, known);
        found.into_iter().map(|habit| (habit.services, habit.wish, habit.notes)).collect()
    }

    fn adds(text: &'static str) -> impl Fn(&mut Vec<String>) {
        move |entries| entries.push(text.to_owned())
    }

    fn nothing(_: &mut Vec<String>) {}

    #[test]
    fn what_three_notes_got_is_a_habit_in_the_words_of_the_newest_whatever_the_version() {
        let notes = [
            note(9, "web", "v3.3", adds("Tell support that v3.3 goes out")),
            note(8, "api", "v8.1", nothing),
            note(7, "api", "v8.0", adds("Tell support that v8.0 goes out.")),
            note(5, "web", "v3.2", adds("tell support that v3.2 goes out")),
        ];
        let wish = Wish::Add("Tell support that {version} goes out".to_owned());
        assert_eq!(learnt(&notes, &[]), [(vec![], wish.clone(), vec![9, 7, 5])], "of the team");
        assert_eq!(learnt(&notes[..3], &[]), [], "two are none");

        let of_web = [9, 7, 5].map(|id| note(id, "web", "v3.3", adds("Tell support that v3.3 goes out")));
        let mut all = of_web.to_vec();
        all.insert(1, note(8, "api", "v8.1", adds("Ask the database team")));
        assert_eq!(learnt(&all, &[]), [(vec!["web".to_owned()], wish, vec![9, 7, 5])], "of those who release web");
    }

    #[test]
    fn a_branch_is_no_version_and_its_name_stays_a_word() {
        let notes = [3, 2, 1].map(|id| note(id, "web", "main", adds("Look at the main page")));
        let wish = Wish::Add("Look at the main page".to_owned());
        assert_eq!(learnt(&notes, &[]), [(vec!["web".to_owned()], wish, vec![3, 2, 1])]);
    }

    #[test]
    fn what_is_done_now_and_then_or_is_about_one_change_is_no_habit() {
        let now_and_then: Vec<_> = (1..=7)
            .rev()
            .map(|id| note(id, "web", "v1", if id % 2 == 0 { adds("Tell support") } else { adds("Warm the cache") }))
            .collect();
        assert_eq!(learnt(&now_and_then, &[]), [], "three of seven, four of seven");
        let one_change = [3, 2, 1].map(|id| note(id, "web", "v1", adds("Close PAY-311 when it is out")));
        assert_eq!(learnt(&one_change, &[]), []);
        assert_eq!(learnt(&[3, 2, 1].map(|id| note(id, "web", "v1", nothing)), &[]), []);
    }

    #[test]
    fn what_was_deleted_three_times_is_a_habit_by_its_beginning_and_rewording_is_none() {
        let deletes = |entries: &mut Vec<String>| entries.retain(|entry| !entry.starts_with("Check that the artifact"));
        let notes = [3, 2, 1].map(|id| note(id, "web", "v1", deletes));
        let found = learnt(&notes, &[]);
        let [(services, Wish::Omit(head), from)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((services.as_slice(), from.as_slice()), (["web".to_owned()].as_slice(), [3, 2, 1].as_slice()));
        assert!(head.starts_with("Check that the artifact of {previous}"), "{head}");

        let rewords = |entries: &mut Vec<String>| entries.iter_mut().for_each(|entry| *entry = format!("{entry} now"));
        assert_eq!(learnt(&[3, 2, 1].map(|id| note(id, "web", "v1", rewords)), &[]), []);
    }

    #[test]
    fn what_was_forgotten_is_not_learnt_again_and_what_people_take_back_twice_is_given_up() {
        let notes = [3, 2, 1].map(|id| note(id, "web", "v1", adds("Tell support")));
        let known = |standing: Standing| Preference {
            id: 4,
            kind: Kind::Deployment,
            section: "before".to_owned(),
            services: Vec::new(),
            wish: Wish::Add("Tell support.".to_owned()),
            origin: Origin::Learnt { notes: vec![3, 2, 1], at: DateTime::<Utc>::UNIX_EPOCH },
            told_under: Some(3),
            standing,
        };
        let forgotten = known(Standing::Forgotten { by: kim() });
        assert_eq!(learnt(&notes, &[forgotten]), []);

        // Drafted with it, and deleted.
        let taken_back = |id: u64| {
            let (_, mut revision) = note(id, "web", "v1", nothing);
            let section = revision.sections.iter_mut().find(|one| one.key == "before").expect("there");
            let mut entries: Vec<String> = entries(&section.value).into_iter().map(str::to_owned).collect();
            entries.push("Tell support".to_owned());
            section.generated = json!(entries);
            section.writer = Writer::Person(kim());
            (id, revision)
        };
        let active = [known(Standing::Active)];
        assert_eq!(given_up(&[taken_back(6), taken_back(5)], Kind::Deployment, &active), [(4, vec![6, 5])]);
        assert_eq!(given_up(&[taken_back(6), notes[0].clone()], Kind::Deployment, &active), [], "once is no habit");
    }
}
