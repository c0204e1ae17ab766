//! Which feature flags came, went, or start out differently?

use super::super::reading::{FileReading, Reading, Sign};
use super::super::topics::Topic;
use super::found::{Sighting, Told, count, distinct, evidence, joined, listed, risk};
use super::keys::keys;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// LaunchDarkly, Unleash, OpenFeature, Flipper, GrowthBook, waffle, GitLab and home-made ones that call it what it is.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?:\b(?:bool|string|int|json|float)?[vV]ariation(?:Detail)?|\b(?:isEnabled|is_enabled|IsEnabled)|\bget(?:Boolean|String|Number|Object)Value|\bBooleanValue|\buse(?:Feature)?Flag|\bis_?[fF]eature_?[eE]nabled|\bfeature_enabled\?|\bFlipper(?:\.enabled\?|\[)|\bFeature\.(?:enabled|disabled)\?|\bflag_is_active|\b(?:feature_?[fF]lags?|FEATURE_FLAGS|flags)(?:\.(?:get|enabled|isOn|is_enabled)|\[)|\bisOn)\s*\(?\s*(?:request,\s*)?[:"'`]+(?P<n>[\w.-]{3,60})"#,
    )
});

/// Medium for defaults that flip and flags that are gone from the code; low for new ones.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut sides: BTreeMap<String, [Vec<Sighting>; 2]> = BTreeMap::new();
    let mut standing: HashSet<String> = HashSet::new();
    let mut flipped: Vec<(String, Sighting)> = Vec::new();
    for file in reading.production() {
        if is_flag_file(file) {
            flipped.extend(flips(file));
        }
        if !file.language.is_code() {
            continue;
        }
        for line in file.about(Topic::Flag).filter(|line| !line.silent && !line.test && line.text.len() < 400) {
            if !["lag", "nabled", "ariation", "eature", "Value(", "isOn", "Flipper"]
                .iter()
                .any(|word| line.text.contains(word))
            {
                continue;
            }
            for found in ASKED.captures_iter(line.text) {
                let name = found["n"].to_owned();
                let sighting = Sighting { what: name.clone(), evidence: file.evidence(line) };
                match line.sign {
                    Sign::Context => drop(standing.insert(name)),
                    Sign::Added => sides.entry(name).or_default()[1].push(sighting),
                    Sign::Removed => sides.entry(name).or_default()[0].push(sighting),
                }
            }
        }
    }
    let only = |side: usize| -> Vec<Sighting> {
        let alone = sides.iter().filter(|(name, both)| both[1 - side].is_empty() && !standing.contains(*name));
        alone.flat_map(|(_, both)| both[side].iter().cloned()).collect()
    };
    let mut risks = Vec::new();
    if !flipped.is_empty() {
        let words: Vec<&str> = flipped.iter().map(|(words, _)| words.as_str()).collect();
        let title = format!(
            "{} another default: {}",
            count(words.len(), "feature flag has", "feature flags have"),
            joined(&words)
        );
        let meaning = "It takes effect at the moment of the release wherever nobody set the flag by hand. Setting it back undoes it without a rollback.";
        risks.push(
            risk(RiskKind::FeatureFlag, Severity::Medium, title, meaning)
                .seen(flipped.iter().map(|(_, sighting)| sighting.evidence.clone())),
        );
    }
    risks.extend(told(
        &only(0),
        Severity::Medium,
        ("feature flag is no longer asked for", "feature flags are no longer asked for"),
        "What it switched is now always on or always gone; turning the flag off no longer helps in an incident.",
    ));
    risks.extend(told(
        &only(1),
        Severity::Low,
        ("new feature flag", "new feature flags"),
        "Decide before the release who turns it on, where first, and when. It is also the quickest way back.",
    ));
    risks
}

fn told(sightings: &[Sighting], severity: Severity, (one, many): (&str, &str), meaning: &str) -> Option<Risk> {
    let names = distinct(sightings);
    let title = format!("{}: {}", count(names.len(), one, many), listed(&names));
    (!names.is_empty()).then(|| risk(RiskKind::FeatureFlag, severity, title, meaning).seen(evidence(sightings)))
}

fn is_flag_file(file: &FileReading) -> bool {
    let lower = file.path.to_ascii_lowercase();
    let named = ["feature_flags", "feature-flags", "featureflags", "flags.y", "flags.json", "flags.toml", "toggles."]
        .iter()
        .any(|word| lower.contains(word));
    named && !file.language.is_code()
}

fn flips(file: &FileReading) -> Vec<(String, Sighting)> {
    let switch = |value: &str| matches!(value, "true" | "false" | "on" | "off" | "enabled" | "disabled");
    keys(file)
        .into_iter()
        .filter(|key| key.changed().is_some_and(|(old, new)| switch(old) && switch(new)))
        .map(|key| (key.told(), Sighting { what: key.path.clone(), evidence: key.evidence }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn flags_come_go_and_flip() {
        let risks = Story::new()
            .file("src/pay.ts", "-if (client.boolVariation('old-cart', user, false)) {}\n+if (client.boolVariation('new-cart', user, false)) {}\n")
            .file("config/feature_flags.yml", " fast_refunds:\n-  default: false\n+  default: true\n")
            .risks();
        assert!(
            risks
                .contains(&"Medium 1 feature flag has another default: `fast_refunds.default` false → true".to_owned()),
            "{risks:?}"
        );
        assert!(risks.contains(&"Medium 1 feature flag is no longer asked for: `old-cart`".to_owned()), "{risks:?}");
        assert!(risks.contains(&"Low 1 new feature flag: `new-cart`".to_owned()), "{risks:?}");
    }
}
