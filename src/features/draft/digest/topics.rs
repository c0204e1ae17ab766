//! What may a line be about, by its words? Found for all looks in one pass over the line.

use super::risks::LIMITING;
use crate::domain::secret;
use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::dfa::DFA;
use std::ops::BitOrAssign;
use std::sync::LazyLock;

/// What some look waits for. Most lines are about none of it, and a look is done with them at once; on the others it tries
/// its own shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Environment,
    Flag,
    Grant,
    Guard,
    Limit,
    Route,
    Schedule,
    Secret,
    Skip,
    Test,
}

/// Words one of which every line of the topic has, in whatever case.
const WORDS: &[(Topic, &[&str])] = &[
    (Topic::Environment, &["env"]),
    (Topic::Flag, &["lag", "nabled", "ariation", "eature", "value(", "ison", "flipper"]),
    (
        Topic::Grant,
        &[
            "action",
            "administrator",
            "cluster-admin",
            "verbs",
            "resources:",
            "privileged",
            "runas",
            "user ",
            "public",
            "allusers",
            "write",
            "0.0.0.0/0",
            "::/0",
            "host",
            "privilegeescalation",
            "sys_admin",
            "pull_request_target",
            "verify",
            "unauthorized",
            "invalid_certs",
            "csrf",
            "before_action",
            "allow",
            "permit",
        ],
    ),
    (
        Topic::Guard,
        &[
            "auth",
            "login",
            "admin",
            "permission",
            "secured",
            "rolesallowed",
            "jwt_required",
            "before_action",
            "forgery",
        ],
    ),
    (Topic::Limit, &LIMITING),
    (
        Topic::Route,
        &["get(", "post(", "put(", "patch(", "delete(", "handle", "route(", "mapping(", "path(", "methods(", ".all("],
    ),
    (Topic::Schedule, &["cron", "chedule", "every "]),
    (Topic::Skip, &["kip", "gnore", "isabled", "xit", "xdesc", "xtest", "pending", ".todo"]),
    (Topic::Test, &["#[cfg(test)]", "#[test]", "mod tests"]),
];

/// A set of topics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Topics(u16);

impl Topics {
    pub fn has(self, topic: Topic) -> bool {
        self.0 & Self::from(topic).0 != 0
    }
}

impl From<Topic> for Topics {
    fn from(topic: Topic) -> Self {
        Self(1 << topic as u16)
    }
}

impl BitOrAssign for Topics {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The first line of a text, what its words are about, and the text behind it. Nothing once the text is empty.
pub fn next_line<'t>(text: &mut &'t str) -> Option<(&'t str, Topics)> {
    if text.is_empty() {
        return None;
    }
    let (automaton, start) = &*FINDER;
    let mut topics = Topics::default();
    let mut state = *start;
    let mut end = text.len();
    for (at, byte) in text.bytes().enumerate() {
        if byte == b'\n' {
            end = at;
            break;
        }
        state = automaton.next_state(Anchored::No, state, byte);
        if automaton.is_special(state) && automaton.is_match(state) {
            for index in 0..automaton.match_len(state) {
                topics |= TOPIC_OF_WORD[automaton.match_pattern(state, index).as_usize()];
            }
        }
    }
    let line = &text[..end];
    *text = text.get(end + 1..).unwrap_or_default();
    Some((line, topics))
}

fn words() -> impl Iterator<Item = (Topic, &'static str)> {
    let own = WORDS.iter().flat_map(|(topic, words)| words.iter().map(|word| (*topic, *word)));
    own.chain(secret::anchors().map(|anchor| (Topic::Secret, anchor)))
}

static TOPIC_OF_WORD: LazyLock<Vec<Topics>> = LazyLock::new(|| words().map(|(topic, _)| Topics::from(topic)).collect());

/// All words at once, with the state to begin a line in. Walked by hand: a line is short, and a search of its own for each
/// would take longer than the walk.
static FINDER: LazyLock<(DFA, StateID)> = LazyLock::new(|| {
    let automaton = DFA::builder()
        .ascii_case_insensitive(true)
        .build(words().map(|(_, word)| word))
        .expect("short constant words fit an automaton");
    let start = automaton.start_state(Anchored::No).expect("an automaton may begin anywhere unless told otherwise");
    (automaton, start)
});

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(line: &str) -> Topics {
        let mut text = line;
        next_line(&mut text).expect("a line").1
    }

    #[test]
    fn lines_come_one_by_one_with_their_own_words() {
        let mut text = "+env\n\n plain";
        let mut lines = Vec::new();
        while let Some((line, topics)) = next_line(&mut text) {
            lines.push((line, topics.has(Topic::Environment)));
        }
        assert_eq!(lines, [("+env", true), ("", false), (" plain", false)]);
    }

    #[test]
    fn a_word_counts_in_any_case_and_within_another() {
        let told = topics("Before_Action :authenticate");
        assert!(told.has(Topic::Grant) && told.has(Topic::Guard) && !told.has(Topic::Route));
        assert!(topics("let port = ENV_PORT;").has(Topic::Environment));
        assert_eq!(topics("let parcel_1 = parcel::load(7)?;"), Topics::default());
    }

    #[test]
    fn every_word_is_of_its_topic() {
        for (topic, word) in words() {
            assert!(topics(&format!("x {word} y")).has(topic), "{word}");
        }
    }
}
