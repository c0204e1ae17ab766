//! What did GitHub answer last time, so that it need only say that nothing changed?

use crate::adapters::http::Answer;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Answers kept, and the largest that is.
const MOST: usize = 256;
const LARGEST: usize = 512 * 1024;

/// The newest answers with their entity tags, oldest first.
#[derive(Default)]
pub struct Cache {
    kept: Mutex<VecDeque<(String, String, Answer)>>,
}

impl Cache {
    pub fn get(&self, key: &str) -> Option<(String, Answer)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(known, ..)| known == key).map(|(_, etag, answer)| (etag.clone(), answer.clone()))
    }

    pub fn put(&self, key: String, etag: String, answer: Answer) {
        if answer.body.len() > LARGEST {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(known, ..)| *known != key);
        kept.push_back((key, etag, answer));
        if kept.len() > MOST {
            kept.pop_front();
        }
    }
}
