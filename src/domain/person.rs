//! A person as a chat platform knows them.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Person {
    /// The chat platform's name: `web`.
    pub platform: String,
    /// The platform's own id for them.
    pub id: String,
    /// What to call them in a sentence.
    pub name: String,
}

impl Person {
    /// A name may change; the platform's id does not.
    pub fn is(&self, other: &Person) -> bool {
        (&self.platform, &self.id) == (&other.platform, &other.id)
    }
}
