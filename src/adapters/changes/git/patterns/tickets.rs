//! Which tickets and issues does a message belong to?

use super::{compiled, first_of};
use crate::domain::change::Commit;
use regex::Regex;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Keys from subject, merged branch and body, then the issues behind `Fixes` and kind that are not one of
/// `pull_requests`; each once.
pub fn named(subject: &str, body: &str, pull_requests: &[u64]) -> Vec<String> {
    let mut tickets = Vec::new();
    keys(subject, &mut tickets);
    if let Some(branch) = merged_branch(subject) {
        keys_of_branch(branch, &mut tickets);
    }
    keys(body, &mut tickets);
    issues(subject, pull_requests, &mut tickets);
    issues(body, pull_requests, &mut tickets);
    tickets
}

/// Takes back keys that only look like one (`REACT-19`): a key stays where the range names its project with several numbers,
/// or where it stands in a place people keep for tickets.
pub fn settle(commits: &mut [Commit]) {
    let mut numbers: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (project, number) in commits.iter().flat_map(|commit| &commit.tickets).filter_map(|key| key.split_once('-')) {
        numbers.entry(project).or_default().insert(number);
    }
    let projects: BTreeSet<String> =
        numbers.iter().filter(|(_, all)| all.len() > 1).map(|(project, _)| (*project).to_owned()).collect();
    for commit in commits.iter_mut().filter(|commit| !commit.tickets.is_empty()) {
        let tickets = std::mem::take(&mut commit.tickets);
        let stays = |key: &String| {
            key.starts_with('#')
                || key.split_once('-').is_some_and(|(project, _)| projects.contains(project))
                || is_placed(key, commit)
        };
        commit.tickets = tickets.into_iter().filter(stays).collect();
    }
}

/// Does the key start the subject, name the merged branch, stand in brackets of its own, or behind `Refs:` and kind?
fn is_placed(key: &str, commit: &Commit) -> bool {
    let subject = commit.subject.trim_start_matches(['[', '(', '#', ' ']);
    // `react-19` names a version; a tracker that counts has passed a hundred soon.
    let counted = key.split_once('-').is_some_and(|(_, number)| number.len() >= 3);
    let branch = merged_branch(&commit.subject)
        .is_some_and(|branch| branch.contains(key) || counted && branch.to_ascii_uppercase().contains(key));
    let behind_type = commit.subject.split_once(": ").is_some_and(|(_, rest)| rest.starts_with(key));
    subject.starts_with(key)
        || branch
        || behind_type
        || in_brackets(key, &commit.subject)
        || commit
            .body
            .lines()
            .any(|line| line.contains(key) && (line.trim().starts_with(key) || is_reference(key, line)))
}

fn in_brackets(key: &str, text: &str) -> bool {
    text.contains(&format!("[{key}]")) || text.contains(&format!("({key})"))
}

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?i)^\W*(?:refs?|references|jira|tickets?|issues?|close[sd]?|fix(?:e[sd])?|resolve[sd]?|related(?: to)?|part of|story|task|bug)\b[-\w]*:?\s",
    )
});

fn is_reference(key: &str, line: &str) -> bool {
    in_brackets(key, line) || line.contains(&format!("/{key}")) || LABEL.is_match(line)
}

/// Keywords by which hosts close or link an issue, and those that people use beside them.
static ISSUE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?ix) \b (?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|references|part\ of|addresses|implements|updates|issues?|bug)
          :?[\ \t]+ (?: (?:https?://[^\s/]+/)? [\w./-]* (?:\#|/issues/|/issue/|\bGH-) \d+ (?:,?[\ \t]+(?:and[\ \t]+|&[\ \t]+)?)? )+",
    )
});

static ISSUE_NUMBER: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)(?:#|/issues?/|GH-)(\d+)"));
fn issues(text: &str, pull_requests: &[u64], tickets: &mut Vec<String>) {
    if !["#", "/issue", "GH-", "gh-"].iter().any(|sign| text.contains(sign)) {
        return;
    }
    for found in ISSUE.find_iter(text).flat_map(|found| ISSUE_NUMBER.captures_iter(found.as_str())) {
        if found[1].parse().is_ok_and(|number: u64| number > 0 && !pull_requests.contains(&number)) {
            push(format!("#{}", &found[1]), tickets);
        }
    }
}

fn push(ticket: String, tickets: &mut Vec<String>) {
    if !tickets.contains(&ticket) {
        tickets.push(ticket);
    }
}

static KEY: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b([A-Z][A-Z0-9]{1,9})-([1-9][0-9]*)\b"));

fn keys(text: &str, tickets: &mut Vec<String>) {
    let dashed = |three: &[u8]| {
        three[1] == b'-' && (three[0].is_ascii_uppercase() || three[0].is_ascii_digit()) && three[2].is_ascii_digit()
    };
    if !text.as_bytes().windows(3).any(dashed) {
        return;
    }
    for found in KEY.captures_iter(text) {
        let (before, after) = match found.get(0) {
            Some(all) => (&text[..all.start()], &text[all.end()..]),
            None => continue,
        };
        // `LTS-22.04` is a version, `X-PAY-1` and `--PAY-1` are parts of something else.
        let is_version = after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
        if !is_version
            && !before.ends_with(['-', '.', '$'])
            && is_project(&found[1], after)
            && found[2].len() <= LONGEST
        {
            push(found[0].to_string(), tickets);
        }
    }
}

/// Names that are followed by a hyphen and a number without being tickets: encodings, hashes and ciphers (`UTF-8`, `SHA-256`,
/// `AES-128`), standards and advisories (`ISO-8601`, `RFC-2119`, `CVE-2024-1`), protocols, processors, licences, models,
/// number types, and words for hosting itself (`PR-12` is a pull request, `GH-12` an issue).
const STANDARDS: &[&str] = &[
    "AES", "AGPL", "ALPHA", "AMD", "APACHE", "ARM", "ASCII", "AVX", "BASE", "BASH", "BCP", "BETA", "BLAKE", "BSD",
    "CC", "CHACHA", "CLANG", "COVID", "CP", "CPP", "CRC", "CSS", "CUDA", "CVE", "CWE", "DES", "DIN", "EC", "ECMA",
    "ED", "EN", "ES", "FIPS", "FLOAT", "FNV", "GCC", "GH", "GHSA", "GIT", "GO", "GPL", "GPT", "H264", "H265", "HMAC",
    "HS", "HTML", "HTTP", "HTTPS", "IEC", "IEEE", "INT", "IP", "IPV", "IPV4", "IPV6", "ISO", "ISO8859", "ITF", "JAVA",
    "JDK", "JEP", "JSR", "K8S", "KEP", "LATIN", "LGPL", "LLAMA", "LLVM", "LTS", "MD", "MIT", "MP", "MPL", "MR", "NIST",
    "OAUTH", "PART", "PBKDF", "PEP", "PHASE", "PHP", "PKCS", "POSIX", "PR", "PS", "RC", "RFC", "RGB", "RIPEMD", "RS",
    "RSA", "RUST", "RUSTSEC", "SAML", "SCRAM", "SECP", "SHA", "SHA1", "SHA2", "SHA3", "SHA512", "SHAKE", "SOLARIS",
    "SPDX", "SSE", "SSL", "STD", "STEP", "TCP", "TLS", "TLSV1", "TS", "UCS", "UDP", "UINT", "UNICODE", "USB", "UTF",
    "UUID", "VT", "WIN", "WINDOWS", "X86", "XSHA1", "XXH",
];

/// Longer numbers are dates and serial numbers.
const LONGEST: usize = 6;

/// May a tracker's project be called so? Not the name of a standard, of a processor (`I7-4770`), nor the beginning of a
/// UUID.
fn is_project(name: &str, after: &str) -> bool {
    let is_processor = name.len() == 2 && name.ends_with(|c: char| c.is_ascii_digit());
    let is_uuid = name.len() == 8 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) && after.starts_with('-');
    !is_processor && !is_uuid && !STANDARDS.contains(&name)
}

/// The branch that a merge subject names.
static BRANCH: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?x) ^(?:
            Merge\ pull\ request\ .*\ from\ (?P<request>\S+)
          | Merge\ (?:remote-tracking\ )?branch\ '(?P<branch>[^']+)'
          | Merged\ in\ (?P<bitbucket>\S+)
        )",
    )
});

fn merged_branch(subject: &str) -> Option<&str> {
    first_of(&BRANCH.captures(subject)?)
}

static BRANCH_KEY: LazyLock<Regex> = LazyLock::new(|| compiled(r"^([a-z][a-z0-9]{1,9})-([1-9][0-9]*)(?:$|[-_])"));

/// Words that begin a branch name like `fix-12-rounding` or `patch-1` without naming a tracker's project.
const BRANCH_WORDS: &[&str] = &[
    "add", "backport", "bug", "build", "bump", "chore", "ci", "day", "deps", "dev", "docs", "draft", "feat", "feature",
    "hotfix", "iss", "main", "master", "merge", "node", "patch", "python", "refactor", "release", "remove", "revert",
    "round", "rust", "sprint", "support", "task", "test", "tests", "try", "ubuntu", "update", "upgrade", "version",
    "week", "wip",
];

/// Keys at the beginning of a part of a branch name, in lower case too: `feature/pay-311-refund`. Branches of bots that
/// update dependencies carry names and versions of packages instead.
fn keys_of_branch(branch: &str, tickets: &mut Vec<String>) {
    if ["dependabot", "renovate", "greenkeeper", "snyk"].iter().any(|bot| branch.contains(bot)) {
        return;
    }
    for part in branch.split('/') {
        let Some(found) = BRANCH_KEY.captures(part) else { continue };
        let (name, number) = (&found[1], &found[2]);
        if number.len() > LONGEST {
            continue;
        }
        if ["issue", "issues", "gh", "fix", "fixes", "bugfix"].contains(&name) {
            push(format!("#{number}"), tickets);
        } else if !BRANCH_WORDS.contains(&name) && is_project(&name.to_ascii_uppercase(), "") {
            push(format!("{}-{number}", name.to_ascii_uppercase()), tickets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Author;

    fn kept(messages: &[&str]) -> Vec<String> {
        let commit = |message: &&str| {
            let (subject, body) = message.split_once("\n\n").unwrap_or((message, ""));
            Commit {
                sha: String::new(),
                author: Author { name: String::new(), email: String::new() },
                co_authors: Vec::new(),
                at: chrono::DateTime::UNIX_EPOCH,
                subject: subject.to_owned(),
                body: body.to_owned(),
                is_merge: false,
                pull_requests: Vec::new(),
                tickets: named(subject, body, &[]),
                paths: Vec::new(),
            }
        };
        let mut commits: Vec<Commit> = messages.iter().map(commit).collect();
        settle(&mut commits);
        commits.into_iter().flat_map(|commit| commit.tickets).collect()
    }

    #[test]
    fn a_lone_key_counts_only_where_people_put_tickets() {
        for message in [
            "PAY-311 refund twice",
            "[PAY-311] refund twice",
            "feat: PAY-311 refund twice",
            "Refund twice (PAY-311)",
            "Refund twice\n\nRefs: PAY-311",
            "Refund twice\n\nSee https://tracker.example/browse/PAY-311",
            "Merge branch 'feature/pay-311-refunds'",
        ] {
            assert_eq!(kept(&[message]), ["PAY-311"], "{message}");
        }
        assert!(kept(&["Merge pull request #12 from shop/react-19"]).is_empty());
        assert!(kept(&["Upgrade the pages to REACT-19 and tell SAY-5 about it"]).is_empty());
    }

    #[test]
    fn a_project_with_several_numbers_is_one() {
        assert_eq!(kept(&["Refund for PAY-311 now", "Charge for PAY-312 now"]), ["PAY-311", "PAY-312"]);
        assert!(kept(&["Charge for PAY-312 now", "Once more for PAY-312 now"]).is_empty());
    }
}
