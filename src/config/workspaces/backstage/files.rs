//! Which files of a Backstage catalogue are meant, and which entities stand in them?

use super::entity::Entity;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Each file once, in the order of their names.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        let shown = path.display();
        let pattern = if path.is_dir() { path.join("**").join("catalog-info.yaml") } else { path.clone() };
        let matched = glob::glob(&pattern.to_string_lossy())
            .map_err(|error| format!("`{shown}` is no pattern for files: {}", error.msg))?;
        let mut here: Vec<PathBuf> = matched.filter_map(Result::ok).filter(|file| file.is_file()).collect();
        if here.is_empty() {
            return Err(format!("`{shown}` leads to no file of a Backstage catalogue; check the path"));
        }
        files.append(&mut here);
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The entities of one file, which may hold several documents. One that lacks what every entity has is said, not fatal.
pub fn read(file: &Path, unused: &mut Vec<String>) -> Result<Vec<Entity>, String> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let documents: Vec<Value> = serde_saphyr::from_multiple(&text).map_err(|error| {
        let line = error.location().map(|at| format!(" line {}", at.line())).unwrap_or_default();
        format!("`{shown}`{line} is not YAML that can be read; `backstage-cli` or any YAML checker shows why")
    })?;
    let mut entities = Vec::new();
    for document in documents.into_iter().filter(|document| !document.is_null()) {
        let named = document["metadata"]["name"].as_str().unwrap_or("without a name").to_owned();
        match serde_json::from_value::<Entity>(document) {
            Ok(entity) => entities.push(Entity { file: file.to_owned(), ..entity }),
            Err(error) => unused.push(format!("an entity `{named}` of `{shown}` is left out: {error}")),
        }
    }
    Ok(entities)
}
