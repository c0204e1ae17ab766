//! Which items that other code can name are gone or take something else now?

mod shapes;

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::role::Role;
use super::found::{Sighting, Told, count, distinct, evidence, joined, listed, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Risk, RiskKind, Severity};
use shapes::{Item, items};
use std::collections::{HashMap, HashSet};

/// A public item that left for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemovedItem {
    pub keyword: String,
    pub name: String,
    pub path: String,
    pub line: u32,
    pub quote: String,
}

/// High where a library removes something, medium where only code of the same repository can have used it. Tests, examples,
/// documents, generated and moved code are exempt; so are names that still exist, under whatever path.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = Vec::new();
    let removed = all_removed(reading);
    let libraries = Libraries::of(reading);
    let library: Vec<RemovedItem> = removed.iter().filter(|item| libraries.hold(&item.path)).cloned().collect();
    if !library.is_empty() {
        let sightings: Vec<Sighting> = library.iter().map(sighting).collect();
        let names = distinct(&sightings);
        let title = format!(
            "{} removed from the public interface: {}",
            count(names.len(), "item is", "items are"),
            listed(&names)
        );
        let meaning = "Code outside this repository that names them no longer builds or fails when it calls them. Tell its owners, or keep the old name for one release.";
        risks.push(risk(RiskKind::Api, Severity::High, title, meaning).seen(evidence(&sightings)));
    }
    let inner: Vec<Sighting> = removed.iter().filter(|item| !library.contains(item)).map(sighting).collect();
    if inner.len() >= 3 {
        let names = distinct(&inner);
        let title = format!(
            "{} removed, none of them published as a library: {}",
            count(names.len(), "public item is", "public items are"),
            listed(&names)
        );
        let meaning = "Only code of this repository can have used them, and it builds without them. Plugins and scripts that reach in would break.";
        risks.push(risk(RiskKind::Api, Severity::Low, title, meaning).seen(evidence(&inner)));
    }
    let changed = changed_signatures(reading, &libraries);
    if !changed.is_empty() {
        let names = distinct(&changed);
        let title = format!(
            "{} another signature: {}",
            count(names.len(), "public item has", "public items have"),
            joined(&names)
        );
        let meaning = "Callers outside this repository must be adapted before they can take this version.";
        risks.push(risk(RiskKind::Api, Severity::Medium, title, meaning).seen(evidence(&changed)));
    }
    risks
}

fn sighting(item: &RemovedItem) -> Sighting {
    let evidence =
        crate::domain::digest::Evidence { path: item.path.clone(), line: item.line, quote: item.quote.clone() };
    Sighting { what: item.name.clone(), evidence }
}

/// Removed public items of library-like code.
pub fn removed_items(reading: &Reading) -> Vec<RemovedItem> {
    let libraries = Libraries::of(reading);
    all_removed(reading).iter().filter(|item| libraries.hold(&item.path)).cloned().collect()
}

/// Library-like: code meant to be named from outside its repository, as far as a diff tells. Either its place says so
/// (`sdk/`, `client/` at the top), or the package it lies in gives itself another version in this very change: what nobody
/// publishes needs no number. What says `publish = false` or is deployed as a whole (its images and cluster manifests lie
/// beside it) is no library, whatever its number. The root package counts for Rust alone, and only where its `lib.rs` is part of the change.
struct Libraries<'a> {
    /// Folders of packages with another version.
    published: Vec<&'a str>,
    /// Does the change touch the root crate's `lib.rs`?
    root: bool,
    /// Does the repository hold a service, by what else the change touches?
    service: bool,
}

impl<'a> Libraries<'a> {
    fn of(reading: &Reading<'a>) -> Self {
        let published = reading.files.iter().filter_map(versioned_folder).collect();
        let root = reading.files.iter().any(|file| file.path == "src/lib.rs");
        Self { published, root, service: reading.files.iter().any(is_deployed) }
    }

    fn hold(&self, path: &str) -> bool {
        let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
        let within = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
        let first = folders.split('/').next().unwrap_or("");
        // A web page's package has a version too, and nobody imports it, unless it is one of several packages.
        let script = path.ends_with("ts") || path.ends_with("tsx") || path.ends_with("js") || path.ends_with("jsx");
        let published = |folder: &&str| match *folder {
            "" => self.root && path.ends_with(".rs"),
            folder => {
                path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                    && (!script || folder.starts_with("packages/"))
            }
        };
        let placed = within(&["sdk", "sdks"]) || matches!(first, "client" | "clients" | "libs");
        !within(&INNER) && (placed || !self.service && self.published.iter().any(published))
    }
}

/// Places whose code nobody outside can name, whatever it declares.
const INNER: [&str; 16] = [
    "internal",
    "cmd",
    "bin",
    "controllers",
    "handlers",
    "views",
    "migrations",
    "server",
    "pages",
    "routes",
    "components",
    "_internal",
    "private",
    "cli",
    "webapp",
    "ui",
];

/// The folder of a manifest that gives its own package another version.
fn versioned_folder<'a>(file: &FileReading<'a>) -> Option<&'a str> {
    let versions: &[&str] = match file.name {
        "Cargo.toml" | "pyproject.toml" => &["version = \""],
        "package.json" => &["  \"version\":", "\t\"version\":"],
        _ => return None,
    };
    let own = |line: &&Line| versions.iter().any(|version| line.text.starts_with(version));
    let kept_back = file.lines.iter().any(|line| {
        line.sign != Sign::Removed
            && (line.text.starts_with("publish = false") || line.text.contains("\"private\": true"))
    });
    let both = !kept_back && file.removed().any(|line| own(&line)) && file.added().any(|line| own(&line));
    both.then(|| file.path.rsplit_once('/').map_or("", |(folder, _)| folder))
}

/// Images, cluster manifests and database migrations belong to something that runs somewhere.
fn is_deployed(file: &FileReading) -> bool {
    let top = !file.path.contains('/');
    file.role == Role::Production
        && (file.name == "Procfile"
            || top && (file.name == "Dockerfile" || file.name.starts_with("docker-compose"))
            || file.under(&["helm", "charts", "kustomize", "k8s", "migrations", "terraform"]))
}

/// Everything removed for good. Asked for by two, read once.
fn all_removed<'r>(reading: &'r Reading) -> &'r [RemovedItem] {
    reading.removed_items.get_or_init(|| {
        let gone = |line: &Line| line.sign == Sign::Removed && !line.moved && !line.test && !line.silent;
        let code = reading.production().filter(|file| file.language.is_code());
        let removed: Vec<_> =
            code.flat_map(|file| items(file, gone).map(move |(line, item)| (file, line, item))).collect();
        if removed.is_empty() {
            return Vec::new();
        }
        let stands = |line: &Line| line.sign != Sign::Removed;
        let standing: HashSet<&str> =
            reading.files.iter().flat_map(|file| items(file, stands)).map(|(_, item)| item.name).collect();
        let left = removed.into_iter().filter(|(_, _, item)| !standing.contains(item.name) && item.name != "main");
        left.map(|(file, line, item)| removed_item(file, line, &item)).collect()
    })
}

fn removed_item(file: &FileReading, line: &Line, item: &Item) -> RemovedItem {
    let evidence = file.evidence(line);
    RemovedItem {
        keyword: item.keyword.to_owned(),
        name: item.name.to_owned(),
        path: evidence.path,
        line: line.number,
        quote: evidence.quote,
    }
}

fn changed_signatures(reading: &Reading, libraries: &Libraries) -> Vec<Sighting> {
    let mut changed = Vec::new();
    for file in reading.production().filter(|file| file.change.status != Status::Added && libraries.hold(file.path)) {
        let side = |sign: Sign| items(file, move |line| line.sign == sign && !line.moved && !line.test);
        let callable = |item: &Item| matches!(item.keyword, "fn" | "func" | "function" | "def" | "");
        let mut before: HashMap<&str, String> = side(Sign::Removed)
            .filter(|(_, item)| callable(item))
            .map(|(_, item)| (item.name, item.signature))
            .collect();
        for (line, item) in side(Sign::Added) {
            let Some(old) = before.remove(item.name) else { continue };
            if !old.is_empty()
                && !item.signature.is_empty()
                && old != item.signature
                && !old.starts_with(item.signature.trim_end_matches(')'))
            {
                changed.push(Sighting { what: format!("`{}`", item.name), evidence: file.evidence(line) });
            }
        }
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn a_published_library_that_takes_something_away_breaks_callers() {
        let story = Story::new().file("crates/pay/Cargo.toml", "-version = \"1.0.0\"\n+version = \"2.0.0\"\n").file(
            "crates/pay/src/lib.rs",
            "-pub fn refund(order: &Order) -> Receipt {\n-pub fn settle(a: u8) {\n+pub fn settle(a: u16) {\n",
        );
        assert_eq!(
            story.risks(),
            [
                "High 1 item is removed from the public interface: `refund`",
                "Medium 1 public item has another signature: `settle`",
            ]
        );
        let breaking = story.digest().breaking;
        assert_eq!(breaking[0].how, "public `fn refund` removed");
    }

    #[test]
    fn what_nobody_publishes_is_no_alarm() {
        let gone = "-pub fn one() {}\n-pub fn two() {}\n-pub fn three() {}\n";
        let story = Story::new().file("src/controllers/pay.rs", gone);
        assert_eq!(
            story.risks(),
            ["Low 3 public items are removed, none of them published as a library: `one`, `two` and `three`"]
        );
        assert!(story.digest().breaking.is_empty());
    }

    #[test]
    fn many_removals_are_one_breaking_change_after_those_of_the_authors() {
        let gone = "-pub fn one() {}\n-pub fn two() {}\n-pub fn three() {}\n-pub fn four() {}\n";
        let digest = Story::new()
            .commit("feat!: drop v1", "", &[])
            .file("crates/pay/Cargo.toml", "-version = \"1.0.0\"\n+version = \"2.0.0\"\n")
            .file("crates/pay/src/lib.rs", gone)
            .digest();
        let texts: Vec<&str> = digest.breaking.iter().map(|breaking| breaking.text.as_str()).collect();
        assert_eq!(texts, ["Drop v1", "4 public items removed: `one`, `two`, `three` and 1 more"]);
    }

    #[test]
    fn a_service_with_a_version_number_is_no_library() {
        let gone = "-pub fn one() {}\n-pub fn two() {}\n-pub fn three() {}\n";
        let story = Story::new()
            .file("crates/pay/Cargo.toml", "-version = \"1.0.0\"\n+version = \"2.0.0\"\n")
            .file("crates/pay/src/lib.rs", gone);
        assert_eq!(story.digest().breaking.len(), 1, "a library");
        let deployed = story.file("Dockerfile", "+USER pay\n");
        assert!(deployed.digest().breaking.is_empty());
        let kept = Story::new()
            .file("crates/pay/Cargo.toml", "-version = \"1.0.0\"\n+version = \"2.0.0\"\n publish = false\n")
            .file("crates/pay/src/lib.rs", gone);
        assert!(kept.digest().breaking.is_empty());
    }

    #[test]
    fn what_still_exists_elsewhere_is_not_gone() {
        let story = Story::new()
            .file("sdk/a.go", "-func Refund(a int) error {\n")
            .file("sdk/b.go", "+func Refund(a int) error {\n")
            .file("sdk/a_test.go", "-func Helper() {\n");
        assert!(story.risks().is_empty(), "{:?}", story.risks());
    }
}
