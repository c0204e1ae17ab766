//! A recap in a model's words, each line held to what was written: no word of weight, no figure that is not there.

use super::rules::LINE;
use crate::domain::incident::Recap;
use crate::prompt::{Answered, Asker, Complaint, Prompt};
use crate::retrieval::terms;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Characters that a model is given: the beginning and the end of what is longer, where it says what happened and how it ended.
const GIVEN: usize = 12_000;
/// Of the words of a line, so many have to stand in the text.
const GROUNDED: f64 = 0.6;

#[derive(Serialize)]
struct Input {
    text: String,
    #[serde(skip)]
    rules: Lines,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Lines {
    happened: String,
    impact: String,
    cause: String,
    trigger: String,
    fix: String,
    lesson: String,
}

impl Lines {
    fn all(&self) -> [(&'static str, &str); 6] {
        [
            ("happened", &self.happened),
            ("impact", &self.impact),
            ("cause", &self.cause),
            ("trigger", &self.trigger),
            ("fix", &self.fix),
            ("lesson", &self.lesson),
        ]
    }
}

const PROMPT: Prompt<Input, Lines> = Prompt { name: "recap", schema, check, fallback: |input| input.rules.clone() };

fn schema(_: &Input) -> Value {
    let line = json!({ "type": "string", "maxLength": LINE });
    json!({
        "type": "object",
        "properties": { "happened": line, "impact": line, "cause": line, "trigger": line, "fix": line, "lesson": line },
        "required": ["happened", "impact", "cause", "trigger", "fix", "lesson"],
        "additionalProperties": false
    })
}

fn check(input: &Input, answer: &Lines) -> Vec<Complaint> {
    let known: HashSet<String> = terms::terms(&input.text).into_iter().collect();
    let complaint = |(field, line): (&str, &str)| {
        let words = terms::terms(line);
        let strange: Vec<&String> = words.iter().filter(|word| !known.contains(*word)).collect();
        let figure = strange.iter().find(|word| word.bytes().any(|byte| byte.is_ascii_digit()));
        let grounded = (words.len() - strange.len()) as f64 >= GROUNDED * words.len() as f64;
        let problem = match figure {
            Some(figure) => format!("names `{figure}`, which the text does not"),
            None if !grounded => "says what the text does not say".to_owned(),
            None => return None,
        };
        Some(Complaint { field: field.to_owned(), problem })
    };
    answer.all().into_iter().filter_map(complaint).collect()
}

/// The recap by rules with the model's lines in it; what kind of thing it is and when it was stay code's.
pub async fn worded(asker: &Asker, whole: &str, rules: Recap) -> Recap {
    let by_rules = Lines {
        happened: rules.happened.clone(),
        impact: rules.impact.clone(),
        cause: rules.cause.clone(),
        trigger: rules.trigger.clone(),
        fix: rules.fix.clone(),
        lesson: rules.lesson.clone(),
    };
    let Answered { answer, writer, .. } = asker.ask(&PROMPT, &Input { text: given(whole), rules: by_rules }).await;
    Recap {
        happened: answer.happened,
        impact: answer.impact,
        cause: answer.cause,
        trigger: answer.trigger,
        fix: answer.fix,
        lesson: answer.lesson,
        writer: Some(writer),
        ..rules
    }
}

fn given(whole: &str) -> String {
    if whole.len() <= GIVEN {
        return whole.to_owned();
    }
    let head = &whole[..whole.floor_char_boundary(GIVEN * 2 / 3)];
    let tail = &whole[whole.ceil_char_boundary(whole.len() - GIVEN / 3)..];
    format!("{head}\n[…]\n{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str, lesson: &str) -> Vec<String> {
        let answer = Lines { lesson: lesson.to_owned(), ..Lines::default() };
        let input = Input { text: text.to_owned(), rules: Lines::default() };
        check(&input, &answer)
            .into_iter()
            .map(|complaint| format!("{} {}", complaint.field, complaint.problem))
            .collect()
    }

    #[test]
    fn a_line_says_what_the_text_says_and_no_figure_of_its_own() {
        let text = "The certificate of the gateway expired at 02:10 because nobody renewed it; clients got errors.";
        assert_eq!(complaints(text, "Renew the gateway's certificate before it expires"), Vec::<String>::new());
        assert_eq!(
            complaints(text, "Alert 30 days before the certificate expires"),
            ["lesson names `30`, which the text does not"]
        );
        assert_eq!(
            complaints(text, "Approve every deployment from now on"),
            ["lesson says what the text does not say"]
        );
        assert_eq!(complaints(text, ""), Vec::<String>::new());
    }
}
