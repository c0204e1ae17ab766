//! Who answers a typed question: a model, whose answer is checked, or the rules?

use crate::domain::note::Writer;
use crate::ports::clock::Clock;
use crate::ports::model::Model;
use crate::prompt::circuit::Circuit;
use crate::prompt::clean::{Cleaner, visible};
use crate::prompt::datamark::Datamark;
use crate::prompt::exchange::{Exchange, Result as Exchanged};
use crate::prompt::judge::{Judge, prose};
use crate::prompt::ledger::Ledger;
use crate::prompt::mask::{Mask, each_text};
use crate::prompt::memo::Memo;
use crate::prompt::templates::Templates;
use crate::prompt::{Answered, Complaint, Prompt, language};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Which models answer a kind of question, and within which limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// In the order they are tried; the first that answers is taken.
    pub models: Vec<String>,
    pub max_tokens: u32,
    pub temperature: f32,
    /// For each model and question, retries included.
    pub time_limit: Duration,
}

/// A role per prompt, and one for all the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Roles {
    pub default: Role,
    /// By the prompt's name.
    pub named: BTreeMap<String, Role>,
}

impl Roles {
    pub fn of(&self, prompt: &str) -> &Role {
        self.named.get(prompt).unwrap_or(&self.default)
    }
}

/// What an asker is made of.
pub struct AskerOptions {
    pub model: Arc<dyn Model>,
    pub clock: Arc<dyn Clock>,
    pub roles: Roles,
    /// A folder with a team's own prompts.
    pub prompts_dir: Option<PathBuf>,
    pub memo: Option<Arc<dyn Memo>>,
    /// A cap on tokens in and out per UTC day: beyond it, rules answer.
    pub daily_tokens: Option<u64>,
}

/// Asks typed questions. Clones share circuit breaker and ledger.
#[derive(Clone, Default)]
pub struct Asker {
    engine: Option<Arc<Engine>>,
    /// Answers are remembered for this piece of work only.
    work: String,
}

/// What all questions share.
pub(super) struct Engine {
    pub model: Arc<dyn Model>,
    pub clock: Arc<dyn Clock>,
    pub roles: Roles,
    pub templates: Templates,
    pub memo: Option<Arc<dyn Memo>>,
    pub circuit: Circuit,
    pub ledger: Ledger,
}

impl Asker {
    /// No model: rules answer everything, without remarks.
    pub fn none() -> Self {
        Self::default()
    }

    /// Fails when a prompt in `prompts_dir` cannot be used; the error names file and variable.
    pub fn new(options: AskerOptions) -> anyhow::Result<Self> {
        let engine = Engine {
            templates: Templates::load(options.prompts_dir.as_deref())?,
            model: options.model,
            clock: options.clock,
            roles: options.roles,
            memo: options.memo,
            circuit: Circuit::default(),
            ledger: Ledger::new(options.daily_tokens),
        };
        Ok(Self { engine: Some(Arc::new(engine)), work: String::new() })
    }

    /// The same for one piece of work: what was answered for it before a crash is remembered when it runs again, and asked
    /// anew for any other.
    pub fn for_work(&self, work: &str) -> Self {
        Self { work: work.to_owned(), ..self.clone() }
    }

    /// Is there a model to ask? Without one, steps that only prepare questions can be left out.
    pub fn has_model(&self) -> bool {
        self.engine.is_some()
    }

    pub fn ledger(&self) -> Option<&Ledger> {
        self.engine.as_deref().map(|engine| &engine.ledger)
    }

    /// Always answers. What a model wrote has been masked on its way out, met its schema and `prompt.check`, and carries
    /// no link, image or mention that was not in the input; whatever did not is the rules' and named in `by_rules`.
    pub async fn ask<I, A>(&self, prompt: &Prompt<I, A>, input: &I) -> Answered<A>
    where
        I: Serialize + Sync,
        A: DeserializeOwned + Serialize + Send,
    {
        let Some(engine) = self.engine.as_deref() else {
            return by_rules(prompt, input, Vec::new());
        };
        let check = |answer: &Value| -> Vec<Complaint> {
            match A::deserialize(answer) {
                Ok(typed) => (prompt.check)(input, &typed),
                Err(error) => vec![Complaint { field: String::new(), problem: format!("cannot be read: {error}") }],
            }
        };
        let exchanged = match prepare(engine, prompt.name, input, (prompt.schema)(input)) {
            Ok(prepared) => prepared.exchange(engine, &self.work, &check).run().await,
            Err(error) => {
                tracing::error!(prompt = prompt.name, error = format!("{error:#}"), "a question could not be put");
                let remark = format!("the question `{}` could not be put; rules wrote it", prompt.name);
                return by_rules(prompt, input, vec![remark]);
            }
        };
        match exchanged.model.clone() {
            Some(model) => merged(prompt, input, model, exchanged),
            None => by_rules(prompt, input, exchanged.remarks),
        }
    }
}

fn by_rules<I, A>(prompt: &Prompt<I, A>, input: &I, remarks: Vec<String>) -> Answered<A> {
    Answered { answer: (prompt.fallback)(input), writer: Writer::Rules, by_rules: Vec::new(), remarks }
}

/// The model's answer with the rules' values for the fields that failed; the rules' whole answer where that is no answer.
fn merged<I, A>(prompt: &Prompt<I, A>, input: &I, model: String, exchanged: Exchanged) -> Answered<A>
where
    A: DeserializeOwned + Serialize,
{
    let Exchanged { mut answer, failed, mut remarks, .. } = exchanged;
    if !failed.is_empty() {
        let rules = serde_json::to_value((prompt.fallback)(input)).unwrap_or_default();
        for field in &failed {
            match rules.get(field) {
                Some(value) => answer.insert(field.clone(), value.clone()),
                None => answer.remove(field),
            };
        }
    }
    match serde_json::from_value(Value::Object(answer)) {
        Ok(typed) => Answered { answer: typed, writer: Writer::Model(model), by_rules: failed, remarks },
        Err(error) => {
            remarks.push(format!(
                "the answer of model `{model}` could not be joined with the rules' ({error}); rules wrote `{}`",
                prompt.name
            ));
            by_rules(prompt, input, remarks)
        }
    }
}

/// A question ready to be put: rendered, masked and marked.
struct Prepared<'a> {
    name: &'a str,
    page: crate::prompt::templates::Rendered,
    judge: Judge,
    mask: Mask,
    mark: Datamark,
    cleaner: Cleaner,
    facts: Option<language::Script>,
}

fn prepare<'a, I: Serialize>(engine: &Engine, name: &'a str, input: &I, schema: Value) -> anyhow::Result<Prepared<'a>> {
    let mut input = serde_json::to_value(input)?;
    each_text(&mut input, &mut |text| *text = visible(text));
    let given = prose(&input);
    let any_language = input["language"].as_str().is_some_and(|language| !language.is_empty());
    let facts = if any_language { None } else { language::script(&given) };
    let mut mask = Mask::default();
    mask.hide_all(&mut input);
    let mark = Datamark::new();
    let page = engine.templates.render(name, &input, &mark)?;
    Ok(Prepared { name, page, judge: Judge::new(schema)?, mask, mark, cleaner: Cleaner::new(given), facts })
}

impl<'a> Prepared<'a> {
    fn exchange(
        self,
        engine: &'a Engine,
        work: &'a str,
        check: &'a (dyn Fn(&Value) -> Vec<Complaint> + Sync),
    ) -> Exchange<'a> {
        Exchange {
            engine,
            work,
            name: self.name,
            role: engine.roles.of(self.name),
            page: self.page,
            judge: self.judge,
            mask: self.mask,
            mark: self.mark,
            cleaner: self.cleaner,
            facts: self.facts,
            check,
        }
    }
}
