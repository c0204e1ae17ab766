//! The workspace the tests play in refuses what Slack refuses, and shows people what is really there.

use super::scene::{Scene, place};
use crate::support::fakes::slack::FakeSlack;
use crate::support::fakes::slack::picture::picture;
use crate::support::fakes::slack::state::{BOT_USER, Kind, Message as Said, Sort};
use crate::support::fakes::slack::visible::mrkdwn;
use serde_json::{Value, json};
use slipway::domain::message::{Block, Button, ButtonStyle, Message, Step, StepState, Tone};
use slipway::ports::chat::Chat;
use std::time::Duration;

async fn ask(fake: &FakeSlack, token: &str, method: &str, body: &Value) -> Value {
    let request = reqwest::Client::new().post(format!("{}/{method}", fake.api_url())).bearer_auth(token).json(body);
    request.send().await.expect("it answers").json().await.expect("JSON")
}

async fn error(fake: &FakeSlack, method: &str, body: &Value) -> String {
    let told = ask(fake, fake.bot_token(), method, body).await;
    let code = told["error"].as_str().unwrap_or("none").to_owned();
    fake.expect_refused(&code);
    code
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn buttons(ids: &[&str]) -> Value {
    let elements: Vec<Value> = ids
        .iter()
        .map(
            |id| json!({"type": "button", "action_id": id, "text": {"type": "plain_text", "text": "Go"}, "value": "7"}),
        )
        .collect();
    json!({"type": "actions", "elements": elements})
}

#[tokio::test]
async fn a_message_beyond_a_limit_is_refused_with_slacks_own_code() {
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    let long = "x".repeat(3_001);
    let markdown = |length: usize| json!({"type": "markdown", "text": "x".repeat(length)});
    let header = |length: usize| json!({"type": "header", "text": {"type": "plain_text", "text": "x".repeat(length)}});
    let image = json!({"type": "image", "image_url": "https://example.org/a.png"});
    let empty = json!({"type": "actions", "elements": []});
    for (blocks, code) in [
        (vec![section("fine")], "none"),
        (vec![section(&long)], "invalid_blocks"),
        (vec![section("")], "invalid_blocks"),
        (vec![json!({"type": "divider"}); 51], "invalid_blocks"),
        (vec![json!({"type": "divider"}); 50], "none"),
        (vec![json!({"type": "hologram"})], "invalid_blocks"),
        (vec![json!({"type": "divider", "colour": "red"})], "invalid_blocks"),
        (vec![buttons(&["a", "a"])], "invalid_blocks"),
        (vec![buttons(&["a", "b"])], "none"),
        (vec![empty], "invalid_blocks"),
        (vec![header(151)], "invalid_blocks"),
        (vec![image], "invalid_blocks"),
        (vec![markdown(12_000)], "none"),
        (vec![markdown(12_001)], "msg_too_long"),
        (vec![section(&"x".repeat(2_700)); 5], "msg_blocks_too_long"),
    ] {
        let body = json!({"channel": "C0RELEASES", "text": "fallback", "blocks": blocks});
        assert_eq!(error(&fake, "chat.postMessage", &body).await, code, "{}", body.to_string().len());
    }
}

#[tokio::test]
async fn calls_that_slack_does_not_know_or_allow_are_refused() {
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    let channel = "C0RELEASES";
    for (method, body, code) in [
        ("chat.shout", json!({}), "unknown_method"),
        ("chat.postMessage", json!({"channel": channel, "text": "x", "volume": 11}), "invalid_arguments"),
        ("chat.postMessage", json!({"channel": 7, "text": "x"}), "invalid_arguments"),
        ("chat.postMessage", json!({"text": "x"}), "invalid_arguments"),
        ("chat.postMessage", json!({"channel": channel, "text": " "}), "no_text"),
        ("chat.postMessage", json!({"channel": channel, "text": "x".repeat(40_001)}), "msg_too_long"),
        (
            "chat.postMessage",
            json!({"channel": channel, "text": "x", "metadata": {"event_type": "a"}}),
            "invalid_metadata_format",
        ),
        (
            "chat.postMessage",
            json!({"channel": channel, "text": "x", "metadata": {"event_type": "a", "event_payload": {"n": 1}}}),
            "invalid_metadata_format",
        ),
        ("chat.postMessage", json!({"channel": "C0NOWHERE", "text": "x"}), "channel_not_found"),
        ("chat.postMessage", json!({"channel": channel, "text": "x", "thread_ts": "1.000001"}), "thread_not_found"),
        ("chat.update", json!({"channel": channel, "text": "x", "ts": "1.000001"}), "message_not_found"),
        ("chat.update", json!({"channel": channel, "text": "x".repeat(4_001), "ts": "1.000001"}), "msg_too_long"),
        ("chat.delete", json!({"channel": channel, "ts": "1.000001"}), "message_not_found"),
        (
            "views.open",
            json!({"trigger_id": "1.2.3", "view": {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [{"type": "divider"}]}}),
            "invalid_trigger_id",
        ),
        (
            "views.open",
            json!({"trigger_id": "1.2.3", "view": {"type": "modal", "title": {"type": "plain_text", "text": "x".repeat(25)}, "blocks": [{"type": "divider"}]}}),
            "invalid_arguments",
        ),
        ("users.info", json!({"user": "U9"}), "user_not_found"),
        ("files.completeUploadExternal", json!({"files": [{"id": "F1"}]}), "file_not_found"),
    ] {
        assert_eq!(error(&fake, method, &body).await, code, "{method} {body}");
    }
    let wrong = ask(&fake, "xoxb-unknown", "auth.test", &json!({})).await;
    let swapped = ask(&fake, fake.app_token(), "auth.test", &json!({})).await;
    assert_eq!(
        (wrong["error"].as_str(), swapped["error"].as_str()),
        (Some("invalid_auth"), Some("not_allowed_token_type"))
    );
    for code in ["invalid_auth", "not_allowed_token_type", "missing_scope"] {
        fake.expect_refused(code);
    }
    fake.without_scope("channels:history");
    let lacking = ask(&fake, fake.bot_token(), "conversations.history", &json!({"channel": channel})).await;
    assert_eq!(
        (lacking["error"].as_str(), lacking["needed"].as_str()),
        (Some("missing_scope"), Some("channels:history"))
    );
}

#[tokio::test]
async fn more_than_one_post_a_second_is_refused_after_a_small_burst() {
    let fake = FakeSlack::start().await;
    fake.expect_refused("ratelimited");
    let body = json!({"channel": "C0RELEASES", "text": "x"});
    for _ in 0..4 {
        assert_eq!(ask(&fake, fake.bot_token(), "chat.postMessage", &body).await["ok"], true);
    }
    let url = format!("{}/chat.postMessage", fake.api_url());
    let response = reqwest::Client::new().post(url).bearer_auth(fake.bot_token()).json(&body).send().await;
    let response = response.expect("it answers");
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"1".parse().expect("a header"))
    );
}

#[tokio::test]
#[should_panic(expected = "Slack refused what the bot asked")]
async fn a_refused_call_that_nobody_announced_fails_the_test() {
    let fake = FakeSlack::start().await;
    ask(&fake, fake.bot_token(), "chat.shout", &json!({})).await;
}

#[tokio::test]
async fn people_read_words_and_not_markup() {
    let fake = FakeSlack::start().await;
    fake.person("kim");
    let world = fake.world();
    for (source, read) in [
        ("*bold* _slanted_ ~gone~ `a*b*c`", "bold slanted gone a*b*c"),
        ("see <https://example.org|the change> by <@U1KIM>", "see the change by @kim"),
        ("a &lt;b&gt; &amp; c * d * e snake_case_name", "a <b> & c * d * e snake_case_name"),
        ("```let x = `1`;```", "let x = `1`;"),
        ("📎 `note.md`", "📎 note.md"),
    ] {
        assert_eq!(mrkdwn(&world, source), read);
    }
}

#[tokio::test]
async fn a_ping_is_seen_wherever_it_hides() {
    let fake = FakeSlack::start().await;
    fake.knobs().limiting = false;
    for blocks in [
        json!([section("hello <!channel>")]),
        json!([{"type": "context", "elements": [{"type": "mrkdwn", "text": "<@U1KIM>"}]}]),
        json!([{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "broadcast", "range": "here"}]}]}]),
    ] {
        ask(
            &fake,
            fake.bot_token(),
            "chat.postMessage",
            &json!({"channel": "C0RELEASES", "text": "x", "blocks": blocks}),
        )
        .await;
    }
    let plain = json!([{"type": "header", "text": {"type": "plain_text", "text": "<!channel>"}}]);
    ask(&fake, fake.bot_token(), "chat.postMessage", &json!({"channel": "C0RELEASES", "text": "x", "blocks": plain}))
        .await;
    let whom: Vec<String> = fake.world().pings.iter().map(|(.., whom)| whom.clone()).collect();
    assert_eq!(whom, ["<!channel", "<@U1KIM", "<!here"]);
}

#[tokio::test]
async fn people_use_no_button_that_is_gone_and_see_no_whisper_of_others() {
    let fake = FakeSlack::start().await;
    let (kim, lee) = (fake.person("kim"), fake.person_who_is("lee", Kind::Guest));
    let posted = ask(
        &fake,
        fake.bot_token(),
        "chat.postMessage",
        &json!({"channel": "C0RELEASES", "text": "x", "blocks": [buttons(&["a"])]}),
    )
    .await;
    let seen = kim.sees(None).await.remove(0);
    let update = json!({"channel": "C0RELEASES", "ts": posted["ts"], "text": "done", "blocks": [section("done")]});
    ask(&fake, fake.bot_token(), "chat.update", &update).await;
    assert_eq!(kim.is_asked(&seen, "Go"), None);
    let pressed = tokio::spawn(async move { kim.presses(&seen, "Go").await }).await;
    assert!(pressed.is_err_and(|error| error.is_panic()), "the button is not there any more");
    fake.world().channel_mut("C0RELEASES").messages.push(Said {
        ts: "1900000000.000001".to_owned(),
        user: BOT_USER.to_owned(),
        only: Some("U1KIM".to_owned()),
        text: "for Kim".to_owned(),
        ..Said::default()
    });
    assert_eq!(lee.sees(None).await.len(), 1);
}

#[tokio::test]
async fn an_event_that_is_not_acknowledged_comes_again_and_then_no_more() {
    let scene = Scene::open().await;
    scene.fake.knobs().acknowledge = Duration::from_millis(50);
    scene.ear.deaf.store(true, std::sync::atomic::Ordering::SeqCst);
    scene.fake.person("kim").says("@Slipway help").await;
    scene.fake.settled().await;
    let acks = scene.fake.log().acks.clone();
    let attempts: Vec<u32> = acks.iter().map(|ack| ack.attempt).collect();
    assert_eq!(acks.iter().filter(|ack| ack.took.is_none()).count(), acks.len());
    assert_eq!((attempts.iter().max(), attempts.len()), (Some(&3), 8), "two events, four times each");
}

/// Writes `target/slack.html`: the messages of a channel for a designer's eye.
#[tokio::test]
async fn a_picture_of_the_messages_can_be_looked_at() {
    let scene = Scene::open().await;
    scene.fake.world().add_channel("incidents", Sort::Public, true);
    let step = |text: &str, state| Step { text: text.to_owned(), state };
    let button = |label: &str, style| Button {
        action: format!("note.{}", label.to_lowercase().replace(' ', "_")),
        value: "7".to_owned(),
        label: label.to_owned(),
        style,
        confirm: (style == ButtonStyle::Danger).then(|| "Deploy `payments` 2.4.0 to production?".to_owned()),
    };
    let message = Message::default()
        .with(Block::Heading { text: "payments 2.4.0".to_owned() })
        .with(Block::Callout {
            tone: Tone::Danger,
            markdown: "`migrations/0042.sql` drops a column; there is **no way back**.".to_owned(),
        })
        .with(Block::Fields {
            fields: vec![
                ("Service".to_owned(), "`payments`".to_owned()),
                ("Range".to_owned(), "`v2.3.0..v2.4.0`".to_owned()),
            ],
        })
        .with(Block::Text {
            markdown:
                "Pays a refund *twice at most* ([#12](https://example.org/12)).\n\n- 한국어 목록\n- `code`\n\n> quoted"
                    .to_owned(),
        })
        .with(Block::Code {
            language: "sql".to_owned(),
            text: "ALTER TABLE invoices DROP COLUMN legacy_id;".to_owned(),
        })
        .with(Block::Progress {
            steps: vec![step("Read the change", StepState::Done), step("Word the note", StepState::Running)],
        })
        .with(Block::Buttons {
            buttons: vec![
                button("Edit", ButtonStyle::Plain),
                button("Draft again", ButtonStyle::Primary),
                button("Deploy", ButtonStyle::Danger),
            ],
        })
        .with(Block::Footnote { markdown: "Written by rules; 12 commits read.".to_owned() });
    scene.slack.post(&place("C0INCIDENTS"), "k", &message).await.expect("posted");
    let page = {
        let world = scene.fake.world();
        picture(&world, &world.channel("C0INCIDENTS").messages)
    };
    for shown in
        ["<h3>payments 2.4.0</h3>", "<code>payments</code>", "<button class=\"danger\">Deploy …</button>", ">#12</a>"]
    {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/target/slack.html"), page).expect("written");
}
