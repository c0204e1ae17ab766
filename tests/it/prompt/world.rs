//! A question like a draft's, a clock, a memo, and a model server that plays along.

use crate::support::fakes::openai::FakeOpenAi;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value, json};
use slipway::adapters::http::{Limits, Retry};
use slipway::adapters::model::openai::{OpenAi, OpenAiOptions};
use slipway::ports::clock::Clock;
use slipway::prompt::{Answered, Asker, AskerOptions, Complaint, Memo, Prompt, Role, Roles};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub type Fields = Map<String, Value>;

#[derive(Debug, Clone, Serialize)]
pub struct Input {
    pub kind: String,
    pub service: String,
    pub fields: Vec<Value>,
    pub context: String,
    pub risks: Vec<Risk>,
    pub breaking: Vec<Value>,
    pub recent: Vec<String>,
    pub examples: Vec<String>,
    pub language: String,
    /// A text that `check` complains about; not shown to the model.
    #[serde(skip)]
    pub forbidden: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Risk {
    pub id: String,
    pub title: String,
    pub severity: String,
    pub meaning: String,
}

pub const BODY: Prompt<Input, Fields> = Prompt { name: "body", schema, check, fallback };

pub fn input() -> Input {
    let context = "- [pr:#812] Refunds survive a retry (pay/refund.rs, 120 lines)\n\
                   - [pr:#815] The ledger is read from a replica\n- [c:9f8e7d6] Ledger tables get an index";
    let field =
        |key: &str| json!({"key": key, "title": key, "description": "What changes.", "schema": {"type": "string"}});
    Input {
        kind: "deployment".to_owned(),
        service: "payments".to_owned(),
        fields: ["title", "impact", "changes", "steps"].map(field).to_vec(),
        context: context.to_owned(),
        risks: vec![Risk {
            id: "risk:1".to_owned(),
            title: "Migration `0042` drops a column and has no way back".to_owned(),
            severity: "high".to_owned(),
            meaning: "Reverting the code is not enough.".to_owned(),
        }],
        breaking: vec![json!({"id": "brk:1", "text": "Callers must send a key"})],
        recent: vec!["Refunds are faster [pr:#1].".to_owned()],
        examples: Vec::new(),
        language: String::new(),
        forbidden: "nothing is forbidden".to_owned(),
    }
}

fn schema(_: &Input) -> Value {
    json!({
        "type": "object",
        "properties": {
            "title": {"type": "string", "maxLength": 100},
            "impact": {"enum": ["low", "high"]},
            "changes": {"type": "string", "maxLength": 2000},
            "steps": {"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 3}
        },
        "required": ["title", "impact", "changes", "steps"],
        "additionalProperties": false
    })
}

/// Prose has to cite something, and must not say what is forbidden.
fn check(input: &Input, answer: &Fields) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for field in ["title", "changes"] {
        let text = answer.get(field).and_then(Value::as_str).unwrap_or_default();
        let problem = if text.contains(&input.forbidden) {
            format!("says `{}`, which is forbidden", input.forbidden)
        } else if !text.contains("[pr:#")
            && !text.contains("[brk:")
            && !text.contains("[risk:")
            && !text.contains("[c:")
        {
            "cites nothing".to_owned()
        } else {
            continue;
        };
        complaints.push(Complaint { field: field.to_owned(), problem });
    }
    let steps = answer.get("steps").and_then(Value::as_array);
    if steps.is_some_and(|steps| steps.iter().any(|step| !step.as_str().unwrap_or_default().contains('['))) {
        complaints.push(Complaint { field: "steps".to_owned(), problem: "cites nothing".to_owned() });
    }
    complaints
}

fn fallback(_: &Input) -> Fields {
    let rules = json!({
        "title": "Release of `payments`",
        "impact": "high",
        "changes": "3 changes, one of them breaking.",
        "steps": ["Check the migration."]
    });
    rules.as_object().cloned().expect("it is an object")
}

/// Time that passes when a test says so.
#[derive(Debug)]
pub struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    fn new() -> Self {
        Self(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a valid timestamp")))
    }
    pub fn advance(&self, time: Duration) {
        *self.0.lock().expect("no test panics while it holds the clock") += time;
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("no test panics while it holds the clock")
    }
    async fn sleep(&self, time: Duration) {
        self.advance(time);
    }
}

/// A memo that can be looked into.
#[derive(Clone, Default)]
pub struct TestMemo(Arc<Mutex<HashMap<String, String>>>);

impl TestMemo {
    pub fn len(&self) -> usize {
        self.0.lock().expect("no test panics while it holds the memo").len()
    }
}

#[async_trait]
impl Memo for TestMemo {
    async fn recall(&self, key: &str) -> Option<String> {
        self.0.lock().expect("no test panics while it holds the memo").get(key).cloned()
    }
    async fn keep(&self, key: &str, answer: &str) {
        self.0.lock().expect("no test panics while it holds the memo").insert(key.to_owned(), answer.to_owned());
    }
}

pub struct TestWorld {
    pub fake: FakeOpenAi,
    pub clock: Arc<TestClock>,
    pub asker: Asker,
}

impl TestWorld {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut AskerOptions)) -> Self {
        let fake = FakeOpenAi::start().await;
        let url = fake.base_url();
        Self::around(fake, &url, change)
    }

    /// With the asker turned to another address.
    pub async fn at(url: &str, change: impl FnOnce(&mut AskerOptions)) -> Self {
        Self::around(FakeOpenAi::start().await, url, change)
    }

    fn around(fake: FakeOpenAi, url: &str, change: impl FnOnce(&mut AskerOptions)) -> Self {
        let mut server = OpenAiOptions::new(url, None, Vec::new());
        server.limits =
            Limits { first_byte: Duration::from_secs(2), stall: Duration::from_millis(200), ..Limits::default() };
        server.retry = Retry { base: Duration::from_millis(2), ..Retry::default() };
        let clock = Arc::new(TestClock::new());
        let role = Role {
            models: vec!["small".to_owned(), "large".to_owned()],
            max_tokens: 2_000,
            temperature: 0.2,
            time_limit: Duration::from_secs(5),
        };
        let mut options = AskerOptions {
            model: Arc::new(OpenAi::new(server).expect("the address is one")),
            clock: clock.clone(),
            roles: Roles { default: role, named: BTreeMap::new() },
            prompts_dir: None,
            memo: None,
            daily_tokens: None,
        };
        change(&mut options);
        Self { fake, clock, asker: Asker::new(options).expect("the built-in prompts are well") }
    }

    pub async fn ask(&self, input: &Input) -> Answered<Fields> {
        self.asker.ask(&BODY, input).await
    }

    /// True of every conversation: the description was kept, nobody came early, and no tool was offered.
    pub fn decent(&self) {
        let log = self.fake.log();
        assert_eq!((&log.refused, log.early), (&Vec::new(), 0));
        let offers = |asked: &&crate::support::fakes::openai::Asked| {
            ["tools", "functions", "tool_choice"].iter().any(|key| asked.body.get(key).is_some())
        };
        assert_eq!(log.asked.iter().filter(offers).count(), 0);
    }
}
