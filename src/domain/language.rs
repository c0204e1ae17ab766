//! In which language is somebody answered?

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "en")]
    English,
    #[serde(rename = "ko")]
    Korean,
}

impl Language {
    /// That of the text.
    pub fn of(text: &str) -> Self {
        let is_hangul = |letter: char| matches!(letter, '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}');
        if text.chars().any(is_hangul) { Self::Korean } else { Self::English }
    }

    /// `Thu 3 Dec 10:00`, `12월 3일 (목) 10:00`
    pub fn moment(self, at: DateTime<Utc>, zone: Tz) -> String {
        use chrono::Datelike as _;
        let at = at.with_timezone(&zone);
        match self {
            Self::English => at.format("%a %-d %b %H:%M").to_string(),
            Self::Korean => {
                let day = ["월", "화", "수", "목", "금", "토", "일"][at.weekday().num_days_from_monday() as usize];
                format!("{}월 {}일 ({day}) {}", at.month(), at.day(), at.format("%H:%M"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_korean_letter_makes_a_question_korean() {
        assert_eq!(Language::of("payments 지금 뭐가 떠 있어?"), Language::Korean);
        assert_eq!(Language::of("what is live?"), Language::English);
        let at = "2026-12-03T01:00:00Z".parse().expect("a moment");
        assert_eq!(Language::Korean.moment(at, Tz::Asia__Seoul), "12월 3일 (목) 10:00");
        assert_eq!(Language::English.moment(at, Tz::UTC), "Thu 3 Dec 01:00");
    }
}
