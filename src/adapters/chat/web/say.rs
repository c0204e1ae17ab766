//! How does what a person typed reach the bot? Written down, heard, shown, acknowledged: in this order.

use super::Web;
use super::board::{Said, place_of};
use super::posted::Posted;
use super::problem::Problem;
use super::record::{Body, Record, id};
use crate::domain::message::{Heard, What};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;
use std::sync::Arc;

/// More than anybody types; a longer text is a file.
const LONGEST: usize = 16_000;

/// `POST /c/{channel}/say`: `text`, `id`, perhaps `thread` and files. 202 once the bot's inbox has it.
pub async fn say(
    State(web): State<Arc<Web>>,
    Path(channel): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let said = said(&web, channel, &posted).await?;
    let json_wanted = posted.json_wanted;
    // In a task of its own: a browser that goes away in the middle must not leave half of it done.
    let record = tokio::spawn(deliver(web, said)).await.map_err(|_| lost())??;
    if json_wanted {
        return Ok((StatusCode::ACCEPTED, Json(json!({ "id": id(record.number) }))).into_response());
    }
    let place = place_of(&record);
    let thread = place.thread.map(|root| format!("/t/{root}")).unwrap_or_default();
    Ok(Redirect::to(&format!("/c/{}{thread}#{}", record.channel, id(record.number))).into_response())
}

async fn said(web: &Web, channel: String, posted: &Posted) -> Result<Said, Problem> {
    if !web.has_channel(&channel) {
        return Err(Problem::not_found(&format!("The channel `{channel}`")));
    }
    let text = posted.get("text").replace("\r\n", "\n").trim().to_owned();
    if text.is_empty() && posted.files.is_empty() {
        return Err(Problem::unfit("There is nothing to send yet. Type a message or attach a file."));
    }
    if text.chars().count() > LONGEST {
        return Err(Problem::unfit("The message is longer than 16,000 characters. Attach it as a file instead."));
    }
    if let Some(command) = foreign_command(&text) {
        return Err(Problem::unfit(format!(
            "`{command}` is not a command here. Commands start with `/release`; `/release help` lists them."
        )));
    }
    let root = match posted.some("thread") {
        None => None,
        Some(thread) => {
            let root =
                web.board.record_of(thread).await?.filter(|r| r.channel == channel && r.root.is_none() && r.heard);
            Some(root.ok_or_else(|| Problem::not_found("That thread"))?.number)
        }
    };
    let person = posted.visitor.person.clone();
    Ok(Said { person, channel, root, text, files: posted.files.clone(), event: posted.event()? })
}

/// Both must have happened before the person is told: the bot's inbox has it, and everybody sees it.
async fn deliver(web: Arc<Web>, said: Said) -> Result<Record, Problem> {
    web.intake()?;
    let what = what(&said.text, &web.options.bot_name);
    let (person, event, text) = (said.person.clone(), said.event.clone(), said.text.clone());
    let record = web.board.note_down(said).await?;
    if !matches!(&record.body, Body::Typed { text: before, .. } if *before == text) {
        let sentence = "An earlier wording of this message has arrived already; the channel shows it. Send again to add \
                        this one.";
        return Err(Problem::new(StatusCode::CONFLICT, sentence));
    }
    // What is said to others is known by its message, as threads name it.
    let heard = if matches!(what, What::Message { .. }) { format!("message/{}", id(record.number)) } else { event };
    if let Err(problem) = web.hear(Heard { id: heard, place: place_of(&record), person, what }).await {
        web.board.forget(&record).await?;
        return Err(problem);
    }
    web.board.show(&record).await?;
    Ok(record)
}

/// What a text is to the bot.
pub fn what(text: &str, bot_name: &str) -> What {
    if let Some(words) = after_word(text, "/release") {
        return What::Command { words };
    }
    match mention(text, bot_name) {
        Some(words) => What::Mention { words },
        None => What::Message { text: text.to_owned() },
    }
}

/// What follows a word at the start of a text.
fn after_word(text: &str, word: &str) -> Option<String> {
    let rest = text.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim().to_owned())
}

/// What follows `@slipway`; what precedes it, when nothing follows.
fn mention(text: &str, bot_name: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let name = format!("@{}", bot_name.to_ascii_lowercase());
    let (start, end) =
        lower.match_indices(&name).map(|(start, found)| (start, start + found.len())).find(|(start, end)| {
            let joined = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | '@');
            let before = lower[..*start].chars().next_back().is_none_or(|letter| !joined(letter));
            let after =
                lower[*end..].chars().next().is_none_or(|letter| !letter.is_alphanumeric() && !"_-".contains(letter));
            before && after
        })?;
    let after = text[end..].trim_start_matches([',', ':']).trim();
    Some(if after.is_empty() { text[..start].trim().to_owned() } else { after.to_owned() })
}

/// `/deploy` of a text that starts like a command and is none of ours. A path (`/etc/hosts`) is just text.
fn foreign_command(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next().filter(|word| word.len() > 1 && *word != "/release")?;
    let name = word.strip_prefix('/')?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)).then_some(word)
}

fn lost() -> Problem {
    let sentence = "What you sent may not have arrived; the log has the cause. Send it again: it will count once.";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> What {
        what(text, "Slipway")
    }

    #[test]
    fn a_command_is_one_only_at_the_start_and_as_a_whole_word() {
        assert_eq!(heard("/release draft pay"), What::Command { words: "draft pay".into() });
        assert_eq!(heard("/release"), What::Command { words: String::new() });
        assert_eq!(heard("/release\ndraft"), What::Command { words: "draft".into() });
        assert_eq!(heard("/releases"), What::Message { text: "/releases".into() });
        assert_eq!(heard("try /release help"), What::Message { text: "try /release help".into() });
    }

    #[test]
    fn a_mention_gives_what_follows_it() {
        assert_eq!(heard("@slipway status?"), What::Mention { words: "status?".into() });
        assert_eq!(heard("hey @Slipway, what is live"), What::Mention { words: "what is live".into() });
        assert_eq!(heard("thanks @slipway"), What::Mention { words: "thanks".into() });
        for other in ["me@slipway.example", "@slipway2 hello", "@slip way", "slipway hello"] {
            assert_eq!(heard(other), What::Message { text: other.into() });
        }
    }

    #[test]
    fn other_commands_are_named_and_paths_are_not_commands() {
        assert_eq!(foreign_command("/deploy now"), Some("/deploy"));
        assert_eq!(foreign_command("/releases"), Some("/releases"));
        for text in ["/release x", "/etc/hosts is wrong", "/", "a /b", ""] {
            assert_eq!(foreign_command(text), None, "{text}");
        }
    }
}
