//! What works right now, one sentence per thing: for `/release status` and `slipway doctor`.

use crate::domain::change::RangeAsk;
use crate::features::Context;

/// How a checked thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    Works,
    /// Not set up; Slipway does without it and says how.
    Off,
    Fails,
}

pub struct Line {
    pub health: Health,
    pub what: String,
    pub sentence: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let health = match self.health {
            Health::Works => "works",
            Health::Off => "off",
            Health::Fails => "FAILS",
        };
        write!(f, "**{}** {health}: {}", self.what, self.sentence)
    }
}

pub async fn check(context: &Context) -> Vec<Line> {
    let mut lines = vec![
        Line { health: Health::Works, what: "store".to_owned(), sentence: context.records.store().describe().await },
        git(context).await,
    ];
    for (_, service) in context.services() {
        let resolved = context.changes.resolve(&service.repository, &RangeAsk::default()).await;
        let (health, sentence) = match resolved {
            Ok(range) => (
                Health::Works,
                format!("`{}`, next draft would cover `{}`", service.repository.display(), range.label()),
            ),
            Err(trouble) => (Health::Fails, trouble.to_string()),
        };
        lines.push(Line { health, what: format!("service {}", service.name), sentence });
    }
    lines.push(model(context).await);
    lines.push(match &context.embedder {
        Some(embedder) => Line { health: Health::Works, what: "embedder".to_owned(), sentence: embedder.describe() },
        None => Line {
            health: Health::Off,
            what: "embedder".to_owned(),
            sentence: "not configured; examples are chosen by shared words".to_owned(),
        },
    });
    lines
}

async fn git(context: &Context) -> Line {
    let (health, sentence) = match context.changes.describe().await {
        Ok(sentence) => (Health::Works, sentence),
        Err(trouble) => (Health::Fails, trouble.to_string()),
    };
    Line { health, what: "git".to_owned(), sentence }
}

async fn model(context: &Context) -> Line {
    let (health, sentence) = match &context.model {
        None => (Health::Off, "not configured; rules write every note".to_owned()),
        Some(model) => match model.describe().await {
            Ok(sentence) => (Health::Works, sentence),
            Err(fault) => (Health::Fails, format!("the server {fault}; rules write until it answers")),
        },
    };
    Line { health, what: "model".to_owned(), sentence }
}
