//! Who carries it out?

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
