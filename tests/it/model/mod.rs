//! A model server over the wire: forms of requests, refusals, waits, stalls.

mod embedder;
mod fake;
mod recall;

use crate::support::fakes::openai::{FakeOpenAi, Manner, Structured};
use secrecy::SecretString;
use serde_json::json;
use slipway::adapters::http::{Limits, Retry};
use slipway::adapters::model::openai::{OpenAi, OpenAiOptions};
use slipway::domain::trouble::Fault;
use slipway::ports::model::{Model, Question, Reply};
use std::time::{Duration, Instant};

/// Patience of a test: a stall is a tenth of a second.
fn server_at(fake: &FakeOpenAi) -> OpenAi {
    let mut options = OpenAiOptions::new(fake.base_url(), fake.world().key.clone().map(SecretString::from), Vec::new());
    options.models = vec!["small".to_owned(), "huge".to_owned()];
    options.limits =
        Limits { first_byte: Duration::from_millis(800), stall: Duration::from_millis(150), ..Limits::default() };
    options.retry = Retry { base: Duration::from_millis(5), ..Retry::default() };
    OpenAi::new(options).expect("the address is one")
}

fn question() -> Question {
    Question {
        model: "small".to_owned(),
        system: "You write titles. Answer with JSON.".to_owned(),
        user: "<<data 1a2b>>\n- [pr:#812] Refunds survive a retry\n<<end 1a2b>>".to_owned(),
        schema: Some((
            "title".to_owned(),
            json!({"type": "object", "properties": {"title": {"type": "string", "maxLength": 100}}, "required": ["title"]}),
        )),
        max_tokens: 200,
        temperature: 0.2,
        time_limit: Duration::from_secs(5),
    }
}

const TITLE: &str = r#"{"title":"Refunds survive a retry [pr:#812]."}"#;

fn text(reply: Result<Reply, Fault>) -> String {
    reply.expect("the model answers").text
}

/// True of every conversation: the description was kept, nobody came early, and no tool was offered.
fn decent(fake: &FakeOpenAi) {
    let log = fake.log();
    assert_eq!(log.refused, Vec::<String>::new());
    assert_eq!(log.early, 0);
    for asked in &log.asked {
        for key in ["tools", "tool_choice", "functions", "function_call", "web_search_options"] {
            assert!(asked.body.get(key).is_none(), "`{key}` was sent");
        }
    }
}

#[tokio::test]
async fn an_answer_is_the_same_streamed_and_in_one_piece() {
    let fake = FakeOpenAi::start().await;
    let model = server_at(&fake);
    let streamed = model.ask(&question()).await.expect("the model answers");
    assert_eq!((streamed.text.as_str(), streamed.complete), (TITLE, true));
    assert!(streamed.tokens_in > 10 && streamed.tokens_out > 5, "{streamed:?}");
    fake.world().streams = false;
    assert_eq!(model.ask(&question()).await, Ok(streamed));
    let asked = fake.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].body["stream"], true);
    assert_eq!(asked[0].body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(asked[0].authorization, None, "a server without a key is sent none");
    decent(&fake);
}

#[tokio::test]
async fn a_key_is_sent_in_the_header_and_nowhere_else() {
    let fake = FakeOpenAi::start().await;
    fake.world().key = Some("sk-the-key-of-this-test".to_owned());
    let model = server_at(&fake);
    let mut leaking = question();
    leaking.user.push_str("\nsomebody committed sk-the-key-of-this-test");
    model.ask(&leaking).await.expect("the key is right");
    let asked = fake.asked();
    assert_eq!(asked[0].authorization.as_deref(), Some("Bearer sk-the-key-of-this-test"));
    assert!(!asked[0].body.to_string().contains("sk-the-key"), "{}", asked[0].body);
    fake.world().key = Some("another".to_owned());
    assert_eq!(model.ask(&question()).await, Err(Fault::Unauthorized));
    assert_eq!(fake.asked().len(), 2, "a key that was refused is not tried again");
    decent(&fake);
}

#[tokio::test]
async fn a_server_without_structured_output_is_asked_in_words_and_remembered() {
    for (known, formats) in [(Structured::Object, 2), (Structured::None, 3)] {
        let fake = FakeOpenAi::start().await;
        fake.world().structured = known;
        let model = server_at(&fake);
        assert_eq!(text(model.ask(&question()).await), TITLE);
        assert_eq!(fake.asked().len(), formats, "one request per form that is left");
        assert_eq!(text(model.ask(&question()).await), TITLE);
        let asked = fake.asked();
        assert_eq!(asked.len(), formats + 1, "what was learnt is used");
        assert!(asked[formats].text().contains("\"maxLength\":100"), "the schema stands in words");
        decent(&fake);
    }
}

#[tokio::test]
async fn a_newer_model_is_asked_by_its_own_names() {
    let fake = FakeOpenAi::start().await;
    fake.world().modern = true;
    let model = server_at(&fake);
    assert_eq!(text(model.ask(&question()).await), TITLE);
    let last = fake.asked().pop().expect("it was asked").body;
    assert_eq!(last["max_completion_tokens"], 200);
    assert!(last.get("max_tokens").is_none() && last.get("temperature").is_none(), "{last}");
    decent(&fake);
}

#[tokio::test]
async fn nobody_calls_before_the_time_a_busy_server_asked_for() {
    let fake = FakeOpenAi::start().await;
    fake.next(Manner::Busy(Some(Duration::from_secs(1))));
    let (model, begun, question) = (server_at(&fake), Instant::now(), question());
    assert_eq!(text(model.ask(&question).await), TITLE);
    let asked = fake.asked();
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1), "{:?}", begun.elapsed());

    // One is told to wait while others are on their way: those wait too.
    fake.next(Manner::Busy(Some(Duration::from_secs(1))));
    let first = model.ask(&question);
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        model.ask(&question).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!((text(first).as_str(), text(second).as_str()), (TITLE, TITLE));
    assert_eq!(fake.asked().len(), 5);

    // A wait beyond the time limit is not waited for, and not tried again either.
    fake.next(Manner::Busy(Some(Duration::from_secs(60))));
    let begun = Instant::now();
    assert!(matches!(model.ask(&question).await, Err(Fault::Busy { retry_after: Some(_) })));
    assert!(matches!(model.ask(&question).await, Err(Fault::Busy { retry_after: Some(_) })));
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(fake.asked().len(), 6);
    decent(&fake);
}

#[tokio::test]
async fn failures_that_pass_are_tried_again_and_no_more_than_three_times() {
    let fake = FakeOpenAi::start().await;
    let model = server_at(&fake);
    for manner in [Manner::Failing(503), Manner::Busy(None), Manner::Torn, Manner::Stall] {
        let before = fake.asked().len();
        fake.next(manner.clone());
        let begun = Instant::now();
        assert_eq!(text(model.ask(&question()).await), TITLE, "{manner:?}");
        assert_eq!(fake.asked().len(), before + 2, "{manner:?}");
        assert!(begun.elapsed() < Duration::from_secs(2), "{manner:?} took {:?}", begun.elapsed());
    }
    let before = fake.asked().len();
    fake.always("small", Manner::Failing(500));
    assert_eq!(model.ask(&question()).await, Err(Fault::Failed { status: 500 }));
    assert_eq!(fake.asked().len(), before + 4);
    decent(&fake);
}

#[tokio::test]
async fn the_time_limit_holds_for_the_whole_exchange() {
    let fake = FakeOpenAi::start().await;
    fake.always("small", Manner::Silent);
    let limit = Duration::from_millis(400);
    let (model, begun) = (server_at(&fake), Instant::now());
    assert_eq!(model.ask(&Question { time_limit: limit, ..question() }).await, Err(Fault::TimedOut(limit)));
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn what_cannot_be_answered_is_said_and_not_tried_again() {
    let fake = FakeOpenAi::start().await;
    let model = server_at(&fake);
    let missing = Question { model: "huge".to_owned(), ..question() };
    assert_eq!(model.ask(&missing).await, Err(Fault::NotFound));
    assert_eq!(fake.asked().len(), 1);
    fake.next(Manner::CutOff);
    let cut = model.ask(&question()).await.expect("it answers");
    assert!(!cut.complete && TITLE.starts_with(&cut.text), "{cut:?}");
    let short = model.ask(&Question { max_tokens: 3, ..question() }).await.expect("it answers");
    assert_eq!((short.complete, short.tokens_out), (false, 3));
    decent(&fake);
}

#[tokio::test]
async fn an_answer_without_end_is_not_swallowed() {
    let fake = FakeOpenAi::start().await;
    fake.always("small", Manner::TooLong);
    let mut options = OpenAiOptions::new(fake.base_url(), None, Vec::new());
    options.limits.body = 200;
    let model = OpenAi::new(options).expect("the address is one");
    assert_eq!(model.ask(&question()).await, Err(Fault::Malformed("an answer of more than 200 bytes".to_owned())));
}

#[tokio::test]
async fn doctor_learns_what_the_server_has() {
    let fake = FakeOpenAi::start().await;
    let told = server_at(&fake).describe().await.expect("the server is there");
    assert_eq!(told, format!("reached `{}`, 2 models; it has `small`; it lacks `huge`", fake.base_url()));
    let gone = OpenAi::new(OpenAiOptions::new("http://127.0.0.1:9/v1", None, Vec::new())).expect("the address is one");
    assert!(matches!(gone.describe().await, Err(Fault::Unreachable(_))));
    let wrong = OpenAi::new(OpenAiOptions::new("127.0.0.1/v1", None, Vec::new())).err().expect("it is no address");
    assert!(wrong.to_string().contains("`127.0.0.1/v1`"), "{wrong}");
}
