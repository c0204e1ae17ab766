//! Is a long text cut where a person would cut it, and is all of it there afterwards?

use super::*;
use crate::adapters::chat::mix::{markdown, seen};
use crate::adapters::chat::script::{Run, plain, read};
use proptest::prelude::*;
use std::collections::HashSet;

/// A dialect that shows what stands where and nothing else.
struct Bare;

impl Tongue for Bare {
    fn line(&self, line: &Line) -> String {
        plain(std::slice::from_ref(line))
    }
    fn code(&self, text: &str) -> String {
        text.to_owned()
    }
    fn language(&self, language: &str) -> String {
        language.to_owned()
    }
    fn quoted_blank(&self) -> &'static str {
        ""
    }
}

fn pieces(markdown: &str, limit: usize) -> Vec<String> {
    cut_text(read(markdown, None), limit, &Bare)
}

#[test]
fn a_text_is_cut_at_a_blank_line_before_anywhere_else() {
    assert_eq!(
        pieces("One two three.\n\nThree four.\nFive. Six seven.", 27),
        ["One two three.", "Three four.\nFive. Six", "seven."]
    );
    assert_eq!(pieces("First line here\nsecond line here\nthird", 36), ["First line here\nsecond line here", "third"]);
    assert_eq!(
        pieces("One sentence is here. Another one follows", 30),
        ["One sentence is here.", "Another one follows"]
    );
    assert_eq!(pieces("words and words and words", 12), ["words and", "words and", "words"]);
}

#[test]
fn a_heading_stays_with_what_it_heads() {
    let text = "Some words that fill it.\n\n## Head\n\nand what it heads";
    assert_eq!(pieces(text, 34), ["Some words that fill it.", "Head\nand what it heads"]);
}

#[test]
fn a_word_is_cut_only_if_it_is_longer_than_a_page_and_never_inside_a_letter() {
    assert_eq!(
        pieces("abcdefghijkl", 5),
        ["ab", "cd", "ef", "gh", "ij", "kl"]
            .map(str::to_owned)
            .concat()
            .chars()
            .collect::<Vec<_>>()
            .chunks(5)
            .map(|c| c.iter().collect::<String>())
            .collect::<Vec<_>>()
    );
    assert_eq!(pieces("ab👩\u{200d}🚀cd", 6), ["ab", "👩\u{200d}🚀c", "d"]);
    assert_eq!(pieces("🇰🇷🇰🇷", 5), ["🇰🇷", "🇰🇷"]);
}

#[test]
fn a_code_span_and_a_link_stay_whole() {
    assert_eq!(pieces("see `one two three` and more", 18), ["see one two three", "and more"]);
    assert_eq!(pieces("see [one two three](https://a.example) more", 18), ["see one two three", "more"]);
}

#[test]
fn a_fence_is_closed_and_opened_again_with_its_language() {
    let text = "```rust\nlet a = 1;\nlet b = 2;\nlet c = 3;\n```";
    assert_eq!(pieces(text, 36), ["```rust\nlet a = 1;\nlet b = 2;\n```", "```rust\nlet c = 3;\n```"]);
}

#[test]
fn a_list_keeps_its_numbers() {
    assert_eq!(
        pieces("7. seven is here\n8. eight is here\n9. nine", 36),
        ["7. seven is here\n8. eight is here", "9. nine"]
    );
}

#[test]
fn what_has_no_room_left_waits_for_a_fresh_page() {
    let mut rest = Rest::new(vec![Line::of(vec![Run::plain("Donaudampfschifffahrt")])], 30);
    assert!(rest.take(5, &Bare).is_empty());
    assert_eq!(rest.take(30, &Bare).len(), 1);
}

#[test]
fn the_first_words_of_a_long_title_say_that_there_is_more() {
    assert_eq!(shorten("Edit the rollback scenario", 24), "Edit the rollback…");
    assert_eq!(shorten("Donaudampfschifffahrtsgesellschaft", 10), "Donaudamp…");
    assert_eq!(shorten("👩\u{200d}🚀👩\u{200d}🚀", 7), "👩\u{200d}🚀…");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn nothing_is_lost_and_no_word_is_torn(text in markdown(14), limit in 120usize..900) {
        let lines = read(&text, None);
        let whole = plain(&lines);
        let cut = cut(lines, limit, &Bare);
        let shown: Vec<String> = cut.iter().map(|lines| plain(lines)).collect();
        prop_assert_eq!(seen(&shown.concat()), seen(&whole));
        let words: HashSet<&str> = whole.split_whitespace().collect();
        for (piece, shown) in cut.iter().zip(&shown) {
            let written = write(piece, &Bare);
            prop_assert!(width(&written) <= limit, "{} of {limit}: {written}", width(&written));
            for word in shown.split_whitespace() {
                prop_assert!(words.contains(word), "`{word}` was torn out of {whole}");
            }
        }
    }
}
