//! Which past incidents is this change like, and what does each mean for it? Bound to the part of the note that is like it.

use crate::domain::digest::{Risk, RiskKind};
use crate::domain::fact::FactId;
use crate::domain::note::{Note, Revision};
use crate::domain::review::{Bound, Similar};
use crate::domain::trouble::Trouble;
use crate::features::recall::{Found, Means, Wanted};
use crate::features::{Context, store_trouble};
use crate::retrieval::classes;
use serde_json::Value;

/// A part of a note that an incident can be like.
pub struct Point {
    pub bound: Bound,
    /// What is looked for.
    pub wanted: Wanted,
    /// It speaks of many things, or of one by its name alone: to be like it takes more.
    pub broad: bool,
}

/// Parts that are looked for; incidents that are named; of those, named for each part.
const POINTS: usize = 24;
const NAMED: usize = 3;
const EACH: usize = 3;
/// Below this an incident is like anything: naming it would be crying wolf.
const LEAST: f32 = 0.30;

pub fn points(note: &Note, revision: &Revision) -> Vec<Point> {
    let services: Vec<String> = note.services().map(str::to_owned).collect();
    let point = |kind: &str, text: &str, fact: Option<FactId>, looked_for: String| Point {
        bound: Bound { kind: kind.to_owned(), text: text.to_owned(), fact },
        wanted: Wanted {
            told: Some(classes::told(&looked_for, "")),
            text: looked_for,
            services: services.clone(),
            place: None,
        },
        broad: kind == "note",
    };
    let mut points = Vec::new();
    for risk in revision.risks.iter().filter(|risk| TELLING.contains(&risk.kind)) {
        let evidence = risk.evidence.first();
        let text = evidence.map_or_else(
            || risk.title.clone(),
            |seen| match seen.line {
                0 => seen.path.clone(),
                line => format!("{}:{line}", seen.path),
            },
        );
        let kind = if evidence.is_some() { "hunk" } else { "change" };
        // A step of a library is named after what the library is for, which says little about what broke once.
        let broad = risk.kind == RiskKind::Dependency;
        points.push(Point { broad, ..point(kind, &text, Some(risk.id.clone()), said(risk)) });
    }
    for breaking in &revision.breaking {
        points.push(point("change", &breaking.text, Some(breaking.id.clone()), breaking.text.clone()));
    }
    let lines = |key: &str| -> Vec<String> {
        match revision.section(key).map(|section| &section.value) {
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(text)) => {
                text.lines().map(|line| line.trim_start_matches(['-', '*', ' ']).to_owned()).collect()
            }
            _ => Vec::new(),
        }
    };
    for step in lines("steps") {
        points.push(point("step", &step, None, format!("{} {step}", revision.title())));
    }
    for line in lines("changes").into_iter().filter(|line| line.split_whitespace().count() >= 3).take(12) {
        points.push(point("change", &line, None, line.clone()));
    }
    let whole = format!("{}\n{}\n{}", revision.title(), revision.text("summary"), revision.text("purpose"));
    points.insert(0, point("note", revision.title(), None, whole));
    points.truncate(POINTS);
    points
}

/// Facts about what a change does; that a ticket is open says nothing about what may break.
const TELLING: [RiskKind; 10] = [
    RiskKind::Migration,
    RiskKind::Api,
    RiskKind::Schema,
    RiskKind::Permission,
    RiskKind::Config,
    RiskKind::Infrastructure,
    RiskKind::Dependency,
    RiskKind::FeatureFlag,
    RiskKind::Schedule,
    RiskKind::Deletion,
];

fn said(risk: &Risk) -> String {
    let quotes = risk.evidence.iter().take(2).map(|seen| seen.quote.as_str()).collect::<Vec<_>>().join(" ");
    format!("{} {} {quotes}", risk.title, risk.meaning)
}

/// The most alike, each once, bound to the part that it is most like. What goes on now has a rule of its own.
pub async fn find(context: &Context, active: &[u64], points: &[Point]) -> Result<Vec<Similar>, Trouble> {
    let wanted: Vec<Wanted> = points.iter().map(|point| point.wanted.clone()).collect();
    let found = context.recall.find(&wanted, EACH).await?;
    let mut best: Vec<(f32, &Point, Found)> = Vec::new();
    for (point, found) in points.iter().zip(found) {
        for one in found.into_iter().filter(|one| !active.contains(&one.incident.id) && stands(point, one)) {
            match best.iter_mut().find(|(_, _, known)| known.incident.id == one.incident.id) {
                Some(known) if known.0 < one.hit.score => *known = (one.hit.score, point, one),
                Some(_) => {}
                None => best.push((one.hit.score, point, one)),
            }
        }
    }
    let mut weighed = Vec::new();
    for (score, point, found) in best {
        let subject = format!("incident/{}", found.incident.id);
        let (opinions, _) = context.records.reviews.opinions(&subject).await.map_err(store_trouble)?;
        let (relevant, all) = opinions.relevant();
        // What people refuse again and again sinks out of sight; one word of praise lifts it a little.
        let kept = (relevant as f32 + 1.0) / (all as f32 + 1.0);
        let score = (score * (0.4 + 0.6 * kept.min(1.0)) + 0.05 * relevant.min(2) as f32).min(1.0);
        if score >= LEAST {
            weighed.push((score, point, found));
        }
    }
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(weighed.into_iter().take(NAMED).map(|(score, point, found)| told(score, point, &found)).collect())
}

/// A search may guess, a review may not: what is named shares a service or a kind of thing, and words or meaning beside it; more of
/// them where the part is broad.
fn stands(point: &Point, found: &Found) -> bool {
    let why = &found.hit.why;
    let near = |least: f32| why.meaning.is_some_and(|near| near >= least);
    let of_a_kind = why.classes.len() + 2 * why.services.len();
    let enough = if point.broad { 2 } else { 1 };
    let told = why.words.len() >= 2 || near(0.4);
    let far = why.meaning.is_some_and(|near| near < 0.25);
    found.hit.score >= LEAST && told && !far && of_a_kind >= enough
}

fn told(score: f32, point: &Point, found: &Found) -> Similar {
    let (incident, recap) = (&found.incident, &found.incident.recap);
    // The title says it once; what happened is what it does not say.
    let title = incident.title(120);
    let says_more = |line: &&String| !line.is_empty() && !line.starts_with(title.trim_end_matches('…'));
    let lines = [&recap.happened, &recap.impact, &recap.cause, &recap.fix];
    let happened = lines.into_iter().find(says_more).cloned().unwrap_or_else(|| recap.happened.clone());
    Similar {
        incident: incident.id,
        called: incident.called(),
        title,
        date: incident.dated(),
        link: incident.link.clone(),
        happened,
        meaning: meaning(point, found),
        lesson: recap.lesson.clone(),
        bound: point.bound.clone(),
        score,
        why: found.why(),
    }
}

/// What it means for this change: the part that is like it, and what was learnt or mended then.
fn meaning(point: &Point, found: &Found) -> String {
    let recap = &found.incident.recap;
    let kinds = &found.hit.why.classes;
    let part = match point.bound.kind.as_str() {
        "hunk" => format!("`{}`", point.bound.text),
        "step" => format!("The step \"{}\"", short(&point.bound.text)),
        "change" => format!("\"{}\"", short(&point.bound.text)),
        _ => "This change".to_owned(),
    };
    let alike = match kinds.as_slice() {
        [] => format!("{part} is like it"),
        [one] => format!("{part} is about {one} too"),
        [one, other, ..] => format!("{part} is about {one} and {other} too"),
    };
    let then = match () {
        () if !recap.lesson.is_empty() => format!("lesson: {}", recap.lesson),
        () if !recap.cause.is_empty() => format!("make sure that this cannot happen again: {}", recap.cause),
        () if !recap.fix.is_empty() => format!("then it was mended so: {}", recap.fix),
        () => "read how it went before you go on".to_owned(),
    };
    format!("{alike}; {then}")
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(90).collect();
    if cut.len() < text.len() { format!("{}…", cut.trim_end()) } else { cut }
}

/// What was not compared, as sentences.
pub fn by_what(means: &Means) -> Option<String> {
    match means.embedded {
        _ if means.incidents == 0 => {
            Some("Past incidents: none is remembered yet; `slipway incidents import` reads postmortems.".to_owned())
        }
        None => Some("Past incidents were compared by words and kind only: no embedder is configured.".to_owned()),
        Some(embedded) if embedded < means.incidents => Some(format!(
            "Past incidents: {} of {} were compared by words and kind only, their vectors are not made yet.",
            means.incidents - embedded,
            means.incidents
        )),
        Some(_) => None,
    }
}
