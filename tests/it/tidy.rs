//! Is the house in order? Reads every source file and fails on an arrow that is not in the picture of `src/ARCHITECTURE.md`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Who may import whom, layer by layer. That features and adapters keep to themselves is the next test's.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("page", &["domain", "page"]),
    ("chart", &["domain", "chart"]),
    ("retrieval", &["domain", "retrieval"]),
    ("judge", &["domain", "judge"]),
    ("ports", &["domain", "ports"]),
    ("config", &["domain", "config"]),
    ("prompt", &["domain", "ports", "prompt"]),
    ("records", &["domain", "ports", "records"]),
    ("features", &["domain", "ports", "chart", "judge", "retrieval", "prompt", "records", "features"]),
    ("adapters", &["domain", "ports", "page", "adapters"]),
    ("bot", &["domain", "ports", "records", "features", "bot"]),
    ("site", &["domain", "ports", "page", "records", "features", "site"]),
    (
        "wiring",
        &["domain", "ports", "config", "judge", "prompt", "records", "features", "adapters", "bot", "site", "wiring"],
    ),
    ("cli", &["domain", "ports", "config", "judge", "features", "wiring", "cli"]),
];

struct Source {
    /// Path under `src`, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The folder below the layer, `None` for a file that lies in the layer itself.
    fn folder(&self) -> Option<&str> {
        let rest = self.path.split_once('/')?.1;
        rest.split_once('/').map(|(folder, _)| folder)
    }

    /// The code without its unit tests, which may use whatever they like.
    fn code(&self) -> &str {
        self.text.split("#[cfg(test)]").next().unwrap_or_default()
    }

    /// Every `crate::a::b` in the code, as (a, b).
    fn imports(&self) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let lines = self.code().lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            for (at, _) in line.match_indices("crate::") {
                let mut names = line[at + 7..].split("::").map(|part| {
                    part.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect::<String>()
                });
                found.insert((names.next().unwrap_or_default(), names.next().unwrap_or_default()));
            }
        }
        found
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder exists").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|is| is == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let found: Vec<Source> = files(&src, "rs")
        .into_iter()
        .map(|path| Source {
            path: path.strip_prefix(&src).expect("under src").to_string_lossy().replace('\\', "/"),
            text: std::fs::read_to_string(&path).expect("readable"),
        })
        .collect();
    assert!(found.len() > 50, "the sources were found");
    found
}

#[test]
fn imports_go_downward_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        if ["main.rs", "lib.rs"].contains(&source.path.as_str()) {
            continue;
        }
        let (_, allowed) = MAY_IMPORT
            .iter()
            .find(|(layer, _)| *layer == source.layer())
            .unwrap_or_else(|| panic!("`{}` is in no layer of the picture", source.path));
        for (layer, _) in source.imports() {
            if !allowed.contains(&layer.as_str()) {
                wrong.push(format!("{} imports crate::{layer}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_imports_sideways() {
    let mut wrong = Vec::new();
    let all = sources();
    for layer in ["features", "adapters"] {
        let folders: BTreeSet<&str> =
            all.iter().filter(|source| source.layer() == layer).filter_map(Source::folder).collect();
        assert!(!folders.is_empty(), "{layer} has folders");
        for source in all.iter().filter(|source| source.layer() == layer && source.path != format!("{layer}/mod.rs")) {
            for (_, name) in source.imports().iter().filter(|(to, _)| to == layer) {
                // The one HTTP client is every adapter's; GitHub stands behind several ports.
                let shared = layer == "adapters" && ["http", "github"].contains(&name.as_str());
                if folders.contains(name.as_str()) && source.folder() != Some(name) && !shared {
                    wrong.push(format!("{} imports crate::{layer}::{name}", source.path));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn products_are_named_in_their_adapter_and_in_wiring_only() {
    let products =
        ["sled::", "async_openai::", "fastembed::", "axum::", "reqwest::", "std::process::Command", "tokio::process"];
    let mut wrong = Vec::new();
    for source in sources() {
        let may = ["adapters", "wiring"].contains(&source.layer());
        for product in products {
            let pages = product == "axum::" && ["page", "site"].contains(&source.layer());
            if !may && !pages && source.code().contains(product) {
                wrong.push(format!("{} names {product}", source.path));
            }
        }
        if source.code().contains("sled::")
            && !["adapters/store/", "wiring.rs"].iter().any(|home| source.path.starts_with(home))
        {
            wrong.push(format!("{} names sled", source.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn time_comes_from_the_clock() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.path.starts_with("adapters/clock/")) {
        for call in ["Utc::now(", "Local::now(", "SystemTime::now("] {
            if source.code().contains(call) {
                wrong.push(format!("{} calls {call})", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_file_says_what_it_answers_and_none_has_grown_out_of_sight() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.path != "lib.rs" && !source.text.starts_with("//! ") {
            wrong.push(format!("{} does not begin with what it answers", source.path));
        }
        let lines = source.code().lines().count();
        if lines > 450 {
            wrong.push(format!("{} has {lines} lines before its tests", source.path));
        }
        for vague in ["util", "utils", "helper", "helpers", "manager", "common", "misc"] {
            if source.path.split('/').any(|part| part.strip_suffix(".rs").unwrap_or(part) == vague) {
                wrong.push(format!("{} has a name that says nothing", source.path));
            }
        }
        for mark in [concat!("TO", "DO"), concat!("FIX", "ME"), "todo!(", "unimplemented!(", "#[allow(", "#[ignore"] {
            if source.text.contains(mark) {
                wrong.push(format!("{} holds {mark}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_top_level_holds_what_was_agreed_and_nothing_else() {
    let agreed =
        ["Cargo.toml", "Cargo.lock", "src", "prompts", "config", "tests", "deploy", "README.md", "LICENSE", "target"];
    let found: Vec<String> = std::fs::read_dir(root())
        .expect("readable")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !agreed.contains(&name.as_str()))
        .collect();
    assert_eq!(found, Vec::<String>::new());
}
