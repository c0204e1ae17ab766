//! What did a button or form of ours stand for, when Discord's hundred characters were too few?

use super::Discord;
use super::render::ids::read;
use super::render::{Id, Kept, Read};
use super::rows;
use crate::ports::store::StoreError;

impl Discord {
    pub(super) async fn keep(&self, kept: &[Kept]) -> Result<(), StoreError> {
        for one in kept {
            self.rows.put(rows::carried(&one.custom_id), one).await?;
        }
        Ok(())
    }

    /// What a `custom_id` stands for, with what was kept of it; nothing for one that is forgotten or none of ours.
    pub(super) async fn stands_for(&self, custom_id: &str) -> Result<Option<(Id, Option<Kept>)>, StoreError> {
        let Some(read) = read(custom_id) else { return Ok(None) };
        let kept = self.rows.get::<Kept>(&rows::carried(custom_id)).await?;
        Ok(match read {
            Read::Whole(id) => Some((id, kept)),
            Read::Token(_) => kept.map(|kept| (kept.id.clone(), Some(kept))),
        })
    }
}
