//! How is one question put to one model: asked or remembered, and booked?

use crate::domain::trouble::Fault;
use crate::ports::model::{Question, Reply};
use crate::prompt::exchange::Exchange;
use crate::prompt::ledger::{Call, Outcome};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

impl Exchange<'_> {
    /// Asks one model, or remembers its answer; keeps the books.
    pub async fn put(&self, question: Question) -> Result<Reply, Fault> {
        if let Some(text) = self.recalled(&question).await {
            return Ok(Reply { text, complete: true, tokens_in: 0, tokens_out: 0 });
        }
        let started = self.engine.clock.now();
        let replied = self.engine.model.ask(&question).await;
        let now = self.engine.clock.now();
        let cause = replied.as_ref().err().map(Fault::to_string).unwrap_or_default();
        let (tokens_in, tokens_out, outcome) = match &replied {
            Ok(reply) => {
                (reply.tokens_in, reply.tokens_out, if reply.complete { Outcome::Answered } else { Outcome::Cut })
            }
            Err(fault) => {
                self.engine.circuit.note(&question.model, fault, now);
                (0, 0, Outcome::Failed(&cause))
            }
        };
        let latency = (now - started).to_std().unwrap_or_default();
        let call = Call { role: self.name, model: &question.model, latency, tokens_in, tokens_out, outcome };
        self.engine.ledger.record(&call, now);
        replied
    }

    async fn recalled(&self, question: &Question) -> Option<String> {
        self.engine.memo.as_ref()?.recall(&self.key(question)).await
    }

    /// Kept under the first question, repaired or not: that is what is asked again.
    pub async fn remember(&self, model: &str, answer: &Map<String, Value>) {
        if let Some(memo) = &self.engine.memo {
            let question = self.question(self.page.user.clone(), self.judge.schema().clone());
            let key = self.key(&Question { model: model.to_owned(), ..question });
            memo.keep(&key, &Value::Object(answer.clone()).to_string()).await;
        }
    }

    /// A hash of everything that shapes the answer; the mark, new each time, is left out.
    fn key(&self, question: &Question) -> String {
        let schema = question.schema.as_ref().map(|(_, schema)| schema.to_string()).unwrap_or_default();
        let mut hash = Sha256::new();
        let limits = format!("{} {}", question.max_tokens, question.temperature);
        let texts = [
            &self.work.to_owned(),
            &question.model,
            &self.mark.without(&question.system),
            &self.mark.without(&question.user),
            &schema,
            &limits,
        ];
        for text in texts {
            hash.update(text.len().to_le_bytes());
            hash.update(text.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
