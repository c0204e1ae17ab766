//! What is meant by plain words? They are told apart, bound to what they are about, and given to the first that understands them.

use super::ask::{Asked, Manner, Reply};
use super::plan::{at, only};
use super::texts as text;
use super::{COMMANDS, Context, Plan, QUESTION, SPOKEN, Spoken, note, store_trouble};
use crate::domain::language::Language;
use crate::domain::message::{Block, Heard, Message, Place, What};
use crate::domain::nearest::nearest;
use crate::domain::note::Note;
use crate::domain::trouble::Trouble;
use crate::records::Target;
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Questions of one message that are answered.
const AT_ONCE: usize = 3;

static UNDERSTOOD: LazyLock<Vec<RegexSet>> = LazyLock::new(|| {
    let set = |spoken: &&Spoken| {
        let patterns = spoken.patterns.iter().map(|pattern| format!("(?is){pattern}"));
        RegexSet::new(patterns).expect("the patterns are fixed and compiled in a test")
    };
    SPOKEN.iter().map(set).collect()
});
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:\bnote\s*#?\s*|노트\s*#?\s*)(\d{1,9})\b|(\d{1,9})번\s*노트").expect("the pattern is fixed")
});

/// What is said, told apart.
enum Said<'a> {
    Whole(&'static Spoken, &'a str),
    Parts(Vec<(Option<&'static Spoken>, &'a str)>),
}

/// `None`: these are no words for which anybody is there. `unknown`: their first is no command, so that they may be a question.
pub async fn answer(context: &Context, heard: &Heard, words: &str, unknown: bool) -> Result<Option<Plan>, Trouble> {
    let own = without_quotes(words);
    if own.trim().is_empty() && !words.trim().is_empty() {
        let language = language(context, None, words);
        return Ok(Some(said(heard, Message::text(text::ONLY_A_QUOTE.plain(language)))));
    }
    let parts = match told_apart(own.trim()) {
        Said::Whole(spoken, text) => vec![(Some(spoken), text)],
        Said::Parts(parts) => parts,
    };
    let any = parts.iter().any(|(spoken, _)| spoken.is_some());
    if !(any || unknown && is_question(&own)) {
        return Ok(None);
    }
    let mut plan = Plan::nothing();
    let mut answers: Vec<(&str, Message)> = Vec::new();
    let several = parts.len() > 1;
    for (spoken, words) in parts.iter().take(AT_ONCE) {
        match of_one(context, heard, spoken.unwrap_or(QUESTION), words).await {
            Ok(Reply::Say(message)) => answers.push((words, message)),
            Ok(Reply::Do(done)) => {
                plan.ops.extend(done.ops);
                plan.says.extend(done.says);
            }
            // Of several questions one that cannot be answered costs no other its answer.
            Err(Trouble::Refused(refusal)) => answers.push((words, Message::text(refusal.0))),
            Err(trouble) => return Err(trouble),
        }
    }
    if parts.len() > AT_ONCE {
        let language = language(context, None, words);
        answers.push(("", Message::text(text::AS_MANY.plain(language))));
    }
    if !answers.is_empty() {
        let joined = joined(answers, several);
        plan.says.extend(said(heard, joined).says);
    }
    Ok(Some(plan))
}

async fn of_one(context: &Context, heard: &Heard, spoken: &Spoken, words: &str) -> Result<Reply, Trouble> {
    if !context.permissions.allow(spoken.needs, &heard.person) {
        return Err(spoken.needs.refused());
    }
    let asked = about(context, heard, words).await?;
    (spoken.answer)(context, &asked).await
}

/// Where it was asked: a mention is answered for all who read it, a command for who typed it.
pub fn target(heard: &Heard) -> Target {
    match heard.what {
        What::Command { .. } => only(&heard.place, &heard.person),
        _ => at(&heard.place),
    }
}

fn said(heard: &Heard, message: Message) -> Plan {
    Plan::nothing().say(format!("reply/{}/{}", heard.place.platform, heard.id), target(heard), message)
}

/// Several answers as one message, each under its question.
fn joined(answers: Vec<(&str, Message)>, several: bool) -> Message {
    let mut message = Message::default();
    for (question, answer) in answers {
        if several && !question.is_empty() {
            message = message.with(Block::Text { markdown: format!("*{}*", super::phrase::plain(question.trim())) });
        }
        message.blocks.extend(answer.blocks);
    }
    message
}

/// Lines that begin with `>` are somebody else's words, perhaps our own.
fn without_quotes(words: &str) -> String {
    let own =
        words.lines().filter(|line| !line.trim_start().starts_with('>') && !line.trim_start().starts_with("&gt;"));
    own.collect::<Vec<_>>().join("\n")
}

/// Words for which no pattern is there, and that are no slip of a command either.
fn is_question(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let asks = text.trim_end().ends_with(['?', '？']);
    // `darft` is a slip of a command, `tell` is none of `help`.
    let near = nearest(first, COMMANDS.iter().map(|command| command.name));
    let slip = near.is_some_and(|near| strsim::damerau_levenshtein(first, near) <= 1);
    let enough = if Language::of(text) == Language::Korean { 2 } else { 3 };
    asks || (!slip && text.split_whitespace().count() >= enough)
}

fn understood(text: &str, whole: bool) -> Option<&'static Spoken> {
    let fits = |(spoken, set): (&&'static Spoken, &RegexSet)| {
        ((spoken.manner == Manner::Whole) == whole && set.is_match(text) && (spoken.fits)(text)).then_some(*spoken)
    };
    SPOKEN.iter().zip(UNDERSTOOD.iter()).find_map(fits)
}

fn told_apart(text: &str) -> Said<'_> {
    if let Some(spoken) = understood(text, true) {
        return Said::Whole(spoken, text);
    }
    let parts: Vec<&str> = text.split_inclusive(['?', '？', '\n']).map(str::trim).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric)).collect();
    let understood: Vec<_> = parts.into_iter().map(|part| (understood(part, false), part)).collect();
    // A politeness beside a question is no question of its own.
    let is_polite = |spoken: &Option<&'static Spoken>| spoken.is_some_and(|one| one.manner == Manner::Politeness);
    let asked: Vec<_> = understood.iter().filter(|(spoken, _)| !is_polite(spoken)).copied().collect();
    Said::Parts(if asked.is_empty() { understood.into_iter().take(1).collect() } else { asked })
}

/// What the words are about.
async fn about<'a>(context: &Context, heard: &'a Heard, text: &'a str) -> Result<Asked<'a>, Trouble> {
    let named = NOTE.captures(text).and_then(|found| found.get(1).or(found.get(2)));
    let note = match named.and_then(|id| id.as_str().parse().ok()) {
        Some(id) => Some(note::find(context, id).await?.0),
        None => note_of_thread(context, &heard.place).await?,
    };
    let incident = match &heard.place.thread {
        None => None,
        Some(root) => {
            let room = Place { thread: None, ..heard.place.clone() };
            match context.records.incidents.told_by(&room, root).await.map_err(store_trouble)? {
                Some(id) => {
                    context.records.incidents.get(id).await.map_err(store_trouble)?.map(|(incident, _)| incident)
                }
                None => None,
            }
        }
    };
    let services =
        context.services().map(|(_, service)| service.name.clone()).filter(|name| names(text, name)).collect();
    let language = language(context, note.as_ref(), text);
    Ok(Asked { heard, text, note, incident, services, language })
}

async fn note_of_thread(context: &Context, place: &Place) -> Result<Option<Note>, Trouble> {
    let Some(root) = &place.thread else { return Ok(None) };
    let key = context.records.outbox.key_of(&place.platform, &place.channel, root).await.map_err(store_trouble)?;
    let id = key.as_deref().and_then(|key| key.strip_prefix("note/")?.split('/').next()?.parse().ok());
    let Some(id) = id else { return Ok(None) };
    Ok(context.records.notes.get(id).await.map_err(store_trouble)?.map(|(note, _)| note))
}

/// Is it named there as a word of its own? A Korean particle may follow.
pub fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.match_indices(&name).any(|(begin, found)| {
        let before = text[..begin].chars().next_back();
        let after = text[begin + found.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

/// That of the workspace, where it has one; else that of the words.
pub fn language(context: &Context, note: Option<&Note>, text: &str) -> Language {
    let space = match note {
        Some(note) => context.workspaces.iter().find(|space| space.name == note.workspace),
        None => context.workspaces.first(),
    };
    space.and_then(|space| space.language).unwrap_or_else(|| Language::of(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_help_shows_is_understood_as_itself() {
        for spoken in SPOKEN {
            for example in spoken.says {
                let is = understood(example, spoken.manner == Manner::Whole);
                assert_eq!(is.map(|is| is.says), Some(spoken.says), "{example}");
            }
        }
    }

    #[test]
    fn a_name_is_a_word_of_its_own() {
        assert!(names("what is live of pay?", "pay") && names("pay에 뭐가 떠 있어?", "pay"));
        assert!(!names("what is live of payments?", "pay") && !names("pay-api is slow", "pay"));
    }

    #[test]
    fn a_slip_of_a_command_is_no_question_and_other_words_are() {
        assert!(!is_question("darft v1.0.0..v1.1.0 payments") && !is_question("notes7") && !is_question("deploy it"));
        assert!(
            is_question("tell me a joke about releases") && is_question("누가 이걸 썼을까") && is_question("safe?")
        );
    }

    #[test]
    fn questions_are_told_apart_and_politeness_is_none() {
        let Said::Parts(parts) = told_apart("what is live? who approves note 7? thanks") else { panic!("no whole") };
        let texts: Vec<&str> = parts.iter().map(|(_, text)| *text).collect();
        assert_eq!(texts, ["what is live?", "who approves note 7?"]);
        assert_eq!(without_quotes("> Review: danger.\nwhy?"), "why?");
    }
}
