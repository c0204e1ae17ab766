//! Who carries it out, and where do they look?

use super::story::Story;
use crate::domain::draft::Field;
use serde_json::Value;

/// The service's operators and whoever asked, each once.
pub fn operators(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut names: Vec<&str> = Vec::new();
    let operators = story.material.modules.iter().flat_map(|module| &module.service.operators);
    for name in operators.chain(&story.material.asked_by) {
        let name = name.trim();
        if !name.is_empty() && !names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.into_iter().map(Value::from).collect())
}

/// The services' dashboards, each once.
pub fn dashboards(story: &Story<'_>, _: &Field) -> Option<Value> {
    let mut links: Vec<&str> = Vec::new();
    for link in story.material.modules.iter().flat_map(|module| &module.service.dashboards) {
        if !links.contains(&link.as_str()) {
            links.push(link);
        }
    }
    (!links.is_empty()).then(|| links.into_iter().map(Value::from).collect())
}
