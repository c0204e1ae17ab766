//! How far is it from one version to another?

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    New,
    Gone,
    Major,
    Minor,
    Patch,
    /// To an older version.
    Down,
    /// Written differently, or not comparable (a branch, a hash).
    Same,
}

/// The step between two versions or requirements, by semantic versioning; below 1.0 the second number is the major one.
pub fn step(from: &str, to: &str) -> Step {
    let (Some(old), Some(new)) = (numbers(from), numbers(to)) else { return Step::Same };
    // `1` and `1.0.219` name the same line: only as many numbers as both have are compared.
    let both = old.len().min(new.len());
    if new[..both] < old[..both] {
        return Step::Down;
    }
    let breaking = if old[0] == 0 && new[0] == 0 { 2 } else { 1 };
    let first = (0..both).find(|at| old[*at] != new[*at]);
    match first {
        None => {
            if old.len() == new.len() {
                Step::Same
            } else {
                Step::Patch
            }
        }
        Some(at) if at < breaking => Step::Major,
        Some(1) => Step::Minor,
        Some(_) => Step::Patch,
    }
}

/// The numbers of the first version in the text: `^1.2.3-rc1` is 1, 2, 3.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let hash = text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text[..start].bytes().filter(u8::is_ascii_alphabetic).count();
    if hash || words > 2 {
        return None;
    }
    let version: &str = text[start..].split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
    let numbers: Vec<u64> =
        version.split('.').filter(|part| !part.is_empty()).take(3).map_while(|part| part.parse().ok()).collect();
    (!numbers.is_empty()).then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_semantic_versioning() {
        for (from, to, expected) in [
            ("1.2.3", "2.0.0", Step::Major),
            ("^1.2", "~1.3", Step::Minor),
            ("0.3.1", "0.4.0", Step::Major),
            ("0.3.1", "0.3.2", Step::Patch),
            ("v1.5.0", "v1.4.0", Step::Down),
            ("1", "1.0.219", Step::Patch),
            ("3.18", "3.18", Step::Same),
            ("main", "1.0", Step::Same),
        ] {
            assert_eq!(step(from, to), expected, "{from} → {to}");
        }
    }
}
