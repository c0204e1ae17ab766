//! How are keys written so that their byte order is the order we read in?

use chrono::{DateTime, Utc};

/// A moment at the precision we keep, in a fixed width; moments before 1970 count as 1970.
pub fn moment(at: DateTime<Utc>) -> String {
    format!("{:020}", at.timestamp_micros().max(0))
}

/// Back from [`moment`].
pub fn to_moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(text.parse().ok()?)
}

pub fn ascending(number: u64) -> String {
    format!("{number:020}")
}

/// For what is read newest first: a store scans upward only.
pub fn descending(number: u64) -> String {
    format!("{:020}", u64::MAX - number)
}

/// A name from outside as one part of a key: a slash in it cannot end the part.
pub fn part(name: &str) -> String {
    name.replace('%', "%25").replace('/', "%2f")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_sort_as_numbers(a: u64, b: u64) {
            prop_assert_eq!(ascending(a).cmp(&ascending(b)), a.cmp(&b));
            prop_assert_eq!(descending(a).cmp(&descending(b)), b.cmp(&a));
        }

        #[test]
        fn moments_sort_as_moments_and_come_back(a in 0i64..4_000_000_000_000_000, b in 0i64..4_000_000_000_000_000) {
            let at = |micros| DateTime::from_timestamp_micros(micros).expect("within the range of dates");
            prop_assert_eq!(moment(at(a)).cmp(&moment(at(b))), a.cmp(&b));
            prop_assert_eq!(to_moment(&moment(at(a))), Some(at(a)));
        }

        #[test]
        fn two_names_never_make_the_same_part(a in "[a-c/%25f]{0,6}", b in "[a-c/%25f]{0,6}") {
            prop_assert_eq!(part(&a) == part(&b), a == b);
            prop_assert!(!part(&a).contains('/'));
        }
    }
}
