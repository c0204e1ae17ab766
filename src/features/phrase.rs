//! How are counts and lists put into a sentence?

/// `1 commit`, `12 commits`, `1,204 commits`.
pub fn count(n: usize, one: &str) -> String {
    counted(n, one, &format!("{one}s"))
}

/// As `count`, for words with a plural of their own.
pub fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", thousands(n)) }
}

/// What somebody else wrote, in a sentence of ours: it can make no link, no code and no emphasis.
pub fn plain(text: &str) -> String {
    text.chars().map(|letter| if "[]<>*`|~\n".contains(letter) { '\'' } else { letter }).collect()
}

/// `1204` → `1,204`
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: &[S]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", rest.join(", "), last.as_ref())
        }
    }
}

/// At most `most` of the names, the rest counted: ``a, b and 3 more``.
pub fn some<S: AsRef<str>>(parts: &[S], most: usize) -> String {
    if parts.len() <= most {
        return list(parts);
    }
    let shown: Vec<&str> = parts[..most].iter().map(AsRef::as_ref).collect();
    format!("{} and {} more", shown.join(", "), parts.len() - most)
}
