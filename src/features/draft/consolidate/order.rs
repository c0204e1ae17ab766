//! Which module goes out first? The one that the others need.

use crate::domain::change::RangeAsk;
use crate::domain::graph;
use crate::domain::service::{Service, Workspace};

/// The modules in the order of deployment, by the whole catalogue; those that do not need each other keep the order in which
/// they were asked for.
pub fn in_order(workspaces: &[Workspace], modules: &[(Service, RangeAsk)]) -> Vec<(Service, RangeAsk)> {
    let steps = graph::order(workspaces.iter().flat_map(|space| &space.services));
    let step = |(service, _): &(Service, RangeAsk)| steps.iter().position(|step| step.contains(&service.name.as_str()));
    let mut modules = modules.to_vec();
    modules.sort_by_key(|module| step(module).unwrap_or(usize::MAX));
    modules
}
