//! Is the fake model server strict where the official one is, and as slow as it is told to be?

use super::{question, server_at};
use crate::support::fakes::openai::{FakeOpenAi, Pace};
use serde_json::{Value, json};
use slipway::ports::model::Model;
use std::time::{Duration, Instant};

async fn status(fake: &FakeOpenAi, body: Value) -> u16 {
    slipway::adapters::http::install_tls();
    let url = format!("{}/chat/completions", fake.base_url());
    let request = reqwest::Client::new().post(url).header("content-type", "application/json").body(body.to_string());
    request.send().await.expect("the fake is there").status().as_u16()
}

#[tokio::test]
async fn the_fake_refuses_what_the_official_description_refuses() {
    let fake = FakeOpenAi::start().await;
    let message = json!([{"role": "user", "content": "Answer in JSON."}]);
    assert_eq!(status(&fake, json!({"model": "small", "messages": message})).await, 200);
    let closed = json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": false});
    let format = |name: &str, schema: &Value| json!({"type": "json_schema", "json_schema": {"name": name, "strict": true, "schema": schema}});
    let fine = json!({"model": "small", "messages": message, "response_format": format("a", &closed)});
    assert_eq!(status(&fake, fine).await, 200);
    assert_eq!(fake.log().refused, Vec::<String>::new());
    let mut open = closed.clone();
    open["additionalProperties"] = json!(true);
    for wrong in [
        json!({"messages": message}),
        json!({"model": "small", "messages": []}),
        json!({"model": "small", "messages": [{"role": "narrator", "content": "x"}]}),
        json!({"model": "small", "messages": message, "temperature": 3}),
        json!({"model": "small", "messages": message, "max_tokens": "many"}),
        json!({"model": "small", "messages": message, "response_format": {"type": "yaml"}}),
        json!({"model": "small", "messages": message, "response_format": format("a b", &closed)}),
        json!({"model": "small", "messages": message, "response_format": format("a", &open)}),
        json!({"model": "small", "messages": message, "stream_options": {"include_usage": true}}),
    ] {
        assert_eq!(status(&fake, wrong.clone()).await, 400, "{wrong}");
    }
    if fake.knows_the_description() {
        // Only the description itself knows these.
        let odd = json!({"model": "small", "messages": message, "service_tier": "gold", "top_logprobs": 99});
        assert_eq!(status(&fake, odd).await, 400);
    }
}

#[tokio::test]
async fn a_paced_model_takes_the_time_it_is_told_to() {
    let fake = FakeOpenAi::start().await;
    // At this clock 2.1 s before the first token are 105 ms, and 44 tokens are 50 ms.
    fake.world().pace = Some(Pace { spread: 0.0, ..Pace::usual(20.0) });
    let (model, begun) = (server_at(&fake), Instant::now());
    let reply = model.ask(&question()).await.expect("it answers");
    let expected = Duration::from_millis(105) + Duration::from_secs_f64(f64::from(reply.tokens_out) / 44.0 / 20.0);
    let took = begun.elapsed();
    assert!(took >= expected && took < expected + Duration::from_millis(400), "{took:?}, expected {expected:?}");
}
