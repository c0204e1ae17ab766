//! Relevant or not? What people think of each finding and incident is kept; what is refused again and again sinks.

use super::rules::RULES;
use super::words as say;
use crate::domain::review::{Grade, Review};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Press};
use crate::features::plan::only;
use crate::features::{Context, Plan, note, store_trouble};
use crate::records::{Opinion, Opinions};
use futures::future::BoxFuture;
use std::collections::HashMap;

pub const RELEVANT: Action = Action {
    name: "review.relevant",
    needs: Permission::Read,
    run: |context, press| judged(context, press, true),
    form: None,
};
pub const NOT_RELEVANT: Action = Action {
    name: "review.not",
    needs: Permission::Read,
    run: |context, press| judged(context, press, false),
    form: None,
};

/// Opinions before a rule or an incident sinks, and the share of them that has to find it relevant.
const ENOUGH: usize = 5;
const LEAST: f64 = 0.2;

/// How far each rule is trusted.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// By rule: how many found it relevant, of how many.
    pub rules: HashMap<&'static str, (usize, usize)>,
}

impl Trust {
    /// One grade less for what nearly everybody refuses. A block is the team's own decision and stays one.
    pub fn of_rule(&self, rule: &str, grade: Grade) -> Grade {
        match (grade, self.sinks(rule)) {
            (Grade::Danger, true) => Grade::Caution,
            (grade, _) => grade,
        }
    }

    pub fn sinks(&self, rule: &str) -> bool {
        let (relevant, all) = self.rules.get(rule).copied().unwrap_or_default();
        all >= ENOUGH && (relevant as f64) < LEAST * all as f64
    }
}

pub async fn trust(context: &Context) -> Result<Trust, Trouble> {
    let mut trust = Trust::default();
    for rule in RULES {
        let (opinions, _) =
            context.records.reviews.opinions(&format!("rule/{}", rule.id)).await.map_err(store_trouble)?;
        trust.rules.insert(rule.id, opinions.relevant());
    }
    Ok(trust)
}

/// The button's value: `7:incident/12`, `7:rule/freeze-window/Year end@…`.
fn judged<'a>(context: &'a Context, press: Press<'a>, relevant: bool) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (id, named) = press.value.split_once(':').unwrap_or((press.value, ""));
        let (note, _) = note::find(context, note::number(id)?).await?;
        let review = context.records.reviews.latest(note.id).await.map_err(store_trouble)?;
        let Some((subject, about)) = review.as_ref().and_then(|review| subject(review, named)) else {
            return Err(say::named_no_more());
        };
        let (mut opinions, version): (Opinions, _) =
            context.records.reviews.opinions(&subject).await.map_err(store_trouble)?;
        opinions.hear(Opinion {
            note: note.id,
            about,
            by: press.heard.person.clone(),
            relevant,
            at: context.clock.now(),
        });
        let ops = context.records.reviews.put_opinions(&subject, &opinions, version);
        let key = format!("opinion/{}", press.heard.id);
        Ok(Plan::nothing().write(ops).say(
            key,
            only(&press.heard.place, &press.heard.person),
            say::opinion_kept(&subject, relevant, opinions.relevant()),
        ))
    })
}

/// What is meant, if the review still names it.
fn subject(review: &Review, named: &str) -> Option<(String, String)> {
    if let Some(id) = named.strip_prefix("incident/") {
        let similar = review.similar.iter().find(|similar| similar.incident.to_string() == id)?;
        return Some((format!("incident/{}", similar.incident), String::new()));
    }
    let key = named.strip_prefix("rule/")?;
    let finding = review.findings.iter().find(|finding| finding.key() == key)?;
    Some((format!("rule/{}", finding.rule), finding.about.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_again_and_again_sinks_and_a_block_does_not() {
        let trust = |relevant, all| Trust { rules: HashMap::from([("change-size", (relevant, all))]) };
        assert_eq!(trust(0, 4).of_rule("change-size", Grade::Danger), Grade::Danger, "too few to tell");
        assert_eq!(trust(0, 5).of_rule("change-size", Grade::Danger), Grade::Caution);
        assert_eq!(trust(1, 5).of_rule("change-size", Grade::Danger), Grade::Danger);
        assert_eq!(trust(0, 9).of_rule("change-size", Grade::Block), Grade::Block);
        assert_eq!(trust(0, 9).of_rule("checks", Grade::Danger), Grade::Danger);
    }
}
