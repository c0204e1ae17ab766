//! Up to where was each conversation heard? What was said while nobody listened is looked up from there.

use super::Slack;
use super::hear::Told;
use super::rows::{self, Reached};
use super::stamp::later;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

#[derive(Default)]
pub struct Reach {
    marks: Mutex<Marks>,
    /// Somebody should look up what was missed.
    pub wanted: Notify,
}

#[derive(Default)]
struct Marks {
    /// Everything up to here was heard, by conversation.
    heard: HashMap<String, Reached>,
    /// Heard beyond a gap that is not filled yet.
    beyond: HashMap<String, String>,
    /// Grows with each connection that is lost or won.
    gap: u64,
    /// All was filled up to this one.
    filled: Option<u64>,
    unwritten: HashSet<String>,
    /// Threads that are written down as ours.
    threads: HashSet<(String, String)>,
}

impl Marks {
    fn is_whole(&self) -> bool {
        self.filled == Some(self.gap)
    }

    fn advance(&mut self, channel: &str, ts: &str) {
        let first = || Reached { ts: ts.to_owned(), from: ts.to_owned() };
        let heard = self.heard.entry(channel.to_owned()).or_insert_with(first);
        heard.ts = later(&heard.ts, ts).to_owned();
        self.unwritten.insert(channel.to_owned());
    }
}

impl Reach {
    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True if this is the first we hear of the conversation.
    fn heard(&self, channel: &str, ts: &str) -> bool {
        let mut marks = self.marks();
        let first = !marks.heard.contains_key(channel);
        if marks.is_whole() || first {
            marks.advance(channel, ts);
        } else {
            let beyond = marks.beyond.entry(channel.to_owned()).or_insert_with(|| ts.to_owned());
            *beyond = later(beyond, ts).to_owned();
        }
        first
    }

    pub fn load(&self, rows: Vec<(String, Reached)>) {
        let mut marks = self.marks();
        for (channel, reached) in rows {
            marks.heard.entry(channel).or_insert(reached);
        }
    }

    pub fn mark(&self, channel: &str) -> Option<Reached> {
        self.marks().heard.get(channel).cloned()
    }

    pub fn channels(&self) -> Vec<String> {
        let mut channels: Vec<String> = self.marks().heard.keys().cloned().collect();
        channels.sort();
        channels
    }

    pub fn leave(&self, channel: &str) {
        let mut marks = self.marks();
        marks.heard.remove(channel);
        marks.beyond.remove(channel);
        marks.unwritten.remove(channel);
    }

    /// A connection was lost or won: something may have been missed.
    pub fn gap(&self) {
        self.marks().gap += 1;
        self.wanted.notify_one();
    }

    pub fn gaps(&self) -> u64 {
        self.marks().gap
    }

    pub fn filled(&self, channel: &str, ts: &str) {
        let mut marks = self.marks();
        marks.advance(channel, ts);
    }

    /// Every conversation was looked through since gap number `gap` was seen.
    pub fn whole(&self, gap: u64) {
        let mut marks = self.marks();
        marks.filled = Some(gap);
        if marks.is_whole() {
            for (channel, ts) in std::mem::take(&mut marks.beyond) {
                marks.advance(&channel, &ts);
            }
        }
    }

    fn unwritten(&self) -> Vec<(String, Reached)> {
        let mut marks = self.marks();
        let channels = std::mem::take(&mut marks.unwritten);
        let row = |channel: &String| Some((rows::reached(channel), marks.heard.get(channel)?.clone()));
        channels.iter().filter_map(row).collect()
    }

    /// True if it is new to us.
    fn stands(&self, channel: &str, root: &str) -> bool {
        let mut marks = self.marks();
        if marks.threads.len() >= 20_000 {
            marks.threads.clear();
        }
        marks.threads.insert((channel.to_owned(), root.to_owned()))
    }
}

impl Slack {
    /// A message was heard and stored.
    pub(super) fn reached(self: &Arc<Self>, told: &Told) {
        let Some((channel, ts)) = told.id.strip_prefix("message/").and_then(|rest| rest.split_once('/')) else {
            return;
        };
        if self.reach.heard(channel, ts) {
            // The first of its conversation is written at once: from now on a gap in it counts.
            let slack = self.clone();
            tokio::spawn(async move { slack.write_marks().await });
        }
    }

    /// We wrote in a thread: what is answered there is for us. Our own message is no sign that others' were heard, so it
    /// begins a mark and advances none.
    pub(super) async fn stands(&self, channel: &str, root: &str, ts: &str) {
        if self.reach.mark(channel).is_none() {
            self.reach.filled(channel, ts);
            self.write_marks().await;
        }
        if !self.reach.stands(channel, root) {
            return;
        }
        if let Err(error) = self.rows.put(&rows::stands(channel, root), &()).await {
            tracing::warn!(error = %error, "a thread of ours was not written down");
        }
    }

    /// Marks are written now and then: one that is behind only means that something known is looked up again.
    pub(super) async fn write_marks(&self) {
        let marks = self.reach.unwritten();
        if marks.is_empty() {
            return;
        }
        if let Err(error) = self.rows.put_all(marks).await {
            tracing::warn!(error = %error, "how far conversations were heard was not written down");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(reach: &Reach) -> Option<String> {
        reach.mark("C1").map(|reached| reached.ts)
    }

    #[test]
    fn what_is_heard_beyond_a_gap_advances_nothing_until_the_gap_is_filled() {
        let reach = Reach::default();
        reach.whole(0);
        assert!(reach.heard("C1", "10.000000"));
        assert!(!reach.heard("C1", "11.000000"));
        assert_eq!(at(&reach), Some("11.000000".to_owned()));
        reach.gap();
        reach.heard("C1", "20.000000");
        assert_eq!(at(&reach), Some("11.000000".to_owned()), "what lies between may have been missed");
        reach.filled("C1", "15.000000");
        reach.whole(1);
        assert_eq!(at(&reach), Some("20.000000".to_owned()));
    }

    #[test]
    fn a_gap_that_opens_while_another_is_filled_stays_open() {
        let reach = Reach::default();
        reach.heard("C1", "10.000000");
        let seen = reach.gaps();
        reach.gap();
        reach.whole(seen);
        reach.heard("C1", "20.000000");
        assert_eq!(at(&reach), Some("10.000000".to_owned()));
    }
}
