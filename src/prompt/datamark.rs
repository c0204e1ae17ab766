//! How does a model tell our words from other people's?

use serde_json::Value;

/// A random word around everything that other people wrote. It is new for each request, so text prepared beforehand
/// cannot close the quotation; and a model that repeats it has mistaken the frame for the picture.
#[derive(Debug, Clone)]
pub struct Datamark(String);

impl Datamark {
    pub fn new() -> Self {
        let mut bytes = [0_u8; 6];
        getrandom::fill(&mut bytes).expect("the operating system gives randomness");
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub fn from_word(word: String) -> Self {
        Self(word)
    }

    pub fn word(&self) -> &str {
        &self.0
    }

    pub fn wrap(&self, text: &str) -> String {
        format!("<<data {word}>>\n{}\n<<end {word}>>", text.trim_end(), word = self.0)
    }

    /// The top-level fields of an answer that repeat the mark.
    pub fn repeated_in(&self, answer: &Value) -> Vec<String> {
        let fields = answer.as_object().into_iter().flatten();
        fields.filter(|(_, value)| value.to_string().contains(&self.0)).map(|(key, _)| key.clone()).collect()
    }

    /// The text with the mark replaced by a constant: what two requests about the same thing have in common.
    pub fn without(&self, text: &str) -> String {
        text.replace(&self.0, "mark")
    }
}
