//! How do several modules share the budget of one context?

use crate::domain::change::ChangeSet;
use crate::domain::digest::Context;
use crate::features::draft::Read;
use crate::features::draft::compress::{compress_module, tokens};
use crate::features::draft::rules::phrase::name;

/// Of the budget this much is every module's, however small its change is.
const EVEN: f64 = 0.4;

/// Each module compressed on its own, one after the other; a larger change gets more of the budget, and what a small one
/// leaves goes to those after it.
pub fn context(modules: &[Read], changes: &[ChangeSet], budget: usize) -> Context {
    let sizes: Vec<usize> = changes.iter().map(tokens::raw).collect();
    let (all, count) = (sizes.iter().sum::<usize>().max(1) as f64, modules.len() as f64);
    let share = |size: usize| budget as f64 * (EVEN / count + (1.0 - EVEN) * size as f64 / all);
    // The smallest first, so that its remainder is there for the others.
    let mut order: Vec<usize> = (0..modules.len()).collect();
    order.sort_by_key(|at| sizes[*at]);
    let mut parts: Vec<Option<Context>> = vec![None; modules.len()];
    let mut spare = 0.0;
    for at in order {
        let room = share(sizes[at]) + spare;
        let part = compress_module(&changes[at], &modules[at].digest, Some(&modules[at].service.name), room as usize);
        spare = (room - part.context_tokens as f64).max(0.0);
        parts[at] = Some(part);
    }
    let parts: Vec<Context> = parts.into_iter().flatten().collect();
    let text = parts.iter().map(|part| part.context.trim_end()).collect::<Vec<_>>().join("\n\n");
    let left_out = modules
        .iter()
        .zip(&parts)
        .flat_map(|(read, part)| part.left_out.iter().map(|line| format!("{}: {line}", name(&read.service.name))));
    Context {
        raw_tokens: parts.iter().map(|part| part.raw_tokens).sum(),
        context_tokens: tokens::count(&text),
        left_out: left_out.collect(),
        context: text,
    }
}
