//! What of reviewing can be asked in plain words.

use super::command::find;
use super::{opinion, rulebook};
use crate::domain::nearest::nearest;
use crate::domain::trouble::Trouble;
use crate::features::Context;
use crate::features::ask::{Asked, Manner, Permission, Reply, Spoken};
use futures::future::BoxFuture;
use regex::Regex;
use std::sync::LazyLock;

pub const RULE: Spoken = Spoken {
    says: ["show rule freeze-window", "freeze-window 규칙 보여줘"],
    needs: Permission::Read,
    manner: Manner::Question,
    patterns: &[
        r"\b(?:show|explain|what is|what's|what does)\b.*\brule\b",
        r"\b(?:show|list|what are)\b.*\brules\b",
        r"규칙.*(?:보여|알려|설명|뭐|무엇)",
    ],
    fits: |_| true,
    answer,
};

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[a-z][a-z-]{2,}").expect("the pattern is fixed"));

fn answer<'a>(context: &'a Context, asked: &'a Asked<'a>) -> BoxFuture<'a, Result<Reply, Trouble>> {
    Box::pin(async move {
        let trust = opinion::trust(context).await?;
        let text = asked.text.to_lowercase();
        let held = &context.policy.held;
        // Its id, or its words with blanks between them.
        let named =
            held.iter().find(|held| text.contains(held.rule.id) || text.contains(&held.rule.id.replace('-', " ")));
        if let Some(held) = named {
            return Ok(Reply::Say(rulebook::rule(held, &trust)));
        }
        let slip = WORD.find_iter(&text).map(|word| word.as_str()).filter(|word| word.contains('-'));
        if let Some(word) = slip.into_iter().next() {
            let near = nearest(word, held.iter().map(|held| held.rule.id));
            return find(held, near.unwrap_or(word)).map(|held| Reply::Say(rulebook::rule(held, &trust)));
        }
        let incidents = context.records.reviews.judged_incidents().await.map_err(crate::features::store_trouble)?;
        Ok(Reply::Say(rulebook::rules(held, &trust, &incidents)))
    })
}
