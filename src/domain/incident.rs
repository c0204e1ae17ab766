//! An incident as it was filed: what somebody wrote about it, and where.

use crate::domain::message::Place;
use crate::domain::person::Person;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    pub id: u64,
    /// The message it was filed from, whole.
    pub text: String,
    pub link: Option<String>,
    pub place: Place,
    pub filed_by: Person,
    pub filed_at: DateTime<Utc>,
}

impl Incident {
    /// The first line that says something, as a title of at most `most` characters.
    pub fn title(&self, most: usize) -> String {
        let line = self.text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("no text");
        let mut letters = line.chars();
        let title: String = letters.by_ref().take(most).collect();
        if letters.next().is_some() { format!("{}…", title.trim_end()) } else { title }
    }
}
