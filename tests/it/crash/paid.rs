//! Was any answer paid for twice?

use super::scene::Scene;
use crate::support::fakes::openai::Asked;
use regex::Regex;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

/// An answer that ended so shortly before a kill may not have been written down.
pub const SETTLING: Duration = Duration::from_millis(300);

/// The mark around the material, which is new with every question and stands in its instructions too.
static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new("<<data ([0-9a-f]+)>>").expect("the pattern is fixed"));

/// No question is asked again after it was answered in time, and a draft that runs again asks what it asked before.
/// Returns how many answers stood when their process was killed with the draft unfinished.
pub fn assert_once(scene: &Scene) -> usize {
    let asked = scene.fake.as_ref().expect("there is a model").asked();
    assert!(!asked.is_empty(), "the model was asked");
    let mut remembered = 0;
    for (number, draft) in scene.drafts.iter().enumerate() {
        let end = scene.drafts.get(number + 1).map_or(asked.len(), |next| next.questions_before);
        let questions = &asked[draft.questions_before..end];
        assert_same_questions(questions, &draft.range);
        for (at, question) in questions.iter().enumerate() {
            let Some(answered) = question.answered else { continue };
            let death = scene.kills.iter().find(|kill| **kill > answered.at);
            let forgotten = death.is_some_and(|death| *death - answered.at <= SETTLING);
            let again = questions[at + 1..].iter().any(|other| text(other) == text(question));
            assert!(!again || forgotten, "`{}` of {} was answered and asked again", question.name(), draft.range);
            // Later questions of the same draft prove that it was unfinished.
            remembered +=
                usize::from(death.is_some_and(|death| questions.iter().any(|other| other.at > *death)) && !again);
        }
    }
    let refused = &scene.fake.as_ref().expect("there is a model").log().refused;
    assert!(refused.is_empty(), "{refused:?}");
    println!("{} questions, {remembered} answers outlived a kill", asked.len());
    remembered
}

fn assert_same_questions(questions: &[Asked], range: &str) {
    let mut known: HashMap<&str, String> = HashMap::new();
    for question in questions.iter().filter(|question| !question.text().contains("could not be used as it is")) {
        let text = text(question);
        let first = known.entry(question.name()).or_insert_with(|| text.clone());
        let differing = first.lines().zip(text.lines()).find(|(one, other)| one != other);
        assert!(*first == text, "`{}` of {range} is another question after a restart: {differing:?}", question.name());
    }
}

fn text(question: &Asked) -> String {
    let text = question.text();
    let mark = MARK.captures(&text).map(|found| found[1].to_owned());
    mark.map_or_else(|| text.clone(), |mark| text.replace(&mark, "MARK"))
}
