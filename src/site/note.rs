//! What stands on a note's page? Everything the revision knows, with who wrote it and what it rests on.

use super::value::{Shape, shape};
use crate::domain::digest::{Breaking, Risk, RiskKind, Seen, Severity};
use crate::domain::fact::FactId;
use crate::domain::note::{Agreed, Kind, Note, Released, Revision, Section, State, Writer};
use crate::features::draft::rules;
use crate::features::draft::rules::phrase::{count, thousands};
use crate::page::markdown::line;
use crate::records::RevisionSummary;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::collections::HashMap;

/// Where each fact can be looked up on the page.
type Anchors<'a> = HashMap<&'a FactId, String>;

/// Everything `note.html` draws.
pub fn view(note: &Note, revision: &Revision, history: &[RevisionSummary]) -> Value {
    let anchors = anchors(revision);
    let current = revision.number == note.revision;
    context! {
        id => note.id, number => revision.number, current, newest => note.revision,
        title => revision.title(), kind => kind(note.kind), service => note.subject().replace('`', ""),
        workspace => note.workspace.as_str(), state => state(note.state), tone => tone(note.state),
        failure => note.failure.as_deref(), asked_by => note.created_by.name.as_str(),
        at => revision.at.format("%-d %B %Y, %H:%M UTC").to_string(),
        range => revision.label(), modules => revision.modules.iter().map(module).collect::<Vec<_>>(),
        writer => writer(&revision.writer), chat => chat(note),
        agreed => note.agreed.iter().map(agreed).collect::<Vec<_>>(),
        glance => glance(revision), groups => groups(revision, &anchors),
        risks => revision.risks.iter().map(|found| risk(found, &anchors)).collect::<Vec<_>>(),
        breaking => revision.breaking.iter().map(|found| breaking(found, &anchors)).collect::<Vec<_>>(),
        facts => facts(revision, &anchors), seen => (!revision.modules.is_empty()).then(|| seen(&revision.seen)),
        remarks => revision.remarks.iter().map(|remark| safe(line(remark))).collect::<Vec<_>>(),
        stale => revision.sections.iter().filter(|section| section.stale.is_some()).count(),
        history => history.iter().map(|entry| summary(entry, revision.number)).collect::<Vec<_>>(),
    }
}

fn agreed(one: &Agreed) -> Value {
    let at = one.at.format("%-d %B, %H:%M UTC").to_string();
    context! { text => one.text.as_str(), by => one.by.name.as_str(), at }
}

fn module(released: &Released) -> Value {
    let range = &released.range;
    context! {
        service => released.service.as_str(), range => range.label(), repo => range.repo.as_str(),
        chosen => range.chosen.as_str(), commits => range.commits, lost => range.lost,
    }
}

/// A line of `/notes`.
pub fn row(note: &Note, revision: Option<&Revision>) -> Value {
    let title =
        revision.map(Revision::title).filter(|title| !title.is_empty()).map_or_else(|| name(note), str::to_owned);
    context! {
        id => note.id, title, state => state(note.state), tone => tone(note.state), kind => kind(note.kind),
        service => note.subject().replace('`', ""), range => revision.map(Revision::label),
        by => note.created_by.name.as_str(), at => note.created_at.format("%-d %B %Y, %H:%M UTC").to_string(),
        revision => note.revision,
    }
}

/// What a note is called before it has a title.
pub fn name(note: &Note) -> String {
    format!("{} {}", kind(note.kind), note.id)
}

/// The way back to the conversation, where it is on this server.
pub fn chat(note: &Note) -> Option<String> {
    (note.place.platform == "web").then(|| format!("/c/{}", note.place.channel))
}

fn groups(revision: &Revision, anchors: &Anchors<'_>) -> Vec<Value> {
    let mut groups: Vec<(&Section, Vec<Value>)> = Vec::new();
    // A list of facts that are not there is no gap that somebody should fill.
    let is_nothing = |value: &serde_json::Value| *value == serde_json::json!("") || *value == serde_json::json!([]);
    let stands = |section: &&Section| !(rules::lists_facts(&section.key) && is_nothing(&section.value));
    for section in revision.sections.iter().filter(|section| section.key != "title").filter(stands) {
        let drawn = part(section, anchors);
        match groups.iter_mut().find(|(first, _)| first.group == section.group) {
            Some((_, parts)) => parts.push(drawn),
            None => groups.push((section, vec![drawn])),
        }
    }
    let first = revision.sections.first().map(|section| section.group.as_str());
    let drawn = groups.into_iter().map(|(section, parts)| {
        let name = section.group.as_str();
        context! { name, title => section.group_title.as_str(), first => Some(name) == first, parts }
    });
    drawn.collect()
}

fn part(section: &Section, anchors: &Anchors<'_>) -> Value {
    let value = shape(&section.group, &section.value);
    let stale = section.stale.as_ref().map(|stale| {
        context! { why => safe(line(&stale.why)), proposal => Serde(shape(&section.group, &stale.proposal)) }
    });
    context! {
        key => section.key.as_str(), title => section.title.as_str(), alone => section.key == section.group,
        empty => matches!(value, Shape::Empty), value => Serde(value), writer => writer(&section.writer),
        edited => section.edited(), stale, cites => cites(&section.cites, anchors),
    }
}

fn cites(ids: &[FactId], anchors: &Anchors<'_>) -> Vec<Value> {
    let cite = |id: &FactId| context! { label => label(id), anchor => anchors.get(id).map(String::as_str) };
    ids.iter().map(cite).collect()
}

/// `pr:#812` reads `#812`, `c:1a2b3c4` reads `1a2b3c4`, `web/risk:3` reads `web risk 3`.
fn label(id: &FactId) -> String {
    let (module, fact) = id.parts();
    let label = match fact.split_once(':') {
        Some(("pr" | "c" | "t" | "f", rest)) => rest.to_owned(),
        Some(("brk", rest)) => format!("breaking {rest}"),
        Some(("n", rest)) => format!("note {rest}"),
        Some((kind, rest)) => format!("{kind} {rest}"),
        None => fact.to_owned(),
    };
    module.map_or_else(|| label.clone(), |module| format!("{module} {label}"))
}

fn anchors(revision: &Revision) -> Anchors<'_> {
    let facts = revision.facts.iter().enumerate().map(|(n, fact)| (&fact.id, format!("fact-{}", n + 1)));
    let risks = revision.risks.iter().enumerate().map(|(n, risk)| (&risk.id, format!("risk-{}", n + 1)));
    let breaking = revision.breaking.iter().enumerate().map(|(n, found)| (&found.id, format!("breaking-{}", n + 1)));
    facts.chain(risks).chain(breaking).collect()
}

/// What a reader must know before anything else, each leading to where it stands in full.
fn glance(revision: &Revision) -> Vec<Value> {
    let risks = |severity| revision.risks.iter().filter(|risk| risk.severity == severity).count();
    let counts = [
        (revision.breaking.len(), "breaking change", "breaking changes", "danger", "breaking"),
        (risks(Severity::High), "high risk", "high risks", "danger", "risks"),
        (risks(Severity::Medium), "medium risk", "medium risks", "caution", "risks"),
        (risks(Severity::Low), "low risk", "low risks", "plain", "risks"),
    ];
    let there = counts.into_iter().filter(|(count, ..)| *count > 0);
    let drawn = there.map(|(count, one, many, tone, anchor)| {
        context! { text => format!("{count} {}", if count == 1 { one } else { many }), tone, anchor }
    });
    drawn.collect()
}

/// What can be looked up below: everything but the risks and breaking changes, which stand in full above.
fn facts(revision: &Revision, anchors: &Anchors<'_>) -> Vec<Value> {
    let apart = |id: &FactId| anchors.get(id).is_some_and(|anchor| !anchor.starts_with("fact-"));
    let rest = revision.facts.iter().filter(|fact| !apart(&fact.id));
    let drawn = rest.map(|fact| {
        context! { anchor => anchors.get(&fact.id).map(String::as_str), label => label(&fact.id), text => safe(line(&fact.text)) }
    });
    drawn.collect()
}

fn risk(risk: &Risk, anchors: &Anchors<'_>) -> Value {
    let (word, tone) = match risk.severity {
        Severity::High => ("High", "danger"),
        Severity::Medium => ("Medium", "caution"),
        Severity::Low => ("Low", "plain"),
    };
    let undo = risk.reversible.map(|can| if can { "It can be undone." } else { "It cannot be undone." });
    let evidence = risk.evidence.iter().map(|seen| {
        let place = if seen.line == 0 { seen.path.clone() } else { format!("{}:{}", seen.path, seen.line) };
        context! { place, quote => seen.quote.as_str() }
    });
    context! {
        anchor => anchors.get(&risk.id).map(String::as_str), word, tone, about => risk_word(risk.kind),
        title => safe(line(&risk.title)), meaning => safe(line(&risk.meaning)), undo,
        evidence => evidence.collect::<Vec<_>>(), cites => cites(&risk.facts, anchors),
    }
}

fn breaking(found: &Breaking, anchors: &Anchors<'_>) -> Value {
    context! {
        anchor => anchors.get(&found.id).map(String::as_str), text => safe(line(&found.text)),
        how => safe(line(&found.how)), cites => cites(&found.facts, anchors),
    }
}

/// `62 of 71 files read, 9 by name only; 41 commits, 1,204 lines added and 318 removed.`
fn seen(seen: &Seen) -> String {
    let by_name = if seen.files_by_name > 0 { format!(", {} by name only", seen.files_by_name) } else { String::new() };
    format!(
        "{} of {} files read{by_name}; {}, {} lines added and {} removed.",
        thousands(seen.files_read),
        thousands(seen.files_total),
        count(seen.commits, "commit"),
        thousands(seen.added as usize),
        thousands(seen.removed as usize)
    )
}

fn summary(entry: &RevisionSummary, shown: u32) -> Value {
    context! {
        number => entry.number, what => safe(line(&entry.what)), by => writer(&entry.writer),
        at => entry.at.format("%-d %b, %H:%M").to_string(), shown => entry.number == shown,
    }
}

fn writer(writer: &Writer) -> String {
    match writer {
        Writer::Rules => "rules".to_owned(),
        Writer::Model(model) => format!("model {model}"),
        Writer::Person(person) => person.name.clone(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Deployment => "Deployment note",
        Kind::Work => "Work note",
    }
}

fn state(state: State) -> &'static str {
    match state {
        State::Drafting => "Drafting",
        State::Drafted => "Drafted",
        State::Failed => "Failed",
    }
}

fn tone(state: State) -> &'static str {
    match state {
        State::Drafting => "plain",
        State::Drafted => "good",
        State::Failed => "danger",
    }
}

fn risk_word(kind: RiskKind) -> &'static str {
    match kind {
        RiskKind::Secret => "secret",
        RiskKind::Migration => "migration",
        RiskKind::Api => "public API",
        RiskKind::Schema => "schema",
        RiskKind::Permission => "permission",
        RiskKind::Config => "configuration",
        RiskKind::Infrastructure => "infrastructure",
        RiskKind::Dependency => "dependency",
        RiskKind::FeatureFlag => "feature flag",
        RiskKind::Schedule => "schedule",
        RiskKind::Deletion => "deletion",
        RiskKind::LostCommits => "lost commits",
        RiskKind::Checks => "continuous integration",
        RiskKind::Ticket => "ticket",
        RiskKind::Review => "review",
        RiskKind::Live => "running version",
        RiskKind::Submodule => "submodule",
        RiskKind::Tests => "tests",
        RiskKind::Size => "size",
    }
}

fn safe(html: String) -> Value {
    Value::from_safe_string(html)
}
