//! Which message, and when? Slack names a message by its time: seconds and millionths.

use chrono::{DateTime, Utc};

/// Does it look like one of Slack's? Anything else is no message of Slack's, and Slack need not be asked.
pub fn is_stamp(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(seconds, rest)| digits(seconds) && digits(rest) && rest.len() <= 6)
}

/// Its place in time, for comparing.
pub fn order(stamp: &str) -> u128 {
    let (seconds, rest) = stamp.split_once('.').unwrap_or((stamp, ""));
    let millionths = format!("{rest:0<6}");
    let whole = seconds.parse::<u128>().unwrap_or(0) * 1_000_000;
    whole + millionths.get(..6).and_then(|digits| digits.parse::<u128>().ok()).unwrap_or(0)
}

pub fn at(time: DateTime<Utc>) -> String {
    let micros = time.timestamp_micros().max(0);
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

pub fn time(stamp: &str) -> DateTime<Utc> {
    let micros = i64::try_from(order(stamp)).unwrap_or(i64::MAX);
    DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The later of two.
pub fn later<'a>(one: &'a str, other: &'a str) -> &'a str {
    if order(one) >= order(other) { one } else { other }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_are_told_from_other_texts_and_compare_by_time() {
        for stamp in ["1700000000.000100", "1.1"] {
            assert!(is_stamp(stamp), "{stamp}");
        }
        for other in ["no-such-message", "", "1700000000", "1700000000.", ".1", "1.1234567", "a.b"] {
            assert!(!is_stamp(other), "{other}");
        }
        assert!(order("999999999.9") < order("1700000000.000100"));
        assert_eq!(order("1.1"), order("1.100000"));
        assert_eq!(later("2.000001", "1.9"), "2.000001");
    }

    #[test]
    fn a_moment_becomes_a_stamp_and_comes_back() {
        let moment = DateTime::from_timestamp_micros(1_700_000_000_000_100).expect("a moment");
        assert_eq!(at(moment), "1700000000.000100");
        assert_eq!(time("1700000000.000100"), moment);
        assert_eq!(at(DateTime::UNIX_EPOCH), "0.000000");
    }
}
