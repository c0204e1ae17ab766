//! What do the database migrations of this change do, and can they be undone?

mod effects;
mod files;
mod way_back;

use super::super::plain;
use super::super::reading::{FileReading, Reading};
use super::found::{Told, coded, count, joined, listed, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use effects::{Effect, Seen};
use files::Part;
use way_back::WayBack;

pub use files::is_migration;

/// Destroying migrations beyond this many are told together.
const ONE_BY_ONE: usize = 4;

/// One migration, read.
struct Migration<'r, 'a> {
    file: &'r FileReading<'a>,
    seen: Vec<Seen>,
    way: WayBack,
    /// What its way back destroys.
    back: Vec<Seen>,
}

/// High: data goes for good. Medium: locks, renames, type changes, no way back. Low: only adds. What only the down step
/// drops is no risk of going forward; the meaning says what going back would cost.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = Vec::new();
    let files: Vec<&FileReading> = reading.production().filter(|file| files::is_migration(file)).collect();
    let migrations: Vec<Migration> = files
        .iter()
        .filter(|file| file.change.status == Status::Added && files::part(file) != Part::Down)
        .map(|file| read(reading, file))
        .collect();
    let (destroying, rest): (Vec<&Migration>, Vec<&Migration>) =
        migrations.iter().partition(|migration| migration.destroys());
    let (careful, adding): (Vec<&Migration>, Vec<&Migration>) =
        rest.into_iter().partition(|migration| migration.needs_care());
    risks.extend(destroying.iter().take(ONE_BY_ONE).map(|migration| migration.told(Severity::High)));
    risks.extend(together(destroying.get(ONE_BY_ONE..).unwrap_or_default(), Severity::High));
    risks.extend(careful.iter().take(ONE_BY_ONE).map(|migration| migration.told(Severity::Medium)));
    risks.extend(together(careful.get(ONE_BY_ONE..).unwrap_or_default(), Severity::Medium));
    risks.extend(only_adding(&adding));
    risks.extend(edited(&files));
    risks
}

fn read<'r, 'a>(reading: &'r Reading<'a>, file: &'r FileReading<'a>) -> Migration<'r, 'a> {
    let parts = files::parts(file);
    let (way, back) = way_back::way_back(reading, file, &parts);
    Migration { file, seen: effects::effects(file, &parts.up), way, back }
}

impl Migration<'_, '_> {
    fn destroys(&self) -> bool {
        self.seen.iter().any(|seen| seen.effect.destroys())
    }
    fn needs_care(&self) -> bool {
        self.way == WayBack::Refuses || self.seen.iter().any(|seen| seen.effect.needs_care())
    }

    fn told(&self, severity: Severity) -> Risk {
        let wanted =
            |seen: &&Seen| if severity == Severity::High { seen.effect.destroys() } else { seen.effect.needs_care() };
        let telling: Vec<&Seen> = self.seen.iter().filter(wanted).collect();
        let mut deeds: Vec<String> = Vec::new();
        for seen in &telling {
            let deed = seen.words();
            if !deeds.contains(&deed) {
                deeds.push(deed);
            }
        }
        if deeds.is_empty() {
            deeds.push("changes data".to_owned());
        }
        let name = coded(&files::name(self.file));
        let title = format!("Migration {name} {}{}", joined(&deeds), self.way.after_deeds(severity == Severity::High));
        let evidence = telling.iter().map(|seen| seen.evidence.clone()).chain([self.file.whole("new migration")]);
        risk(RiskKind::Migration, severity, title, self.meaning(&telling))
            .seen(evidence.take(telling.len().max(1)))
            .reversible(self.reversible())
    }

    /// The structure can be put back, and nothing is lost by going forward.
    fn reversible(&self) -> bool {
        self.way.exists() && !self.destroys()
    }

    fn meaning(&self, telling: &[&Seen]) -> String {
        let mut sentences: Vec<String> = Vec::new();
        let effects = |test: fn(Effect) -> bool| telling.iter().any(|seen| test(seen.effect));
        if effects(Effect::destroys) {
            sentences.push(if self.way.exists() {
                "Its down step can restore the structure, never the data: take a backup first and plan to fix forward.".to_owned()
            } else {
                "Redeploying the old version does not bring the data back, and old code that still reads it fails: take a backup first and plan to fix forward.".to_owned()
            });
        }
        for (test, sentence) in [
            (Effect::Rename as u8, "While both versions run, one of them uses a name that does not exist."),
            (
                Effect::Retype as u8,
                "Depending on the types, the table is rewritten under a lock and values that do not fit make it fail.",
            ),
            (Effect::NotNull as u8, "It scans the table under a lock and fails if one row is empty."),
            (
                Effect::AddRequired as u8,
                "It fails on a table with rows, and old code that inserts without the column fails too.",
            ),
            (Effect::IndexLock as u8, "On PostgreSQL writes to the table wait until the index is built."),
            (
                Effect::ConstraintLock as u8,
                "Existing rows are checked while the table is locked, and one that does not fit makes it fail.",
            ),
            (Effect::DeleteSome as u8, "Deleted rows come back from a backup only."),
        ] {
            if sentences.len() < 2 && telling.iter().any(|seen| seen.effect as u8 == test) {
                sentences.push(sentence.to_owned());
            }
        }
        if sentences.len() < 2 && !effects(Effect::destroys) {
            sentences.extend(self.way.meaning());
        }
        if sentences.len() < 2 && !self.back.is_empty() {
            let what: Vec<String> = self.back.iter().map(Seen::words).collect();
            sentences.push(format!("Going back {}, with what was written since.", joined(&what)));
        }
        sentences.truncate(2);
        sentences.join(" ")
    }
}

fn together(migrations: &[&Migration], severity: Severity) -> Option<Risk> {
    let names: Vec<String> = migrations.iter().map(|migration| files::name(migration.file)).collect();
    let what =
        if severity == Severity::High { "destroy data" } else { "lock tables, rename, retype or cannot be undone" };
    let title = format!("{} more {what}: {}", count(names.len(), "migration", "migrations"), listed(&names));
    let meaning = if severity == Severity::High {
        "None of them is undone by redeploying the old version: take a backup first and plan to fix forward."
    } else {
        "Run them one by one on a copy of production's size first, and watch lock waits while they run."
    };
    let evidence: Vec<Evidence> = migrations
        .iter()
        .filter_map(|migration| migration.seen.iter().find(|seen| seen.effect.destroys() || seen.effect.needs_care()))
        .map(|seen| seen.evidence.clone())
        .collect();
    let reversible = migrations.iter().all(|migration| migration.reversible());
    (!migrations.is_empty())
        .then(|| risk(RiskKind::Migration, severity, title, meaning).seen(evidence).reversible(reversible))
}

fn only_adding(adding: &[&Migration]) -> Option<Risk> {
    let names: Vec<String> = adding.iter().map(|migration| files::name(migration.file)).collect();
    let back: Vec<String> = adding.iter().flat_map(|migration| migration.back.iter().map(Seen::words)).collect();
    let way = adding.iter().all(|migration| migration.way.exists());
    let title = format!(
        "{} to the schema and nothing is dropped: {}",
        if names.len() == 1 { "1 migration adds".to_owned() } else { format!("{} migrations add", names.len()) },
        listed(&names)
    );
    let mut meaning = "They must have run before the new code starts; the old code works with them.".to_owned();
    if !way {
        meaning.push_str(" There is no down step for all of them: on the way back leave the additions where they are.");
    } else if !back.is_empty() {
        meaning.push_str(&format!(" Going back {}, with what was written since.", joined(&back)));
    }
    let evidence = adding.iter().map(|migration| match migration.seen.first() {
        Some(seen) => seen.evidence.clone(),
        None => migration.file.whole("new migration"),
    });
    (!adding.is_empty())
        .then(|| risk(RiskKind::Migration, Severity::Low, title, meaning).seen(evidence).reversible(way))
}

/// Migrations that were there before and say something else now: where they have run, they do not run again.
fn edited(files: &[&FileReading]) -> Option<Risk> {
    let edited: Vec<&&FileReading> = files
        .iter()
        .filter(|file| {
            file.change.status == Status::Modified && !effects::effects(file, &files::parts(file).up).is_empty()
        })
        .collect();
    let names: Vec<String> = edited.iter().map(|file| plain::path(file.path)).collect();
    let title = format!(
        "{} after release: {}",
        count(names.len(), "migration was edited", "migrations were edited"),
        listed(&names)
    );
    let meaning = "Where they have already run they do not run again, or the tool refuses to start over a changed checksum. Check what production recorded.";
    let evidence = edited.iter().filter_map(|file| file.added().next().map(|line| file.evidence(line)));
    (!edited.is_empty())
        .then(|| risk(RiskKind::Migration, Severity::Medium, title, meaning).seen(evidence.collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests;
