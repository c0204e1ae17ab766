//! What does a wish come to for a note as it stands? Sections before and after, or a sentence that says why not.

use super::grammar::{Wish, section_name};
use crate::domain::note::{Planned, Revision, Section};
use crate::domain::proposal::{Changed, Patch};
use crate::domain::trouble::{Refusal, Trouble};
use crate::features::draft::check::sentences::sentences;
use crate::features::draft::revise::find::{find, read};
use crate::features::draft::schema::Schema;
use crate::features::draft::section::{as_text, editable};
use crate::retrieval::terms::terms;
use serde_json::Value;

/// Of a text that is shortened without a model at most so much stays.
const SHORT: f64 = 0.6;

pub struct Stands<'a> {
    pub revision: &'a Revision,
    pub schema: &'a Schema,
    pub planned: Option<&'a Planned>,
}

/// `at` reads a time as people write it.
pub fn patch(
    wish: &Wish,
    stands: &Stands<'_>,
    at: impl Fn(&str) -> Result<Planned, Trouble>,
) -> Result<Patch, Trouble> {
    let revision = stands.revision;
    let changes = match wish {
        Wish::Move { at: words } => {
            let after = at(words)?;
            if stands.planned == Some(&after) {
                return Err(Trouble::refused("It is planned exactly so already. Nothing was changed."));
            }
            return Ok(Patch::Time { before: stands.planned.cloned(), after });
        }
        Wish::Shorten { section } => {
            let section = named(revision, section)?;
            let short = shortened(revision, section);
            if short.trim() == as_text(&section.value).trim() {
                return Err(Refusal(format!(
                    "`{}` is as short as rules can make it without losing a point. Write it yourself: `set the {} to …`.",
                    section.title,
                    section.title.to_lowercase()
                ))
                .into());
            }
            vec![to_text(stands, section, &short)?]
        }
        Wish::Put { section, text } => vec![to_text(stands, named(revision, section)?, text)?],
        Wish::Add { section, text } => {
            let section = named(revision, section)?;
            let old = as_text(&section.value);
            let bullet = old.lines().last().filter(|line| line.trim_start().starts_with("- ")).map_or("", |_| "- ");
            let new = if old.trim().is_empty() { text.clone() } else { format!("{}\n{bullet}{text}", old.trim_end()) };
            vec![to_text(stands, section, &new)?]
        }
        Wish::AddOperator { name } => {
            let section = named(revision, "operators")?;
            let old = as_text(&section.value);
            let name = name.trim_start_matches('@');
            if old.lines().any(|line| line.trim().eq_ignore_ascii_case(name)) {
                return Err(Refusal(format!("`{name}` operates it already. Nothing was changed.")).into());
            }
            vec![to_text(stands, section, &format!("{old}\n{name}"))?]
        }
        Wish::RemoveOperator { name } => {
            let section = named(revision, "operators")?;
            let name = name.trim_start_matches('@');
            let old = as_text(&section.value);
            let kept: Vec<&str> = old.lines().filter(|line| !line.trim().eq_ignore_ascii_case(name)).collect();
            if kept.len() == old.lines().count() {
                return Err(Refusal(format!(
                    "`{name}` is none of the operators; they are {}.",
                    old.replace('\n', ", ")
                ))
                .into());
            }
            vec![to_text(stands, section, &kept.join("\n"))?]
        }
        Wish::Drop { topic } => {
            everywhere(stands, None, &format!("says anything about `{topic}`"), |text| without(text, topic))?
        }
        Wish::Replace { from, to, section } => {
            let only = section.as_deref().map(|name| named(revision, name)).transpose()?;
            everywhere(stands, only, &format!("has the words `{from}`"), |text| text.replace(from.as_str(), to))?
        }
        Wish::WayBack { strategy } => way_back(stands, strategy)?,
        Wish::Undo => return Err(Trouble::Bug(anyhow::anyhow!("undoing is no patch"))),
    };
    Ok(Patch::Sections(changes))
}

fn named<'a>(revision: &'a Revision, name: &str) -> Result<&'a Section, Refusal> {
    let section = &revision.sections[find(revision, section_name(name))?];
    if editable(section) {
        return Ok(section);
    }
    Err(Refusal(format!(
        "`{}` is filled from git and is not edited as text. Draft the note again to renew it.",
        section.title
    )))
}

fn to_text(stands: &Stands<'_>, section: &Section, text: &str) -> Result<Changed, Refusal> {
    let after = read(stands.schema, section, text.trim())?;
    if after == section.value {
        return Err(Refusal(format!("`{}` would say what it says already. Nothing was changed.", section.title)));
    }
    Ok(Changed { section: section.key.clone(), title: section.title.clone(), before: section.value.clone(), after })
}

/// Every text that people can edit, or one of them.
fn everywhere(
    stands: &Stands<'_>,
    only: Option<&Section>,
    what: &str,
    change: impl Fn(&str) -> String,
) -> Result<Vec<Changed>, Refusal> {
    let mut changes = Vec::new();
    for section in stands.revision.sections.iter().filter(|one| editable(one)) {
        if only.is_some_and(|only| only.key != section.key) {
            continue;
        }
        let old = as_text(&section.value);
        let new = change(&old);
        if new != old {
            changes.push(to_text(stands, section, &new)?);
        }
    }
    match (changes.is_empty(), only) {
        (false, _) => Ok(changes),
        (true, Some(section)) => Err(Refusal(format!("`{}` nowhere {what}. Nothing was changed.", section.title))),
        (true, None) => Err(Refusal(format!("No section {what}. Nothing was changed."))),
    }
}

/// The text without lines and sentences that name the topic, in whatever form of its words.
fn without(text: &str, topic: &str) -> String {
    let (topic, wanted) = (topic.to_lowercase(), terms(topic));
    let names = |part: &str| {
        let own = terms(part);
        part.to_lowercase().contains(&topic) || (!wanted.is_empty() && wanted.iter().all(|term| own.contains(term)))
    };
    let lines = text.lines().filter_map(|line| {
        if !names(line) {
            return Some(line.to_owned());
        }
        let marker: String = line.chars().take_while(|letter| " -*0123456789.)[]".contains(*letter)).collect();
        let kept = sentences(&line[marker.len()..]);
        let kept: Vec<&str> = kept.into_iter().filter(|one| !names(one)).map(str::trim).collect();
        (!kept.is_empty()).then(|| format!("{marker}{}", kept.join(" ")))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// First sentences of each line, then the last lines go; never what tells of a risk or of something that breaks.
fn shortened(revision: &Revision, section: &Section) -> String {
    let old = as_text(&section.value);
    let words = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| word.len() > 3)
            .map(str::to_lowercase)
            .collect()
    };
    let weighty: Vec<Vec<String>> = revision
        .risks
        .iter()
        .filter(|risk| risk.severity == crate::domain::digest::Severity::High)
        .map(|risk| words(&risk.title))
        .chain(revision.breaking.iter().map(|breaking| words(&breaking.text)))
        .collect();
    // Half of its words make it the same thing.
    let stays = |text: &str| {
        let own = words(text);
        weighty.iter().any(|words| words.iter().filter(|word| own.contains(word)).count() * 2 > words.len())
    };
    let most = (old.chars().count() as f64 * SHORT) as usize;
    let mut lines: Vec<(String, bool)> = old
        .lines()
        .map(|line| {
            let parts = sentences(line);
            let kept: Vec<&str> = parts
                .iter()
                .enumerate()
                .filter(|(place, one)| *place == 0 || stays(one))
                .map(|(_, one)| one.trim())
                .collect();
            let indent: String = line.chars().take_while(|letter| letter.is_whitespace()).collect();
            (format!("{indent}{}", kept.join(" ")), stays(line))
        })
        .collect();
    let length = |lines: &[(String, bool)]| lines.iter().map(|(line, _)| line.chars().count() + 1).sum::<usize>();
    while length(&lines) > most && lines.len() > 1 {
        let Some(last) = lines.iter().rposition(|(_, stays)| !stays).filter(|last| *last > 0) else { break };
        lines.remove(last);
    }
    lines.into_iter().map(|(line, _)| line).collect::<Vec<_>>().join("\n")
}

/// The strategy, and the line of the scenario that says what it means here.
fn way_back(stands: &Stands<'_>, said: &str) -> Result<Vec<Changed>, Refusal> {
    let revision = stands.revision;
    let strategy = match said.to_lowercase().replace([' ', '-', '.'], "").as_str() {
        "canary" | "카나리" => "CANARY",
        "bluegreen" | "블루그린" => "BLUE_GREEN",
        "redeploynobuild" => "REDEPLOY_NO_BUILD",
        _ => "REDEPLOY",
    };
    let mut changes = vec![to_text(stands, named(revision, "rollback_strategy")?, strategy)?];
    let to = revision
        .modules
        .first()
        .map_or_else(|| "the old version".to_owned(), |module| format!("`{}`", module.range.from.name));
    let line = match strategy {
        "CANARY" => format!(
            "Go back by canary: give a small share of the traffic to {to} first, compare error rate and latency with the rest for ten minutes, then move the rest step by step."
        ),
        "BLUE_GREEN" => format!(
            "Go back by switching the traffic to the environment that still runs {to}; keep it running until the watch is over."
        ),
        "REDEPLOY_NO_BUILD" => format!("Go back by redeploying the artefact of {to} as it is; nothing is built."),
        _ => format!("Go back by redeploying {to}."),
    };
    if let Ok(scenario) = named(revision, "rollback_scenario") {
        let old = as_text(&scenario.value);
        if !old.contains(&line) {
            changes.push(to_text(stands, scenario, &format!("{line}\n{old}"))?);
        }
    }
    Ok(changes)
}

/// Lines that go and lines that come.
pub fn difference(before: &Value, after: &Value) -> String {
    let (before, after) = (as_text(before), as_text(after));
    let lines = |text: &str| -> String { if text.is_empty() { String::new() } else { format!("{text}\n") } };
    let (old, new) = (lines(&before), lines(&after));
    let mut options = diffy::DiffOptions::new();
    let patch = options.set_context_len(1).create_patch(&old, &new);
    let mut told = String::new();
    for hunk in patch.hunks() {
        if !told.is_empty() {
            told.push_str(" …\n");
        }
        for line in hunk.lines() {
            let (sign, text) = match line {
                diffy::Line::Context(text) => (' ', text),
                diffy::Line::Delete(text) => ('-', text),
                diffy::Line::Insert(text) => ('+', text),
            };
            told.push(sign);
            told.push_str(text.trim_end_matches('\n'));
            told.push('\n');
        }
    }
    told.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_goes_with_its_sentences_and_nothing_else() {
        let text = "- Writes logs as JSON. Reads them too.\n- Refunds are paid once.\n- Login is untouched.";
        assert_eq!(without(text, "logging"), "- Reads them too.\n- Refunds are paid once.\n- Login is untouched.");
        assert_eq!(without(text, "refunds"), "- Writes logs as JSON. Reads them too.\n- Login is untouched.");
        assert_eq!(without(text, "billing"), text);
    }

    #[test]
    fn a_difference_shows_what_goes_and_what_comes() {
        let (before, after) = (Value::from("a\nb\nc"), Value::from("a\nB\nc"));
        assert_eq!(difference(&before, &after), " a\n-b\n+B\n c");
    }
}
