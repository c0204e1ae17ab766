//! Where were we spoken to, where did we write, and up to which message do we know what was said?
//!
//! Written down a few seconds behind: reading back after a gap begins some minutes earlier than what is written, and what
//! was heard before is heard once.

use super::Discord;
use super::rooms::{Room, RoomKind};
use super::rows::{self, Reached};
use crate::ports::store::StoreError;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Default)]
pub struct ReachedRooms(Mutex<HashMap<u64, Entry>>);

struct Entry {
    row: Reached,
    written: bool,
}

impl ReachedRooms {
    fn all(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Do we listen there, beyond mentions? In threads we wrote in, yes.
    pub fn knows(&self, room: u64) -> bool {
        self.all().contains_key(&room)
    }

    pub fn forget(&self, room: u64) -> bool {
        self.all().remove(&room).is_some()
    }

    pub fn rooms(&self) -> Vec<(u64, Reached)> {
        let mut rooms: Vec<(u64, Reached)> =
            self.all().iter().map(|(room, entry)| (*room, entry.row.clone())).collect();
        rooms.sort_by_key(|(_, row)| std::cmp::Reverse(row.last));
        rooms
    }

    fn note(&self, room: u64, message: u64, guild: Option<u64>, parent: Option<u64>) {
        let mut all = self.all();
        let entry = all.entry(room).or_insert(Entry { row: Reached { last: 0, guild, parent }, written: false });
        let row = &mut entry.row;
        let next = Reached { last: row.last.max(message), guild: guild.or(row.guild), parent: parent.or(row.parent) };
        if next != *row {
            *row = next;
            entry.written = false;
        }
    }

    fn take_unwritten(&self) -> Vec<(u64, Reached)> {
        let mut all = self.all();
        let unwritten = all.iter_mut().filter(|(_, entry)| !entry.written);
        unwritten
            .map(|(room, entry)| {
                entry.written = true;
                (*room, entry.row.clone())
            })
            .collect()
    }
}

impl Discord {
    /// A message of a room was heard or said.
    pub(super) fn reach(&self, room: u64, message: u64) {
        let known = self.rooms.get(room);
        let (guild, parent) = known.map_or((None, None), |known| (known.guild, known.parent));
        self.reached.note(room, message, guild, parent);
    }

    pub(super) async fn remember_reached(&self) -> Result<(), StoreError> {
        for (key, row) in self.rows.all::<Reached>(rows::REACHED).await? {
            let Ok(room) = key[rows::REACHED.len()..].parse() else { continue };
            if row.guild.is_some() {
                // Until Discord tells anew; links need it before that.
                let kind = if row.parent.is_some() { RoomKind::Thread } else { RoomKind::Channel };
                self.rooms.learn(
                    room,
                    Room { kind, guild: row.guild, parent: row.parent, allowed: None, hidden: None, name: None },
                );
            }
            self.reached.note(room, row.last, row.guild, row.parent);
        }
        Ok(())
    }

    pub(super) async fn write_reached(&self) {
        for (room, row) in self.reached.take_unwritten() {
            if let Err(error) = self.rows.put(rows::reached(room), &row).await {
                tracing::warn!(error = %error, room, "what was reached on Discord could not be written down");
                self.reached.note(room, row.last, row.guild, row.parent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_only_moves_forward_and_is_written_when_it_moved() {
        let rooms = ReachedRooms::default();
        rooms.note(1, 20, Some(9), None);
        rooms.note(1, 10, None, Some(5));
        assert_eq!(rooms.take_unwritten(), [(1, Reached { last: 20, guild: Some(9), parent: Some(5) })]);
        rooms.note(1, 15, None, None);
        assert_eq!(rooms.take_unwritten(), []);
        assert!(rooms.knows(1) && rooms.forget(1) && !rooms.knows(1));
    }
}
