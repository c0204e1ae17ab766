//! Which pull requests does a message come from?

use super::{compiled, first_of};
use regex::Regex;
use std::sync::LazyLock;

/// From the places where hosts put them in subject and body; each number once.
pub fn named(subject: &str, body: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    of_subject(subject, &mut numbers);
    of_body(body, &mut numbers);
    numbers
}

fn of_subject(subject: &str, numbers: &mut Vec<u64>) {
    if let Some(found) = MERGE.captures(subject) {
        add(first_of(&found), numbers);
    }
    if let Some(found) = MERGE_SEVERAL.captures(subject) {
        all_of(&found[1], numbers);
    }
    if !subject.bytes().any(|byte| byte.is_ascii_digit()) {
        return;
    }
    // What stands in quotes is the title of another change: `Revert "Pay twice (#12)" (#13)`.
    let own = without_quotes(subject);
    SQUASHED.find_iter(&own).for_each(|found| all_of(found.as_str(), numbers));
    SPOKEN.captures_iter(&own).for_each(|found| add(found.get(1).map(|m| m.as_str()), numbers));
}

fn of_body(body: &str, numbers: &mut Vec<u64>) {
    if !body.contains(['#', '!', '/']) {
        return;
    }
    STATED.captures_iter(body).for_each(|found| add(first_of(&found), numbers));
    // The titles of squashed commits stand as a list.
    let listed = |line: &&str| (line.starts_with("* ") || line.starts_with("- ")) && line.contains('(');
    for line in body.lines().filter(listed) {
        if let Some(found) = SQUASHED.find_iter(line).last().filter(|found| found.end() == line.trim_end().len()) {
            all_of(found.as_str(), numbers);
        }
    }
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

static NUMBER: LazyLock<Regex> = LazyLock::new(|| compiled(r"\d+"));
