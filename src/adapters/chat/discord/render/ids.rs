//! What does a press or a submission in Discord mean? Its `custom_id` says it, or a token that stands for it.
//!
//! `b0|note.edit||7` is a button: its purpose, a number that sets it apart on its message, action, field, value. What does
//! not fit into 100 characters becomes `b0~` and a token made from it; the adapter keeps what the token stands for.

use super::limits;
use crate::adapters::chat::script::width;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a `custom_id` stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Id {
    pub purpose: Purpose,
    pub action: String,
    pub value: String,
    /// Only where one field of a form is meant.
    pub field: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A button whose press counts.
    Press,
    /// A button that asks first: what it asks is in [`Kept`].
    Ask,
    /// A whole form, submitted as a modal.
    Form,
    /// A select that names a form's fields: the chosen one is asked for next.
    Pick,
    /// One field of a form: a modal that was submitted, or a choice that was made.
    Field,
    /// Back to the form without changing the field.
    Back,
    /// The form is complete.
    Submit,
    /// The question or the form is given up.
    Cancel,
}

/// What an adapter must keep for as long as the message can be pressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Under which name: what Discord sends back.
    pub custom_id: String,
    pub id: Id,
    /// For [`Purpose::Ask`]: what is asked, and what the button says.
    pub question: Option<(String, String)>,
}

/// What Discord sent back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    Whole(Id),
    /// Look it up in what was kept, under the whole `custom_id`.
    Token(Purpose),
}

const LETTERS: [(char, Purpose); 8] = [
    ('b', Purpose::Press),
    ('q', Purpose::Ask),
    ('f', Purpose::Form),
    ('p', Purpose::Pick),
    ('e', Purpose::Field),
    ('r', Purpose::Back),
    ('s', Purpose::Submit),
    ('c', Purpose::Cancel),
];

impl Id {
    pub fn new(purpose: Purpose, action: &str, value: &str) -> Self {
        Self { purpose, action: action.to_owned(), value: value.to_owned(), field: String::new() }
    }

    pub fn of_field(purpose: Purpose, action: &str, value: &str, field: &str) -> Self {
        Self { field: field.to_owned(), ..Self::new(purpose, action, value) }
    }

    /// The `custom_id`, and what has to be kept if it is a token. `number` sets it apart from others of its message.
    pub fn written(&self, number: usize) -> (String, Option<Kept>) {
        let letter = LETTERS.iter().find(|(_, purpose)| *purpose == self.purpose).map_or('b', |(letter, _)| *letter);
        let whole = format!("{letter}{number}|{}|{}|{}", self.action, self.field, self.value);
        let clear = !self.action.contains('|') && !self.field.contains('|');
        if clear && width(&whole) <= limits::ID {
            return (whole, None);
        }
        let whole = format!("{letter}\0{}\0{}\0{}", self.action, self.field, self.value);
        let token = URL_SAFE_NO_PAD.encode(&Sha256::digest(whole.as_bytes())[..16]);
        let custom_id = format!("{letter}{number}~{token}");
        (custom_id.clone(), Some(Kept { custom_id, id: self.clone(), question: None }))
    }
}

/// Nothing for a `custom_id` that is none of ours.
pub fn read(custom_id: &str) -> Option<Read> {
    let letter = custom_id.chars().next()?;
    let (_, purpose) = LETTERS.iter().find(|(known, _)| *known == letter)?;
    let rest = custom_id[letter.len_utf8()..].trim_start_matches(|digit: char| digit.is_ascii_digit());
    if rest.starts_with('~') {
        return Some(Read::Token(*purpose));
    }
    let mut pieces = rest.strip_prefix('|')?.splitn(3, '|');
    let (action, field, value) = (pieces.next()?, pieces.next()?, pieces.next()?);
    Some(Read::Whole(Id::of_field(*purpose, action, value, field)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_button_can_be_read_by_people() {
        assert_eq!(Id::new(Purpose::Press, "note.edit", "7").written(0), ("b0|note.edit||7".to_owned(), None));
        assert_eq!(read("something else"), None);
        assert_eq!(read(""), None);
    }

    #[test]
    fn what_is_too_long_is_a_token_and_is_the_same_each_time() {
        let id = Id::new(Purpose::Ask, "note.edit", &"x".repeat(100));
        let (custom_id, kept) = id.written(3);
        assert!(custom_id.len() <= limits::ID && custom_id.starts_with("q3~"), "{custom_id}");
        assert_eq!(kept.map(|kept| (kept.custom_id, kept.id)), Some((custom_id.clone(), id.clone())));
        assert_eq!(read(&custom_id), Some(Read::Token(Purpose::Ask)));
        assert_eq!(id.written(3).0, custom_id);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(action in "[a-z.|]{0,9}", field in "[a-z|~]{0,9}", value in "[0-9:|~가a]{0,120}", number in 0usize..30) {
            let id = Id::of_field(Purpose::Field, &action, &value, &field);
            let (custom_id, kept) = id.written(number);
            prop_assert!(width(&custom_id) <= limits::ID);
            match read(&custom_id) {
                Some(Read::Whole(read)) => prop_assert_eq!(read, id),
                Some(Read::Token(Purpose::Field)) => prop_assert_eq!(kept.map(|kept| kept.id), Some(id)),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
