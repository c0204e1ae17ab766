//! How does a change of any size fit into a few thousand tokens without losing its ids and telling words?
//!
//! Extractive: nothing is worded anew. Every id and every content word of the change has a worth, for a word the probability
//! that people would mention it in release notes (`lexicon`), and what brings most for its tokens is told (`choose`).

mod account;
mod choose;
mod clean;
mod entries;
mod head;
mod hints;
mod ids;
mod lexicon;
mod render;
mod sentences;
pub mod tokens;
mod vocabulary;
mod words;

use crate::domain::change::ChangeSet;
use crate::domain::digest::{Context, Digest};
use choose::{Market, Step};
use lexicon::Lexicon;
use render::Source;

/// Of the budget this part stays free: other tokenizers than ours count a little more.
const RESERVE: f64 = 0.022;
/// So close to the budget, in tokens, another try would win nothing.
const CLOSE: usize = 24;

/// The digest as text of at most `budget_tokens` tokens (`o200k_base`), with an account of what is not in it.
///
/// Deterministic. The text is for a model and for people: header, breaking changes, risks, items by area, each with its ids,
/// then ids and words of what did not fit. Text from outside stands on its own line's place and cannot begin a line.
pub fn compress(changes: &ChangeSet, digest: &Digest, budget_tokens: usize) -> Context {
    compress_module(changes, digest, None, budget_tokens)
}

/// The same for one of several modules, whose name stands in its ids.
pub fn compress_module(changes: &ChangeSet, digest: &Digest, module: Option<&str>, budget_tokens: usize) -> Context {
    let limit = budget_tokens - (budget_tokens as f64 * RESERVE).ceil() as usize;
    let mut lexicon = Lexicon::default();
    let mut entries = entries::gather(changes, digest, &mut lexicon);
    let mut places = hints::read(changes, digest, &mut lexicon);
    entries.push(entries::only_ids("linked from the diff", std::mem::take(&mut places.linked)));
    let head = head::head(digest, module, limit);
    let room = limit.saturating_sub(tokens::count(&head.text));
    let market = Market::open(&entries, &lexicon, &head.text);
    let source = Source { entries: &entries, lexicon: &lexicon, places: &places };
    let (steps, body) = fit(&market, &source, room);
    let context = tokens::beginning(head.text + &body, limit);
    let mut left_out = head.left_out;
    left_out.extend(account::left_out(digest, &entries, &steps));
    Context { raw_tokens: tokens::raw(changes), context_tokens: tokens::count(&context), context, left_out }
}

/// The best choice whose text has at most `room` tokens. Prices of steps are estimates (headings and shared punctuation are
/// nobody's), so the text is counted and the budget corrected by what the estimate was off.
fn fit(market: &Market, source: &Source, room: usize) -> (Vec<Step>, String) {
    let taste = market.taste(room);
    let (mut budget, mut best) = (room, None);
    for _ in 0..4 {
        let steps = market.choose(budget, taste);
        let text = render::items(source, &steps);
        let used = tokens::count(&text);
        let spent_all = market.price(&steps) + CLOSE >= budget;
        if used <= room && best.as_ref().is_none_or(|(_, _, most)| used >= *most) {
            best = Some((steps, text, used));
        }
        if used <= room && (room - used <= CLOSE || !spent_all) {
            break;
        }
        budget = (budget + room).saturating_sub(used + CLOSE / 4);
    }
    match best {
        Some((steps, text, _)) => (steps, text),
        None => shrunk(source, market.choose(budget, taste), room),
    }
}

/// The first steps whose text fits.
fn shrunk(source: &Source, mut steps: Vec<Step>, room: usize) -> (Vec<Step>, String) {
    loop {
        let text = render::items(source, &steps);
        let used = tokens::count(&text);
        if used <= room || steps.is_empty() {
            return (steps, text);
        }
        steps.truncate(steps.len() - ((used - room) / 4 + 1).min(steps.len()));
    }
}

#[cfg(test)]
mod tests;
