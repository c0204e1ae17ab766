//! What a person sees of a message, whatever platform it stands on.

/// A message as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub id: String,
    pub who: String,
    pub text: String,
    /// Only this person sees it.
    pub whisper: bool,
    pub bot: bool,
    pub buttons: Vec<SeenButton>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenButton {
    pub action: String,
    pub value: String,
    pub label: String,
}
