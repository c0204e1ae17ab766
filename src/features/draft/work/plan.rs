//! `/release plan 7 --at "friday 22:00" --for 1h`: when a note is meant to happen.

use super::command::{free, planned};
use super::{span, words as say};
use crate::domain::message::Heard;
use crate::domain::note::{Note, Planned, State};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, NOTE, Permission, Request};
use crate::features::draft::{card, modules, told};
use crate::features::words::Words;
use crate::features::{Context, Plan, note, reviewing, store_trouble};
use crate::ports::store::Expect;
use async_trait::async_trait;

pub const PLAN: Command = Command {
    name: "plan",
    usage: "plan NOTE --at TIME [--for LENGTH]",
    about: "Say when a note is meant to happen.",
    examples: &["plan 7 --at \"2026-12-03 10:00\" --for 30m", "plan 7 --at \"friday 22:00\""],
    needs: Permission::Edit,
    arguments: &[
        NOTE,
        free("at", "When it begins: 2026-12-03 10:00, friday 22:00"),
        free("for", "How long it takes: 30m"),
    ],
    parse,
    complete: note::complete_note,
};

struct When {
    id: u64,
    at: Option<String>,
    span: Option<u32>,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let id = note::only_number(&PLAN, words)?;
    let span = words.flag("for").map(span::minutes).transpose().map_err(|refusal| Misuse(refusal.0))?;
    let at = words.flag("at").map(str::to_owned);
    if at.is_none() && span.is_none() {
        return Err(Misuse(format!("When? For example `/release {}`.", PLAN.examples[0])));
    }
    Ok(Box::new(When { id, at, span }))
}

#[async_trait]
impl Request for When {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (note, version) = note::find(context, self.id).await?;
        let before = note.planned.clone();
        let minutes = self.span.or(before.as_ref().map(|before| before.minutes)).unwrap_or(0);
        let home = context.zone_of(Some(&note));
        let planned = match (&self.at, &before) {
            (Some(at), _) => Some(planned(context, at, minutes, home)?),
            (None, Some(before)) => Some(Planned { minutes, ..before.clone() }),
            (None, None) => {
                return Err(Trouble::refused(format!(
                    "Note {} has no time yet, so a length alone says nothing; add `--at`.",
                    note.id
                )));
            }
        };
        if planned == before {
            return Err(Trouble::refused(format!("Note {} is planned exactly so already.", note.id)));
        }
        replanned(context, (note, version), planned, heard).await
    }
}

/// The note at another time, or at none any more.
pub async fn replanned(
    context: &Context,
    (mut note, version): (Note, u64),
    planned: Option<Planned>,
    heard: &Heard,
) -> Result<Plan, Trouble> {
    let before = std::mem::replace(&mut note.planned, planned);
    let said = say::replanned(&note, before.as_ref(), &heard.person.name);
    let key = format!("note/{}/plan/{}", note.id, heard.id);
    let says = told::detail(&note, &key, &said);
    // Of work the time is a fact that its text tells.
    let mut plan = if note.work.is_some() {
        modules::again(context, note, version, &heard.person).await?
    } else {
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let mut plan = Plan::nothing().write(context.records.notes.put(&note, Expect::Version(version)));
        if note.state != State::Drafting {
            let face = card::face(&note, latest.as_ref(), &context.note_url(note.id));
            plan.says.extend(told::card(&note, &face));
        }
        if let Some(revision) = latest.filter(|_| note.state == State::Drafted) {
            plan.ops.extend(reviewing::changed(context, &note, &revision, &format!("plan-{}", heard.id)).await?);
        }
        plan
    };
    plan.says.extend(says);
    Ok(plan)
}
