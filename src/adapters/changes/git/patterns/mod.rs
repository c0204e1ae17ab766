//! Which pull requests, tickets and co-authors does a commit message name?
//!
//! Pull requests are taken from the places where hosts put them: merge subjects (GitHub, GitLab, Bitbucket, Azure, Gitea,
//! bors), the end of squash subjects, `See merge request group/project!12`, and trailers that link to one. A number behind
//! `Fixes`, `Closes` and kind is an issue and becomes the ticket `#12`. Tickets of trackers are keys like `PAY-311`.

mod requests;
mod tickets;

pub use tickets::settle;

use crate::domain::change::Author;
use crate::domain::pattern::pattern;
use regex::{Captures, Regex};
use std::sync::LazyLock;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    pub pull_requests: Vec<u64>,
    pub tickets: Vec<String>,
}

/// Reads subject and body; each number and key once, in the order found.
pub fn mentions(subject: &str, body: &str) -> Mentions {
    let pull_requests = requests::named(subject, body);
    let tickets = tickets::named(subject, body, &pull_requests);
    Mentions { pull_requests, tickets }
}

/// People in `Co-authored-by` footers, each once.
pub fn co_authors(body: &str) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    // Most messages name nobody; a plain search says so sooner than a pattern that ignores case.
    if !["uthored-", "UTHORED-"].iter().any(|part| body.contains(part)) {
        return authors;
    }
    for found in CO_AUTHOR.captures_iter(body) {
        let author = Author { name: found["name"].trim().to_string(), email: found["email"].trim().to_string() };
        if !authors.contains(&author) {
            authors.push(author);
        }
    }
    authors
}

/// What two subjects of the same change have in common: their words without numbers of requests, marks of a cherry-pick, and
/// case. Empty for a subject too short to prove anything.
pub fn title_key(subject: &str) -> String {
    let bare = ASIDE.replace_all(subject, "").to_lowercase();
    if bare.split_whitespace().count() < 3 {
        return String::new();
    }
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}

static ASIDE: LazyLock<Regex> = LazyLock::new(|| {
    compiled(r"(?i)\s*\((?:[#!]\d+|(?:cherry[ -]?pick|backport)[^()]*)\)|^\[[^\]]{1,40}\]\s*|\s*\[[^\]]{1,40}\]$")
});

static CO_AUTHOR: LazyLock<Regex> =
    LazyLock::new(|| compiled(r"(?im)^co-authored-by:[ \t]*(?P<name>[^<\n]*)<(?P<email>[^>\n]*)>"));

/// ASCII classes: compiled and matched in a fraction of the time, and numbers and keys are ASCII.
fn compiled(source: &str) -> Regex {
    pattern(source)
}

/// What the alternative that matched captured.
fn first_of<'t>(found: &Captures<'t>) -> Option<&'t str> {
    found.iter().skip(1).flatten().map(|group| group.as_str()).next()
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
    fn one_change_has_one_key_whoever_picked_it() {
        assert_eq!(title_key("fix: retry twice (#12)"), title_key("fix: retry twice (cherry-pick #12 for 3.5) (#14)"));
        assert_eq!(title_key("[release-2] Fix: retry twice"), title_key("fix: retry twice"));
        assert_ne!(title_key("fix: retry twice"), title_key("fix: retry once more"));
        assert_eq!(title_key("Fix typo (#3)"), "", "too short to prove anything");
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
            "Fix CVE-2024-12345 and RUSTSEC-2021-0139",
            "Benchmark on E3-1230 with key FAFA34CB-9732-4A0A-8A0A-0123456789AB of CA-20260624",
            "Send X-2 and X-PAY-1",
            "Build on NODE-18.2",
            "lower-311 and PAYx-1 and A-1",
            "Merge pull request #1 from shop/patch-1",
            "Merge pull request #1 from shop/dependabot/npm/lodash-4",
            "Merge pull request #1 from shop/release-2",
            "Merge pull request #1 from shop/ca-20260624",
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
