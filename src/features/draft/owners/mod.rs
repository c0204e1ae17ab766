//! Who answers for a service that may feel the change is told in their own channel, once per note and channel; what they
//! say stands on the note's card.

pub mod answer;
mod words;

pub use words::{card_field, objections};

use crate::domain::note::{Note, Revision};
use crate::domain::owner::Owner;
use crate::domain::service::Affected;
use crate::features::draft::rules::phrase::name;
use crate::features::plan::at;
use crate::features::radius;
use crate::features::{Context, Saying};
use std::collections::BTreeSet;

/// What the newest draft comes to for the owners: the note knows them, and each hears what is new to them.
pub fn tell(context: &Context, note: &mut Note, revision: &Revision, url: &str) -> Vec<Saying> {
    let before = std::mem::take(&mut note.owners);
    let felt = felt(context, note);
    note.owners = owners(context, note, &felt);
    let (covered, goes) = (revision.label(), note.subject());
    let mut says = Vec::new();
    for owner in &mut note.owners {
        let earlier = before.iter().find(|earlier| earlier.place == owner.place);
        owner.questions = earlier.map(|earlier| earlier.questions.clone()).unwrap_or_default();
        let answered = earlier.and_then(|earlier| earlier.answer.clone());
        owner.answer = answered.clone().filter(|answer| answer.covered == covered);
        let outdated = answered.filter(|_| owner.answer.is_none());
        says.push(say(note.id, owner, &words::told(note.id, &goes, owner, revision, &felt, outdated.as_ref(), url)));
    }
    for left in before.iter().filter(|left| note.owners.iter().all(|owner| owner.place != left.place)) {
        says.push(say(note.id, left, &words::no_longer(note.id, left)));
    }
    says
}

/// Who may feel it, each once; services that go out with the note themselves are no neighbours.
fn felt(context: &Context, note: &Note) -> Vec<Affected> {
    let own: BTreeSet<&str> = note.services().collect();
    let mut felt: Vec<Affected> = Vec::new();
    for affected in note.services().flat_map(|service| radius::affected(&context.workspaces, service)) {
        if !own.contains(affected.service.as_str()) && felt.iter().all(|known| known.service != affected.service) {
            felt.push(affected);
        }
    }
    felt
}

/// By channel, in the catalogue's order.
fn owners(context: &Context, note: &Note, felt: &[Affected]) -> Vec<Owner> {
    let space = context.workspaces.iter().find(|space| space.name == note.workspace);
    if space.is_some_and(|space| !space.tell_owners) {
        return Vec::new();
    }
    let mut owners: Vec<Owner> = Vec::new();
    for affected in felt {
        let Some((_, service)) = context.service(&affected.service) else { continue };
        let Some(place) = &service.channel else { continue };
        let at = owners.iter().position(|owner| owner.place == *place).unwrap_or_else(|| {
            owners.push(Owner {
                place: place.clone(),
                names: Vec::new(),
                services: Vec::new(),
                answer: None,
                questions: Vec::new(),
            });
            owners.len() - 1
        });
        let owner = &mut owners[at];
        if !owner.services.contains(&service.name) {
            owner.services.push(service.name.clone());
        }
        let new = service.owners.iter().filter(|name| !owner.names.contains(name)).cloned().collect::<Vec<_>>();
        owner.names.extend(new);
    }
    owners
}

/// The key of the message that an owner's channel gets.
fn key(note: u64, owner: &Owner) -> String {
    format!("note/{note}/owner/{}", owner.key())
}

fn say(note: u64, owner: &Owner, message: &crate::domain::message::Message) -> Saying {
    Saying { key: key(note, owner), target: at(&owner.place), message: message.clone() }
}

/// `` `web` and `checkout` ``
fn services(owner: &Owner) -> String {
    crate::features::draft::rules::phrase::list(&owner.services.iter().map(|service| name(service)).collect::<Vec<_>>())
}
