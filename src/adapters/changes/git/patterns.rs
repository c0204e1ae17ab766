//! Which pull requests, tickets and co-authors does a commit message name?
//!
//! Pull requests are taken from the places where hosts put them: merge subjects (GitHub, GitLab, Bitbucket, Azure, Gitea,
//! bors), the end of squash subjects, `See merge request group/project!12`, and trailers that link to one. A number behind
//! `Fixes`, `Closes` and kind is an issue and becomes the ticket `#12`. Tickets of trackers are keys like `PAY-311`.

use crate::domain::change::Author;
use regex::{Captures, Regex};
use std::sync::LazyLock;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    pub pull_requests: Vec<u64>,
    pub tickets: Vec<String>,
}

/// Reads subject and body; each number and key once, in the order found.
pub fn mentions(subject: &str, body: &str) -> Mentions {
    let mut found = Mentions::default();
    pull_requests(subject, body, &mut found.pull_requests);
    keys(subject, &mut found.tickets);
    if let Some(branch) = merged_branch(subject) {
        keys_of_branch(branch, &mut found.tickets);
    }
    keys(body, &mut found.tickets);
    issues(subject, &found.pull_requests, &mut found.tickets);
    issues(body, &found.pull_requests, &mut found.tickets);
    found
}

/// People in `Co-authored-by` footers, each once.
pub fn co_authors(body: &str) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    for found in CO_AUTHOR.captures_iter(body) {
        let author = Author { name: found["name"].trim().to_string(), email: found["email"].trim().to_string() };
        if !authors.contains(&author) {
            authors.push(author);
        }
    }
    authors
}

fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written here and used by the tests below")
}

static CO_AUTHOR: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"(?im)^co-authored-by:[ \t]*(?P<name>[^<\n]*)<(?P<email>[^>\n]*)>"));

/// Subjects that hosts and merge bots write for a merge.
static MERGE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?x) ^(?:
            Merge\ pull\ request\ \#(?P<github>\d+)\b
          | Merge\ pull\ request\ .*\(\#(?P<gitea>\d+)\)\ from\b
          | Merged\ in\ .*\(pull\ request\ \#(?P<bitbucket>\d+)\)
          | Merged\ PR\ (?P<azure>\d+):
          | (?:Auto|Rollup)\ merge\ of\ \#(?P<bors>\d+)\b
        )",
    )
});

/// `Merge #12 #14`: bors merges several at once.
static MERGE_SEVERAL: LazyLock<Regex> = LazyLock::new(|| compiled(r"^Merge((?: #\d+)+)(?:$|[ :])"));

/// Numbers in parentheses behind a title: `(#12)`, `(#12, #13)`, `(!12)`, `(PR #12)`, `(pull request #12)`.
static SQUASHED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?i)\((?:(?:PR|MR|pull request|merge request)[ -]?)?[#!]\d+(?:(?:,| and|,? &)? ?[#!]\d+)*\)")
});

/// `PR-12`, `PR #12`, `MR !12`
static SPOKEN: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b(?:PR|MR)(?:-| ?[#!])(\d+)\b"));

/// Lines of a body that state where the change came from.
static STATED: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?imx) ^(?:
            See\ merge\ request\ \S*!(?P<gitlab>\d+)
          | (?:PR-URL|PR|Pull[-\ ]Request(?:-URL)?|Reviewed-on|Merge[-\ ]request|Merges|Merge-Request-URL):?[\ \t]+
            (?:https?://\S+/(?:pull|pulls|merge_requests|pull-requests|pullrequest)/|[\w./-]*[\#!])(?P<link>\d+)\b
        )",
    )
});

/// Keywords by which hosts close or link an issue, and those that people use beside them.
static ISSUE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        r"(?ix) \b (?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|references|part\ of|addresses|implements|updates|issues?|bug)
          :?[\ \t]+ (?: (?:https?://[^\s/]+/)? [\w./-]* (?:\#|/issues/|/issue/|\bGH-) \d+ (?:,?[\ \t]+(?:and[\ \t]+|&[\ \t]+)?)? )+",
    )
});

static ISSUE_NUMBER: LazyLock<Regex> = LazyLock::new(|| compiled(r"(?i)(?:#|/issues?/|GH-)(\d+)"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| compiled(r"\d+"));

fn pull_requests(subject: &str, body: &str, numbers: &mut Vec<u64>) {
    if let Some(found) = MERGE.captures(subject) {
        add(first_of(&found), numbers);
    }
    if let Some(found) = MERGE_SEVERAL.captures(subject) {
        all_of(&found[1], numbers);
    }
    // What stands in quotes is the title of another change: `Revert "Pay twice (#12)" (#13)`.
    let own = without_quotes(subject);
    SQUASHED.find_iter(&own).for_each(|found| all_of(found.as_str(), numbers));
    SPOKEN.captures_iter(&own).for_each(|found| add(found.get(1).map(|m| m.as_str()), numbers));
    STATED.captures_iter(body).for_each(|found| add(first_of(&found), numbers));
    // The titles of squashed commits stand as a list.
    for line in body.lines().filter(|line| line.starts_with("* ") || line.starts_with("- ")) {
        if let Some(found) = SQUASHED.find_iter(line).last().filter(|found| found.end() == line.trim_end().len()) {
            all_of(found.as_str(), numbers);
        }
    }
}

fn first_of<'t>(found: &Captures<'t>) -> Option<&'t str> {
    found.iter().skip(1).flatten().map(|group| group.as_str()).next()
}

fn all_of(text: &str, numbers: &mut Vec<u64>) {
    NUMBER.find_iter(text).for_each(|number| add(Some(number.as_str()), numbers));
}

fn add(number: Option<&str>, numbers: &mut Vec<u64>) {
    if let Some(number) = number.and_then(|digits| digits.parse().ok()).filter(|number| *number > 0)
        && !numbers.contains(&number)
    {
        numbers.push(number);
    }
}

fn without_quotes(subject: &str) -> String {
    if subject.starts_with("Revert") || subject.starts_with("Reapply") {
        subject.split('"').step_by(2).collect()
    } else {
        subject.to_string()
    }
}

fn issues(text: &str, pull_requests: &[u64], tickets: &mut Vec<String>) {
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
    for found in KEY.captures_iter(text) {
        let (before, after) = match found.get(0) {
            Some(all) => (&text[..all.start()], &text[all.end()..]),
            None => continue,
        };
        // `LTS-22.04` is a version, `X-PAY-1` and `--PAY-1` are parts of something else.
        let is_version = after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit());
        if !is_version && !before.ends_with(['-', '.', '$']) && !is_standard(&found[1]) {
            push(found[0].to_string(), tickets);
        }
    }
}

/// Names that are followed by a hyphen and a number without being tickets: encodings, hashes and ciphers (`UTF-8`, `SHA-256`,
/// `AES-128`), standards and advisories (`ISO-8601`, `RFC-2119`, `CVE-2024-1`), protocols, processors, licences, models,
/// number types, and words for hosting itself (`PR-12` is a pull request, `GH-12` an issue).
const STANDARDS: &[&str] = &[
    "AES", "AGPL", "AMD", "APACHE", "ARM", "ASCII", "BASE", "BCP", "BETA", "ALPHA", "BLAKE", "BSD", "CC", "CHACHA",
    "COVID", "CP", "CRC", "CSS", "CVE", "CWE", "DES", "DIN", "EC", "ECMA", "ED", "EN", "ES", "FIPS", "FLOAT", "FNV",
    "GH", "GHSA", "GPL", "GPT", "HMAC", "HS", "HTML", "HTTP", "HTTPS", "IEC", "IEEE", "INT", "IP", "IPV", "IPV4",
    "IPV6", "ISO", "JEP", "JSR", "KEP", "LATIN", "LGPL", "LLAMA", "LTS", "MD", "MIT", "MPL", "MR", "NIST", "OAUTH",
    "PBKDF", "PEP", "PHASE", "PKCS", "PR", "PS", "RC", "RFC", "RIPEMD", "RS", "RSA", "SAML", "SCRAM", "SECP", "SHA",
    "SHA2", "SHA3", "SHAKE", "SPDX", "SSE", "SSL", "STD", "STEP", "PART", "TCP", "TLS", "TLSV1", "TS", "UCS", "UDP",
    "UINT", "USB", "UTF", "UUID", "VT", "WIN", "WINDOWS", "X86", "XXH",
];

fn is_standard(name: &str) -> bool {
    STANDARDS.contains(&name)
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
        if ["issue", "issues", "gh", "fix", "fixes", "bugfix"].contains(&name) {
            push(format!("#{number}"), tickets);
        } else if !BRANCH_WORDS.contains(&name) && !is_standard(&name.to_ascii_uppercase()) {
            push(format!("{}-{number}", name.to_ascii_uppercase()), tickets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> (Vec<u64>, Vec<String>) {
        let (subject, body) = message.split_once("\n\n").unwrap_or((message, ""));
        let mentions = mentions(subject, body);
        (mentions.pull_requests, mentions.tickets)
    }

    fn requests(message: &str) -> Vec<u64> {
        found(message).0
    }

    fn tickets(message: &str) -> Vec<String> {
        found(message).1
    }

    #[test]
    fn every_host_says_pull_request_in_its_own_words() {
        assert_eq!(requests("Merge pull request #12 from shop/refunds\n\nRefund twice"), [12]);
        assert_eq!(requests("Refund twice (#12)"), [12]);
        assert_eq!(requests("Refund twice (#12) (#13)"), [12, 13]);
        assert_eq!(
            requests("Merge branch 'refunds' into 'main'\n\nRefund twice\n\nSee merge request shop/payments!12"),
            [12]
        );
        assert_eq!(requests("Refund twice (!12)"), [12]);
        assert_eq!(requests("Merged in refunds (pull request #12)"), [12]);
        assert_eq!(requests("Merged PR 12: Refund twice"), [12]);
        assert_eq!(requests("Merge pull request 'Refund twice' (#12) from refunds into main"), [12]);
        assert_eq!(requests("Auto merge of #12 - shop:refunds, r=reviewer"), [12]);
        assert_eq!(requests("Merge #12 #14"), [12, 14]);
        assert_eq!(requests("Refund twice\n\nPR-URL: https://git.example/shop/payments/pull/12"), [12]);
        assert_eq!(requests("Refund twice\n\nReviewed-on: https://git.example/shop/payments/pulls/12"), [12]);
        assert_eq!(requests("Release\n\n* Refund twice (#12)\n* Pay once (#13)\n"), [12, 13]);
        assert_eq!(requests("PR-12: refund twice"), [12]);
        assert_eq!(
            requests("Refund twice\n\nChange-Id: I0123\nReviewed-on: https://gerrit.example/c/payments/+/12"),
            [0; 0]
        );
    }

    #[test]
    fn a_revert_names_its_own_request_not_the_reverted_one() {
        assert_eq!(requests("Revert \"Refund twice (#12)\" (#13)"), [13]);
    }

    #[test]
    fn what_is_fixed_is_an_issue_not_a_request() {
        assert_eq!(found("Refund twice (#12)\n\nCloses #3, #4 and #5"), (vec![12], to(&["#3", "#4", "#5"])));
        assert_eq!(found("Fixed #36439 -- Rounded once"), (vec![], to(&["#36439"])));
        assert_eq!(found("Round (fixes #3)"), (vec![], to(&["#3"])));
        assert_eq!(found("Round\n\nFixes: https://git.example/shop/payments/issues/3"), (vec![], to(&["#3"])));
        assert_eq!(found("Round\n\nResolves shop/payments#3"), (vec![], to(&["#3"])));
        assert_eq!(found("Round (#3)\n\nFixes #3"), (vec![3], vec![]), "one number is one thing");
        assert_eq!(found("Handle 3 fixes and #hash"), (vec![], vec![]));
    }

    fn to(tickets: &[&str]) -> Vec<String> {
        tickets.iter().map(|ticket| ticket.to_string()).collect()
    }

    #[test]
    fn ticket_keys_come_from_subject_body_and_branch() {
        assert_eq!(tickets("PAY-311: refund twice\n\nAlso SHOP2-7. Not PAY-0."), ["PAY-311", "SHOP2-7"]);
        assert_eq!(tickets("[PAY-311][PAY-312] refund"), ["PAY-311", "PAY-312"]);
        assert_eq!(tickets("Merge pull request #12 from shop/feature/PAY-311-refunds"), ["PAY-311"]);
        assert_eq!(tickets("Merge pull request #12 from shop/feature/pay-311-refunds"), ["PAY-311"]);
        assert_eq!(tickets("Merge branch 'bugfix/pay-311'"), ["PAY-311"]);
        assert_eq!(tickets("Merged in issue-12-rounding (pull request #3)"), ["#12"]);
    }

    #[test]
    fn standards_versions_and_bots_are_no_tickets() {
        for message in [
            "Read UTF-8, ISO-8601 and SHA-256",
            "Follow RFC-2119 over HTTP-2 with AES-128",
            "Fix CVE-2024-12345",
            "Send X-2 and X-PAY-1",
            "Build on NODE-18.2",
            "lower-311 and PAYx-1 and A-1",
            "Merge pull request #1 from shop/patch-1",
            "Merge pull request #1 from shop/dependabot/npm/lodash-4",
            "Merge pull request #1 from shop/release-2",
        ] {
            assert_eq!(tickets(message), Vec::<String>::new(), "{message}");
        }
    }

    #[test]
    fn co_authors_are_named_once() {
        let body = "Text\n\nCo-authored-by: Second Engineer <second@shop.example>\nco-authored-by: Second Engineer \
                    <second@shop.example>\nCo-Authored-By: Build Bot <bot@shop.example>\n";
        let names: Vec<String> = co_authors(body).into_iter().map(|author| author.name).collect();
        assert_eq!(names, ["Second Engineer", "Build Bot"]);
    }
}
