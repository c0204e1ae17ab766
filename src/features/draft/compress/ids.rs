//! Which pull requests, issues and tickets does an item name, and how much does each matter?

use crate::domain::change::Commit;
use crate::domain::digest::Item;
use regex::Regex;
use std::sync::LazyLock;

/// How an id came to be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// The item's own pull request or ticket.
    Own,
    /// An issue that a body says it closes.
    Closed,
    /// Only mentioned.
    Mentioned,
    /// Of something a bot did.
    Bot,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id {
    /// As people write it: `#812`, `PAY-311`.
    pub text: String,
    pub role: Role,
}

/// Ids of an item in the order of their worth, each once.
pub fn of(item: &Item, commits: &[&Commit], bot: bool) -> Vec<Id> {
    let mut ids = Vec::new();
    let own = if bot { Role::Bot } else { Role::Own };
    item.pull_requests.iter().for_each(|number| add(&mut ids, format!("#{number}"), own));
    item.tickets.iter().for_each(|key| add(&mut ids, key.clone(), own));
    if !bot {
        for commit in commits {
            mentions(&commit.subject, &mut ids, Role::Own);
            mentions(&commit.body, &mut ids, Role::Mentioned);
        }
    }
    ids.sort_by_key(|id| id.role);
    ids
}

/// Adds what a line of text links to.
pub fn linked(line: &str, ids: &mut Vec<Id>) {
    mentions(line, ids, Role::Mentioned);
}

fn mentions(text: &str, ids: &mut Vec<Id>, otherwise: Role) {
    for found in MENTION.captures_iter(text) {
        let role = if found.name("verb").is_some() { Role::Closed } else { otherwise };
        add(ids, format!("#{}", &found["number"]), role);
    }
}

/// `#12` where no word or other repository stands before it, and addresses of issues and pull requests.
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi) (?: \b (?<verb>fix(?:e[sd])?|close[sd]?|resolve[sd]?|bug) :? \s+ | ^ | [^\w&/\#] )
        (?: \# | GH- | https://[a-z0-9.-]+/[\w.-]+/[\w.-]+/(?:-/)?(?:issues|pull|merge_requests)/ ) (?<number>[1-9][0-9]{0,6}) \b",
    )
    .expect("the pattern is a constant and is compiled in a test")
});

fn add(ids: &mut Vec<Id>, text: String, role: Role) {
    match ids.iter_mut().find(|id| id.text == text) {
        Some(id) => id.role = id.role.min(role),
        None => ids.push(Id { text, role }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(String, Role)> {
        let mut ids = Vec::new();
        mentions(text, &mut ids, Role::Mentioned);
        ids.into_iter().map(|id| (id.text, id.role)).collect()
    }

    #[test]
    fn a_body_names_what_it_closes_and_what_it_mentions() {
        assert_eq!(
            found("Fixes #12, see (#13) and GH-14.\nCloses: https://example.org/shop/basket/issues/15"),
            [
                ("#12".to_string(), Role::Closed),
                ("#13".to_string(), Role::Mentioned),
                ("#14".to_string(), Role::Mentioned),
                ("#15".to_string(), Role::Closed),
            ]
        );
    }

    #[test]
    fn a_later_closing_word_makes_a_mention_more() {
        assert_eq!(found("see #12. Resolves #12"), [("#12".to_string(), Role::Closed)]);
    }

    #[test]
    fn colours_anchors_and_other_repositories_are_no_ids() {
        assert!(found("color #123abc, page#12, other/shop#13, #0, &#39;").is_empty());
    }
}
