//! Which numbers does a sentence state?

/// Numbers as written, thousands separators removed. Digits inside a word (`p95`, `sha256`) are a name, not a statement;
/// those of a version (`v2.4.0`) are one.
pub fn numbers(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let start = at;
        while at < letters.len() && (letters[at].is_ascii_digit() || separates(&letters, at)) {
            at += 1;
        }
        if states(&letters, start) {
            found.push(plain(&letters[start..at]));
        }
    }
    found
}

/// A dot or comma between two digits.
fn separates(letters: &[char], at: usize) -> bool {
    matches!(letters[at], '.' | ',') && letters.get(at + 1).is_some_and(char::is_ascii_digit)
}

fn states(letters: &[char], start: usize) -> bool {
    let before = start.checked_sub(1).map(|at| letters[at]);
    let earlier = start.checked_sub(2).map(|at| letters[at]);
    match before {
        Some('v' | 'V') => !earlier.is_some_and(char::is_alphanumeric),
        Some(letter) => !(letter.is_alphanumeric() || letter == '_'),
        None => true,
    }
}

fn plain(digits: &[char]) -> String {
    let text: String = digits.iter().collect();
    let groups: Vec<&str> = text.split(',').collect();
    let thousands = groups.len() > 1 && groups[1..].iter().all(|group| group.len() == 3);
    if thousands { groups.concat() } else { text }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_are_told_from_names() {
        assert_eq!(
            numbers("12 of 1,204 files, v2.4.0, p95 within 0.5 s, sha256, PAY-311"),
            ["12", "1204", "2.4.0", "0.5", "311"]
        );
        assert_eq!(numbers("no number"), Vec::<String>::new());
    }
}
