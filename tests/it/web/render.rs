//! Nothing anybody writes, bot or person, becomes anything but words.

use super::house::{House, between};
use slipway::domain::message::{Attachment, Block, Button, ButtonStyle, Message, Step, StepState, Tone};
use slipway::ports::chat::Chat;

const PROBES: [&str; 8] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "![a](https://evil.example/pixel.png)",
    "\"><svg onload=alert(1)>",
    "<a href=\"https://evil.example\">x</a>",
    "{{ csrf }}{% include 'x' %}",
    "<https://ok.example/\" onmouseover=alert(1)>",
];

fn everywhere(text: &str) -> Message {
    let t = || text.to_owned();
    let file = Attachment { name: t(), media_type: "text/plain".into(), alt: t(), bytes: vec![1] };
    let image = Attachment { media_type: "image/png".into(), ..file.clone() };
    let button = Button { action: t(), value: t(), label: t(), style: ButtonStyle::Danger, confirm: Some(t()) };
    Message {
        blocks: vec![
            Block::Heading { text: t() },
            Block::Text { markdown: t() },
            Block::Fields { fields: vec![(t(), t())] },
            Block::Code { language: t(), text: t() },
            Block::Details { summary: t(), markdown: t() },
            Block::Buttons { buttons: vec![button] },
            Block::Image { attachment: image },
            Block::File { attachment: file },
            Block::Footnote { markdown: t() },
            Block::Progress { steps: vec![Step { text: t(), state: StepState::Running }] },
            Block::Callout { tone: Tone::Danger, markdown: t() },
            Block::Divider,
        ],
    }
}

/// Every tag of the page that a probe could have made.
fn made_by_probes(page: &str) -> Vec<&str> {
    let tags = page.split('<').skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
    let bad = |tag: &&str| {
        let quoted = tag.split('"').step_by(2).collect::<String>().to_ascii_lowercase();
        let script = tag.starts_with("script") && !tag.starts_with("script src=\"/assets/");
        let image = tag.starts_with("img") && !tag.starts_with("img src=\"/files/");
        let svg = tag.starts_with("svg") && !tag.starts_with("svg class=\"");
        let link = tag.contains("href=\"javascript") || tag.contains("=\"https://evil.example");
        script || image || svg || link || quoted.contains(" on")
    };
    tags.filter(bad).collect()
}

#[tokio::test]
async fn what_the_bot_says_is_words_in_every_block() {
    let house = House::open().await;
    for (index, probe) in PROBES.iter().enumerate() {
        house.web.post(&house.place(), &format!("probe/{index}"), &everywhere(probe)).await.expect("posted");
    }
    let page = house.visitor().await.page("/c/releases").await;
    assert_eq!(made_by_probes(&page), Vec::<&str>::new());
    assert_eq!(page.matches("class=\"b-heading\"").count(), PROBES.len(), "all of them are there");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(page.contains("{{ csrf }}"), "templates are not read twice");
}

#[tokio::test]
async fn what_people_say_is_words_and_nobody_is_pinged() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    for (index, probe) in PROBES.iter().enumerate() {
        visitor.say(probe, &format!("event-000{index}")).await;
    }
    visitor.say("@everyone <!channel> look at pay\u{202e}gpj.exe and a\u{200b}b", "event-0100").await;
    let page = visitor.page("/c/releases").await;
    assert_eq!(made_by_probes(&page), Vec::<&str>::new());
    assert!(page.contains("<p>@everyone &lt;!channel&gt; look at pay‹U+202E›gpj.exe and a‹U+200B›b</p>"));
}

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let house = House::open().await;
    let visitor = house.visitor().await;
    for path in ["/c/releases", "/c/nowhere", "/name", "/nowhere"] {
        let response = visitor.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().expect("ASCII").to_owned();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        let page = response.text().await.expect("a page");
        assert!(!page.contains(" style=\"") && !page.contains("<style"), "{path}: the policy would ignore it");
    }
}

#[tokio::test]
async fn each_block_is_drawn_with_words_for_what_colour_says() {
    let house = House::open().await;
    let steps = [StepState::Done, StepState::Running, StepState::Waiting, StepState::Skipped];
    let message = Message::default()
        .with(Block::Callout { tone: Tone::Caution, markdown: "Migration without a way back".into() })
        .with(Block::Progress { steps: steps.map(|state| Step { text: format!("step `{state:?}`"), state }).to_vec() })
        .with(Block::Fields { fields: vec![("Range".into(), "`v1..v2`".into())] });
    house.web.post(&house.place(), "card", &message).await.expect("posted");
    let page = house.visitor().await.page("/c/releases").await;
    assert_eq!(between(&page, "<span class=\"word\">", "</span>"), Some("Caution"));
    for word in ["done", "running", "waiting", "skipped"] {
        assert!(page.contains(&format!("<span class=\"state\">{word}</span>")), "{word}");
    }
    assert!(page.contains("<dt>Range</dt><dd class=\"prose\"><p><code>v1..v2</code></p>"));
}
