//! Who may feel a change? The services that depend on what changed, directly or through others.

use crate::domain::service::{Affected, Dependency, Workspace};
use std::collections::{HashSet, VecDeque};

/// Steps up the graph that are told: further away, a list names everybody and helps nobody.
const FAR: usize = 3;

/// Nearest first, by the shortest way; services of one distance in the catalogue's order. Cycles end where they began.
pub fn affected(workspaces: &[Workspace], changed: &str) -> Vec<Affected> {
    let all = || workspaces.iter().flat_map(|space| space.services.iter().map(move |service| (space, service)));
    let mut seen: HashSet<&str> = HashSet::from([changed]);
    let mut found = Vec::new();
    let mut waiting: VecDeque<(&str, Vec<Dependency>)> = VecDeque::from([(changed, Vec::new())]);
    while let Some((below, path)) = waiting.pop_front() {
        if path.len() == FAR {
            continue;
        }
        for (space, service) in all() {
            let Some(needs) = service.depends_on.iter().find(|needs| needs.service == below) else { continue };
            if !seen.insert(&service.name) {
                continue;
            }
            let mut path = path.clone();
            path.insert(0, needs.clone());
            found.push(Affected {
                service: service.name.clone(),
                workspace: space.name.clone(),
                owners: service.owners.clone(),
                path: path.clone(),
            });
            waiting.push_back((&service.name, path));
        }
    }
    found
}
