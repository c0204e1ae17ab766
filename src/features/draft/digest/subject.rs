//! What does a commit's subject say once its prefixes, numbers and keys are taken off?

use super::plain::plain;
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// A subject taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The conventional type in lower case (`feat`), if there is one.
    pub kind: String,
    /// The conventional scope (`feat(billing): …`) or a leading component (`net/http: …`).
    pub scope: String,
    /// Marked with `!`.
    pub bang: bool,
    /// Sentence-cased, without prefixes, numbers, ticket keys, emoji codes and trailing dots.
    pub title: String,
}

const KINDS: [&str; 44] = [
    "feat",
    "feature",
    "features",
    "fix",
    "fixes",
    "fixed",
    "bugfix",
    "bug",
    "hotfix",
    "perf",
    "performance",
    "refactor",
    "refact",
    "doc",
    "docs",
    "test",
    "tests",
    "testing",
    "build",
    "ci",
    "chore",
    "style",
    "revert",
    "deps",
    "dep",
    "dependencies",
    "security",
    "sec",
    "deprecate",
    "deprecated",
    "release",
    "wip",
    "improvement",
    "improve",
    "enhancement",
    "enh",
    "breaking",
    "infra",
    "cleanup",
    "lint",
    "i18n",
    "remove",
    "add",
    "change",
];

static TYPED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?i)([a-z0-9]+)\s?(?:\(([^()]{1,60})\))?(!)?:\s*(\S.*)$"));
static COMPONENT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^([a-zA-Z0-9_.@/{}*,-]{2,40})(?:, [a-z0-9_./-]{2,30})*(!)?:\s+(\S.*)$"));
static BRACKETED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\[([^\]]{1,40})\]\s*:?\s*"));
static NUMBERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*(?:\((?:(?:pull request|pr|mr|see|fix(?:es|ed)?|close[sd]?|refs?|resolves?|issue|backport of)?:?\s*[#!]\d+[,;\s]*(?:and)?)+\)|\bPR-\d+\b|\((?:gh|pr)-\d+\)|\b(?:fix(?:es|ed)?|close[sd]?|refs?|resolves?):?\s+#\d+(?:,?\s*#\d+)*$|\s#\d+$)",
    )
});
static LEADING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:merged pr \d+:|#\d+[:\s-]\s*|(?:gh|pr|bpo)-\d+[:\s-]\s*|fix(?:es)? #\d+[:.,\s-]\s*(?:\S))")
});
static KEYS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\[(]?[A-Z][A-Z0-9]{1,9}-[1-9][0-9]*[\])]?\s*[:|,–-]?\s*"));
static KEYS_AT_END: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*[\[(][A-Z][A-Z0-9]{1,9}-[1-9][0-9]*[\])]$"));
static ASIDES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\s*(?:\[(?:ci skip|skip ci|skip-ci|no ci)\]|\((?:cherry[ -]?pick(?:ed)?|backport(?:ed)?)[^()]*\))")
});
static EMOJI: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s):[a-z0-9_+-]{2,40}:(?:\s|$)"));

impl Subject {
    pub fn parse(raw: &str) -> Self {
        let mut text = trim_marks(&plain(raw));
        let mut subject = Subject::default();
        // Most subjects hold none of these signs; looking for a byte is much cheaper than for a pattern.
        if text.bytes().filter(|byte| *byte == b':').count() > 1 {
            text = EMOJI.replace_all(&text, " ").trim().to_owned();
        }
        if text.contains(['[', '(']) {
            text = ASIDES.replace_all(&text, "").into_owned();
        }
        for _ in 0..3 {
            text = trim_marks(&text);
            if let Some(found) =
                KEYS.find(&text).filter(|found| found.end() < text.len() && !looks_like_standard(found.as_str()))
            {
                text = text[found.end()..].to_owned();
            } else if let Some(found) = BRACKETED.captures(&text).filter(|found| found[0].len() < text.len()) {
                subject.take_tag(&found[1]);
                text = text[found[0].len()..].to_owned();
            } else {
                break;
            }
        }
        if let Some(found) = LEADING.find(&text).filter(|found| !found.as_str().to_lowercase().starts_with("fix")) {
            text = text[found.end()..].trim().to_owned();
        }
        text = subject.take_prefix(&text);
        if let Some(found) =
            KEYS.find(&text).filter(|found| found.end() < text.len() && !looks_like_standard(found.as_str()))
        {
            text = text[found.end()..].to_owned();
        }
        if text.bytes().any(|byte| byte.is_ascii_digit()) {
            text = NUMBERS.replace_all(&text, "").into_owned();
            text = KEYS_AT_END.replace_all(text.trim(), "").into_owned();
        }
        subject.title = sentence(text.trim().trim_end_matches(['.', ' ', ',', ':', ';', '-', '–']).trim());
        if subject.title.is_empty() {
            subject.title = plain(raw);
        }
        subject
    }

    fn take_tag(&mut self, tag: &str) {
        let lower = tag.to_lowercase();
        if lower.contains("breaking") {
            self.bang = true;
        } else if KINDS.contains(&lower.as_str()) {
            self.kind = lower;
        } else if self.scope.is_empty()
            && !lower.contains(char::is_whitespace)
            && lower.chars().any(char::is_alphabetic)
        {
            self.scope = lower;
        }
    }

    /// Takes off `type(scope)!:` or `component:`; returns what is left.
    fn take_prefix(&mut self, text: &str) -> String {
        if let Some(found) = TYPED.captures(text) {
            let word = found[1].to_lowercase();
            if KINDS.contains(&word.as_str()) {
                self.bang |= found.get(3).is_some() || word == "breaking";
                self.kind = word;
                if let Some(scope) = found.get(2) {
                    self.scope = scope.as_str().trim().to_lowercase();
                }
                return found[4].to_owned();
            }
            if let Some(scope) = found.get(2) {
                // `server(auth): …`: a component with a part.
                self.bang |= found.get(3).is_some();
                self.scope = scope.as_str().trim().to_lowercase();
                return found[4].to_owned();
            }
        }
        match COMPONENT.captures(text) {
            Some(found) if !found[1].contains("://") => {
                self.bang |= found.get(2).is_some();
                if self.scope.is_empty() {
                    self.scope = found[1].to_lowercase();
                }
                found[3].to_owned()
            }
            _ => text.to_owned(),
        }
    }
}

/// Emoji and bullets before the first word.
fn trim_marks(text: &str) -> String {
    let pictured = |c: char| matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '*' | '•' | ' ');
    let rest = text.trim_start_matches(pictured);
    if rest.is_empty() { text.to_owned() } else { rest.to_owned() }
}

/// `UTF-8` and `SHA-256` read like ticket keys and are words of the sentence.
fn looks_like_standard(key: &str) -> bool {
    let key = key.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let project = key.split('-').next().unwrap_or("");
    matches!(
        project,
        "UTF"
            | "SHA"
            | "ISO"
            | "RFC"
            | "AES"
            | "CVE"
            | "CWE"
            | "HTTP"
            | "TLS"
            | "MD"
            | "PEP"
            | "GPT"
            | "ES"
            | "RSA"
            | "X"
            | "IPV"
    )
}

/// Upper-cases the first letter where the first word is a plain word; identifiers and tool names stay as written.
fn sentence(text: &str) -> String {
    let first = text.split_whitespace().next().unwrap_or("");
    let word = first.trim_end_matches([',', ':', ';']);
    let tool = matches!(
        word,
        "npm"
            | "pnpm"
            | "yarn"
            | "kubectl"
            | "etcd"
            | "nginx"
            | "git"
            | "curl"
            | "grep"
            | "iptables"
            | "systemd"
            | "cargo"
            | "rustc"
            | "clippy"
            | "eslint"
            | "webpack"
            | "pip"
            | "serde"
            | "tokio"
            | "docker"
            | "terraform"
    );
    if tool || word.is_empty() || !word.chars().all(|c| c.is_lowercase() || matches!(c, '-' | '\'' | '’')) {
        return text.to_owned();
    }
    let mut characters = text.chars();
    characters.next().map(|c| c.to_uppercase().collect::<String>() + characters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(raw: &str, kind: &str, scope: &str, title: &str) {
        let subject = Subject::parse(raw);
        assert_eq!(
            (subject.kind.as_str(), subject.scope.as_str(), subject.title.as_str()),
            (kind, scope, title),
            "{raw}"
        );
    }

    #[test]
    fn titles_read_like_sentences() {
        says("feat(billing): add refunds (#812)", "feat", "billing", "Add refunds");
        says("fix: retry on 429.", "fix", "", "Retry on 429");
        says("[PAY-311] Charge once", "", "", "Charge once");
        says("PAY-311: charge once", "", "", "Charge once");
        says("net/http: close idle connections", "", "net/http", "Close idle connections");
        says(":sparkles: new dashboard", "", "", "New dashboard");
        says("✨ feat: new dashboard (!12)", "feat", "", "New dashboard");
        says("gRPC keepalive is configurable", "", "", "gRPC keepalive is configurable");
        says("use_tls defaults to true", "", "", "use_tls defaults to true");
        says("UTF-8 paths are kept", "", "", "UTF-8 paths are kept");
        says("Merged PR 12: Fix the login", "", "", "Fix the login");
        says("Fix the login, fixes #99", "", "", "Fix the login");
        says("Retry twice (cherry-pick #12 for 3.5) (#14)", "", "", "Retry twice");
        says("Retry twice [ci skip]", "", "", "Retry twice");
        says("Use Step 2: the sequel", "", "", "Use Step 2: the sequel");
    }

    #[test]
    fn a_mark_means_breaking() {
        assert!(Subject::parse("feat!: drop v1").bang);
        assert!(Subject::parse("refactor(api)!: rename").bang);
        assert!(Subject::parse("[BREAKING] rename").bang);
        assert!(!Subject::parse("feat: wow! it works").bang);
    }
}
