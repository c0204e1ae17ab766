//! Which teams there are and what they release: one TOML file per workspace.

mod backstage;
mod build;
mod doubtful;
mod file;
#[cfg(test)]
mod tests;
mod write;

use super::problem::{ConfigError, line_of, read_with_text};
use crate::domain::service::Workspace;
use build::Folders;
use doubtful::{Origin, Origins};
use file::{ServiceEntry, WorkspaceFile};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use backstage::{Imported, import};
pub use write::as_toml;

/// Every `*.toml` of the directory, in the order of their names. Paths of repositories are meant from the file's folder;
/// our own copies of remote ones lie in `data`.
pub fn load_workspaces(folder: &Path, data: &Path) -> Result<Vec<Workspace>, ConfigError> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| ConfigError::of(Some(folder), format!("the workspaces' directory cannot be read: {error}")))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    files.sort();
    let mut origins: Origins = HashMap::new();
    let mut workspaces = Vec::new();
    for path in files {
        workspaces.push(load(&path, data, &mut origins)?);
    }
    doubtful::refuse_needs(&workspaces, &origins)?;
    Ok(workspaces)
}

fn load(path: &Path, data: &Path, origins: &mut Origins) -> Result<Workspace, ConfigError> {
    let (mut file, text): (WorkspaceFile, String) = read_with_text(path)?;
    let at = |line: usize| move |problem: String| ConfigError { file: path.to_owned(), line, problem };
    let folders = Folders { file: path.parent().unwrap_or(Path::new(".")), data };
    let mut workspace = build::workspace(&file).map_err(at(0))?;
    for entry in entries(&mut file, folders.file).map_err(at(0))? {
        // What stands only in the other catalogue has no line here.
        let line = match entry.name.span() {
            span if span.is_empty() => 0,
            span => line_of(&text, span.start),
        };
        let service = build::service(&entry, &file, folders).map_err(at(line))?;
        let here = Origin { file: path.to_owned(), line };
        doubtful::refuse_double(origins, &service.name, here)?;
        workspace.services.push(service);
    }
    Ok(workspace)
}

/// What stands in the file, and what it takes from a Backstage catalogue; the file has the last word, field by field.
fn entries(file: &mut WorkspaceFile, folder: &Path) -> Result<Vec<ServiceEntry>, String> {
    let own = std::mem::take(&mut file.services);
    if file.backstage.is_empty() {
        return Ok(own);
    }
    let patterns: Vec<PathBuf> = file.backstage.iter().map(|pattern| folder.join(pattern)).collect();
    let imported = import(&patterns)?;
    for unused in &imported.unused {
        tracing::warn!(unused, "something in the Backstage catalogue cannot be used");
    }
    let mut others: Vec<ServiceEntry> = imported.found.into_iter().map(|found| found.entry).collect();
    let merged = own.into_iter().map(|entry| match others.iter().position(|other| other.name() == entry.name()) {
        Some(at) => entry.over(others.remove(at)),
        None => entry,
    });
    let mut all: Vec<ServiceEntry> = merged.collect();
    all.append(&mut others);
    Ok(all)
}
