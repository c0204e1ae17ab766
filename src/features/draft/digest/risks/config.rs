//! Which settings and limits does the new version start with that differ from the old one's?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::found::{Told, count, joined, risk};
use super::keys::{Key, is_limit, keys};
use super::kubernetes;
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Medium for limits with another value and for settings that are gone; low for other defaults and new settings. Tests,
/// examples, documents, manifests, translations and contracts are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let (mut limits, mut defaults, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for file in reading.production() {
        if file.language.is_code() {
            limits.extend(limits_in_code(file));
        }
        if !is_settings(file) {
            continue;
        }
        for key in keys(file).into_iter().filter(|key| !is_version(key)) {
            match key.changed() {
                Some((old, new)) if is_limit(&key.path) && is_amount(old) && is_amount(new) => limits.push(key),
                Some(_) => defaults.push(key),
                None if key.new.is_some() => new.push(key),
                None => gone.push(key),
            }
        }
    }
    let mut risks = Vec::new();
    risks.extend(told(&limits, Severity::Medium, ("limit has another value", "limits have other values"), "Load that the old values carried may now wait, fail or cost more; watch the paths they guard right after the release."));
    risks.extend(told(&gone, Severity::Medium, ("setting is gone", "settings are gone"), "Installations that set them get the built-in behaviour without a word, or refuse to start. Check the values in use."));
    risks.extend(told(
        &defaults,
        Severity::Low,
        ("default was changed", "defaults were changed"),
        "It takes effect wherever the setting is not set explicitly.",
    ));
    risks.extend(told(
        &new,
        Severity::Low,
        ("new setting", "new settings"),
        "The release starts without them as long as the defaults fit.",
    ));
    risks
}

/// `30s`, `256Mi`, `-1`, `0.5`: a number with its unit, not a list that happens to stand under a limiting name.
fn is_amount(value: &str) -> bool {
    value.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit()) && value.len() <= 24
}

fn told(keys: &[Key], severity: Severity, (one, many): (&str, &str), meaning: &str) -> Option<Risk> {
    let mut words: Vec<String> = Vec::new();
    for key in keys {
        let told = key.told();
        if !words.contains(&told) {
            words.push(told);
        }
    }
    let evidence: Vec<Evidence> = keys.iter().map(|key| key.evidence.clone()).collect();
    let title = format!("{}: {}", count(words.len(), one, many), joined(&words));
    (!keys.is_empty()).then(|| risk(RiskKind::Config, severity, title, meaning).seen(evidence))
}

/// Files that hold settings of the running service.
fn is_settings(file: &FileReading) -> bool {
    let lower = file.name.to_ascii_lowercase();
    let format = matches!(file.language.name, "YAML" | "TOML" | "JSON" | "Configuration");
    let named = lower.starts_with("application")
        || lower.starts_with("appsettings")
        || lower.starts_with("bootstrap.")
        || lower.starts_with("values")
        || lower.starts_with("settings")
        || lower.starts_with("config.")
        || lower.ends_with(".conf");
    let placed = file.under(&["config", "conf", "settings", "configs"]);
    let other = file.under(&[
        "locales",
        "locale",
        "i18n",
        "lang",
        "translations",
        "crd",
        "crds",
        "bases",
        "schemas",
        "schema",
        "issue_template",
        "src",
    ]) || [
        "openapi", "swagger", "tsconfig", "jest", "babel", "eslint", "prettier", "rubocop", "renovate", "i18n",
        ".schema.", "locale", "lint", "package", "nginx", "haproxy",
    ]
    .iter()
    .any(|word| lower.contains(word))
        || lower.starts_with('.')
        || lower.ends_with("cargo.toml");
    format && (named || placed) && !other && !kubernetes::is_manifest(file)
}

/// A release raises its own version: that is the change itself, not a risk of it.
fn is_version(key: &Key) -> bool {
    matches!(
        key.name().as_str(),
        "version"
            | "appversion"
            | "tag"
            | "image"
            | "digest"
            | "sha"
            | "newtag"
            | "revision"
            | "checksum"
            | "description"
            | "name"
    )
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d_]*(?:\.\d+)?"));
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b([A-Za-z_][A-Za-z0-9_]*(?:timeout|limit|max|pool|retries|ttl|interval|batch_?size|concurrency|workers|threads|deadline|backoff|capacity|expiry|lifetime)[A-Za-z0-9_]*|(?:max|timeout|ttl|limit|retries|min|pool|interval)[A-Za-z0-9_]*)\b\s*(?::[^=]{0,30})?(?:=|:=|:|\()",
    )
});

/// Lines that name a limit and differ from the one they replace in one number only.
fn limits_in_code(file: &FileReading) -> Vec<Key> {
    let mut found = Vec::new();
    for block in file.lines.split(|line| line.sign == Sign::Context || line.silent || line.test) {
        let of = |sign: Sign| -> Vec<&Line> { block.iter().filter(|line| line.sign == sign).collect() };
        let (removed, added) = (of(Sign::Removed), of(Sign::Added));
        if removed.len() != added.len() {
            continue;
        }
        found.extend(removed.iter().zip(&added).filter_map(|(old, new)| limit(file, old, new)));
    }
    found
}

fn limit(file: &FileReading, old: &Line, new: &Line) -> Option<Key> {
    if old.text.len() > 300 || !is_limit(new.text) || old.text == new.text {
        return None;
    }
    let blank = |text: &str| NUMBER.replace_all(text.trim(), "0").into_owned();
    let (before, after): (Vec<_>, Vec<_>) =
        (NUMBER.find_iter(old.text).collect(), NUMBER.find_iter(new.text).collect());
    let mut differing = before.iter().zip(&after).filter(|(old, new)| old.as_str() != new.as_str());
    let (was, is) = differing.next()?;
    if differing.next().is_some() || blank(old.text) != blank(new.text) {
        return None;
    }
    // Of several names on the line the number belongs to the nearest before it.
    let names = NAME.captures_iter(new.text).filter_map(|found| found.get(1));
    let name = names.take_while(|name| name.start() < is.start()).last()?;
    Some(Key {
        path: name.as_str().to_owned(),
        old: Some(was.as_str().to_owned()),
        new: Some(is.as_str().to_owned()),
        evidence: file.evidence(new),
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn changed_limits_are_named_with_both_values() {
        let risks = Story::new()
            .file("config/app.yaml", " server:\n-  timeout: 30s\n+  timeout: 10s\n   port: 80\n")
            .file("src/pool.rs", "-const MAX_CONNECTIONS: usize = 10;\n+const MAX_CONNECTIONS: usize = 50;\n")
            .risks();
        assert_eq!(
            risks,
            ["Medium 2 limits have other values: `server.timeout` 30s → 10s and `MAX_CONNECTIONS` 10 → 50"]
        );
    }

    #[test]
    fn settings_come_go_and_change() {
        let risks = Story::new().file("charts/pay/values.yaml", " web:\n-  colour: red\n+  colour: blue\n-  legacy: true\n+  fresh: yes\n-  tag: 1.2.3\n+  tag: 1.2.4\n").risks();
        assert_eq!(
            risks,
            [
                "Medium 1 setting is gone: `web.legacy`",
                "Low 1 default was changed: `web.colour` red → blue",
                "Low 1 new setting: `web.fresh`"
            ]
        );
    }

    #[test]
    fn translations_comments_and_order_are_silent() {
        let story = Story::new()
            .file("config/locales/en.yml", "-  title: Hi\n+  title: Hello\n")
            .file("config/app.toml", "-a = 1\n-b = 2\n+b = 2\n+a = 1\n+# c = 3\n")
            .file("src/a.rs", "-let total = 1;\n+let total = 2;\n");
        assert!(story.risks().is_empty(), "{:?}", story.risks());
    }
}
