//! What do people and models write? For tests: any mix of scripts, emoji, code, links, lists and things that look like marks.

use proptest::collection::vec;
use proptest::prelude::*;

const WORDS: &[&str] = &[
    "release",
    "the",
    "a",
    "배포가",
    "끝났습니다.",
    "결제",
    "שלום",
    "مرحبا",
    "नमस्ते",
    "👩\u{200d}🚀",
    "🇰🇷",
    "e\u{301}te\u{301}",
    "done.",
    "Why?",
    "snake_case",
    "_private",
    "__init__",
    "*args",
    "**kwargs",
    "2*3",
    "~/x",
    "~~",
    "a|b",
    "x_",
    "<b>",
    "&amp;",
    "<!here>",
    "<@U1>",
    "<@1>",
    "</go:1>",
    "<t:1>",
    "<:e:1>",
    "@here",
    "@everyone",
    "@kim",
    "\\*",
    "\\_x\\_",
    "\\`",
    "#",
    "1.",
    "-",
    ">",
    "+",
    "\\#",
    "[x]",
    "(y)",
    "https://a.example/b_c",
    "!",
    "…",
    "\\<!channel>",
    "\u{200b}",
    "\u{202e}",
    "a\\|b",
    "`",
    "\\[z\\]",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        2 => "[a-z가-힣]{1,12}".prop_map(|word| word),
        1 => "[a-z*_<>|&가-힣]{1,9}( [a-z*_`<]{1,5})?".prop_map(|code| format!("``{code} ``")),
        1 => ("[a-z_*가 ]{1,12}", "[a-z()_&|]{0,12}").prop_map(|(text, path)| format!("[x{text}](<https://a.example/{path}>)")),
        1 => "[a-z가]{1,6}".prop_map(|text| format!("[{text}](javascript:x)")),
    ]
}

fn styled() -> impl Strategy<Value = String> {
    let some = || vec(word(), 1..4).prop_map(|words| words.join(" "));
    prop_oneof![
        6 => word(),
        1 => some().prop_map(|text| format!("**{text}**")),
        1 => some().prop_map(|text| format!("*{text}*은")),
        1 => some().prop_map(|text| format!("***{text}***")),
        1 => some().prop_map(|text| format!("~~{text}~~")),
        1 => (some(), some()).prop_map(|(a, b)| format!("**{a} *{b}***")),
    ]
}

fn paragraph(most: usize) -> impl Strategy<Value = String> {
    vec(styled(), 1..most).prop_map(|words| words.join(" "))
}

fn block() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => paragraph(60),
        1 => vec(paragraph(12), 1..6).prop_map(|lines| lines.join("\n")),
        1 => paragraph(8).prop_map(|text| format!("## {text}")),
        2 => vec(paragraph(12), 1..8).prop_map(|items| items.iter().map(|item| format!("- {item}\n")).collect()),
        1 => vec(paragraph(9), 1..6).prop_map(|items| {
            items.iter().enumerate().map(|(n, item)| format!("{}. {item}\n   - [x] {item}\n", n + 3)).collect()
        }),
        1 => vec(paragraph(12), 1..4).prop_map(|lines| lines.iter().map(|line| format!("> {line}\n")).collect()),
        1 => vec("[a-z가*`<>&_ ]{0,40}", 1..12).prop_map(|lines| format!("~~~rust\n{}\n~~~", lines.join("\n"))),
        1 => vec("[a-z가]{1,9}", 4).prop_map(|c| format!("| {} | {} |\n|---|---|\n| {} | {} |", c[0], c[1], c[2], c[3])),
    ]
}

/// CommonMark of some blocks.
pub fn markdown(most: usize) -> impl Strategy<Value = String> {
    vec(block(), 1..most).prop_map(|blocks| blocks.join("\n\n"))
}

/// What is seen of a text, whatever dialect it was in: no white space, no bullets, no lines.
pub fn seen(text: &str) -> String {
    let noise = |letter: &char| letter.is_whitespace() || "\u{200b}\u{2060}•◦▪☐☑─»".contains(*letter);
    text.chars().filter(|letter| !noise(letter)).collect()
}
