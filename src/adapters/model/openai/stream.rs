//! How do the pieces of a streamed answer become one?

use crate::adapters::http::Failure;
use crate::adapters::model::openai::wire::{Choice, Completion, Content, fault_in, text_of};
use crate::domain::trouble::Fault;
use serde_json::Value;

/// A stream of events put together into the answer it would have been in one piece.
///
/// A stream that ends without having said that it ends was cut by the connection, and may be tried again.
pub fn gather(body: &[u8]) -> Result<Vec<u8>, Failure> {
    let text = String::from_utf8_lossy(body);
    let (mut content, mut refusal, mut finish, mut usage, mut done) = (String::new(), None, None, None, false);
    for event in events(&text) {
        if event.trim() == "[DONE]" {
            done = true;
            break;
        }
        // An event that broke off is the connection's end; one that is whole and no JSON is the server's fault.
        let piece: Completion = match serde_json::from_str(&event) {
            Ok(piece) => piece,
            Err(error) if error.is_eof() => break,
            Err(error) => return Err(Fault::Malformed(format!("a piece of its stream: {error}")).into()),
        };
        if let Some(error) = piece.error {
            return Err(fault_in(&error));
        }
        usage = piece.usage.or(usage);
        let Some(choice) = piece.choices.into_iter().next() else { continue };
        let delta = choice.message.unwrap_or_default();
        content.push_str(&delta.content.as_ref().map(text_of).unwrap_or_default());
        refusal = delta.refusal.or(refusal);
        finish = choice.finish_reason.or(finish);
    }
    if !done && finish.is_none() {
        return Err(Fault::Unreachable("the connection ended in the middle of the answer".to_owned()).into());
    }
    let message = Content { content: Some(Value::String(content)), refusal };
    let whole =
        Completion { choices: vec![Choice { message: Some(message), finish_reason: finish }], usage, error: None };
    serde_json::to_vec(&whole).map_err(|error| Fault::Malformed(error.to_string()).into())
}

/// The data of each server-sent event; comments and other fields say nothing here.
fn events(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("\n\n").flat_map(|block| block.split("\r\n\r\n")).filter_map(|block| {
        let lines: Vec<&str> =
            block.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim_start).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pieces_become_one_answer_and_a_torn_stream_may_be_tried_again() {
        let stream = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"{\\\"t\\\":\"}}]}\n\n: still here\n\n\
                      data: {\"choices\":[{\"delta\":{\"content\":\"1}\"},\"finish_reason\":\"eos\"}]}\n\n\
                      data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}\n\ndata: [DONE]\n\n";
        let whole: Value = serde_json::from_slice(&gather(stream.as_bytes()).expect("it ended")).expect("it is JSON");
        assert_eq!(whole["choices"][0]["message"]["content"], "{\"t\":1}");
        assert_eq!(whole["choices"][0]["finish_reason"], "eos");
        assert_eq!(whole["usage"], json!({"prompt_tokens": 7, "completion_tokens": 3}));

        let torn = gather(&stream.as_bytes()[..100]).expect_err("it never ended");
        assert!(torn.fault.is_passing(), "{torn:?}");
        let failed =
            gather(b"data: {\"error\":{\"message\":\"overloaded\",\"code\":529}}\n\n").expect_err("it is an error");
        assert_eq!(failed.fault, Fault::Failed { status: 529 });
    }
}
