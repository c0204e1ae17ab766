//! Changing a section by hand: `/release edit 7 rollback "…"`, the form behind Edit, and what becomes of stale sections.

use crate::domain::message::{Form, FormField, Heard, Input};
use crate::domain::note::{Note, Revision, Section, State};
use crate::domain::person::Person;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Action, Command, Misuse, NOTE, Permission, Press, Request, word};
use crate::features::draft::schema::Schema;
use crate::features::draft::{card, habits, revise, section, stale, told, words as say};
use crate::features::words::Words;
use crate::features::{Context, Plan, note, reviewing, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm, Completion};
use crate::ports::store::Expect;
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const EDIT: Command = Command {
    name: "edit",
    usage: "edit NOTE SECTION \"TEXT\"",
    about: "Replace a section by your words. A later draft keeps them.",
    examples: &[
        "edit 7 rollback \"Redeploy v2.3.0, then run the down migration.\"",
        "edit 7 title \"Refunds, second part\"",
    ],
    needs: Permission::Edit,
    arguments: &[
        NOTE,
        word("section", "Which part of it", true),
        Argument { name: "text", about: "Your words for it", required: true, form: ArgumentForm::Text },
    ],
    parse,
    complete,
};

/// Opens the form; pressing it does nothing else.
pub const EDIT_SECTION: Action = Action {
    name: "note.edit",
    needs: Permission::Edit,
    run: |_, _| Box::pin(async { Ok(Plan::nothing()) }),
    form: Some(form),
};

pub const SAVE_SECTION: Action = Action { name: "note.save", needs: Permission::Edit, run: save, form: None };
pub const TAKE_PROPOSAL: Action = Action { name: "note.take", needs: Permission::Edit, run: take, form: None };
pub const KEEP_MINE: Action = Action { name: "note.keep", needs: Permission::Edit, run: keep, form: None };

struct Edit {
    id: u64,
    section: String,
    text: String,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    match words.plain.as_slice() {
        [id, section, text @ ..] if !text.is_empty() => {
            let id = note::number(id).map_err(|trouble| Misuse(trouble.to_string()))?;
            Ok(Box::new(Edit { id, section: section.clone(), text: text.join(" ") }))
        }
        _ => Err(Misuse(format!(
            "An edit needs a note, a section and its new text. Usage: `/release {}`, for example `/release {}`.",
            EDIT.usage, EDIT.examples[0]
        ))),
    }
}

#[async_trait]
impl Request for Edit {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let target = Target::load(context, self.id).await?;
        let new = revise::edit(
            &target.revision,
            target.schema,
            &self.section,
            &self.text,
            &heard.person,
            context.clock.now(),
        )?;
        target.save(context, new, &heard.person).await
    }
}

/// The note an edit is about, as it stands.
pub(super) struct Target<'a> {
    pub note: Note,
    pub version: u64,
    pub revision: Revision,
    pub schema: &'a Schema,
}

impl<'a> Target<'a> {
    pub async fn load(context: &'a Context, id: u64) -> Result<Self, Trouble> {
        let (note, version) = note::find(context, id).await?;
        let revision = context
            .records
            .notes
            .latest(id)
            .await
            .map_err(store_trouble)?
            .ok_or_else(|| say::nothing_to_edit(&note))?;
        let schema = context.schemas.of(note.kind);
        Ok(Self { note, version, revision, schema })
    }

    /// The note's row is expected as it was read: of two edits at once, the second is handled again on top of the first.
    pub async fn save(mut self, context: &Context, new: Revision, person: &Person) -> Result<Plan, Trouble> {
        self.note.revision = new.number;
        let (note, url) = (&self.note, context.note_url(self.note.id));
        let mut plan = Plan::nothing()
            .write(context.records.notes.put(note, Expect::Version(self.version)))
            .write(context.records.notes.add_revision(note.id, &new));
        plan.says.extend(told::detail(note, &note.body_key(), &card::body(note, &new)));
        let edited = say::edited(&new, &person.name, &url);
        plan.says.extend(told::detail(note, &note.revision_key(new.number), &edited));
        plan.says.extend(stale::says(note, &self.revision, &new));
        if note.state == State::Drafted {
            plan.says.extend(told::card(note, &card::card(note, &new, &url)));
        }
        plan.ops.extend(reviewing::changed(context, note, &new, &format!("revision-{}", new.number)).await?);
        let taught = habits::taught(context, note, &new).await?;
        plan.ops.extend(taught.ops);
        plan.says.extend(taught.says);
        Ok(plan)
    }
}

/// `7` lets a section be chosen; `7:rollback_scenario` edits that one.
fn form<'a>(context: &'a Context, value: &'a str, _: &'a Person) -> BoxFuture<'a, Result<Form, Trouble>> {
    Box::pin(async move {
        let (id, key) = match value.split_once(':') {
            Some((id, key)) => (note::number(id)?, Some(key)),
            None => (note::number(value)?, None),
        };
        let target = Target::load(context, id).await?;
        let fields = match key {
            Some(key) => {
                let section = target.revision.section(key).ok_or_else(|| say::no_such_section(key))?;
                vec![text_field(target.schema, section)]
            }
            None => target
                .revision
                .sections
                .iter()
                .filter(|one| section::editable(one))
                .map(|one| text_field(target.schema, one))
                .collect(),
        };
        Ok(Form {
            action: SAVE_SECTION.name.to_owned(),
            value: format!("{id}:{}", target.revision.number),
            title: format!("Edit note {id}"),
            fields,
            submit: "Save".to_owned(),
        })
    })
}

fn text_field(schema: &Schema, section: &Section) -> FormField {
    let field = schema.field(&section.key);
    let max = field.and_then(|field| field.schema["maxLength"].as_u64()).unwrap_or(10_000);
    let options = field.and_then(|field| field.schema["enum"].as_array());
    let input = match options {
        Some(options) => Input::Choice {
            options: options
                .iter()
                .filter_map(|option| option.as_str())
                .map(|name| (name.to_owned(), name.to_owned()))
                .collect(),
        },
        None if max <= 200 && section.value.is_string() => Input::Line { max: usize::try_from(max).unwrap_or(200) },
        None => Input::Paragraph { max: usize::try_from(max).unwrap_or(10_000) },
    };
    FormField {
        name: section.key.clone(),
        label: section.title.clone(),
        hint: match (&section.stale, section.value.is_array()) {
            (Some(stale), _) => stale.why.clone(),
            (None, true) => "One per line.".to_owned(),
            (None, false) => String::new(),
        },
        value: section::as_text(&section.value),
        input,
        required: field.is_some_and(|field| field.required),
    }
}

/// Only what differs from the revision the form was opened on counts as an edit; what changed meanwhile is kept.
fn save<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (id, opened) = press.value.split_once(':').unwrap_or((press.value, "0"));
        let target = Target::load(context, note::number(id)?).await?;
        let opened =
            context.records.notes.revision(target.note.id, opened.parse().unwrap_or(0)).await.map_err(store_trouble)?;
        let base = opened.as_ref().unwrap_or(&target.revision);
        let person = &press.heard.person;
        let mut new: Option<Revision> = None;
        for (key, text) in press.fields {
            let Some(before) = base.section(key) else { continue };
            if text.trim() == section::as_text(&before.value).trim() {
                continue;
            }
            let on = new.as_ref().unwrap_or(&target.revision);
            if on.section(key).is_some_and(|now| now.value != before.value)
                && opened.as_ref().is_some_and(|opened| opened.number != target.revision.number)
            {
                return Err(say::changed_meanwhile(before, &target.revision, text));
            }
            let number = target.revision.number;
            let mut next = revise::edit(on, target.schema, key, text, person, context.clock.now())?;
            next.number = number + 1;
            new = Some(next);
        }
        match new {
            Some(mut new) => {
                new.what = section::what_changed(&target.revision, &new);
                target.save(context, new, person).await
            }
            None => Err(say::nothing_changed(target.note.id)),
        }
    })
}

fn take<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    settle_stale(context, press, true)
}

fn keep<'a>(context: &'a Context, press: Press<'a>) -> BoxFuture<'a, Result<Plan, Trouble>> {
    settle_stale(context, press, false)
}

fn settle_stale<'a>(context: &'a Context, press: Press<'a>, take: bool) -> BoxFuture<'a, Result<Plan, Trouble>> {
    Box::pin(async move {
        let (id, key) = press.value.split_once(':').unwrap_or((press.value, ""));
        let target = Target::load(context, note::number(id)?).await?;
        if let Some(section) = target.revision.section(key).filter(|section| section.stale.is_none()) {
            let history = context.records.notes.revisions(target.note.id).await.map_err(store_trouble)?;
            return Err(say::decided_before(section, &history));
        }
        let now = context.clock.now();
        let person = &press.heard.person;
        let new = if take {
            revise::accept_proposal(&target.revision, key, person, now)?
        } else {
            revise::keep_mine(&target.revision, key, person, now)?
        };
        target.save(context, new, &press.heard.person).await
    })
}

/// The note's number first, then its sections.
fn complete<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let (id, typed) = match (words.plain.as_slice(), words.finished) {
            ([], _) | ([_], false) => {
                return note::complete_note(context, words)
                    .await
                    .into_iter()
                    .map(|found| Completion { words: format!("edit {} ", found.words), ..found })
                    .collect();
            }
            ([id], true) => (id, ""),
            ([id, typed], false) => (id, typed.as_str()),
            _ => return Vec::new(),
        };
        let Ok(number) = note::number(id) else { return Vec::new() };
        let Ok(Some(revision)) = context.records.notes.latest(number).await else { return Vec::new() };
        revision
            .sections
            .iter()
            .filter(|one| section::editable(one) && one.key.starts_with(typed))
            .map(|one| Completion {
                words: format!("edit {id} {} \"", one.key),
                label: one.key.clone(),
                about: one.title.clone(),
            })
            .collect()
    })
}
