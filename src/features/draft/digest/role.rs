//! What is a file for: does it run in production, or does it test, explain or show?

use super::language::{Class, language};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Production,
    /// Runs the project's own pipelines and tools.
    Tooling,
    Test,
    Example,
    Docs,
}

/// The role of a path, by its folders and its name.
pub fn role(path: &str) -> Role {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let language = language(&lower);
    if is_test(folders, name, language.is_code()) {
        return Role::Test;
    }
    let any = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    if any(&[
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "playground",
        "bench",
        "benches",
        "benchmark",
        "benchmarks",
    ]) {
        return Role::Example;
    }
    if any(&["doc", "docs", "documentation", "website", "adr", "rfcs"]) || is_prose(name, language.class) {
        return Role::Docs;
    }
    if any(&[
        ".github",
        ".circleci",
        ".buildkite",
        ".gitlab",
        ".devcontainer",
        ".vscode",
        ".idea",
        ".husky",
        "hack",
        "scripts",
        "tools",
    ]) || matches!(
        name,
        ".gitlab-ci.yml" | "jenkinsfile" | ".travis.yml" | "azure-pipelines.yml" | "appveyor.yml" | "makefile"
    ) {
        return Role::Tooling;
    }
    Role::Production
}

fn is_test(folders: &str, name: &str, code: bool) -> bool {
    const FOLDERS: [&str; 20] = [
        "test",
        "tests",
        "__tests__",
        "testdata",
        "test-data",
        "test_data",
        "testing",
        "fixtures",
        "__fixtures__",
        "mocks",
        "__mocks__",
        "e2e",
        "cypress",
        "test-fixtures",
        "testutil",
        "testutils",
        "integration-tests",
        "androidtest",
        "mock",
        "test-utils",
    ];
    let folder = folders.split('/').any(|folder| {
        FOLDERS.contains(&folder)
            || code && matches!(folder, "spec" | "specs")
            || folder.ends_with("-tests")
            || folder.ends_with(".tests")
    });
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let jvm = matches!(ending, "java" | "kt" | "cs" | "scala" | "swift" | "groovy" | "php");
    folder
        || code
            && (["_test", ".test", ".spec", "_spec", "-test", ".cy", ".e2e"].iter().any(|tail| stem.ends_with(tail))
                || stem.starts_with("test_")
                || matches!(stem, "test" | "tests" | "conftest" | "spec_helper" | "test_helper")
                || jvm && (stem.ends_with("test") || stem.ends_with("tests") || stem.ends_with("testcase")))
        || stem.starts_with("mock_")
        || name.starts_with("docker-compose.test")
}

fn is_prose(name: &str, class: Class) -> bool {
    let requirement = name.starts_with("requirements") || name.starts_with("constraints") || name == "robots.txt";
    class == Class::Prose && !requirement
        || ["license", "authors", "contributors", "maintainers", "readme", "notice", "copying"]
            .iter()
            .any(|word| name.starts_with(word))
            && !name.contains('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_its_role() {
        for (path, expected) in [
            ("src/pay.rs", Role::Production),
            ("src/pay_test.go", Role::Test),
            ("tests/it/main.rs", Role::Test),
            ("web/src/Button.spec.tsx", Role::Test),
            ("src/test/java/PayTest.java", Role::Test),
            ("spec/openapi.yaml", Role::Production),
            ("spec/models/user.rb", Role::Test),
            ("docs/guide/config.yaml", Role::Docs),
            ("README.md", Role::Docs),
            ("requirements.txt", Role::Production),
            (".github/workflows/ci.yml", Role::Tooling),
            ("examples/minimal/values.yaml", Role::Example),
            ("app/latest.rb", Role::Production),
            ("src/contest.py", Role::Production),
        ] {
            assert_eq!(role(path), expected, "{path}");
        }
    }
}
