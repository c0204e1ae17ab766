//! Where in a model's answer is the JSON object we asked for?

use serde_json::{Map, Value};

/// How many opening braces are tried: enough for any prose around an answer, too few to be slow on garbage.
const TRIES: usize = 64;

/// The object in an answer that may stand in a code fence, between sentences or after a train of thought; of several,
/// the one with the most properties. `None` when there is none.
pub fn object(answer: &str) -> Option<Map<String, Value>> {
    let text = without_thoughts(answer);
    largest(text).or_else(|| largest(&mended(text)))
}

/// The properties that were complete when an answer was cut off, without the one it broke off in.
pub fn salvage(answer: &str) -> Option<Map<String, Value>> {
    let text = without_thoughts(answer);
    let start = text.find('{')?;
    let mut depth = 0_usize;
    let mut last = None;
    for (at, byte, quoted) in structure(&text[start..]) {
        match byte {
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' if depth == 1 => last = Some(at),
            _ => {}
        }
    }
    largest(&mended(&format!("{}}}", &text[start..start + last?])))
}

/// Everything after the last closed thought. A thought that never closed holds no answer, so nothing is cut there.
fn without_thoughts(answer: &str) -> &str {
    ["</think>", "</thinking>", "</reasoning>"]
        .iter()
        .filter_map(|end| answer.rfind(end).map(|at| at + end.len()))
        .max()
        .map_or(answer, |at| &answer[at..])
}

fn largest(text: &str) -> Option<Map<String, Value>> {
    let mut best: Option<Map<String, Value>> = None;
    let mut from = 0;
    for _ in 0..TRIES {
        let Some(start) = text[from..].find('{').map(|at| from + at) else { break };
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(object))) => {
                if best.as_ref().is_none_or(|best| object.len() > best.len()) {
                    best = Some(object);
                }
                from = start + values.byte_offset();
            }
            _ => from = start + 1,
        }
    }
    best
}

/// Two slips that small models make and nobody can misread: a comma before a closing bracket, a bare line break in a string.
fn mended(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    for (_, byte, quoted) in structure(text) {
        match byte {
            b'\n' if quoted => out.extend_from_slice(b"\\n"),
            b'\r' | b'\t' if quoted => out.push(b' '),
            b'}' | b']' if !quoted => {
                let end = out.iter().rposition(|byte| !byte.is_ascii_whitespace());
                if let Some(end) = end.filter(|end| out[*end] == b',') {
                    out.remove(end);
                }
                out.push(byte);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Each byte with its place and whether it stands inside a string.
fn structure(text: &str) -> impl Iterator<Item = (usize, u8, bool)> + '_ {
    let mut quoted = false;
    let mut escaped = false;
    text.bytes().enumerate().map(move |(at, byte)| {
        let inside = quoted;
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        (at, byte, inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(answer: &str) -> Option<Value> {
        object(answer).map(Value::Object)
    }

    #[test]
    fn the_object_is_found_in_fences_between_sentences_and_after_thoughts() {
        let wanted = Some(json!({"title": "Safer {refunds}", "risk": 2}));
        assert_eq!(found(r#"{"title": "Safer {refunds}", "risk": 2}"#), wanted);
        assert_eq!(found("```json\n{\"title\": \"Safer {refunds}\", \"risk\": 2}\n```"), wanted);
        assert_eq!(found("Here it is: {\"title\": \"Safer {refunds}\", \"risk\": 2} Tell me {more}."), wanted);
        assert_eq!(
            found("<think>maybe {\"a\":1,\"b\":2,\"c\":3}</think>{\"title\":\"Safer {refunds}\",\"risk\":2}"),
            wanted
        );
        assert_eq!(found("{\"title\": \"Safer {refunds}\",\n \"risk\": 2,\n}"), wanted);
        assert_eq!(found("{\"steps\": \"one\ntwo\"}"), Some(json!({"steps": "one\ntwo"})));
    }

    #[test]
    fn what_is_no_object_is_not_taken_for_one() {
        assert_eq!(found("I cannot help with that."), None);
        assert_eq!(found("[1, 2]"), None);
        assert_eq!(found(&"{".repeat(100_000)), None);
    }

    #[test]
    fn a_cut_answer_keeps_the_properties_that_were_complete() {
        let cut = r#"```json
{"title": "Safer, calmer", "steps": ["a", {"b": 1}], "rollback": "Revert the depl"#;
        assert_eq!(salvage(cut).map(Value::Object), Some(json!({"title": "Safer, calmer", "steps": ["a", {"b": 1}]})));
        assert_eq!(salvage(r#"{"title": "Saf"#), None);
        assert_eq!(salvage("nothing"), None);
    }
}
