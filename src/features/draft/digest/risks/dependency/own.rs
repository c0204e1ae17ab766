//! Which names in manifests and lock files are the repository's own packages, charts and images?

use super::super::super::reading::{FileReading, Reading};
use std::collections::HashSet;

/// The repository's name, what its manifests call themselves, the folders they lie in, and what a lock file lists without a
/// source. A step of one of these is a release, not a dependency.
pub fn names(reading: &Reading) -> HashSet<String> {
    let mut names = HashSet::from([reading.changes.range.repo.clone()]);
    for file in &reading.files {
        match file.name {
            "Cargo.lock" | "uv.lock" => names.extend(without_source(file)),
            "Cargo.toml" | "pyproject.toml" => names.extend(named(file, "name = \"")),
            "package.json" => names.extend(named(file, "  \"name\": \"")),
            "Chart.yaml" => names.extend(named(file, "name: ")),
            _ => {}
        }
        let parts: Vec<&str> = file.path.split('/').collect();
        let manifest = matches!(file.name, "Cargo.toml" | "package.json" | "pyproject.toml" | "Chart.yaml" | "go.mod");
        match parts.as_slice() {
            ["crates" | "packages" | "charts" | "cmd", package, _, ..] => _ = names.insert((*package).to_owned()),
            [.., package, _] if manifest => _ = names.insert((*package).to_owned()),
            _ => {}
        }
        names.extend(file.name.strip_prefix("Dockerfile.").map(str::to_owned));
    }
    names
}

/// What stands behind `key` at the start of a line, on either side of the change.
fn named<'f>(file: &'f FileReading, key: &'static str) -> impl Iterator<Item = String> + use<'f> {
    file.lines
        .iter()
        .filter_map(move |line| line.text.strip_prefix(key))
        .map(|rest| rest.trim_end().trim_end_matches(',').trim_matches('"').to_owned())
}

/// `name` and `version` followed by something other than `source`: a member of the workspace.
fn without_source(file: &FileReading) -> Vec<String> {
    let mut found = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        let Some(name) = line.text.strip_prefix("name = \"").and_then(|rest| rest.strip_suffix('"')) else { continue };
        let below = file.lines[index + 1..].iter().filter(|next| next.hunk == line.hunk);
        let next = below.skip_while(|next| next.text.starts_with("version")).map(|next| next.text).next();
        if next.is_some_and(|next| next.is_empty() || next.starts_with("dependencies")) {
            found.push(name.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::super::story::Story;

    #[test]
    fn own_packages_charts_and_images_are_released_not_depended_on() {
        let lock =
            " [[package]]\n name = \"shop-printer\"\n-version = \"0.1.0\"\n+version = \"1.0.0\"\n dependencies = [\n";
        let story = Story::new()
            .file(
                "crates/printer/Cargo.toml",
                " [package]\n name = \"shop-printer\"\n-version = \"0.1.0\"\n+version = \"1.0.0\"\n",
            )
            .file("Cargo.toml", " [dependencies]\n-shop-printer = \"0.1.0\"\n+shop-printer = \"1.0.0\"\n")
            .file("Cargo.lock", lock)
            .file("charts/probe/Chart.yaml", "-version: 0.9.0\n+version: 1.0.0\n name: probe\n")
            .file(
                "Dockerfile.probe",
                "-FROM registry.example/shop/probe:0.9.0\n+FROM registry.example/shop/probe:1.0.0\n",
            );
        let told = story.risks();
        assert!(!told.iter().any(|risk| risk.contains("printer") || risk.contains("probe` 0")), "{told:?}");
        let foreign = Story::new().file("Cargo.toml", " [dependencies]\n-serde = \"0.1.0\"\n+serde = \"1.0.0\"\n");
        assert_eq!(foreign.risks(), ["Medium 1 dependency takes a major step: `serde` 0.1.0 → 1.0.0"]);
    }
}
