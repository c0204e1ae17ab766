//! Which public items of library-like code are gone, without anybody having said so?

use super::super::reading::Reading;
use super::super::risks::removed_items;
use super::Sighting;

/// More removals than this are told as one.
const FEW: usize = 6;

/// Public items that left for good. Only repositories whose manifests publish a library are meant: elsewhere nobody
/// outside can depend on them.
pub fn sightings(reading: &Reading) -> Vec<Sighting> {
    let removed = removed_items(reading);
    let told = removed.iter().take(FEW).map(|item| Sighting {
        text: format!("Public `{}` is no longer in `{}`", item.name, item.path),
        how: format!("public `{} {}` removed", item.keyword, item.name),
        commit: None,
        path: Some(item.path.clone()),
    });
    let mut sightings: Vec<Sighting> = told.collect();
    if removed.len() > FEW {
        let more = removed.len() - FEW;
        sightings.push(Sighting {
            text: format!("{more} more public items are gone"),
            how: "public items removed".to_owned(),
            commit: None,
            path: Some(removed[FEW].path.clone()),
        });
    }
    sightings
}
