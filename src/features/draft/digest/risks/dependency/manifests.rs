//! What do the changed lines of a manifest or lock file say about versions?

use super::super::super::reading::{FileReading, Line, Sign};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// How a dependency matters, most first: of two readings of one name the former wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Runtime,
    Image,
    Direct,
    Action,
    Build,
    Transitive,
}

/// One name with one version on one side of the change.
#[derive(Debug, Clone)]
pub struct Entry {
    pub name: String,
    pub version: String,
    pub sort: Sort,
    pub added: bool,
    /// Index into the file's lines.
    pub line: usize,
}

static TOML: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"^"?(?P<n>[A-Za-z0-9_.-]+)"?\s*=\s*(?:"(?P<v>[^"]*)"|\{.*?\b(?:version|tag)\s*=\s*"(?P<w>[^"]+)")"#)
});
static JSON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s+"(?P<n>@?[A-Za-z0-9_./-]+)":\s*"(?P<v>(?:npm:[^"@]+@)?[\^~<>=v ]*\d+[^"]*)""#));
static GO: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:require\s+|\t|\s+)?(?P<n>[a-z0-9.-]+\.[a-z]{2,}/\S+|go|toolchain)\s+(?:go)?(?P<v>v?\d\S*)(?P<i>\s*// indirect)?\s*$",
    )
});
static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^\s*["']?(?P<n>[A-Za-z][A-Za-z0-9_.-]*)(?:\[[^\]]*\])?\s*(?P<v>(?:==|~=|>=|<=|===|<|>|!=)\s*[0-9][^"'\s;#]*)"#,
    )
});
static GEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^\s*(?:(?:gem|spec\.add_(?:runtime_)?dependency)[ (]\s*["'](?P<n>[\w-]+)["'],\s*|(?P<r>ruby)\s+)["'](?P<v>[^"']*\d[^"']*)["']"#,
    )
});
static GRADLE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"\b(?P<k>implementation|api|compileOnly|runtimeOnly|testImplementation|kapt|classpath|compile|platform|annotationProcessor|developmentOnly)[ (]+\(?["'](?P<n>[\w.-]+:[\w.-]+):(?P<v>[\w.-]+)["']"#,
    )
});
static GRADLE_PLUGIN: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\bid[ (]+["'](?P<n>[\w.-]+)["']\)?\s+version\s+["'](?P<v>[\w.-]+)["']"#));
static DOTNET: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"<Package(?:Reference|Version)\s+(?:Include|Update)="(?P<n>[^"]+)"\s+Version="(?P<v>[^"]+)""#)
});
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^FROM\s+(?:--\S+\s+)*(?P<n>[a-z0-9][a-z0-9._/:-]*?)(?::(?P<v>[\w.-]+))?(?:@sha256:\w+)?(?:\s+AS\s+\S+)?\s*$",
    )
});
static USES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"^\s*-?\s*uses:\s*["']?(?P<n>[\w.-]+/[\w./-]+)@(?P<v>[\w.-]+)["']?(?:\s*#\s*(?:tag=|pin@)?(?P<w>v?\d[\w.-]*))?"#,
    )
});
static MIX: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*\{:(?P<n>\w+),\s*"(?P<v>[^"]*\d[^"]*)""#));
static XML_TAG: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*<(?P<n>[\w.-]+)>(?P<v>[^<$]*)</[\w.-]+>\s*$"));
static NAMED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s*-?\s*"?(?:name|source)"?\s*[:=]\s*"?(?P<n>[^",\s]+)"?"#));
static VERSIONED: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^\s*"?version"?\s*[:=]\s*"?(?P<v>[^",]*\d[^",]*)"?"#));
static LOCKED_GEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^    (?P<n>[\w.-]+) \((?P<v>\d[^)]*)\)$"));
static LOCKED_NODE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s*"(?:.*node_modules/)?(?P<n>@?[\w./-]+)": \{|^"?(?P<y>@?[\w./-]+)@[^:]*:$"#));
static LOCKED_PNPM: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^  '?/?(?P<n>@?[\w.-]+(?:/[\w.-]+)?)[@/](?P<v>\d[\w.-]*)(?:\(.*\))?'?:$"));

/// The entries of the file's changed lines; empty for a file that is no manifest.
pub fn entries(file: &FileReading) -> Vec<Entry> {
    let name = file.name.to_ascii_lowercase();
    match name.as_str() {
        "cargo.toml" | "pyproject.toml" | "pipfile" => with_sections(file, toml_sort, toml),
        "libs.versions.toml" => with_sections(file, |_| Some(Sort::Direct), toml),
        "package.json" | "composer.json" => with_sections(file, json_sort, json),
        "go.mod" => simple(file, go),
        "gemfile" => simple(file, gem),
        "pom.xml" => pom(file),
        "chart.yaml" | "requirements.yaml" => neighbours(file, Sort::Direct),
        "cargo.lock" | "poetry.lock" | "uv.lock" => neighbours(file, Sort::Transitive),
        "package-lock.json" | "yarn.lock" => node_lock(file),
        "gemfile.lock" => simple(file, |text| from(&LOCKED_GEM, text, Sort::Transitive)),
        "pnpm-lock.yaml" => simple(file, |text| from(&LOCKED_PNPM, text, Sort::Transitive)),
        "mix.exs" => simple(file, |text| from(&MIX, text, Sort::Direct)),
        ".nvmrc" | ".node-version" | ".ruby-version" | ".python-version" | ".go-version" => version_file(file),
        "rust-toolchain.toml" => with_sections(file, |_| Some(Sort::Runtime), toml),
        _ if name.starts_with("requirements") && name.ends_with(".txt")
            || name.starts_with("constraints") && name.ends_with(".txt") =>
        {
            let dev = ["dev", "test", "lint", "docs", "build"].iter().any(|word| name.contains(word));
            simple(file, |text| {
                python(text).map(|(name, version, sort)| (name, version, if dev { Sort::Build } else { sort }))
            })
        }
        _ if name.starts_with("build.gradle") => simple(file, gradle),
        _ if name.ends_with(".gemspec") => simple(file, gem),
        _ if name.ends_with(".csproj") || name.ends_with(".fsproj") || name == "directory.packages.props" => {
            simple(file, dotnet)
        }
        _ if file.language.name == "Dockerfile" => simple(file, image),
        _ if file.language.name == "Terraform" => neighbours(file, Sort::Direct),
        _ if file.path.starts_with(".github/") || name == "action.yml" || name == "action.yaml" => simple(file, action),
        _ => Vec::new(),
    }
}

/// Name, version and sort of one line.
type Read = Option<(String, String, Sort)>;
/// The same where the section decides the sort, unless the line itself does.
type ReadInSection = Option<(String, String, Option<Sort>)>;

fn from(shape: &Regex, text: &str, sort: Sort) -> Read {
    let found = shape.captures(text)?;
    let version = found.name("v").or_else(|| found.name("w"))?.as_str();
    Some((found.name("n").or_else(|| found.name("y"))?.as_str().to_owned(), version.trim().to_owned(), sort))
}

fn simple(file: &FileReading, read: impl Fn(&str) -> Read) -> Vec<Entry> {
    changed(file)
        .filter_map(|(index, line)| {
            let (name, version, sort) = read(line.text)?;
            Some(Entry { name, version, sort, added: line.is_added(), line: index })
        })
        .collect()
}

fn changed<'f, 'a>(file: &'f FileReading<'a>) -> impl Iterator<Item = (usize, &'f Line<'a>)> {
    // A comment after `#` is no manifest line, but `//` in go.mod marks indirect ones after code and is kept.
    file.lines.iter().enumerate().filter(|(_, line)| line.sign != Sign::Context && !line.silent)
}

/// Files whose lines mean something only within a section, which may or may not be shown in the diff.
fn with_sections(
    file: &FileReading,
    sort: fn(&str) -> Option<Sort>,
    read: fn(&str, &str) -> ReadInSection,
) -> Vec<Entry> {
    let mut section = String::new();
    let mut hunk = u32::MAX;
    let mut entries = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        if line.hunk != hunk {
            hunk = line.hunk;
            section = file.change.hunks.get(hunk as usize).map_or(String::new(), |hunk| hunk.context.trim().to_owned());
        }
        let trimmed = line.text.trim();
        if trimmed.starts_with('[') && trimmed.ends_with(']') || trimmed.starts_with('"') && trimmed.ends_with('{') {
            section = trimmed.to_owned();
            continue;
        }
        if line.sign == Sign::Context || line.silent {
            continue;
        }
        let Some((name, version, own)) = read(line.text, &section) else { continue };
        let Some(sort) = own.or_else(|| sort(&section)) else { continue };
        entries.push(Entry { name, version, sort, added: line.is_added(), line: index });
    }
    entries
}

fn toml_sort(section: &str) -> Option<Sort> {
    let lower = section.to_ascii_lowercase();
    if lower.contains("dev-dependencies")
        || lower.contains("build-dependencies")
        || lower.contains("group.")
        || lower.contains("dev-packages")
        || lower.contains("build-system")
        || lower.contains("optional-dependencies")
    {
        Some(Sort::Build)
    } else if lower.starts_with('[')
        && !lower.contains("dependencies")
        && !lower.contains("packages")
        && !lower.starts_with("[project]")
    {
        None
    } else {
        Some(Sort::Direct)
    }
}

fn toml(text: &str, section: &str) -> ReadInSection {
    if let Some((name, version, _)) = python(text) {
        let runtime = name == "requires-python";
        return Some((name, version, runtime.then_some(Sort::Runtime)));
    }
    // A crate or package of the same repository moves with it.
    if text.contains("path = \"") || text.contains("workspace = true") {
        return None;
    }
    let found = TOML.captures(text)?;
    let name = found.name("n")?.as_str();
    let version = found.name("v").or_else(|| found.name("w"))?.as_str();
    if matches!(name, "rust-version" | "requires-python" | "python_version" | "channel")
        || name == "python" && section.contains("dependencies")
    {
        let told = if name == "rust-version" || name == "channel" { "rust" } else { "python" };
        return Some((told.to_owned(), version.to_owned(), Some(Sort::Runtime)));
    }
    // `[dependencies.serde]` with `version = "1"` on a line of its own.
    if name == "version" && section.contains("dependencies.") {
        let name = section.trim_matches(['[', ']']).rsplit('.').next()?.to_owned();
        return Some((name, version.to_owned(), None));
    }
    let field = matches!(
        name,
        "version"
            | "edition"
            | "name"
            | "description"
            | "license"
            | "resolver"
            | "readme"
            | "path"
            | "homepage"
            | "repository"
            | "documentation"
            | "build"
            | "links"
    );
    let versioned =
        version.trim_start_matches(['^', '~', '=', '>', '<', ' ', 'v', '*']).starts_with(|c: char| c.is_ascii_digit());
    (!field && versioned).then(|| (name.to_owned(), version.to_owned(), None))
}

fn json_sort(section: &str) -> Option<Sort> {
    let lower = section.to_ascii_lowercase();
    if lower.contains("devdependencies") || lower.contains("require-dev") {
        Some(Sort::Build)
    } else if lower.contains("engines") || lower.contains("volta") {
        Some(Sort::Runtime)
    } else if lower.starts_with('"')
        && !lower.contains("dependencies")
        && !lower.contains("require")
        && !lower.contains("resolutions")
        && !lower.contains("overrides")
    {
        None
    } else {
        Some(Sort::Direct)
    }
}

fn json(text: &str, _: &str) -> ReadInSection {
    let (name, version, _) = from(&JSON, text, Sort::Direct)?;
    let runtime = matches!(name.as_str(), "node" | "php").then_some(Sort::Runtime);
    // Tools that check or build, wherever the diff hides which section they stand in.
    let tool = [
        "eslint",
        "@types/",
        "prettier",
        "jest",
        "vitest",
        "webpack",
        "babel",
        "typescript",
        "@typescript-eslint",
        "mocha",
        "cypress",
        "playwright",
        "husky",
        "stylelint",
        "rollup",
        "vite",
        "@testing-library",
        "phpunit",
    ];
    let build =
        tool.iter().any(|tool| name.starts_with(tool) || name.starts_with(&format!("@{tool}"))).then_some(Sort::Build);
    let field = matches!(name.as_str(), "version" | "npm" | "yarn" | "pnpm" | "lockfileVersion");
    (!field).then_some((name, version, runtime.or(build)))
}

fn go(text: &str) -> Read {
    let found = GO.captures(text)?;
    let name = found["n"].to_owned();
    let sort = match name.as_str() {
        "go" | "toolchain" => Sort::Runtime,
        _ if found.name("i").is_some() => Sort::Transitive,
        _ => Sort::Direct,
    };
    Some((if name == "toolchain" { "go toolchain".to_owned() } else { name }, found["v"].to_owned(), sort))
}

fn python(text: &str) -> Read {
    // Tools that check, test, document or publish: nothing of them runs in production.
    const TOOLS: [&str; 17] = [
        "ruff",
        "black",
        "mypy",
        "pytest",
        "flake8",
        "isort",
        "pylint",
        "mkdocs",
        "sphinx",
        "coverage",
        "twine",
        "tox",
        "nox",
        "pre-commit",
        "types-",
        "build",
        "hypothesis",
    ];
    let (name, version, sort) = from(&PYTHON, text, Sort::Direct)?;
    let tool = TOOLS.iter().any(|tool| name.starts_with(tool));
    Some((name, version, if tool { Sort::Build } else { sort }))
}

fn gem(text: &str) -> Read {
    let found = GEM.captures(text)?;
    match found.name("n") {
        Some(name) => Some((name.as_str().to_owned(), found["v"].to_owned(), Sort::Direct)),
        None => Some(("ruby".to_owned(), found["v"].to_owned(), Sort::Runtime)),
    }
}

fn gradle(text: &str) -> Read {
    if let Some(plugin) = from(&GRADLE_PLUGIN, text, Sort::Build) {
        return Some(plugin);
    }
    let found = GRADLE.captures(text)?;
    let sort = if found["k"].starts_with("test") { Sort::Build } else { Sort::Direct };
    Some((found["n"].to_owned(), found["v"].to_owned(), sort))
}

fn dotnet(text: &str) -> Read {
    if let Some(found) = XML_TAG.captures(text).filter(|found| &found["n"] == "TargetFramework") {
        return Some(("TargetFramework".to_owned(), found["v"].to_owned(), Sort::Runtime));
    }
    from(&DOTNET, text, Sort::Direct)
}

fn image(text: &str) -> Read {
    let found = FROM.captures(text.trim())?;
    let name = found["n"].to_owned();
    let version = found.name("v")?.as_str().to_owned();
    (!name.contains('$')).then_some((name, version, Sort::Image))
}

fn action(text: &str) -> Read {
    let found = USES.captures(text)?;
    // A pinned hash says its version in the comment behind it.
    let version = found.name("w").or_else(|| found.name("v"))?.as_str();
    Some((found["n"].to_owned(), version.to_owned(), Sort::Action))
}

fn version_file(file: &FileReading) -> Vec<Entry> {
    let name = file.name.trim_start_matches('.').split('-').next().unwrap_or("").replace("nvmrc", "node");
    changed(file)
        .map(|(index, line)| Entry {
            name: name.clone(),
            version: line.text.trim().to_owned(),
            sort: Sort::Runtime,
            added: line.is_added(),
            line: index,
        })
        .collect()
}

/// Maven: the version stands below its artifact, or in a property.
fn pom(file: &FileReading) -> Vec<Entry> {
    let mut artifact = String::new();
    let mut entries = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        let Some(found) = XML_TAG.captures(line.text) else { continue };
        let (tag, value) = (&found["n"], found["v"].trim());
        if tag == "artifactId" {
            artifact = value.to_owned();
        }
        if line.sign == Sign::Context || !value.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let (name, sort) = match tag {
            "version" if !artifact.is_empty() => (artifact.clone(), Sort::Direct),
            "java.version" | "maven.compiler.release" | "maven.compiler.target" | "kotlin.version" => {
                (tag.trim_end_matches(".version").to_owned(), Sort::Runtime)
            }
            _ => match tag.strip_suffix(".version").or_else(|| tag.strip_suffix("-version")) {
                Some(name) => (name.to_owned(), Sort::Direct),
                None => continue,
            },
        };
        entries.push(Entry { name, version: value.to_owned(), sort, added: line.is_added(), line: index });
    }
    entries
}

/// A name on one line, its version on a line near it: Cargo.lock, poetry.lock, Chart.yaml, Terraform modules. A name on a
/// removed line belongs to the old side, one on an added line to the new; one that stayed belongs to both.
fn neighbours(file: &FileReading, sort: Sort) -> Vec<Entry> {
    let mut names: [Option<String>; 2] = [None, None];
    let mut hunk = u32::MAX;
    let mut entries = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        let sides: &[usize] = match line.sign {
            Sign::Removed => &[0],
            Sign::Added => &[1],
            Sign::Context => &[0, 1],
        };
        let text = line.text.trim();
        let ends = text.starts_with("[[") || text == "}" || text.is_empty();
        let name = NAMED.captures(line.text).map(|found| found["n"].to_owned());
        if line.hunk != hunk {
            hunk = line.hunk;
            names = [None, None];
        }
        if ends || name.is_some() {
            sides.iter().for_each(|side| names[*side].clone_from(&name));
        } else if let Some(found) = VERSIONED.captures(line.text).filter(|_| line.sign != Sign::Context)
            && let Some(name) = &names[usize::from(line.is_added())]
            && !is_own_version(file, line)
        {
            entries.push(Entry {
                name: name.clone(),
                version: found["v"].trim().to_owned(),
                sort,
                added: line.is_added(),
                line: index,
            });
        }
    }
    entries
}

/// A chart's own version stands at the margin, those of its dependencies are indented.
fn is_own_version(file: &FileReading, line: &Line) -> bool {
    file.language.name == "YAML" && !line.text.starts_with([' ', '\t', '-'])
}

fn node_lock(file: &FileReading) -> Vec<Entry> {
    let mut name: Option<(String, u32)> = None;
    let mut entries = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        if let Some(found) = LOCKED_NODE.captures(line.text) {
            name = found.name("n").or_else(|| found.name("y")).map(|name| (name.as_str().to_owned(), line.hunk));
        } else if line.sign != Sign::Context
            && let Some((name, hunk)) = &name
            && *hunk == line.hunk
            && let Some(version) = node_version(line.text)
        {
            entries.push(Entry {
                name: name.clone(),
                version,
                sort: Sort::Transitive,
                added: line.is_added(),
                line: index,
            });
        }
    }
    entries
}

fn node_version(text: &str) -> Option<String> {
    let rest = text.trim().trim_start_matches('"').strip_prefix("version")?.trim_start_matches(['"', ':', ' ']);
    let version = rest.trim_end_matches([',', '"']);
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| version.to_owned())
}
