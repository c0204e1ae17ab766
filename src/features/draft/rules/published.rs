//! Is this a program or library that others install, and what does a release of it ask for instead of a rollout?

use super::phrase::told;
use super::story::Story;
use crate::domain::digest::{Digest, NoiseKind, RiskKind, Severity};
use crate::domain::fact::FactId;

/// Folders and files of what runs somewhere under the project's own care.
const DEPLOYED: [&str; 15] = [
    "dockerfile",
    "helm",
    "charts",
    "kustomize",
    "k8s",
    "kubernetes",
    "manifests",
    "deploy",
    "deployment",
    "terraform",
    "procfile",
    "migrations",
    "ansible",
    "fly.toml",
    "serverless.yml",
];

/// Only where much speaks for it, because a service is the usual case: a package manifest and a changelog change together,
/// something of what only packages have changes too, and nothing that is deployed does.
pub fn is_published(digest: &Digest) -> bool {
    let runs = |kind: RiskKind| matches!(kind, RiskKind::Migration | RiskKind::Infrastructure | RiskKind::FeatureFlag);
    let paths = || digest.areas.iter().flat_map(|area| &area.files).map(|path| path.to_ascii_lowercase());
    let deployed = paths()
        .filter(|path| !path.starts_with("doc/") && !path.starts_with("docs/") && !path.contains("example"))
        .any(|path| {
            path.split('/').any(|part| {
                DEPLOYED.contains(&part) || part.starts_with("dockerfile.") || part.starts_with("docker-compose")
            })
        });
    let changelog = digest.noise.iter().any(|noise| noise.kind == NoiseKind::Changelog);
    let severe = digest.risks.iter().any(|risk| runs(risk.kind) && risk.severity > Severity::Low);
    changelog
        && !deployed
        && !severe
        && paths().any(|path| is_manifest(&path))
        && paths().any(|path| is_of_a_package(&path))
}

fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "cargo.toml"
            | "package.json"
            | "pyproject.toml"
            | "setup.py"
            | "setup.cfg"
            | "__version__.py"
            | "version.rb"
            | "const.rb"
    ) || name.ends_with(".gemspec")
}

/// A library's root, several crates, types for callers, completions, manual pages, or a Python or Ruby package's own version.
fn is_of_a_package(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.ends_with("src/lib.rs")
        || path.starts_with("crates/")
        || path.contains("complet")
        || name.ends_with(".gemspec")
        || name.ends_with(".d.ts")
        || name.ends_with(".1.in")
        || matches!(name, "setup.py" | "__version__.py" | "version.rb" | "const.rb")
}

/// Why there is nothing to roll back.
pub fn reason(story: &Story<'_>) -> String {
    let text = format!(
        "{} is installed by others, so {} cannot be rolled back for them, only withdrawn and followed by a release without the fault",
        story.service(),
        story.to()
    );
    told(&text, &story.range())
}

/// Withdraw, release again, tell.
pub fn way_back(story: &Story<'_>) -> Vec<String> {
    let (from, to, range) = (story.from(), story.to(), story.range());
    let mut steps = vec![
        told(
            &format!(
                "Withdraw {to} where it is published (yank, deprecate or unpublish it), so that new installs get {from}"
            ),
            &range,
        ),
        told(
            &format!(
                "Release a patch: revert what is at fault on top of {to}, or publish {from} again under a higher number"
            ),
            &range,
        ),
    ];
    let breaking: Vec<FactId> = story.digest.breaking.iter().take(5).map(|breaking| breaking.id.clone()).collect();
    if !breaking.is_empty() {
        steps.push(told(
            "Tell those who already moved to the new interface; the patch must not take it away from them",
            &breaking,
        ));
    }
    steps.push(told(&format!("Say in the release notes of {to} which version to use instead, and why"), &range));
    steps.push(told("Done when no new reports of the fault come in", &range));
    steps
}

/// What can be seen of a version that runs on other people's machines.
pub fn watches(story: &Story<'_>) -> Vec<String> {
    let (from, to, range) = (story.from(), story.to(), story.range());
    vec![
        told(
            &format!(
                "Issues and discussions that name {to}, for a week; withdraw it when several people report the same fault"
            ),
            &range,
        ),
        told(&format!("Downloads of {to} and failed downloads or installs, against the first days of {from}"), &range),
        told("Builds of projects that depend on it, where they can be seen, for two days", &range),
    ]
}

/// The same as short names.
pub fn signals(story: &Story<'_>) -> Vec<String> {
    let cite = super::phrase::cited(&story.range());
    ["New issues that name the version", "Downloads, failed downloads and installs", "Builds of dependent projects"]
        .iter()
        .map(|name| format!("{name}{cite}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::made;
    use super::*;
    use crate::domain::digest::{Noise, NoiseKind};

    fn digest(paths: &[&str]) -> Digest {
        let mut digest = made(Vec::new(), Vec::new(), Vec::new()).digest;
        digest.areas[0].files = paths.iter().map(|path| (*path).to_owned()).collect();
        digest.noise =
            vec![Noise { kind: NoiseKind::Changelog, paths: vec!["CHANGELOG.md".to_owned()], added: 1, removed: 0 }];
        digest
    }

    #[test]
    fn only_clear_signs_make_it_a_package() {
        assert!(is_published(&digest(&["Cargo.toml", "crates/pay/src/lib.rs"])));
        assert!(is_published(&digest(&["setup.py", "shop/pay.py"])));
        assert!(!is_published(&digest(&["Cargo.toml", "src/main.rs"])), "it may well be a service");
        assert!(!is_published(&digest(&["Cargo.toml", "src/lib.rs", "Dockerfile"])));
        assert!(!is_published(&digest(&["Cargo.toml", "src/lib.rs", "migrations/1.sql"])));
        assert!(!is_published(&Digest { noise: Vec::new(), ..digest(&["Cargo.toml", "src/lib.rs"]) }));
    }

    #[test]
    fn a_package_is_withdrawn_and_watched_where_others_use_it() {
        let mut material = made(Vec::new(), Vec::new(), Vec::new());
        material.digest = digest(&["Cargo.toml", "crates/pay/src/lib.rs"]);
        let story = Story::of(&material);
        let way = format!("{} {}", reason(&story), way_back(&story).join(" "));
        assert!(way.contains("yank") && way.contains("v2.3.0") && way.contains("[range:1]"), "{way}");
        let watched = watches(&story).join(" ");
        for word in ["instance", "traffic", "p95"] {
            assert!(!way.contains(word) && !watched.contains(word), "{word}");
        }
    }
}
