//! What is a commit about: its conventional type, else what it touches, else its words?

use super::role::{Role, role};
use super::subject::Subject;
use crate::domain::digest::Intent;

/// The intent of a commit. `paths` are those it touched, empty where they are not known.
pub fn intent(subject: &Subject, raw: &str, paths: &[String]) -> Intent {
    let said = by_kind(&subject.kind);
    if let Some(intent) = said {
        let (of_deps, raises) = (subject.scope.starts_with("deps"), is_bump(&subject.title));
        // Bots call an update of what runs in production a fix; users see none.
        let bump = match intent {
            Intent::Chore | Intent::Build => of_deps || raises,
            Intent::Fix => {
                of_deps
                    && (raises || begins_a_bump(&subject.title))
                    && !subject.title.to_lowercase().contains("security")
            }
            _ => false,
        };
        return if bump { Intent::Dependency } else { intent };
    }
    if raw.starts_with("Revert \"") {
        return Intent::Revert;
    }
    if is_version(&subject.title) {
        return Intent::Chore;
    }
    let worded = by_words(&subject.title, &subject.scope);
    // "Fix the tests" is about tests however it is worded; only what is touched can tell.
    by_paths(paths).unwrap_or(worded)
}

fn by_kind(kind: &str) -> Option<Intent> {
    Some(match kind {
        "feat" | "feature" | "features" | "improvement" | "improve" | "enhancement" | "enh" | "add" => Intent::Feature,
        "fix" | "fixes" | "fixed" | "bugfix" | "bug" | "hotfix" => Intent::Fix,
        "perf" | "performance" => Intent::Performance,
        "security" | "sec" => Intent::Security,
        "deprecate" | "deprecated" => Intent::Deprecation,
        "revert" => Intent::Revert,
        "refactor" | "refact" | "style" | "cleanup" | "lint" => Intent::Refactor,
        "doc" | "docs" => Intent::Documentation,
        "test" | "tests" | "testing" => Intent::Tests,
        "build" | "ci" | "infra" => Intent::Build,
        "deps" | "dep" | "dependencies" => Intent::Dependency,
        "chore" | "release" | "wip" => Intent::Chore,
        _ => return None,
    })
}

fn by_paths(paths: &[String]) -> Option<Intent> {
    if paths.is_empty() {
        return None;
    }
    if paths.iter().all(|path| is_manifest(path)) {
        return Some(Intent::Dependency);
    }
    let is = |wanted: Role| paths.iter().any(|path| role(path) == wanted);
    if is(Role::Production) {
        None
    } else if is(Role::Tooling) {
        Some(Intent::Build)
    } else if is(Role::Test) || paths.iter().any(|path| path.contains("bench")) {
        Some(Intent::Tests)
    } else {
        Some(Intent::Documentation)
    }
}

/// Files that name versions and little else.
fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    super::noise::is_lock(&name)
        || matches!(name.as_str(), "go.mod" | "package.json" | "cargo.toml" | "gemfile" | "requirements.txt")
}

fn begins_a_bump(title: &str) -> bool {
    let lower = title.to_lowercase();
    let verbs = ["bump ", "update ", "upgrade ", "pin ", "lock file maintenance", "bumps "];
    verbs.iter().any(|verb| lower.starts_with(verb))
}

/// Does the title raise a version of something we use?
pub fn is_bump(title: &str) -> bool {
    let lower = title.to_lowercase();
    let verb = begins_a_bump(title);
    let versions = lower
        .split_whitespace()
        .any(|word| word.trim_start_matches(['v', '^', '~', '=', '>']).starts_with(|c: char| c.is_ascii_digit()));
    verb && (versions && (lower.contains(" to ") || lower.contains(" from "))
        || lower.contains("dependenc")
        || lower.starts_with("lock file"))
        || lower.starts_with("bump ") && (versions || lower.contains(" group "))
}

/// `grep-0.4.0`, `v15.0.0`: a release commit has no other words.
fn is_version(title: &str) -> bool {
    let number = title.rsplit_once('-').map_or(title, |(_, number)| number).trim_start_matches('v');
    !title.contains(' ')
        && number.contains('.')
        && number.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn by_words(title: &str, scope: &str) -> Intent {
    let lower = format!(" {} ", title.to_lowercase());
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let first = lower.split_whitespace().next().unwrap_or("");
    if matches!(scope, "ci" | "cicd" | "build") {
        return Intent::Build;
    }
    if matches!(scope, "doc" | "docs" | "readme") {
        return Intent::Documentation;
    }
    if has(&["cve-", "vulnerab", " xss", " csrf", "security fix", "security issue", " ssrf"]) {
        Intent::Security
    } else if is_bump(title) {
        Intent::Dependency
    } else if has(&[" clippy", " linter", " lint ", " linting"]) {
        Intent::Chore
    } else if has(&[" ci ", " github action"]) {
        Intent::Build
    } else if has(&[" benchmark"]) {
        Intent::Tests
    } else if has(&[" sponsor"]) {
        Intent::Documentation
    } else if has(&[" deprecate", " deprecation"])
        || matches!(first, "remove" | "removes" | "removed" | "drop" | "drops" | "dropped")
            && has(&[
                " support",
                " deprecated",
                " legacy",
                " fallback",
                " option",
                " flag",
                " endpoint",
                " api ",
                " command",
            ])
    {
        Intent::Deprecation
    } else if matches!(first, "document" | "clarify" | "explain" | "documenting")
        || has(&[
            " typo",
            " readme",
            " changelog",
            " docs ",
            " documentation",
            " docstring",
            " doc comment",
            " contributing",
        ])
    {
        Intent::Documentation
    } else if has(&[" unit test", " e2e test", " flaky", " test coverage", " tests ", " test for "]) {
        Intent::Tests
    } else if has(&[
        "speed up",
        " faster",
        " optimi",
        " performance",
        "reduce memory",
        "reduce alloc",
        "reduce latency",
        " n+1",
    ]) {
        Intent::Performance
    } else if matches!(
        first,
        "fix"
            | "fixes"
            | "fixed"
            | "fixing"
            | "resolve"
            | "resolves"
            | "correct"
            | "handle"
            | "avoid"
            | "prevent"
            | "don't"
            | "ensure"
            | "repair"
    ) || has(&[" fix ", " fixes ", " bug ", " crash", " regression", " deadlock", " leak"])
    {
        Intent::Fix
    } else if matches!(
        first,
        "add"
            | "adds"
            | "added"
            | "adding"
            | "implement"
            | "implements"
            | "introduce"
            | "support"
            | "allow"
            | "enable"
            | "new"
            | "expose"
            | "extend"
            | "make"
    ) || has(&[" support for "])
    {
        Intent::Feature
    } else if has(&[" fails", " failing", " failed", " panic", " incorrect", " wrong ", " properly ", " correctly "]) {
        Intent::Fix
    } else if matches!(
        first,
        "refactor"
            | "rename"
            | "move"
            | "clean"
            | "cleanup"
            | "simplify"
            | "extract"
            | "reorganize"
            | "restructure"
            | "split"
            | "inline"
            | "reformat"
            | "tidy"
            | "rework"
    ) {
        Intent::Refactor
    } else if matches!(
        first,
        "release" | "prepare" | "lint" | "format" | "rustfmt" | "gofmt" | "clippy" | "version" | "bump"
    ) {
        Intent::Chore
    } else if has(&[" workflow", " dockerfile", " makefile", " pipeline "]) {
        Intent::Build
    } else {
        Intent::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn means(raw: &str, paths: &[&str], expected: Intent) {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        assert_eq!(intent(&Subject::parse(raw), raw, &paths), expected, "{raw}");
    }

    #[test]
    fn the_type_wins_then_the_paths_then_the_words() {
        means("feat: x", &["README.md"], Intent::Feature);
        means("Fix the wording", &["README.md", "docs/a.md"], Intent::Documentation);
        means("Fix the wording", &["src/a.rs"], Intent::Fix);
        means("Add retries", &[], Intent::Feature);
        means("chore(deps): bump serde from 1.0.1 to 1.0.2", &[], Intent::Dependency);
        means("fix(deps): update module google.golang.org/grpc to v1.58.3", &["go.mod"], Intent::Dependency);
        means("fix(deps): update dependency lodash to v4.17.21 [security]", &["package.json"], Intent::Fix);
        means("fix(deps): update golang", &["Dockerfile"], Intent::Dependency);
        means("fix(deps): read a lock file without packages", &["src/a.rs"], Intent::Fix);
        means("Bump golang.org/x/net from 0.1.0 to 0.2.0", &["go.mod", "go.sum"], Intent::Dependency);
        means("Update the welcome page", &[], Intent::Other);
        means("Revert \"Add retries\"", &[], Intent::Revert);
        means("Deprecate the v1 endpoint", &[], Intent::Deprecation);
        means("Patch CVE-2024-1234", &[], Intent::Security);
        means("Remove support for v1beta2", &["src/a.rs"], Intent::Deprecation);
        means("Fix clippy lint warnings", &["src/a.rs"], Intent::Chore);
        means("Add CI build for arm", &[], Intent::Build);
        means("Show the token of an example", &["examples/login/main.rs"], Intent::Documentation);
    }
}
