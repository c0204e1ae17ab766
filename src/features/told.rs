//! Where does what a note has to say appear? In the place it was asked for, and wherever else it is followed.

use crate::domain::message::{Message, Place};
use crate::domain::note::Note;
use crate::domain::person::Person;
use crate::features::Saying;
use crate::features::plan::{at, under};
use crate::records::Target;

/// The note's living card, in every place.
pub fn card(note: &Note, message: &Message) -> Vec<Saying> {
    places(note).map(|stand| stand.card(note, message.clone())).collect()
}

/// A message in the thread of the card, in every place.
pub fn detail(note: &Note, key: &str, message: &Message) -> Vec<Saying> {
    places(note).map(|stand| stand.detail(note, key, message.clone())).collect()
}

/// The card and the whole note under it, for a place that follows from now on.
pub fn newly(note: &Note, place: &Place, person: &Person, card: Message, body: Option<Message>) -> Vec<Saying> {
    let stand = Stand { place, person, mark: mark(place) };
    let mut says = vec![stand.card(note, card)];
    says.extend(body.map(|body| stand.detail(note, &note.body_key(), body)));
    says
}

/// A place where the card stands.
struct Stand<'a> {
    place: &'a Place,
    /// Who wanted it there, and is told when it cannot stand there.
    person: &'a Person,
    /// Tells its messages from those of the other places.
    mark: String,
}

impl Stand<'_> {
    fn card(&self, note: &Note, message: Message) -> Saying {
        self.saying(&note.card_key(), at(self.place), message)
    }

    fn detail(&self, note: &Note, key: &str, message: Message) -> Saying {
        self.saying(key, under(self.place, &format!("{}{}", note.card_key(), self.mark)), message)
    }

    fn saying(&self, key: &str, target: Target, message: Message) -> Saying {
        // Who is told has to be where the message could not be.
        let asked_by = (self.person.platform == self.place.platform).then(|| self.person.clone());
        let target = Target { asked_by, ..target };
        Saying { key: format!("{key}{}", self.mark), target, message }
    }
}

fn places(note: &Note) -> impl Iterator<Item = Stand<'_>> {
    let own = Stand { place: &note.place, person: &note.created_by, mark: String::new() };
    let others = note.followers.iter();
    std::iter::once(own).chain(others.map(|other| Stand {
        place: &other.place,
        person: &other.person,
        mark: mark(&other.place),
    }))
}

fn mark(place: &Place) -> String {
    let thread = place.thread.as_ref().map(|thread| format!("/{thread}")).unwrap_or_default();
    format!("@{}/{}{thread}", place.platform, place.channel)
}
