//! How long will it take: `30m`, `1h30m`, `2 hours`?

use crate::domain::trouble::Refusal;
use regex::Regex;
use std::sync::LazyLock;

/// Longer than this is a project, not a window.
const MOST: u32 = 7 * 24 * 60;

static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(\d{1,3})\s*d(?:ays?)?)?\s*(?:(\d{1,4})\s*h(?:rs?|ours?)?)?\s*(?:(\d{1,5})\s*m(?:ins?|inutes?)?)?$",
    )
    .expect("the pattern is fixed")
});

/// The minutes meant, or the sentence that says what to write.
pub fn minutes(text: &str) -> Result<u32, Refusal> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal(format!("`{text}` could be minutes or hours; write `{text}m` or `{text}h`.")));
    }
    let Some(found) = SPAN.captures(text).filter(|_| !text.is_empty()) else {
        return Err(Refusal(format!("`{}` is not a length of time; write it like `30m`, `1h30m` or `2h`.", cut(text))));
    };
    let part = |at: usize| found.get(at).map_or(0, |digits| digits.as_str().parse::<u32>().unwrap_or(0));
    match part(1) * 1_440 + part(2) * 60 + part(3) {
        0 => Err(Refusal(format!("`{text}` is no time at all; write how long it takes, for example `30m`."))),
        many if many > MOST => {
            Err(Refusal(format!("`{text}` is longer than 7 days; plan each window of the work as a note of its own.")))
        }
        minutes => Ok(minutes),
    }
}

fn cut(text: &str) -> String {
    text.chars().filter(|letter| *letter != '`').take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_usual_forms_are_read() {
        for (text, expected) in [
            ("30m", 30),
            ("1h30m", 90),
            ("2h", 120),
            ("1h 30m", 90),
            ("90 min", 90),
            ("2 hours", 120),
            ("1 hour 5 minutes", 65),
            ("1d", 1_440),
            ("2H", 120),
        ] {
            assert_eq!(minutes(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn every_slip_has_its_sentence() {
        let said = |text| minutes(text).expect_err(text).0;
        assert_eq!(said("45"), "`45` could be minutes or hours; write `45m` or `45h`.");
        assert_eq!(said("1.5h"), "`1.5h` is not a length of time; write it like `30m`, `1h30m` or `2h`.");
        assert_eq!(said(""), "`` is not a length of time; write it like `30m`, `1h30m` or `2h`.");
        assert_eq!(said("0m"), "`0m` is no time at all; write how long it takes, for example `30m`.");
        assert_eq!(said("8d"), "`8d` is longer than 7 days; plan each window of the work as a note of its own.");
        assert!(said("-30m").contains("is not a length of time"));
    }

    proptest! {
        #[test]
        fn hours_and_minutes_add_up(hours in 0u32..100, minutes_more in 0u32..60) {
            prop_assume!(hours + minutes_more > 0);
            prop_assert_eq!(minutes(&format!("{hours}h{minutes_more}m")), Ok(hours * 60 + minutes_more));
        }

        #[test]
        fn whatever_is_typed_is_answered(text in ".{0,60}") {
            if let Ok(found) = minutes(&text) {
                prop_assert!((1..=MOST).contains(&found));
            }
        }
    }
}
