//! How does a run end? Exit codes and their sentences.

use crate::domain::trouble::Trouble;
use std::fmt::Display;

pub const CODES: &str = "Exit codes: 0 done · 1 a failure of Slipway's own · 2 wrong usage · 3 the input was refused (unknown range, \
no repository) · 4 configuration, data directory or port cannot be used · 5 something outside did not answer · \
6 a review is as bad as `--fail-on` says";

/// Why a run ended without its result.
#[derive(Debug)]
pub struct Failure {
    pub code: u8,
    pub sentence: String,
}

impl Failure {
    pub fn bug(error: impl Display) -> Self {
        Self { code: 1, sentence: error.to_string() }
    }
    pub fn usage(sentence: impl Display) -> Self {
        Self { code: 2, sentence: sentence.to_string() }
    }
    pub fn configuration(error: impl Display) -> Self {
        Self { code: 4, sentence: error.to_string() }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let code = match &trouble {
            Trouble::Refused(_) => 3,
            Trouble::Outside { .. } => 5,
            Trouble::Bug(_) => 1,
        };
        Self { code, sentence: trouble.to_string() }
    }
}
