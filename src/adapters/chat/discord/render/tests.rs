//! Does what Discord gets read as it was meant, and is all of it there?

use super::checked::check;
use super::heard::heard;
use super::*;
use crate::adapters::chat::mix::{markdown as mix, seen};
use crate::adapters::chat::script::plain;
use crate::domain::message::{Button, ButtonStyle, Step, StepState, Tone};
use proptest::prelude::*;
use regex::Regex;
use serde_json::json;

fn said(text: &str) -> String {
    markdown(text).replace(['\u{200b}', '\u{2060}'], "·")
}

#[test]
fn emphasis_nests_as_discord_reads_it() {
    assert_eq!(said("***x***"), "***x***");
    assert_eq!(said("**a *b* c** ~~d~~"), "**a *b* c** ~~d~~");
    assert_eq!(said("**굵게**는 *기울임*을"), "**굵게**는 *기울임*을");
    assert_eq!(said("*__a__ b*"), "*·**a** b*");
    assert_eq!(said("**\"인용\"**은"), "**\"인용\"**은");
}

#[test]
fn marks_that_are_text_stay_text() {
    assert_eq!(said(r"\*x\* snake_case a|b `c`"), r"\*x\* snake\_case a\|b `c`");
    assert_eq!(said("\\# x\n\n\\> y\n\n1\\. z\n\n\\- w\n\n\\-# v"), "\\# x\n\n\\> y\n\n1\\. z\n\n\\- w\n\n\\-# v");
    assert_eq!(said("see https://a.example/b_c"), r"see https\://a.example/b\_c", "an address of the bot is no link");
    assert_eq!(said("``a`b`` ```` c```d ````"), "`` a`b `` `` c`·`·`d ``");
    assert_eq!(said("~~~\n```\n~~~"), "```\n`·`·`\n```");
}

#[test]
fn a_link_has_no_preview_and_keeps_its_address() {
    assert_eq!(said("[a](https://x.example/p_(1)?a=1&b=2)"), "[a](<https://x.example/p_(1)?a=1&b=2>)");
    assert_eq!(said("[a](<https://x.example/a)b>)"), "[a](<https://x.example/a%29b>)");
    assert_eq!(said("<https://x.example/a_b>"), "<https://x.example/a_b>");
    assert_eq!(said(r"[a \[b\]](https://x.example)"), "[a ［b］](<https://x.example>)");
    assert_eq!(said(r"[\*all\* of_it](https://x.example)"), "[`*all* of_it`](<https://x.example>)");
    assert_eq!(said("[https://bank.example](https://x.example)"), "[https:·//bank.example](<https://x.example>)");
    assert_eq!(said("[a](javascript:x) <a@b.example>"), "a a@b.example");
}

#[test]
fn lists_headings_and_quotes_read_well() {
    assert_eq!(said("1. one\n   - a\n     - b\n2. two"), "1. one\n  - a\n    - b\n2. two");
    assert_eq!(said("- [ ] open\n- [x] done\n  - [x] deep"), "☐ open\n☑ done\n  - ☑ deep");
    assert_eq!(said("# A\n\ntext\n\n## B\n\n### C"), "## A\ntext\n\n### B\n**C**");
    assert_eq!(said("> a\n> b\n>\n> > c"), "> a\n> b\n> \n> » c");
}

#[test]
fn nothing_in_a_text_calls_anybody() {
    let special = Regex::new(r"<(@[!&]?\d|#\d|/|a?:\w+:\d|t:\d|id:)|(?i)[@＠](everyone|here)").expect("a constant");
    for probe in [
        "<@1>",
        "<@!1>",
        "<@&1>",
        "<#1>",
        "</command:1>",
        "</a b:1>",
        "<:emoji:1>",
        "<a:emoji:1>",
        "<t:1>",
        "<t:1:R>",
        "<id:customize>",
        "@everyone",
        "@here",
        "＠everyone",
        "\\@everyone",
        "`@everyone`",
        "`<@1>`",
        "```\n<@1> @here\n```",
        "**<@1>**",
        "&lt;@1&gt;",
        "[<@1>](https://x.example)",
        "a<@1>",
        "@<b>everyone",
        "[@](x:y)everyone",
        "<\u{200b}@1>",
    ] {
        let message = Message::default()
            .with(Block::Heading { text: probe.to_owned() })
            .with(Block::Fields { fields: vec![(probe.to_owned(), probe.to_owned())] })
            .with(Block::Code { language: probe.to_owned(), text: probe.to_owned() });
        let page = &pages(&message, "")[0];
        for text in [markdown(probe), serde_json::to_string(&page.embeds).expect("JSON")] {
            assert!(!special.is_match(&text), "{probe} became {text}");
        }
    }
}

fn button(label: &str, value: &str) -> Button {
    Button {
        action: "note.take".to_owned(),
        value: value.to_owned(),
        label: label.to_owned(),
        style: ButtonStyle::Plain,
        confirm: None,
    }
}

fn buttons(labels: &[&str]) -> Block {
    Block::Buttons { buttons: labels.iter().map(|label| button(label, "7")).collect() }
}

#[test]
fn a_few_words_are_content_and_a_card_is_an_embed() {
    let words = &pages(&Message::text("Done.").with(buttons(&["Open"])), "")[0];
    assert_eq!((words.content.as_str(), words.embeds.len(), words.components.len()), ("Done.", 0, 1));
    let card = Message::default()
        .with(Block::Heading { text: "Release `v2`".to_owned() })
        .with(Block::Text { markdown: "It goes out.".to_owned() })
        .with(Block::Fields { fields: vec![("Service".to_owned(), "`pay`".to_owned())] })
        .with(Block::Callout { tone: Tone::Caution, markdown: "**1 risk**\n\n- old".to_owned() })
        .with(Block::Progress { steps: vec![Step { text: "Read `x`".to_owned(), state: StepState::Done }] })
        .with(buttons(&["Edit"]))
        .with(Block::Footnote { markdown: "[Open](/n/7)".to_owned() });
    let pages = pages(&card, "https://slipway.example");
    assert_eq!(pages.len(), 1);
    let page = &pages[0];
    assert_eq!(
        page.embeds,
        [json!({
            "color": 0xe5a02c,
            "title": "Release `v2`",
            "description": "It goes out.\n\n**Service:** `pay`\n\n⚠️ **Caution** · **1 risk**\n- old\n\n✓ Done: Read `x`\n\n\
                            -# [Open](<https://slipway.example/n/7>)",
        })]
    );
    assert_eq!(page.components[0]["components"][0]["custom_id"], "b0|note.take||7");
}

#[test]
fn the_only_buttons_stand_on_the_first_page() {
    let long = "One sentence of several words. ".repeat(900);
    let pages =
        pages(&Message::text(long).with(buttons(&["Edit"])).with(Block::Footnote { markdown: "x".to_owned() }), "");
    assert_eq!(pages.len(), 5);
    assert_eq!(pages.iter().map(|page| page.components.len()).collect::<Vec<_>>(), [1, 0, 0, 0, 0]);
    assert_eq!(pages[4].embeds.last().expect("an embed")["footer"]["text"], "Part 5 of 5");
    pages.iter().for_each(check);
}

#[test]
fn buttons_that_read_alike_stand_on_pages_of_their_own() {
    let two = |second: &str| {
        Message::text("a")
            .with(buttons(&["Take"]))
            .with(Block::Text { markdown: "b".to_owned() })
            .with(buttons(&[second]))
    };
    let count =
        |second| pages(&two(second).with(Block::Divider).with(Block::Heading { text: "c".to_owned() }), "").len();
    assert_eq!((count("Keep"), count("Take")), (1, 3));
}

#[test]
fn a_button_that_asks_first_is_kept_with_its_question() {
    let sure = Button { confirm: Some("Roll `pay` back?".to_owned()), ..button("Roll back", "7") };
    let page = &pages(&Message::text("x").with(Block::Buttons { buttons: vec![sure] }), "")[0];
    let kept = &page.kept[0];
    assert_eq!(page.components[0]["components"][0]["custom_id"], kept.custom_id);
    let asked = question(&kept.id, Some(kept));
    assert_eq!(asked.content, "Roll `pay` back?");
    let yes = &asked.components[0]["components"][0];
    assert_eq!((&yes["label"], &yes["custom_id"]), (&json!("Roll back"), &json!("b0|note.take||7")));
    assert_eq!(question(&kept.id, None).content, "Should this be done?");
}

#[test]
fn an_image_stands_in_the_text_and_is_told_in_words() {
    let image = Attachment {
        name: "오류 rate.png".to_owned(),
        media_type: "image/png".to_owned(),
        alt: "Error rate: flat".to_owned(),
        bytes: vec![1],
    };
    let message =
        Message::text("Now:").with(Block::Image { attachment: image.clone() }).with(Block::Image { attachment: image });
    let page = &pages(&message, "")[0];
    assert_eq!(page.embeds[0]["image"]["url"], "attachment://rate.png");
    assert_eq!(page.embeds[1]["image"]["url"], "attachment://rate-2.png");
    assert_eq!(page.embeds[0]["description"], "Now:\n\n-# Error rate: flat");
    assert_eq!(
        page.files.iter().map(|file| (file.name.as_str(), file.alt.as_str())).collect::<Vec<_>>(),
        [("rate.png", "Error rate: flat"), ("rate-2.png", "Error rate: flat")]
    );
}

#[test]
fn everything_a_message_can_hold_is_within_the_limits_however_much_there_is() {
    let long = |n: usize| "배포 <a> & \"b\" _c ".repeat(n);
    let file = Attachment { name: long(9), media_type: "image/png".to_owned(), alt: long(300), bytes: vec![1] };
    let sure = Button { confirm: Some(long(90)), ..button(&long(30), &long(200)) };
    let message = Message::default()
        .with(Block::Heading { text: long(40) })
        .with(Block::Heading { text: String::new() })
        .with(Block::Fields { fields: (0..33).map(|_| (long(3), long(60))).collect() })
        .with(Block::Code { language: "rust".to_owned(), text: long(1_500) })
        .with(Block::Details { summary: long(10), markdown: long(900) })
        .with(Block::Buttons { buttons: std::iter::repeat_n(sure.clone(), 30).collect() })
        .with(Block::Image { attachment: file.clone() })
        .with(Block::Progress { steps: vec![Step { text: long(400), state: StepState::Running }] })
        .with(Block::Callout { tone: Tone::Danger, markdown: long(900) })
        .with(Block::Divider)
        .with(Block::Text { markdown: String::new() })
        .with(Block::Footnote { markdown: long(400) })
        .with(Block::Buttons { buttons: vec![sure] });
    let message = (0..13).fold(message, |message, _| message.with(Block::File { attachment: file.clone() }));
    let pages = pages(&message, "https://slipway.example");
    pages.iter().for_each(check);
    assert_eq!(pages.iter().map(|page| page.files.len()).sum::<usize>(), 14);
    assert_eq!(pages.iter().map(|page| page.kept.len()).sum::<usize>(), 31);
    for one in &message.blocks {
        super::pages(&Message { blocks: vec![one.clone()] }, "").iter().for_each(check);
    }
    super::pages(&Message::default(), "").iter().for_each(check);
}

/// What a person sees of a page: Discord's Markdown is near enough to CommonMark to be read as such.
fn text_of(page: &Page) -> String {
    let texts = page.embeds.iter().filter_map(|embed| embed["description"].as_str());
    texts.chain([page.content.as_str()]).map(heard).collect()
}

#[test]
fn four_hundred_kilobytes_are_said_in_full() {
    let text = "배포 노트 **굵게**는 `code` [link](https://a.example/x) 👩\u{200d}🚀 שלום. ".repeat(5_000);
    let pages = pages(&Message::text(&text), "");
    pages.iter().for_each(check);
    let shown: String = pages.iter().map(text_of).collect();
    assert_eq!(seen(&shown), seen(&plain(&read(&text, None))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn what_discord_shows_is_what_was_written(text in mix(10)) {
        let wanted = seen(&plain(&read(&text, None)));
        prop_assume!(!wanted.is_empty());
        let shown = markdown(&text);
        prop_assert_eq!(seen(&heard(&shown)), &*wanted, "{}", shown);
        let pages = pages(&Message::text(&text).with(Block::Callout { tone: Tone::Plain, markdown: text.clone() }), "");
        pages.iter().for_each(check);
        let shown: String = pages.iter().map(text_of).collect();
        prop_assert_eq!(seen(&shown), format!("{wanted}{wanted}"));
    }
}
