//! What is a person called before they say so, and which names may they choose?

/// Called so until they choose a name.
pub const UNNAMED: &str = "Guest";

/// On one's own machine the account's name is a good first guess.
pub fn of_this_machine() -> String {
    let account = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    account.and_then(|name| choose(&name).ok()).unwrap_or_else(|| UNNAMED.to_owned())
}

/// A chosen name, tidied; `Err` says what a name may be.
pub fn choose(name: &str) -> Result<String, String> {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = crate::page::visible::visible(&name);
    let fits = (1..=40).contains(&name.chars().count());
    if fits && shown == name && name.chars().any(char::is_alphanumeric) {
        return Ok(name);
    }
    Err("A name has 1 to 40 visible characters and at least one letter or digit. Choose another one.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_visible_and_short() {
        assert_eq!(choose("  Release \n captain "), Ok("Release captain".to_owned()));
        for odd in ["", "   ", "…", "a\u{202e}b", &"x".repeat(41)] {
            assert!(choose(odd).is_err(), "{odd:?}");
        }
    }
}
