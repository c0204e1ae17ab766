//! Acknowledge, Object, Ask: what owners press, and how somebody answers them.

use super::{felt, key, say, words};
use crate::domain::message::{Form, FormField, Input};
use crate::domain::note::{Note, Revision};
use crate::domain::owner::{Answer, Owner, Question, Verdict};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Permission, Planning, Press};
use crate::features::draft::{card, told};
use crate::features::{Context, Plan, note, store_trouble};
use crate::ports::store::Expect;
use futures::future::BoxFuture;

pub const ACKNOWLEDGE: Action =
    Action { name: "owner.acknowledge", needs: Permission::Read, run: acknowledge, form: None };
/// Opens a form; pressing it does nothing else.
pub const OBJECT: Action = Action { name: "owner.object", needs: Permission::Read, run: nothing, form: Some(object) };
pub const OBJECTED: Action = Action { name: "owner.objected", needs: Permission::Read, run: objected, form: None };
pub const ASK: Action = Action { name: "owner.ask", needs: Permission::Read, run: nothing, form: Some(ask) };
pub const ASKED: Action = Action { name: "owner.asked", needs: Permission::Read, run: asked, form: None };
pub const REPLY: Action = Action { name: "owner.reply", needs: Permission::Read, run: nothing, form: Some(reply) };
pub const REPLIED: Action = Action { name: "owner.replied", needs: Permission::Read, run: replied, form: None };

/// Characters of a reason, a question or an answer.
const LONGEST: usize = 1_000;

fn nothing<'a>(_: &'a Context, _: Press<'a>) -> Planning<'a> {
    Box::pin(async { Ok(Plan::nothing()) })
}

/// The note a press is about, with the owner who is meant.
struct Target {
    note: Note,
    version: u64,
    revision: Revision,
    at: usize,
}

impl Target {
    /// `7:slack/C0WEB`
    async fn load(context: &Context, value: &str) -> Result<Self, Trouble> {
        let (id, owner) = value.split_once(':').unwrap_or((value, ""));
        let (note, version) = note::find(context, note::number(id)?).await?;
        let revision = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let at = note.owners.iter().position(|known| known.key() == owner);
        let (Some(revision), Some(at)) = (revision, at) else {
            return Err(Trouble::refused(format!("Note {} no longer asks anything here.", note.id)));
        };
        Ok(Self { note, version, revision, at })
    }

    fn owner(&mut self) -> &mut Owner {
        &mut self.note.owners[self.at]
    }

    /// Keeps what was said, and shows it to the owners and on the card.
    fn save(self, context: &Context) -> Plan {
        let (note, url) = (&self.note, context.note_url(self.note.id));
        let owner = &note.owners[self.at];
        let mut plan = Plan::nothing().write(context.records.notes.put(note, Expect::Version(self.version)));
        plan.says.push(say(
            note.id,
            owner,
            &words::told(note.id, &note.subject(), owner, &self.revision, &felt(context, note), None, &url),
        ));
        plan.says.extend(told::card(note, &card::face(note, Some(&self.revision), &url)));
        plan
    }
}

fn acknowledge<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move { settle(context, &press, press.value, Verdict::Acknowledged, "").await })
}

fn objected<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let why = written(&press)?;
        settle(context, &press, press.value, Verdict::Objected, &why).await
    })
}

async fn settle(
    context: &Context,
    press: &Press<'_>,
    value: &str,
    verdict: Verdict,
    text: &str,
) -> Result<Plan, Trouble> {
    let mut target = Target::load(context, value).await?;
    if target.owner().answer.is_some() {
        return Err(Trouble::refused(words::decided(target.owner())));
    }
    let answer = Answer {
        verdict,
        person: press.heard.person.clone(),
        text: text.to_owned(),
        at: context.clock.now(),
        covered: target.revision.label(),
    };
    target.owner().answer = Some(answer.clone());
    let owner = target.owner().clone();
    let detail = format!("{}/answer/{}", key(target.note.id, &owner), answer.at.timestamp_millis());
    let says = told::detail(&target.note, &detail, &words::answered(&owner, &answer));
    let mut plan = target.save(context);
    plan.says.extend(says);
    Ok(plan)
}

fn asked<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let text = written(&press)?;
        let mut target = Target::load(context, press.value).await?;
        let question = Question { person: press.heard.person.clone(), text, reply: None };
        target.owner().questions.push(question);
        Ok(with_question(target, context, None))
    })
}

fn replied<'a>(context: &'a Context, press: Press<'a>) -> Planning<'a> {
    Box::pin(async move {
        let text = written(&press)?;
        let (id, rest) = press.value.split_once(':').unwrap_or_default();
        let (n, owner) = rest.split_once(':').unwrap_or_default();
        let mut target = Target::load(context, &format!("{id}:{owner}")).await?;
        let n: usize = n.parse().unwrap_or(usize::MAX);
        let id = target.note.id;
        let Some(question) = target.owner().questions.get_mut(n) else {
            return Err(Trouble::refused(format!("Note {id} no longer asks this.")));
        };
        if let Some((person, text)) = &question.reply {
            return Err(Trouble::refused(format!("{} answered already: {text}", person.name)));
        }
        question.reply = Some((press.heard.person.clone(), text));
        Ok(with_question(target, context, Some(n)))
    })
}

/// The question, or its answer, in the note's thread; beside it everything that `save` shows.
fn with_question(target: Target, context: &Context, n: Option<usize>) -> Plan {
    let owner = target.note.owners[target.at].clone();
    let n = n.unwrap_or(owner.questions.len() - 1);
    let detail = format!("{}/question/{n}", key(target.note.id, &owner));
    let message = words::question(target.note.id, &owner, n, &owner.questions[n]);
    let says = told::detail(&target.note, &detail, &message);
    let mut plan = target.save(context);
    plan.says.extend(says);
    plan
}

fn written(press: &Press<'_>) -> Result<String, Trouble> {
    let text = press.field("text").map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(Trouble::refused("Nothing was written, so nothing was sent. Press the button again."));
    }
    Ok(text.to_owned())
}

fn object<'a>(context: &'a Context, value: &'a str, _: &'a Person) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move {
        let mut target = Target::load(context, value).await?;
        if target.owner().answer.is_some() {
            return Err(Trouble::refused(words::decided(target.owner())));
        }
        Ok(form(OBJECTED.name, value, "Object", "Why should it not go out like this?"))
    })
}

fn ask<'a>(context: &'a Context, value: &'a str, _: &'a Person) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move {
        Target::load(context, value).await?;
        Ok(form(ASKED.name, value, "Ask", "What do you need to know?"))
    })
}

fn reply<'a>(_: &'a Context, value: &'a str, _: &'a Person) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move { Ok(form(REPLIED.name, value, "Answer", "Your answer")) })
}

fn form(action: &str, value: &str, title: &str, label: &str) -> Form {
    Form {
        action: action.to_owned(),
        value: value.to_owned(),
        title: title.to_owned(),
        fields: vec![FormField {
            name: "text".to_owned(),
            label: label.to_owned(),
            hint: String::new(),
            value: String::new(),
            input: Input::Paragraph { max: LONGEST },
            required: true,
        }],
        submit: "Send".to_owned(),
    }
}
