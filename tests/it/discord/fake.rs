//! The fake itself: does it let the real client in, keep what it is told, and refuse what Discord refuses?

use crate::support::fakes::discord::{FakeDiscord, Manner};
use crate::support::not_run::not_run;
use serde_json::{Value, json};
use serenity::http::{Http, HttpBuilder, HttpError, LightMethod, Request, Route};
use serenity::model::id::{ApplicationId, ChannelId, GuildId};
use std::time::Duration;

fn http(fake: &FakeDiscord) -> Http {
    let (address, authority) = fake.relay();
    let authority = reqwest012::Certificate::from_pem(&authority).expect("a certificate");
    let client = reqwest012::Client::builder().use_rustls_tls().resolve("discord.com", address);
    let client = client.add_root_certificate(authority).timeout(Duration::from_secs(5)).build().expect("a client");
    let application = ApplicationId::new(fake.state().application.id);
    HttpBuilder::new(fake.token()).client(client).application_id(application).build()
}

async fn post(http: &Http, channel: u64, body: &Value) -> Result<Value, (u16, isize, String)> {
    let route = Route::ChannelMessages { channel_id: ChannelId::new(channel) };
    let request = Request::new(route, LightMethod::Post).body(Some(body.to_string().into_bytes()));
    http.fire(request).await.map_err(|error| match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => {
            (response.status_code.as_u16(), response.error.code, format!("{:?}", response.error.errors))
        }
        other => panic!("{other:?}"),
    })
}

#[tokio::test]
async fn a_message_stands_where_it_was_sent_and_says_what_people_read() {
    let fake = FakeDiscord::start().await;
    let (http, kim) = (http(&fake), fake.person("kim"));
    let channel = fake.channel("releases").parse().expect("an id");
    let sent = post(
        &http,
        channel,
        &json!({ "content": "**Hello** `there`", "embeds": [{ "title": "A", "description": "b" }], "allowed_mentions": { "parse": [] } }),
    )
    .await
    .expect("sent");
    assert_eq!(kim.sees(None)[0].text, "Hello there A b");
    assert_eq!(sent["id"], kim.sees(None)[0].id);
    assert_eq!(fake.complaints(), Vec::<String>::new());
}

#[tokio::test]
async fn what_discord_refuses_is_refused_with_its_code_and_written_down() {
    let fake = FakeDiscord::start().await;
    let http = http(&fake);
    let channel: u64 = fake.channel("releases").parse().expect("an id");
    let long = "x".repeat(2_001);
    let row =
        json!({ "type": 1, "components": [{ "type": 2, "style": 1, "label": "Edit", "custom_id": "y".repeat(101) }] });
    if !fake.knows_the_description() {
        not_run("Discord's description was not there: what only it refuses was not tried.");
    }
    let mut refused: Vec<(&str, Value, &str)> = vec![
        ("over-long text", json!({ "content": long }), "content"),
        (
            "an embed that is too long",
            json!({ "embeds": [{ "description": "x".repeat(4_097) }] }),
            "embeds.0.description",
        ),
        (
            "embeds that are too long together",
            json!({ "embeds": [{ "description": "x".repeat(4_000) }, { "description": "x".repeat(2_001) }] }),
            "embeds",
        ),
        ("a custom id that is too long", json!({ "content": "x", "components": [row] }), "components.0"),
        (
            "six rows",
            json!({ "content": "x", "components": (0..6).map(|at| json!({ "type": 1, "components": [{ "type": 2, "style": 1, "label": "a", "custom_id": at.to_string() }] })).collect::<Vec<_>>() }),
            "components",
        ),
        ("a nonce that is too long", json!({ "content": "x", "nonce": "n".repeat(26) }), "nonce"),
    ];
    if fake.knows_the_description() {
        refused.push(("a wrong type", json!({ "content": 7 }), "content"));
    }
    for (what, body, path) in &refused {
        let (status, code, errors) = post(&http, channel, body).await.expect_err(what);
        assert_eq!((status, code), (400, 50035), "{what}");
        assert!(errors.contains(path), "{what}: {errors}");
        fake.passes(Duration::from_secs(6));
    }
    assert_eq!(fake.take_refused().len(), refused.len());
    assert_eq!(post(&http, channel, &json!({})).await.expect_err("nothing in it").1, 50006);
    assert_eq!(post(&http, 12345, &json!({ "content": "x" })).await.expect_err("nowhere").1, 10003);
}

#[tokio::test]
async fn an_enforced_nonce_gives_the_first_message_for_a_while() {
    let fake = FakeDiscord::start().await;
    let (http, kim) = (http(&fake), fake.person("kim"));
    let channel = fake.channel("releases").parse().expect("an id");
    let body = json!({ "content": "once", "nonce": "n1", "enforce_nonce": true });
    let first = post(&http, channel, &body).await.expect("sent");
    let again = post(&http, channel, &body).await.expect("sent");
    assert_eq!(first["id"], again["id"]);
    assert_eq!(kim.sees(None).len(), 1);
    fake.passes(Duration::from_secs(600));
    post(&http, channel, &body).await.expect("sent");
    assert_eq!(kim.sees(None).len(), 2, "forgotten by then");
}

#[tokio::test]
async fn limits_are_told_in_headers_and_kept() {
    let fake = FakeDiscord::start().await;
    let http = http(&fake);
    let channel = fake.channel("releases").parse().expect("an id");
    let begun = std::time::Instant::now();
    for number in 0..6 {
        post(&http, channel, &json!({ "content": number.to_string() })).await.expect("sent");
    }
    assert!(begun.elapsed() > Duration::from_secs(4), "the client waits by the headers");
    assert_eq!(fake.state().log.limited, 0);
    fake.next("POST /channels/{channel_id}/messages", Manner::Busy(Duration::from_millis(300)));
    post(&http, channel, &json!({ "content": "seven" })).await.expect("sent after a pause");
    assert_eq!(fake.state().log.limited, 1);
}

#[tokio::test]
async fn commands_are_typed_as_they_are_registered() {
    let fake = FakeDiscord::start().await;
    let (http, kim) = (http(&fake), fake.person("kim"));
    let text =
        |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "d", "required": required });
    let kinds = json!([{ "name": "work", "value": "work" }, { "name": "deployment", "value": "deployment" }]);
    let kind = json!({ "type": 3, "name": "kind", "description": "d", "choices": kinds });
    let draft = json!({ "type": 1, "name": "draft", "description": "d", "options": [text("service", true), kind] });
    let command = json!([{ "name": "release", "description": "d", "options": [draft] }]);
    http.create_guild_commands(GuildId::new(fake.guild()), &command).await.expect("registered");
    for (typed, why) in [
        ("/relaese draft", "no command `relaese`"),
        ("/release drat", "no `drat`"),
        ("/release draft", "`service` is required"),
        ("/release draft service:payments kind:wrok", "`kind` cannot be `wrok`"),
        ("/release draft payments", "belongs to no option"),
    ] {
        let said = kim.tries(typed).await.expect_err(typed);
        assert!(said.contains(why), "{typed}: {said}");
    }
}
