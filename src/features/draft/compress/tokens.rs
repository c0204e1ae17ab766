//! How many tokens is a text, counted by a real tokenizer (`o200k_base`)?

use crate::domain::change::ChangeSet;

/// Raw text up to this size is counted exactly; above it, a sample.
const EXACT_BYTES: usize = 1 << 19;
/// So much is counted of a larger one: enough for two digits, and quick.
const SAMPLE_BYTES: usize = 1 << 18;
/// A sample is taken in this many slices, evenly spread over the text.
const SLICES: usize = 64;

/// Tokens of `text` in `o200k_base`. The vocabulary is loaded on the first call and stays: an idle process has none.
pub fn count(text: &str) -> usize {
    tiktoken_rs::o200k_base_singleton().encode_ordinary(text).len()
}

/// The text, or its first lines that have at most `limit` tokens.
pub fn beginning(mut text: String, limit: usize) -> String {
    while !text.is_empty() && count(&text) > limit {
        let end = text.trim_end().rfind('\n').map_or(0, |line| line + 1);
        text.truncate(end);
    }
    text
}

/// Tokens of the raw log and diff: subjects, bodies and hunks.
///
/// Exact up to 512 KiB. Above it, 256 KiB are sampled evenly over the text and the count is extrapolated to
/// `ChangeSet::raw_bytes`, which also knows what was read but not kept.
pub fn raw(changes: &ChangeSet) -> usize {
    let parts: Vec<&str> = raw_parts(changes).collect();
    let kept: usize = parts.iter().map(|part| part.len()).sum();
    if kept <= EXACT_BYTES {
        return parts.into_iter().map(count).sum();
    }
    let sample = sampled(&parts, kept);
    let whole = (changes.raw_bytes as usize).max(kept);
    (count(&sample) as f64 * whole as f64 / sample.len() as f64).round() as usize
}

fn raw_parts(changes: &ChangeSet) -> impl Iterator<Item = &str> {
    let log = changes.commits.iter().flat_map(|commit| [commit.subject.as_str(), commit.body.as_str()]);
    let diff =
        changes.files.iter().flat_map(|file| &file.hunks).flat_map(|hunk| [hunk.context.as_str(), hunk.body.as_str()]);
    log.chain(diff)
}

/// About `SAMPLE_BYTES` of the text, in equal slices at equal distances.
fn sampled(parts: &[&str], kept: usize) -> String {
    let (step, slice) = (kept / SLICES, SAMPLE_BYTES / SLICES);
    let mut sample = String::with_capacity(SAMPLE_BYTES);
    let mut at = 0;
    for part in parts {
        let mut inside = 0;
        while inside < part.len() {
            let phase = (at + inside) % step;
            if phase < slice {
                let end = part.ceil_char_boundary(inside + (slice - phase).min(part.len() - inside));
                sample.push_str(&part[part.floor_char_boundary(inside)..end]);
                inside = end;
            } else {
                inside += step - phase;
            }
        }
        at += part.len();
    }
    sample
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::draft::compress::tests::{change, commit};

    #[test]
    fn tokens_are_those_of_the_real_tokenizer() {
        assert_eq!(count(""), 0);
        assert_eq!(count("Retry budget"), 2);
        assert_eq!(count("#1203 "), count("#") + count("120") + count("3") + count(" "));
    }

    #[test]
    fn a_large_change_is_counted_by_a_sample_that_is_close() {
        let sentence = |n: usize| {
            format!("Change {n} refills the retry budget of the basket after a pause, since #{n} asked for it.\n")
        };
        let body = |from: usize| (from..from + 90).map(sentence).collect::<String>();
        let changes = change((0..200).map(|n| commit(n, "Refill", &body(n * 90))).collect());
        let exact: usize = changes.commits.iter().map(|commit| count(&commit.subject) + count(&commit.body)).sum();
        let told = raw(&changes);
        assert!(changes.commits.iter().map(|commit| commit.body.len()).sum::<usize>() > EXACT_BYTES);
        assert!(told.abs_diff(exact) * 50 < exact, "{told} is not within 2 % of {exact}");
    }

    #[test]
    fn a_text_is_cut_between_lines() {
        assert_eq!(beginning("one\ntwo\nthree\n".to_string(), 4), "one\ntwo\n");
        assert_eq!(beginning("one\n".to_string(), 0), "");
    }
}
