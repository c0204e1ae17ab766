//! Which public items of library-like code are gone, without anybody having said so?

use super::super::reading::Reading;
use super::super::risks::{RemovedItem, removed_items};
use super::Sighting;

/// Names told before the rest is counted.
const NAMED: usize = 3;

/// All public items that left for good, as one breaking change. Only packages that others import are meant: elsewhere nobody
/// outside can depend on them.
pub fn sighting(reading: &Reading) -> Option<Sighting> {
    let mut removed = removed_items(reading);
    // A method of that name may leave several types at once; people read the name.
    let mut names = std::collections::HashSet::new();
    removed.retain(|item| names.insert(item.name.clone()));
    let first = removed.first()?;
    let how = match removed.as_slice() {
        [one] => format!("public `{} {}` removed", one.keyword, one.name),
        _ => "public items removed".to_owned(),
    };
    Some(Sighting { text: told(&removed), how, commit: None, path: Some(first.path.clone()) })
}

/// ``6 public items removed: `a`, `b`, `c` and 3 more``
fn told(removed: &[RemovedItem]) -> String {
    let names: Vec<String> = removed.iter().map(|item| format!("`{}`", item.name)).collect();
    let listed = match names.as_slice() {
        [one] => one.clone(),
        [first @ .., last] if names.len() <= NAMED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED),
    };
    let items = if removed.len() == 1 { "item" } else { "items" };
    format!("{} public {items} removed: {listed}", removed.len())
}
