//! Does what Slack gets read as it was meant, and is all of it there?

use super::checked::check;
use super::heard::heard;
use super::*;
use crate::adapters::chat::mix::{markdown, seen};
use crate::adapters::chat::script::plain;
use crate::domain::message::{Block, Button, ButtonStyle, Step, StepState, Tone};
use proptest::prelude::*;

fn said(markdown: &str) -> String {
    mrkdwn(markdown).replace(['\u{200b}', '\u{2060}'], "·")
}

#[test]
fn emphasis_nests_and_is_never_doubled() {
    assert_eq!(said("***x***"), "*_x_*");
    assert_eq!(said("**a *b* c**"), "*a _b_ c*");
    assert_eq!(said("*a **b** c*"), "_a *b* c_");
    assert_eq!(said("**a _b_** ~~c~~"), "*a _b_* ~c~");
    assert_eq!(said("**bold**, then **more**."), "*bold*, then *more*.");
    assert_eq!(said("** no **"), "** no **");
}

#[test]
fn emphasis_that_touches_letters_gets_a_space_of_no_width() {
    assert_eq!(said("**굵게**는 *기울임*을"), "*굵게*·는 _기울임_·을");
    assert_eq!(said("한**글**자 `코드`를"), "한·*글*·자 `코드`·를");
    assert_eq!(said("un**frigging**believable"), "un·*frigging*·believable");
    assert_eq!(said("**\"인용\"**은 굵다"), "*\"인용\"*·은 굵다", "CommonMark would leave the asterisks");
    assert_eq!(said("**이름(Name)**을"), "*이름(Name)*·을");
}

#[test]
fn code_shows_every_character() {
    assert_eq!(said("`a*b*<c>` and ``x`y``"), "`a*b*&lt;c&gt;` and `xˋy`");
    assert_eq!(said("```rust\nlet a = *b & <c>;\n```"), "```\nlet a = *b &amp; &lt;c&gt;;\n```");
    assert_eq!(said("````\n```\n````"), "```\n`·`·`\n```");
    assert_eq!(said("    a\n\n    b"), "```\na\n\nb\n```");
}

#[test]
fn marks_that_are_text_stay_text() {
    assert_eq!(said("snake_case_name and 2 * 3 * 4"), "snake_case_name and 2 * 3 * 4");
    assert_eq!(said(r"\*args\* and \_\_init\_\_"), "`*args*` and `__init__`");
    assert_eq!(said(r"match \*.rs here"), "match *.rs here");
    assert_eq!(said(r"**see** \*.rs"), "*see* `*.rs`");
    assert_eq!(said(r"\`x\`"), "`ˋxˋ`");
}

#[test]
fn a_link_keeps_its_words_and_its_address() {
    assert_eq!(said("[a|b](https://x.example/p_(1)?a=1&b=|2>)"), "<https://x.example/p_(1)?a=1&amp;b=%7C2%3E|a│b>");
    assert_eq!(said("<https://x.example/?q=a b>"), "&lt;https://x.example/?q=a b&gt;");
    assert_eq!(said("<https://x.example/?q=a>"), "<https://x.example/?q=a>");
    assert_eq!(said("[**a > b**](https://x.example)은"), "*<https://x.example|a &gt; b>*·은");
    assert_eq!(said("[a](javascript:alert(1)) [b](/n/7) <a@b.example>"), "a b a@b.example");
    assert_eq!(said("![a cat](https://x.example/c.png)"), "[image: a cat]");
}

#[test]
fn our_own_pages_are_reached_from_anywhere() {
    let page = &pages(&Message::text("[note](/n/7) [x](//evil.example)"), "https://slipway.example/")[0];
    assert_eq!(page.blocks[0]["text"]["text"], "<https://slipway.example/n/7|note> x");
}

#[test]
fn lists_keep_their_shape() {
    assert_eq!(
        said("1. one\n   - a\n     - b\n2. two\n\n- [ ] open\n- [x] done"),
        "1. one\n    ◦ a\n        ▪ b\n2. two\n\n☐ open\n☑ done"
    );
    assert_eq!(said("7. seven\n8. eight"), "7. seven\n8. eight");
    assert_eq!(said("- `a`  \n  about"), "• `a`\n   about");
    assert_eq!(said("Why:\n\n- a\n- b\n\nThen."), "Why:\n• a\n• b\n\nThen.");
}

#[test]
fn headings_quotes_and_rules_read_well() {
    assert_eq!(said("## A *b* **c**\n\ntext\n\n## D"), "*A _b_ c*\ntext\n\n*D*");
    assert_eq!(said("> a\n> b\n>\n> > c"), "> a\n> b\n>\n> » c");
    assert_eq!(said("a\n\n---\n\nb"), "a\n\n──────────\n\nb");
    assert_eq!(said("a  \nb\\\nc\nd"), "a\nb\nc\nd");
}

#[test]
fn a_narrow_table_is_aligned_and_a_wide_one_is_a_list() {
    assert_eq!(
        said("| name | 수 |\n|---|--:|\n| 한글 | 7 |\n| b | 12 |"),
        "```\nname  수\n────  ──\n한글   7\nb     12\n```"
    );
    let wide =
        "| Service | Owner | What it does |\n|---|---|---|\n| `pay` | ledger team | settles what is owed to whom |";
    assert_eq!(said(wide), "• *`pay`* · Owner: ledger team · What it does: settles what is owed to whom");
}

#[test]
fn nothing_in_a_text_calls_anybody() {
    for probe in [
        "<!channel>",
        "<!here>",
        "<!everyone>",
        "<!subteam^S1>",
        "<@U1>",
        "<#C1>",
        "<!date^1^{date}|x>",
        "&lt;!channel&gt;",
        "`<!here>`",
        "\\<!here>",
        "<!here|x>",
        "a<!channel>b",
        "[<!here>](https://x.example)",
        "```\n<!here>\n```",
    ] {
        for text in [mrkdwn(probe), pages(&Message::text(probe), "")[0].text.clone()] {
            for special in ["<!", "<@", "<#"] {
                assert!(!text.contains(special), "{probe} became {text}");
            }
        }
    }
    for probe in [
        "@here",
        "@channel",
        "@everyone",
        "＠here",
        "@Everyone",
        "a@here",
        "`@here`",
        "@**here**",
        "\\@here",
        "&#64;here",
    ] {
        let shown = mrkdwn(probe).to_lowercase();
        for word in ["@here", "@channel", "@everyone", "＠here"] {
            assert!(!shown.contains(word), "{probe} became {shown}");
        }
    }
    assert_eq!(said("@\u{200b}here @kim"), "@‹U+200B›here @kim");
    assert_eq!(said("> x\n\n\\> y"), "> x\n\n·&gt; y");
}

fn text_of(page: &Page) -> String {
    let mut text = String::new();
    for block in &page.blocks {
        let texts = [&block["text"]].into_iter().chain(block["elements"].as_array().into_iter().flatten());
        for object in texts.filter(|object| object.get("verbatim").is_some() || block["type"] == "header") {
            let shown = object["text"].as_str().unwrap_or_default();
            let part = block["type"] == "context" && shown.starts_with("Part ");
            let shown = if block["type"] == "header" { shown.to_owned() } else { heard(shown) };
            text.push_str(if part { "" } else { &shown });
        }
    }
    text
}

fn button(action: &str, value: &str) -> Button {
    Button {
        action: action.to_owned(),
        value: value.to_owned(),
        label: "Take it".to_owned(),
        style: ButtonStyle::Plain,
        confirm: None,
    }
}

#[test]
fn the_buttons_of_a_long_message_stand_on_its_first_page() {
    let long = "One sentence of several words. ".repeat(900);
    let message = Message::text(&long).with(Block::Buttons { buttons: vec![button("a", "1"), button("a", "2")] });
    let pages = pages(&message.with(Block::Footnote { markdown: "small".to_owned() }), "");
    assert_eq!(pages.len(), 3);
    let ids: Vec<&Value> = pages[0].blocks[pages[0].blocks.len() - 2]["elements"]
        .as_array()
        .expect("actions")
        .iter()
        .map(|e| &e["action_id"])
        .collect();
    assert_eq!(ids, ["a", "a#2"]);
    assert_eq!((action("a#2"), action("a")), ("a", "a"));
    assert_eq!(pages[0].blocks.last().expect("a block")["elements"][0]["text"], "Part 1 of 3");
    pages.iter().for_each(check);
}

#[test]
fn buttons_about_one_thing_of_several_stay_under_it() {
    let long = "One sentence of several words. ".repeat(200);
    let mut message = Message::default();
    for n in 0..4 {
        message = message
            .with(Block::Text { markdown: format!("{n} {long}") })
            .with(Block::Buttons { buttons: vec![button("a", &n.to_string())] });
    }
    for page in pages(&message, "") {
        check(&page);
        for (index, block) in page.blocks.iter().enumerate().filter(|(_, block)| block["type"] == "actions") {
            assert_eq!(page.blocks[index - 1]["type"], "section", "{block}");
        }
    }
}

#[test]
fn everything_a_message_can_hold_is_within_the_limits_however_much_there_is() {
    let long = |n: usize| "배포 <a> & \"b\" ".repeat(n);
    let file = Attachment { name: long(9), media_type: "image/png".to_owned(), alt: long(300), bytes: vec![1] };
    let big = Button { value: "x".repeat(3_000), ..button("a", "") };
    let sure = Button { confirm: Some(long(90)), label: long(30), value: "\"".repeat(1_999), ..button("a", "") };
    let message = Message::default()
        .with(Block::Heading { text: long(40) })
        .with(Block::Heading { text: String::new() })
        .with(Block::Fields { fields: (0..33).map(|_| (long(3), long(60))).collect() })
        .with(Block::Fields { fields: vec![("a".to_owned(), long(400))] })
        .with(Block::Code { language: "rust".to_owned(), text: long(1_500) })
        .with(Block::Details { summary: long(30), markdown: long(900) })
        .with(Block::Buttons { buttons: std::iter::repeat_n(sure, 30).chain([big]).collect() })
        .with(Block::Image { attachment: file.clone() })
        .with(Block::Progress { steps: vec![Step { text: long(400), state: StepState::Running }] })
        .with(Block::Callout { tone: Tone::Danger, markdown: long(900) })
        .with(Block::Divider)
        .with(Block::Text { markdown: String::new() })
        .with(Block::Footnote { markdown: long(400) })
        .with(Block::File { attachment: file });
    let pages = pages(&message, "https://slipway.example");
    pages.iter().for_each(check);
    assert_eq!(pages.iter().map(|page| page.files.len()).sum::<usize>(), 2);
    let all = serde_json::to_string(&pages.iter().map(|page| &page.blocks).collect::<Vec<_>>()).expect("JSON");
    assert!(all.contains("cannot be pressed in Slack") && all.contains("file/0"));
    for one in &message.blocks {
        super::pages(&Message { blocks: vec![one.clone()] }, "").iter().for_each(check);
    }
    super::pages(&Message::default(), "").iter().for_each(check);
}

#[test]
fn four_hundred_kilobytes_are_said_in_full() {
    let text = "배포 노트 **굵게**는 `code` [link](https://a.example/x) 👩\u{200d}🚀 שלום. ".repeat(5_000);
    assert!(text.len() > 400_000);
    let pages = pages(&Message::text(&text), "");
    pages.iter().for_each(check);
    let shown: String = pages.iter().map(text_of).collect();
    assert_eq!(seen(&shown), seen(&plain(&read(&text, None))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]
    #[test]
    fn what_slack_shows_is_what_was_written(text in markdown(10)) {
        let wanted = seen(&plain(&read(&text, None)));
        let shown = mrkdwn(&text);
        prop_assert_eq!(seen(&heard(&shown)), &*wanted, "{}", shown);
        let pages = pages(&Message::text(&text).with(Block::Callout { tone: Tone::Plain, markdown: text.clone() }), "");
        pages.iter().for_each(check);
        let shown: String = pages.iter().map(text_of).collect();
        prop_assert_eq!(seen(&shown), format!("{wanted}{wanted}"));
    }
}

#[test]
fn a_card_reads_from_its_title_to_its_small_print() {
    let card = Message::default()
        .with(Block::Heading { text: "Release `v2`".to_owned() })
        .with(Block::Text { markdown: "It goes out.\n\n## Changes\n\n- one".to_owned() })
        .with(Block::Fields { fields: vec![("Service".to_owned(), "`pay`".to_owned())] })
        .with(Block::Callout { tone: Tone::Danger, markdown: "**1 risk**\n\n- old".to_owned() })
        .with(Block::Progress { steps: vec![Step { text: "Read `x`".to_owned(), state: StepState::Running }] })
        .with(Block::Buttons { buttons: vec![button("note.edit", "7")] })
        .with(Block::Footnote { markdown: "[Open](/n/7)".to_owned() });
    let page = pages(&card, "https://slipway.example").swap_remove(0);
    let marked = |text: &str| json!({ "type": "mrkdwn", "text": text, "verbatim": true });
    let section = |text: &str| json!({ "type": "section", "text": marked(text), "expand": true });
    let header =
        |text: &str| json!({ "type": "header", "text": { "type": "plain_text", "text": text, "emoji": true } });
    let press = json!({ "type": "button", "text": { "type": "plain_text", "text": "Take it", "emoji": true }, "action_id": "note.edit", "value": "7" });
    let wanted = [
        header("Release v2"),
        section("It goes out."),
        header("Changes"),
        section("• one"),
        json!({ "type": "section", "fields": [marked("*Service*\n`pay`")] }),
        section("> 🛑 *Danger* · *1 risk*\n> • old"),
        section("▸ *Running: Read `x`*"),
        json!({ "type": "actions", "elements": [press] }),
        json!({ "type": "context", "elements": [marked("<https://slipway.example/n/7|Open>")] }),
    ];
    assert_eq!(page.blocks, wanted);
    assert_eq!(
        page.text,
        "Release v2\nIt goes out.\nChanges\n• one\nService: pay\n🛑 Danger · 1 risk\n• old\n▸ Running: Read x\nOpen"
    );
}
