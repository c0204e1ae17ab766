//! Which rules are met, what do the others say, and what grade does that come to? Pure.

use super::facts::Facts;
use super::opinion::Trust;
use super::policy::{Held, Mode, Policy};
use super::rules::{Checked, Found};
use crate::domain::review::{Finding, Grade, Review, Standard, Standing};
use crate::features::phrase::{count, list};

/// Without similar incidents, overlaps and load: those are found elsewhere and do not grade.
pub fn judged(facts: &Facts<'_>, policy: &Policy, trust: &Trust, number: u32) -> Review {
    let (mut findings, mut tried, mut standards) = (Vec::new(), Vec::new(), Vec::new());
    // Why, and which rules for that reason.
    let mut unknown: Vec<(String, Vec<String>)> = Vec::new();
    for held in policy.held.iter().filter(|held| held.mode != Mode::Off) {
        let dry = held.mode == Mode::Dry;
        let standing = match held.check.check(facts) {
            Checked::Met => Standing::Met,
            Checked::NotAsked => Standing::NotAsked,
            Checked::Unknown(why) => {
                match unknown.iter_mut().find(|(known, _)| *known == why) {
                    _ if dry => {}
                    Some((_, rules)) => rules.push(format!("`{}`", held.rule.id)),
                    None => unknown.push((why.clone(), vec![format!("`{}`", held.rule.id)])),
                }
                Standing::Unknown(why)
            }
            Checked::Broken(found) => {
                let all = found.into_iter().map(|found| finding(held, found, trust));
                if dry {
                    tried.extend(all)
                } else {
                    findings.extend(all)
                }
                Standing::NotMet
            }
        };
        standards.push(Standard { rule: held.rule.id.to_owned(), asks: held.rule.asks.to_owned(), standing, dry });
    }
    // Sorting is stable: within one grade the order of the rules stays.
    findings.sort_by_key(|finding: &Finding| std::cmp::Reverse(finding.grade));
    let grade = findings.iter().map(|finding| finding.grade).max().unwrap_or(Grade::Pass);
    Review {
        number,
        note: facts.note.id,
        revision: facts.revision.number,
        at: facts.now,
        grade,
        reasons: reasons(&findings),
        findings,
        tried,
        standards,
        similar: Vec::new(),
        overlaps: Vec::new(),
        load: None,
        unchecked: unknown.into_iter().map(|(why, rules)| format!("{}: {why}.", list(&rules))).collect(),
    }
}

fn finding(held: &Held, found: Found, trust: &Trust) -> Finding {
    let grade = found.grade.unwrap_or(held.grade);
    Finding {
        rule: held.rule.id.to_owned(),
        about: found.about,
        grade: trust.of_rule(held.rule.id, grade),
        what: found.what,
        why: held.rule.why.to_owned(),
        instead: found.instead,
        values: found.values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        section: found.section.map(str::to_owned),
        facts: found.facts,
    }
}

/// Reasons told; the rest is counted.
const TOLD: usize = 3;

fn reasons(findings: &[Finding]) -> Vec<String> {
    let Some(worst) = findings.first().map(|finding| finding.grade) else { return Vec::new() };
    let worst: Vec<&Finding> = findings.iter().filter(|finding| finding.grade == worst).collect();
    let mut reasons: Vec<String> = worst.iter().take(TOLD).map(|finding| finding.what.clone()).collect();
    if worst.len() > TOLD {
        reasons.push(format!("And {} of the same weight.", count(worst.len() - TOLD, "more point")));
    }
    reasons
}
