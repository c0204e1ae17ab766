//! How does a person's front page look as Slack's App Home?

use super::blocks::{Piece, context, pieces};
use super::limits;
use crate::adapters::chat::script::{Line, Run, width};
use crate::domain::message::Message;
use serde_json::{Value, json};

/// The `view` of `views.publish`. It has one page: what does not fit is counted, and the web chat has it.
pub fn home(message: &Message, base_url: &str) -> Value {
    let found = pieces(message, Some(base_url));
    let total = found.len();
    let mut shown: Vec<Value> = Vec::new();
    let mut size = 0;
    for piece in &found {
        size += width(&piece.block.to_string());
        if shown.len() == limits::VIEW_BLOCKS - 1 && total > limits::VIEW_BLOCKS || size > limits::VIEW {
            break;
        }
        shown.push(piece.block.clone());
    }
    let left = total - shown.len();
    if left > 0 {
        let text = format!("{left} more could not be shown here. All of it is in the web chat: ");
        let link = base_url.starts_with("http").then(|| base_url.into());
        shown.extend(note(vec![Run::plain(text), Run { link, ..Run::plain("open it") }, Run::plain(".")]));
    }
    if shown.is_empty() {
        shown.extend(note(vec![Run::plain("Nothing waits for you.")]));
    }
    json!({ "type": "home", "blocks": shown })
}

fn note(runs: Vec<Run>) -> Vec<Value> {
    context(vec![Line::of(runs)]).into_iter().map(|piece: Piece| piece.block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::message::Block;

    #[test]
    fn a_home_that_is_too_long_says_what_is_missing() {
        let text = |n| Block::Text { markdown: format!("Note {n}") };
        let blocks =
            home(&Message { blocks: (0..120).map(text).collect() }, "https://slipway.example")["blocks"].clone();
        assert_eq!(blocks.as_array().map(Vec::len), Some(100));
        let last = blocks[99]["elements"][0]["text"].as_str().expect("text");
        assert_eq!(
            last,
            "21 more could not be shown here. All of it is in the web chat: <https://slipway.example|open it>."
        );
        let exact = home(&Message { blocks: (0..100).map(text).collect() }, "")["blocks"].clone();
        assert_eq!(exact[99]["text"]["text"], "Note 99");
    }
}
