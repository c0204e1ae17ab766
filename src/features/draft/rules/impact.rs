//! Who and what does the change touch, and how far does it reach?

use super::phrase::{cited, count, entry, list, name, thousands};
use super::story::{Story, told};
use crate::domain::digest::{Area, RiskKind};
use crate::domain::draft::Field;
use serde_json::Value;

/// How many risks are told in full; the rest is counted.
const TOLD: usize = 8;

/// A list, the heaviest first.
pub fn impact(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut lines = Vec::new();
    if story.is_quiet() && !story.digest.items.is_empty() {
        return super::text(format!(
            "Nothing that runs changes: only documentation and tests are touched{}.",
            cited(&story.range())
        ));
    }
    let risks = story.told_risks();
    for risk in risks.iter().take(TOLD) {
        lines.push(format!("- {}", super::phrase::told(&told(risk), std::slice::from_ref(&risk.id))));
    }
    if risks.len() > TOLD {
        let rest = &risks[TOLD..];
        let ids: Vec<_> = rest.iter().map(|risk| risk.id.clone()).collect();
        lines.push(format!("- {} of less weight{}.", count(rest.len(), "more risk fact"), cited(&ids)));
    }
    lines.extend(users(story));
    lines.extend(touched(story));
    super::text(lines.join("\n"))
}

/// For a work note: what is worked on, by kind.
pub fn target(story: &Story<'_>, field: &Field) -> Option<Value> {
    const KINDS: [(RiskKind, &str); 7] = [
        (RiskKind::Migration, "Database"),
        (RiskKind::Infrastructure, "Infrastructure"),
        (RiskKind::Config, "Configuration"),
        (RiskKind::Permission, "Permissions"),
        (RiskKind::Schedule, "Schedules"),
        (RiskKind::Dependency, "Versions"),
        (RiskKind::Secret, "Credentials"),
    ];
    let mut lines = Vec::new();
    for (kind, what) in KINDS {
        for risk in story.of_kind(kind).take(5) {
            lines.push(entry(&format!("{what}: {}", risk.title), std::slice::from_ref(&risk.id)));
        }
    }
    if lines.is_empty() {
        lines.extend(areas(story).iter().take(5).map(|area| entry(&place(area), &story.range())));
    }
    super::entries(lines, field)
}

/// How many changes users see, and where.
fn users(story: &Story<'_>) -> Option<String> {
    let visible = story.visible();
    if visible.len() < 3 {
        return None;
    }
    let mut areas: Vec<(&str, usize)> = Vec::new();
    for item in visible.iter().filter(|item| !item.area.is_empty()) {
        match areas.iter_mut().find(|(area, _)| *area == item.area) {
            Some((_, n)) => *n += 1,
            None => areas.push((&item.area, 1)),
        }
    }
    areas.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let names: Vec<String> = areas.iter().take(4).map(|(area, _)| name(area)).collect();
    let place = match (areas.len(), names.as_slice()) {
        (_, []) => String::new(),
        (1, [only]) => format!(", all in {only}"),
        (2..=4, names) => format!(", in {}", list(names)),
        (_, names) => format!(", most of them in {}", list(names)),
    };
    let ids: Vec<_> = visible.iter().take(4).map(|item| item.id.clone()).collect();
    Some(format!("- Users may notice {}{place}{}.", count(visible.len(), "change"), cited(&ids)))
}

/// One line for the areas, largest first.
fn touched(story: &Story<'_>) -> Option<String> {
    let areas = areas(story);
    if areas.is_empty() {
        return None;
    }
    let shown: Vec<String> = areas.iter().take(5).map(|area| place(area)).collect();
    let rest = areas.len().saturating_sub(shown.len());
    let rest = if rest == 0 { String::new() } else { format!(", and {}", count(rest, "smaller area")) };
    let told = if rest.is_empty() { list(&shown) } else { shown.join(", ") };
    Some(format!("- Code touched: {told}{rest}{}.", cited(&story.range())))
}

fn areas<'a>(story: &Story<'a>) -> Vec<&'a Area> {
    let mut areas: Vec<&Area> = story.digest.areas.iter().filter(|area| !area.files.is_empty()).collect();
    areas.sort_by_key(|area| std::cmp::Reverse(area.added + area.removed));
    areas
}

fn place(area: &Area) -> String {
    let lines = match (area.added, area.removed) {
        (0, 0) => String::new(),
        (added, removed) => format!(", +{} −{}", thousands(added as usize), thousands(removed as usize)),
    };
    format!("{} ({}{lines})", name(&area.name), count(area.files.len(), "file"))
}
