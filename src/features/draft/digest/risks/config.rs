//! Which settings and limits does the new version start with that differ from the old one's?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::topics::Topic;
use super::found::{Told, count, joined, risk};
use super::keys::{Key, is_limit, keys};
use super::kubernetes;
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::ops::Range;
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

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b([A-Za-z_][A-Za-z0-9_]*(?:timeout|limit|max|pool|retries|ttl|interval|batch_?size|concurrency|workers|threads|deadline|backoff|capacity|expiry|lifetime)[A-Za-z0-9_]*|(?:max|timeout|ttl|limit|retries|min|pool|interval)[A-Za-z0-9_]*)\b\s*(?::[^=]{0,30})?(?:=|:=|:|\()",
    )
});

/// Lines that name a limit and differ from the one they replace in one number only.
fn limits_in_code(file: &FileReading) -> Vec<Key> {
    let mut found = Vec::new();
    if !file.topics.has(Topic::Limit) {
        return found;
    }
    for block in file.lines.split(|line| line.sign == Sign::Context || line.silent || line.test) {
        let of = |sign: Sign| block.iter().filter(move |line| line.sign == sign);
        if of(Sign::Removed).count() == of(Sign::Added).count() {
            let pairs = of(Sign::Removed).zip(of(Sign::Added)).filter(|(_, new)| new.topics.has(Topic::Limit));
            found.extend(pairs.filter_map(|(old, new)| limit(file, old, new)));
        }
    }
    found
}

fn limit(file: &FileReading, old: &Line, new: &Line) -> Option<Key> {
    let (was, is) = only_differing_number(old.text.trim(), new.text.trim())?;
    if old.text.len() > 300 || !is_limit(new.text) {
        return None;
    }
    // Of several names on the line the number belongs to the nearest before it.
    let at = new.text.len() - new.text.trim_start().len() + is.start;
    let names = NAME.captures_iter(new.text).filter_map(|found| found.get(1));
    let name = names.take_while(|name| name.start() < at).last()?;
    Some(Key {
        path: name.as_str().to_owned(),
        old: Some(old.text.trim()[was].to_owned()),
        new: Some(new.text.trim()[is].to_owned()),
        evidence: file.evidence(new),
    })
}

/// Where the two texts hold the one number in which they differ; nothing if they differ in anything else.
fn only_differing_number(old: &str, new: &str) -> Option<(Range<usize>, Range<usize>)> {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    if !may_differ_in_a_number(old, new) {
        return None;
    }
    let (mut left, mut right) = (0, 0);
    let mut found = None;
    while let (Some(before), Some(after)) = (old.get(left), new.get(right)) {
        let (was, is) = (number(old, left), number(new, right));
        match (was > left, is > right) {
            (true, true) => {
                if old[left..was] != new[right..is] && found.replace((left..was, right..is)).is_some() {
                    return None;
                }
                (left, right) = (was, is);
            }
            (false, false) if before == after => (left, right) = (left + 1, right + 1),
            _ => return None,
        }
    }
    found.filter(|_| left == old.len() && right == new.len())
}

/// Cheap before exact: between what they begin and end with alike, both hold nothing that a number cannot.
fn may_differ_in_a_number(old: &[u8], new: &[u8]) -> bool {
    let head = old.iter().zip(new).take_while(|(before, after)| before == after).count();
    let (old, new) = (&old[head..], &new[head..]);
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(before, after)| before == after).count();
    let of_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'_' | b'.');
    [old, new].iter().all(|text| text[..text.len() - tail].iter().all(of_number))
}

/// Where the number that begins here ends (`30`, `1_000`, `0.5`); here, if none does.
fn number(text: &[u8], start: usize) -> usize {
    let digits = |from: usize, more: fn(&u8) -> bool| text[from..].iter().take_while(|byte| more(byte)).count();
    if !text[start].is_ascii_digit() {
        return start;
    }
    let whole = start + digits(start, |byte| byte.is_ascii_digit() || *byte == b'_');
    let fraction = if text.get(whole) == Some(&b'.') { digits(whole + 1, u8::is_ascii_digit) } else { 0 };
    if fraction > 0 { whole + 1 + fraction } else { whole }
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
    fn two_lines_may_differ_in_one_number_only() {
        let differ = |old: &str, new: &str| {
            super::only_differing_number(old, new).map(|(was, is)| format!("{} {}", &old[was], &new[is]))
        };
        assert_eq!(differ("max = 10;", "max = 1_000;").as_deref(), Some("10 1_000"));
        assert_eq!(differ("a1(0.5, 2)", "a1(0.25, 2)").as_deref(), Some("0.5 0.25"));
        assert_eq!(differ("wait(1.)", "wait(2.)").as_deref(), Some("1 2"));
        for (old, new) in [("max = 10", "max = 10"), ("(1, 2)", "(2, 1)"), ("a 1", "b 1"), ("a 1", "a 1 "), ("a1", "a")]
        {
            assert_eq!(differ(old, new), None, "{old} {new}");
        }
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
