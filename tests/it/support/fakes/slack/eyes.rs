//! What does a person see? Messages in their order, forms, a page of their own: the words, without any markup.

use super::person::{Person, button, root_of};
use super::state::{BOT_USER, Message, View, World};
use super::{locked, visible};
use crate::support::world::{Seen, SeenButton};
use std::time::{Duration, Instant};

/// Longer than any step of a test takes; a test that waits this long has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

impl Person {
    /// What stands in the channel, or in a thread under its root.
    pub async fn sees(&self, thread: Option<&str>) -> Vec<Seen> {
        let world = locked(&self.shared.world);
        let root = thread.map(|thread| root_of(&world, &self.channel, thread));
        let here = |message: &&Message| match &root {
            Some(root) => message.thread.as_ref() == Some(root),
            None => message.thread.is_none() || message.broadcast,
        };
        let for_them = |message: &&Message| message.only.as_ref().is_none_or(|only| *only == self.id);
        let messages = world.channel(&self.channel).messages.iter().filter(here).filter(for_them);
        messages.map(|message| self.seen(&world, message)).collect()
    }

    pub(super) fn seen(&self, world: &World, message: &Message) -> Seen {
        let user = world.users.get(&message.user);
        let buttons = visible::buttons(message).into_iter().map(|(_, item)| SeenButton {
            // Behind `#` stands what tells two of a kind apart in one block.
            action: item["action_id"].as_str().unwrap_or_default().split('#').next().unwrap_or_default().to_owned(),
            value: item["value"].as_str().unwrap_or_default().to_owned(),
            label: item["text"]["text"].as_str().unwrap_or_default().to_owned(),
        });
        Seen {
            id: message.ts.clone(),
            who: user.map_or_else(|| message.user.clone(), |user| user.name.clone()),
            text: visible::text_of(world, message),
            whisper: message.only.is_some(),
            bot: message.user == BOT_USER,
            buttons: buttons.collect(),
        }
    }

    /// Waits until a message of the channel or thread satisfies `is`, and answers it.
    pub async fn waits_for(&self, thread: Option<&str>, what: &str, is: impl Fn(&Seen) -> bool) -> Seen {
        let begun = Instant::now();
        loop {
            let messages = self.sees(thread).await;
            if let Some(found) = messages.iter().rev().find(|message| is(message)) {
                return found.clone();
            }
            assert!(begun.elapsed() < PATIENCE, "{what} never came; what stands there: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A whisper or message of the bot that contains this text.
    pub async fn hears(&self, text: &str) -> Seen {
        self.waits_for(None, text, |message| message.bot && message.text.contains(text)).await
    }

    /// The question a button asks before it counts.
    pub fn is_asked(&self, message: &Seen, label: &str) -> Option<String> {
        let now = self.message(&message.id)?;
        let (_, item) = button(&now, label)?;
        item["confirm"]["text"]["text"].as_str().map(|text| visible::mrkdwn(&locked(&self.shared.world), text))
    }

    /// What stands on the bot's home page for this person.
    pub fn home(&self) -> Option<String> {
        let world = locked(&self.shared.world);
        world.homes.get(&self.id).map(|view| visible::view_text(&world, &view["blocks"]))
    }

    /// What a form says and holds.
    pub fn reads(&self, view: &View) -> String {
        let world = locked(&self.shared.world);
        let title = view.view["title"]["text"].as_str().unwrap_or_default();
        format!("{title} {}", visible::view_text(&world, &view.view["blocks"]))
    }
}
