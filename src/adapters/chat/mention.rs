//! How does text that names everybody call nobody? A space of no width after the `@`, in whatever letters it is written.

use regex::Regex;
use std::sync::LazyLock;

/// Invisible, takes no room, and ends a word. Whatever a text brought itself of these is shown by number before.
pub const NOTHING: &str = "\u{200b}";

/// As invisible, between backticks of a code block: three in a row would end it.
const APART: &str = "`\u{2060}`";

/// Code in which no backticks stand side by side.
pub fn apart(code: &str) -> String {
    code.replace("``", APART).replace("``", APART)
}

static GROUPS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)([@＠﹫])(here|channel|everyone|ｈｅｒｅ|ｃｈａｎｎｅｌ|ｅｖｅｒｙｏｎｅ)")
        .expect("the pattern is a constant")
});

/// `@here`, `@channel` and `@everyone` as text that is no word of a platform.
pub fn calm(text: &str) -> String {
    if !text.contains(['@', '＠', '﹫']) {
        return text.to_owned();
    }
    GROUPS.replace_all(text, "$1\u{200b}$2").into_owned()
}

/// The same in an address, where a space would be another one.
pub fn calm_address(address: &str) -> String {
    if address.contains('@') { GROUPS.replace_all(address, "%40$2").into_owned() } else { address.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_calmed_and_names_are_left_alone() {
        assert_eq!(calm("@here @Everyone ＠channel"), "@\u{200b}here @\u{200b}Everyone ＠\u{200b}channel");
        assert_eq!(calm_address("https://a.example/@here?b=@kim"), "https://a.example/%40here?b=@kim");
        assert_eq!(calm("@kim a@b.example"), "@kim a@b.example");
    }
}
