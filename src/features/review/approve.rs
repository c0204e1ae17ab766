//! Asking for approval, giving it, asking for changes, overriding: typed and pressed. Bound to what the note says now.

use super::policy::Policy;
use super::rules::wanted_level;
use super::{gather, job, remind, words as say};
use crate::domain::approval::{Approval, approval, bound};
use crate::domain::message::{Form, FormField, Heard, Input};
use crate::domain::note::{Note, Revision, State};
use crate::domain::person::Person;
use crate::domain::review::{Decided, Decision, Grade};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Command, Misuse, NOTE, Permission, Press, Request, word};
use crate::features::words::Words;
use crate::features::{Context, Plan, note, reviewing, store_trouble, told};
use crate::ports::chat::{Argument, ArgumentForm, Completion};
use crate::ports::store::Expect;
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const APPROVAL: Command = Command {
    name: "approval",
    usage: "approval NOTE [ask|approve|changes|override] [\"TEXT\"]",
    about: "Ask for approval of a note, approve it as it stands, ask for changes, or override its review with a reason.",
    examples: &[
        "approval 7 ask",
        "approval 7 approve",
        "approval 7 changes \"say who restores the backup\"",
        "approval 7 override \"it fixes the running incident\"",
    ],
    needs: Permission::Read,
    arguments: &[
        NOTE,
        word("do", "ask, approve, changes or override; without it, ask", false),
        Argument {
            name: "text",
            about: "What is to be changed, or why it goes out all the same",
            required: false,
            form: ArgumentForm::Text,
        },
    ],
    parse,
    complete,
};

pub const ASK_PRESSED: Action = Action {
    name: "review.ask",
    needs: Permission::Edit,
    run: |context, press| pressed(context, press, Decided::Requested),
    form: None,
};
pub const APPROVE_PRESSED: Action = Action {
    name: "review.approve",
    needs: Permission::Approve,
    run: |context, press| pressed(context, press, Decided::Approved),
    form: None,
};
/// Opens the form; pressing it does nothing else.
pub const CHANGES_ASKED: Action = Action {
    name: "review.changes",
    needs: Permission::Approve,
    run: |_, _| Box::pin(async { Ok(Plan::nothing()) }),
    form: Some(|_, value, _| form(value, "review.change", "What is to be changed?", "Ask for changes")),
};
pub const CHANGES_SENT: Action = Action {
    name: "review.change",
    needs: Permission::Approve,
    run: |context, press| pressed(context, press, Decided::ChangesRequested),
    form: None,
};
pub const OVERRIDE_ASKED: Action = Action {
    name: "review.override",
    needs: Permission::Override,
    run: |_, _| Box::pin(async { Ok(Plan::nothing()) }),
    form: Some(|_, value, _| form(value, "review.overrule", "Why does it go out all the same?", "Override")),
};
pub const OVERRIDE_SENT: Action = Action {
    name: "review.overrule",
    needs: Permission::Override,
    run: |context, press| pressed(context, press, Decided::Overridden),
    form: None,
};

/// Characters of a reason.
const REASON: usize = 500;

fn form<'a>(
    value: &'a str,
    action: &'static str,
    label: &'static str,
    submit: &'static str,
) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move {
        let id = note::number(value.split(':').next().unwrap_or_default())?;
        let input = Input::Paragraph { max: REASON };
        let field = FormField {
            name: "text".to_owned(),
            label: label.to_owned(),
            hint: "One sentence; it is kept with the note.".to_owned(),
            value: String::new(),
            input,
            required: true,
        };
        Ok(Form {
            action: action.to_owned(),
            value: value.to_owned(),
            title: format!("Note {id}"),
            fields: vec![field],
            submit: submit.to_owned(),
        })
    })
}

struct Deed {
    id: u64,
    what: Decided,
    text: String,
}

const DEEDS: [(&str, Decided, &str); 4] = [
    ("ask", Decided::Requested, "Ask those who may approve it"),
    ("approve", Decided::Approved, "Approve it as it stands"),
    ("changes", Decided::ChangesRequested, "Ask for changes first"),
    ("override", Decided::Overridden, "Let it go out against its review"),
];

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let [id, rest @ ..] = words.plain.as_slice() else {
        return Err(Misuse(format!("Which note? Type its number, for example `/release {}`.", APPROVAL.examples[0])));
    };
    let id = note::number(id).map_err(|trouble| Misuse(trouble.to_string()))?;
    let (deed, text) = rest.split_first().map_or(("ask", &[][..]), |(deed, text)| (deed.as_str(), text));
    let Some((_, what, _)) = DEEDS.iter().find(|(name, _, _)| *name == deed) else {
        let known = DEEDS.map(|(name, _, _)| name).join("`, `");
        return Err(Misuse(format!("`{deed}` is nothing that can be done; `{known}` can.")));
    };
    Ok(Box::new(Deed { id, what: *what, text: text.join(" ") }))
}

fn complete<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let (id, typed) = match (words.plain.as_slice(), words.finished) {
            ([id], true) => (id, ""),
            ([id, typed], false) => (id, typed.as_str()),
            ([_, _, ..], _) => return Vec::new(),
            _ => return note::complete_note(context, words).await,
        };
        let deeds = DEEDS.iter().filter(|(name, _, _)| name.starts_with(typed));
        deeds
            .map(|(name, _, about)| Completion {
                words: format!("approval {id} {name} "),
                label: (*name).to_owned(),
                about: (*about).to_owned(),
            })
            .collect()
    })
}

#[async_trait]
impl Request for Deed {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let needs = match self.what {
            Decided::Requested => Permission::Edit,
            Decided::Approved | Decided::ChangesRequested => Permission::Approve,
            Decided::Overridden => Permission::Override,
        };
        if !context.permissions.allow(needs, &heard.person) {
            return Err(say::may_not(self.what));
        }
        decide(context, heard, self.id, self.what, &self.text, None).await
    }
}

/// The button's value is `7:3`: a note and the revision its message showed.
fn pressed<'a>(context: &'a Context, press: Press<'a>, what: Decided) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (id, seen) = match press.value.split_once(':') {
            Some((id, seen)) => (note::number(id)?, seen.parse().ok()),
            None => (note::number(press.value)?, None),
        };
        let text = press.field("text").unwrap_or_default().to_owned();
        decide(context, press.heard, id, what, &text, seen).await
    })
}

async fn decide(
    context: &Context,
    heard: &Heard,
    id: u64,
    what: Decided,
    text: &str,
    seen: Option<u32>,
) -> Result<Plan, Trouble> {
    let (mut note, version) = note::find(context, id).await?;
    let latest = context.records.notes.latest(id).await.map_err(store_trouble)?;
    let Some(revision) = latest.filter(|_| note.state == State::Drafted) else {
        return Err(say::nothing_to_decide(id));
    };
    let text: String = text.trim().chars().take(REASON).collect();
    may(context, &note, &revision, heard, what, &text, seen).await?;
    let level = level(&context.policy, &heard.person);
    note.decisions.push(Decision {
        by: heard.person.clone(),
        at: context.clock.now(),
        what,
        text,
        revision: revision.number,
        sections: bound(&revision),
        level,
    });
    let said = said(context, &note, &revision, what).await?;
    let because = format!("decision-{}", note.decisions.len());
    let mut plan = Plan::nothing()
        .write(context.records.notes.put(&note, Expect::Version(version)))
        .write(reviewing::again(context, note.id, &because).await?)
        .write(reviewing::face(context, &note, &because).await?);
    if what == Decided::Requested {
        plan.ops.extend(remind::later(context, &note, 1).await?);
    }
    plan.says.extend(told::detail(&note, &format!("note/{id}/decision/{}", note.decisions.len()), &said));
    if let Some(review) = context.records.reviews.latest(id).await.map_err(store_trouble)? {
        plan.says.extend(job::says(context, &note, &revision, &review));
    }
    Ok(plan)
}

fn level(policy: &Policy, person: &Person) -> String {
    let level = policy.reviewers.level_of(&format!("{}:{}", person.platform, person.id));
    level.map_or_else(String::new, |level| policy.reviewers.name(level).to_owned())
}

/// May this be decided by this person, now? Each no says what would be a yes.
async fn may(
    context: &Context,
    note: &Note,
    revision: &Revision,
    heard: &Heard,
    what: Decided,
    text: &str,
    seen: Option<u32>,
) -> Result<(), Trouble> {
    let person = &heard.person;
    if seen.is_some_and(|seen| seen != revision.number) && matches!(what, Decided::Approved | Decided::Overridden) {
        return Err(say::changed_since(note.id, revision.number));
    }
    if matches!(what, Decided::ChangesRequested | Decided::Overridden)
        && text.chars().filter(|letter| letter.is_alphanumeric()).count() < 5
    {
        return Err(say::needs_a_reason(what));
    }
    if matches!(what, Decided::Approved | Decided::Overridden) && note.is_by(person) {
        return Err(say::own_note(note.id, &context.policy));
    }
    let state = approval(note, revision);
    match (what, &state) {
        (Decided::Approved, Approval::Approved(by)) if by.iter().any(|one| one.by.is(person)) => {
            return Err(say::approved_already(note.id));
        }
        (Decided::Requested, Approval::Approved(_)) => return Err(say::approved_already(note.id)),
        _ => {}
    }
    if what == Decided::Approved {
        if !context.policy.is_reviewer(person) {
            return Err(say::no_reviewer(&context.policy));
        }
        let review = context.records.reviews.latest(note.id).await.map_err(store_trouble)?;
        match review {
            Some(review) if review.revision == revision.number && review.grade == Grade::Block => {
                return Err(say::blocked(note.id, &review));
            }
            Some(review) if review.revision == revision.number => {}
            _ => return Err(say::not_reviewed_yet(note.id)),
        }
    }
    Ok(())
}

async fn said(
    context: &Context,
    note: &Note,
    revision: &Revision,
    what: Decided,
) -> Result<crate::domain::message::Message, Trouble> {
    let gathered = gather(context, note, revision).await?;
    let wanted = wanted_level(&gathered.facts(context, note, revision));
    let level = wanted.map(|(level, because)| (context.policy.reviewers.name(level).to_owned(), because));
    Ok(say::decided(note, revision, what, level))
}
