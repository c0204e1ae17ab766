//! What of a review stands on a note's page, so that one glance tells how it stands.

use crate::domain::approval::{Approval, approval};
use crate::domain::note::{Note, Revision};
use crate::domain::review::{Decided, Grade, Load, Overlap, Review, Standing};
use chrono_tz::Tz;
use minijinja::{Value, context};

/// Around a ring of radius 54, as the page draws it.
const AROUND: f64 = 339.29;

/// The newest of them, and what came before. `None`: it was never reviewed.
pub fn view(note: &Note, revision: &Revision, reviews: &[Review]) -> Option<Value> {
    let review = reviews.first()?;
    let (met, asked) = review.standards_met();
    let share = if asked == 0 { 1.0 } else { met as f64 / asked as f64 };
    let zone = note.planned.as_ref().map_or(Tz::UTC, |planned| planned.zone);
    let points = review.findings.iter().map(|finding| {
        context! {
            tone => tone(finding.grade), grade => finding.grade.name(), what => finding.what.as_str(), why => finding.why.as_str(),
            instead => finding.instead.as_str(),
            values => finding.values.iter().map(|(name, value)| context! { name, value }).collect::<Vec<_>>(),
        }
    });
    let similar = review.similar.iter().map(|similar| {
        context! {
            title => similar.title.as_str(), date => similar.date.as_str(), happened => similar.happened.as_str(),
            meaning => similar.meaning.as_str(), why => similar.why.as_str(), incident => similar.incident,
            link => similar.link.as_deref().filter(|link| link.starts_with("https://") || link.starts_with("http://")),
        }
    });
    let standards =
        review.standards.iter().filter(|standard| standard.standing != Standing::NotAsked).map(|standard| {
            let (mark, told) = match &standard.standing {
                Standing::Met => ("good", "met"),
                Standing::NotMet => ("danger", "not met"),
                Standing::Unknown(_) | Standing::NotAsked => ("plain", "not checked"),
            };
            context! { asks => standard.asks.as_str(), mark, told, dry => standard.dry }
        });
    Some(context! {
        number => review.number, of => review.revision, outdated => review.revision != revision.number,
        grade => review.grade.name(), tone => tone(review.grade), advice => advice(review.grade),
        reasons => &review.reasons, met, asked, arc => AROUND * share, around => AROUND,
        points => points.collect::<Vec<_>>(), similar => similar.collect::<Vec<_>>(),
        standards => standards.collect::<Vec<_>>(), unchecked => &review.unchecked,
        overlaps => review.overlaps.iter().map(|one| overlap(one, zone)).collect::<Vec<_>>(),
        load => review.load.as_ref().map(load), decisions => decisions(note), approval => stand(note, revision),
        earlier => reviews.iter().skip(1).take(20).map(|one| context! {
            number => one.number, grade => one.grade.name(), tone => tone(one.grade), revision => one.revision,
            at => one.at.format("%-d %b %Y, %H:%M UTC").to_string(),
        }).collect::<Vec<_>>(),
        at => review.at.format("%-d %B %Y, %H:%M UTC").to_string(),
    })
}

fn tone(grade: Grade) -> &'static str {
    match grade {
        Grade::Pass => "good",
        Grade::Caution => "caution",
        Grade::Danger | Grade::Block => "danger",
    }
}

fn advice(grade: Grade) -> &'static str {
    match grade {
        Grade::Pass => "Nothing speaks against it",
        Grade::Caution => "Look at these points first",
        Grade::Danger => "Change this before it goes out",
        Grade::Block => "It must not go out so",
    }
}

fn overlap(overlap: &Overlap, zone: Tz) -> Value {
    let (from, until) = (overlap.from.with_timezone(&zone), overlap.until.with_timezone(&zone));
    let when = format!("{}–{}", from.format("%a %-d %b %H:%M"), until.format("%H:%M"));
    context! { title => overlap.title.as_str(), note => overlap.note, when, relation => overlap.relation.replace('`', "") }
}

/// Days side by side, each in two halves.
pub fn load(load: &Load) -> Value {
    let rows = load.rows.iter().map(|row| {
        let cells =
            row.counts.iter().zip(halves(load)).map(|(count, half)| context! { count, shade => count.min(&4), half });
        context! { name => row.name.as_str(), cells => cells.collect::<Vec<_>>() }
    });
    context! { days => &load.days, rows => rows.collect::<Vec<_>>(), zone => load.zone.as_str() }
}

fn halves(load: &Load) -> impl Iterator<Item = String> + '_ {
    load.days.iter().flat_map(|day| [format!("{day}, until noon"), format!("{day}, after noon")])
}

fn stand(note: &Note, revision: &Revision) -> String {
    let names = |by: &[&crate::domain::review::Decision]| {
        let mut names: Vec<&str> = by.iter().map(|one| one.by.name.as_str()).collect();
        names.dedup();
        let against = by.iter().any(|one| one.what == Decided::Overridden);
        format!("{}{}", names.join(", "), if against { ", against the review" } else { "" })
    };
    match approval(note, revision) {
        Approval::Open => "Nobody was asked to approve it yet".to_owned(),
        Approval::Requested(asked) => format!("{} asked for approval", asked.by.name),
        Approval::ChangesRequested(asked) => format!("{} asks for changes", asked.by.name),
        Approval::Approved(by) => format!("Approved by {}", names(&by)),
        Approval::Lapsed(by, sections) => {
            format!("Approved by {}, except what changed since: {}", names(&by), sections.join(", "))
        }
    }
}

fn decisions(note: &Note) -> Vec<Value> {
    let told = |what: Decided| match what {
        Decided::Requested => "asked for approval",
        Decided::Approved => "approved",
        Decided::ChangesRequested => "asked for changes",
        Decided::Overridden => "overrode the review",
    };
    let decisions = note.decisions.iter().rev().map(|one| {
        context! {
            who => one.by.name.as_str(), what => told(one.what), text => one.text.as_str(), revision => one.revision,
            level => one.level.as_str(), at => one.at.format("%-d %b %Y, %H:%M UTC").to_string(),
        }
    });
    decisions.collect()
}
