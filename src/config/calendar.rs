//! `[[calendars]]`: other calendars that are read.

use serde::Deserialize;
use std::path::PathBuf;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarConfig {
    /// As it is told: `company`.
    pub name: String,
    /// Where its iCalendar is. Often it is the only secret; then it stands in a file or an environment variable.
    pub url: Option<String>,
    pub url_env: Option<String>,
    pub url_file: Option<PathBuf>,
}
