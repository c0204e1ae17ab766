//! `/release preferences`: what the team always wants in its notes, and how that is changed.

use super::alike::same_entry;
use super::{forget, is_shaped, taught, words as say};
use crate::domain::message::Heard;
use crate::domain::note::Kind;
use crate::domain::preference::{Origin, Preference, Standing, Wish};
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, Misuse, Permission, Request, word};
use crate::features::draft::revise::find::{Called, among};
use crate::features::draft::schema::Schema;
use crate::features::plan::{at, only};
use crate::features::words::Words;
use crate::features::{Context, Plan, store_trouble};
use crate::ports::chat::{Argument, ArgumentForm, Completion};
use crate::records::Wishes;
use async_trait::async_trait;
use futures::future::BoxFuture;

pub const PREFERENCES: Command = Command {
    name: "preferences",
    usage: "preferences [add|omit|change|forget|restore] [SECTION|NUMBER] [\"TEXT\"] [--service SERVICE] [--kind work]",
    about: "Show or change what your notes always have, or never.",
    examples: &[
        "preferences",
        "preferences add before \"Tell support that {version} goes out\"",
        "preferences omit after \"Note when each flag is to be removed\"",
        "preferences change 3 \"Tell support and sales\"",
        "preferences forget 3",
        "preferences restore 3",
    ],
    needs: Permission::Read,
    arguments: &[
        word("do", "add, omit, change, forget or restore; without it they are listed", false),
        word("what", "A section to add to or omit from, or a preference's number", false),
        Argument { name: "text", about: "The entry, or how it begins", required: false, form: ArgumentForm::Text },
        Argument { name: "service", about: "Only for this service", required: false, form: ArgumentForm::Flag(&[]) },
        Argument {
            name: "kind",
            about: "For which notes; deployment if not given",
            required: false,
            form: ArgumentForm::Flag(&["deployment", "work"]),
        },
        Argument {
            name: "workspace",
            about: "Whose, where there are several",
            required: false,
            form: ArgumentForm::Flag(&[]),
        },
    ],
    parse,
    complete,
};

const DEEDS: [(&str, &str); 5] = [
    ("add", "An entry that is always there"),
    ("omit", "An entry that is never there"),
    ("change", "The words of one"),
    ("forget", "Heed it no longer"),
    ("restore", "Heed it again"),
];

/// Characters of an entry.
const LONGEST: usize = 300;

struct Wanted {
    /// Without one they are listed.
    deed: Option<Deed>,
    service: Option<String>,
    kind: Kind,
    workspace: Option<String>,
}

enum Deed {
    State { section: String, wish: Wish },
    Alter { id: u64, how: Alteration },
}

enum Alteration {
    Words(String),
    Forget,
    Restore,
}

fn parse(words: &Words) -> Result<Box<dyn Request>, Misuse> {
    let plain: Vec<&str> = words.plain.iter().map(String::as_str).collect();
    let deed = match plain.as_slice() {
        [] => None,
        said => Some(deed(said)?),
    };
    let kind = words.flag("kind").and_then(Kind::named).unwrap_or(Kind::Deployment);
    let owned = |flag: &str| words.flag(flag).map(str::to_owned);
    Ok(Box::new(Wanted { deed, service: owned("service"), kind, workspace: owned("workspace") }))
}

fn deed(said: &[&str]) -> Result<Deed, Misuse> {
    let usage =
        || format!("Usage: `/release {}`, for example `/release {}`.", PREFERENCES.usage, PREFERENCES.examples[1]);
    let number = |word: &str| {
        word.trim_start_matches('#')
            .parse()
            .map_err(|_| Misuse(format!("`{word}` is no preference's number. {}", usage())))
    };
    Ok(match said {
        ["add", section, text @ ..] if !text.is_empty() => {
            Deed::State { section: (*section).to_owned(), wish: Wish::Add(entry(text)?) }
        }
        ["omit", section, text @ ..] if !text.is_empty() => {
            Deed::State { section: (*section).to_owned(), wish: Wish::Omit(entry(text)?) }
        }
        ["change", id, text @ ..] if !text.is_empty() => {
            Deed::Alter { id: number(id)?, how: Alteration::Words(entry(text)?) }
        }
        ["forget", id] => Deed::Alter { id: number(id)?, how: Alteration::Forget },
        ["restore", id] => Deed::Alter { id: number(id)?, how: Alteration::Restore },
        ["add" | "omit", ..] => return Err(Misuse(format!("Add the section and the entry. {}", usage()))),
        ["change", ..] => return Err(Misuse(format!("Add the preference's number and its new words. {}", usage()))),
        ["forget" | "restore", ..] => return Err(Misuse(format!("Add the number of one preference. {}", usage()))),
        other => {
            let other = other.first().copied().unwrap_or_default();
            return Err(Misuse(format!(
                "`{other}` cannot be done to preferences; `add`, `omit`, `change`, `forget` and `restore` can. {}",
                usage()
            )));
        }
    })
}

fn entry(words: &[&str]) -> Result<String, Misuse> {
    let text = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let letters = text.chars().count();
    match text.chars().any(char::is_alphanumeric) {
        false => Err(Misuse("An entry needs words.".to_owned())),
        true if letters > LONGEST => {
            Err(Misuse(format!("The entry has {letters} characters, at most {LONGEST} fit. Say it in one line.")))
        }
        true => Ok(text),
    }
}

#[async_trait]
impl Request for Wanted {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let Some(deed) = &self.deed else { return self.list(context, heard).await };
        if !context.permissions.allow(Permission::Edit, &heard.person) {
            return Err(Trouble::refused("You may see preferences, not change them. Whoever may edit notes can."));
        }
        let workspace = self.workspace(context)?;
        let (mut wishes, version) = context.records.preferences.of(&workspace).await.map_err(store_trouble)?;
        let id = match deed {
            Deed::State { section, wish } => {
                let new = self.stated(context, heard, section, wish, wishes.next_id())?;
                let known = wishes.all.iter().find(|one| one.is_active() && is_about_the_same(one, &new));
                if let Some(one) = known.filter(|one| is_wanted_alike(one, &new)) {
                    return Err(say::known(one, context.schemas.of(one.kind)));
                }
                wishes.all.push(new);
                wishes.next_id() - 1
            }
            Deed::Alter { id, how } => {
                let one = wishes.find(*id).ok_or_else(|| say::unknown(&id.to_string(), &workspace))?;
                alter(one, how, context, heard)?;
                *id
            }
        };
        let mut changed = vec![id];
        changed.extend(without_opposites(&mut wishes, id, heard));
        let mut plan = Plan::nothing().write(context.records.preferences.put(&workspace, &wishes, version));
        for one in wishes.all.iter().filter(|one| changed.contains(&one.id)) {
            let message = say::told(one, context.schemas.of(one.kind));
            plan = plan.say(format!("preference/{}/{}", heard.id, one.id), at(&heard.place), message);
            plan.says.extend(taught::face(context, &workspace, one).await?);
        }
        Ok(plan)
    }
}

impl Wanted {
    async fn list(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let mut all = Vec::new();
        let asked = self.workspace.is_some().then(|| self.workspace(context)).transpose()?;
        for space in context.workspaces.iter().filter(|space| asked.as_ref().is_none_or(|asked| *asked == space.name)) {
            let (wishes, _) = context.records.preferences.of(&space.name).await.map_err(store_trouble)?;
            all.push((space.name.as_str(), wishes.all));
        }
        let told: Vec<say::Told<'_>> = all.iter().map(|(workspace, all)| say::Told { workspace, all }).collect();
        let message = say::shown(&told, |one| context.schemas.of(one.kind));
        Ok(Plan::nothing().say(format!("preferences/{}", heard.id), only(&heard.place, &heard.person), message))
    }

    /// The one that was named, that of the service, or the only one.
    fn workspace(&self, context: &Context) -> Result<String, Trouble> {
        let known: Vec<&str> = context.workspaces.iter().map(|space| space.name.as_str()).collect();
        if let Some(asked) = &self.workspace {
            let found = known.iter().find(|name| *name == asked);
            return found.map(|name| (*name).to_owned()).ok_or_else(|| say::which_workspace(&known));
        }
        if let Some((space, _)) = self.service.as_deref().and_then(|service| context.service(service)) {
            return Ok(space.name.clone());
        }
        match known.as_slice() {
            [only] => Ok((*only).to_owned()),
            _ => Err(say::which_workspace(&known)),
        }
    }

    fn stated(
        &self,
        context: &Context,
        heard: &Heard,
        section: &str,
        wish: &Wish,
        id: u64,
    ) -> Result<Preference, Trouble> {
        let schema = context.schemas.of(self.kind);
        let fields = schema.fields();
        let called = fields.iter().map(|one| Called { key: &one.key, title: &one.title, group: &one.group });
        let field = &fields[among(&called.collect::<Vec<_>>(), section)?];
        if !is_shaped(field) {
            return Err(say::not_shaped(&field.title));
        }
        let services = match &self.service {
            None => Vec::new(),
            Some(name) if context.service(name).is_some() => vec![name.clone()],
            Some(name) => return Err(say::no_service(name)),
        };
        let origin = Origin::Stated { by: heard.person.clone(), at: context.clock.now() };
        let (kind, section, wish) = (self.kind, field.key.clone(), wish.clone());
        Ok(Preference { id, kind, section, services, wish, origin, told_under: None, standing: Standing::Active })
    }
}

fn alter(one: &mut Preference, how: &Alteration, context: &Context, heard: &Heard) -> Result<(), Trouble> {
    match how {
        Alteration::Words(text) => {
            one.wish = match one.wish {
                Wish::Add(_) => Wish::Add(text.clone()),
                Wish::Omit(_) => Wish::Omit(text.clone()),
            };
            one.origin = Origin::Stated { by: heard.person.clone(), at: context.clock.now() };
        }
        Alteration::Forget => return forget::forget(one, heard),
        Alteration::Restore if one.is_active() => return Err(say::settled(one)),
        Alteration::Restore => {}
    }
    one.standing = Standing::Active;
    Ok(())
}

/// What is said last counts: those that want the opposite are forgotten. Their numbers.
fn without_opposites(wishes: &mut Wishes, id: u64, heard: &Heard) -> Vec<u64> {
    let Some(said) = wishes.find(id).filter(|one| one.is_active()).cloned() else { return Vec::new() };
    let opposite = |one: &&mut Preference| {
        one.id != id && one.is_active() && is_about_the_same(one, &said) && !is_wanted_alike(one, &said)
    };
    let forgotten = wishes.all.iter_mut().filter(opposite).map(|one| {
        one.standing = Standing::Forgotten { by: heard.person.clone() };
        one.id
    });
    forgotten.collect()
}

fn is_about_the_same(one: &Preference, other: &Preference) -> bool {
    let place = |one: &Preference| (one.kind, one.section.clone(), one.services.clone());
    place(one) == place(other) && same_entry(&one.wish, &other.wish)
}

fn is_wanted_alike(one: &Preference, other: &Preference) -> bool {
    matches!((&one.wish, &other.wish), (Wish::Add(_), Wish::Add(_)) | (Wish::Omit(_), Wish::Omit(_)))
}

/// What can be done first, then the sections a preference can hold for.
fn complete<'a>(context: &'a Context, words: &'a Words) -> BoxFuture<'a, Vec<Completion>> {
    Box::pin(async move {
        let (deed, typed) = match (words.plain.as_slice(), words.finished) {
            ([], _) => (None, ""),
            ([typed], false) => (None, typed.as_str()),
            ([deed], true) => (Some(deed.as_str()), ""),
            ([deed, typed], false) => (Some(deed.as_str()), typed.as_str()),
            _ => return Vec::new(),
        };
        let Some(deed) = deed else {
            let deeds = DEEDS.iter().filter(|(deed, _)| deed.starts_with(typed));
            return deeds
                .map(|(deed, about)| Completion {
                    words: format!("preferences {deed} "),
                    label: (*deed).to_owned(),
                    about: (*about).to_owned(),
                })
                .collect();
        };
        if !["add", "omit"].contains(&deed) {
            return Vec::new();
        }
        let schema: &Schema = context.schemas.of(Kind::Deployment);
        let fields = schema.fields().iter().filter(|field| is_shaped(field) && field.key.starts_with(typed));
        fields
            .map(|field| Completion {
                words: format!("preferences {deed} {} \"", field.key),
                label: field.key.clone(),
                about: field.title.clone(),
            })
            .collect()
    })
}
