//! `/release follow`: a note's card here as well, kept current, whichever platform it was asked for on.

use crate::domain::message::Heard;
use crate::domain::note::Follower;
use crate::domain::trouble::Trouble;
use crate::features::ask::{Command, NOTE, Permission, Request};
use crate::features::draft::{card, told, words as say};
use crate::features::plan::only;
use crate::features::{Context, Plan, note, store_trouble};
use crate::ports::store::Expect;
use async_trait::async_trait;

pub const FOLLOW: Command = Command {
    name: "follow",
    usage: "follow NOTE",
    about: "Keep a note's card here too, current, with its details in the thread.",
    examples: &["follow 7"],
    needs: Permission::Read,
    arguments: &[NOTE],
    parse: |words| Ok(Box::new(Follow(note::only_number(&FOLLOW, words)?))),
    complete: note::complete_note,
};

pub const UNFOLLOW: Command = Command {
    name: "unfollow",
    usage: "unfollow NOTE",
    about: "Let a note's card here stand as it is from now on.",
    examples: &["unfollow 7"],
    needs: Permission::Read,
    arguments: &[NOTE],
    parse: |words| Ok(Box::new(Unfollow(note::only_number(&UNFOLLOW, words)?))),
    complete: note::complete_note,
};

struct Follow(u64);
struct Unfollow(u64);

#[async_trait]
impl Request for Follow {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (mut note, version) = note::find(context, self.0).await?;
        let place = &heard.place;
        if note.place == *place || note.followers.iter().any(|other| other.place == *place) {
            return Err(say::already_followed(note.id));
        }
        let latest = context.records.notes.latest(note.id).await.map_err(store_trouble)?;
        let face = card::face(&note, latest.as_ref(), &context.note_url(note.id));
        let body = latest.map(|revision| card::body(&note, &revision));
        note.followers.push(Follower { place: place.clone(), person: heard.person.clone() });
        let mut plan = Plan::nothing().write(context.records.notes.put(&note, Expect::Version(version)));
        plan.says.extend(told::newly(&note, place, &heard.person, face, body));
        Ok(plan)
    }
}

#[async_trait]
impl Request for Unfollow {
    async fn handle(&self, context: &Context, heard: &Heard) -> Result<Plan, Trouble> {
        let (mut note, version) = note::find(context, self.0).await?;
        let before = note.followers.len();
        note.followers.retain(|other| other.place != heard.place);
        if note.followers.len() == before {
            return Err(say::not_followed(note.id, note.place == heard.place));
        }
        let plan = Plan::nothing().write(context.records.notes.put(&note, Expect::Version(version)));
        Ok(plan.say(
            format!("unfollow/{}", heard.id),
            only(&heard.place, &heard.person),
            say::no_longer_followed(&note),
        ))
    }
}
