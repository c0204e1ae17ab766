//! How does a change of any size fit into a few thousand tokens without losing its ids and telling words?

mod choose;
mod clean;
mod entries;
mod head;
mod hints;
mod ids;
pub mod lexicon;
mod render;
mod sentences;
pub mod tokens;
mod vocabulary;
mod words;

use crate::domain::change::ChangeSet;
use crate::domain::digest::{Context, Digest};
use choose::{Market, Step};
use entries::Entry;
use lexicon::Lexicon;

/// Of a budget this part stays free: other tokenizers than ours count a little more.
const RESERVE: f64 = 0.022;

/// The digest as text of at most `budget_tokens` tokens (`o200k_base`), with an account of what is not in it.
pub fn compress(changes: &ChangeSet, digest: &Digest, budget_tokens: usize) -> Context {
    let limit = budget_tokens - (budget_tokens as f64 * RESERVE) as usize;
    let mut lexicon = Lexicon::default();
    let entries = entries::gather(changes, digest, &mut lexicon);
    hints::read(changes, digest, &mut lexicon);
    let head = head::text(digest);
    let room = limit.saturating_sub(tokens::count(&head));
    let (steps, body) = fit(&entries, &lexicon, room);
    let _ = steps;
    let context = format!("{head}{body}");
    Context { raw_tokens: tokens::raw(changes), context_tokens: tokens::count(&context), context, left_out: Vec::new() }
}

/// The best choice whose text has at most `room` tokens.
fn fit(entries: &[Entry], lexicon: &Lexicon, room: usize) -> (Vec<Step>, String) {
    let market = Market::open(entries, lexicon);
    let taste = market.taste(room);
    let mut budget = room;
    let mut best = (Vec::new(), String::new(), 0);
    for _ in 0..4 {
        let steps = market.choose(budget, taste);
        let text = render::items(entries, lexicon, &steps);
        let used = tokens::count(&text);
        if used <= room && used >= best.2 {
            best = (steps, text, used);
        }
        if used <= room && (room - used < 30 || used + 60 < budget) {
            break;
        }
        budget = (budget + room).saturating_sub(used).saturating_sub(5);
    }
    if best.2 > 0 {
        return (best.0, best.1);
    }
    let mut steps = market.choose(budget, taste);
    loop {
        let text = render::items(entries, lexicon, &steps);
        let used = tokens::count(&text);
        if used <= room || steps.is_empty() {
            return (steps, text);
        }
        steps.truncate(steps.len() - ((used - room) / 4 + 1).min(steps.len()));
    }
}

pub fn lexicon_of(changes: &ChangeSet, digest: &Digest) -> (Lexicon, Vec<(String, String, bool)>) {
    let mut lexicon = Lexicon::default();
    let entries = entries::gather(changes, digest, &mut lexicon);
    hints::read(changes, digest, &mut lexicon);
    let ids = entries
        .iter()
        .flat_map(|e| e.ids.iter().map(|id| (format!("{:?}", id.role), id.text.clone(), e.intent.user_visible())))
        .collect();
    (lexicon, ids)
}
