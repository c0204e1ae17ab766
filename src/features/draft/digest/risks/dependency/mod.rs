//! Which dependencies went from which version to which?

mod manifests;
mod own;
mod version;

use super::super::reading::{FileReading, Reading};
use super::super::role::Role;
use super::found::{Told, coded, count, joined, risk};
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};
use manifests::{Entry, Sort, entries};
use std::collections::BTreeMap;
use version::{Step, step};

/// One dependency before and after.
#[derive(Debug, Clone)]
struct Bump {
    name: String,
    from: Option<String>,
    to: Option<String>,
    sort: Sort,
    evidence: Evidence,
}

/// Medium: major steps of what runs, downgrades, runtimes and base images that move a major step. Low: the rest, folded
/// into one risk each. From lock files only transitive major steps are told. Tests, examples and documents are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let bumps = bumps(reading);
    let mut risks = Vec::new();
    let of = |test: &dyn Fn(&Bump, Step) -> bool| -> Vec<&Bump> {
        bumps.iter().filter(|bump| test(bump, bump.step())).collect()
    };
    let direct = |bump: &Bump| bump.sort == Sort::Direct;
    let platform = |bump: &Bump| matches!(bump.sort, Sort::Runtime | Sort::Image);
    risks.extend(told(&of(&|bump, step| platform(bump) && matches!(step, Step::Major | Step::Minor)), Severity::Medium, ("runtime or base image changes", "runtimes and base images change"), "Everything is built or run on something else: whoever builds from source needs it too, and behaviour can differ without a line of code changing."));
    risks.extend(told(&of(&|bump, step| direct(bump) && step == Step::Major), Severity::Medium, ("dependency takes a major step", "dependencies take a major step"), "A major step may change behaviour on purpose. Read its release notes for what this service uses, and watch the calls that go through it."));
    risks.extend(told(
        &of(&|bump, step| (direct(bump) || platform(bump)) && step == Step::Down),
        Severity::Medium,
        ("dependency goes back to an older version", "dependencies go back to older versions"),
        "Fixes of the newer version leave, security fixes among them. Check that this is meant.",
    ));
    risks.extend(told(
        &of(&|bump, step| direct(bump) && step == Step::New),
        Severity::Low,
        ("dependency is new", "dependencies are new"),
        "New code runs with the service's rights; check its licence and who maintains it.",
    ));
    risks.extend(told(
        &of(&|bump, step| direct(bump) && step == Step::Gone),
        Severity::Low,
        ("dependency is gone", "dependencies are gone"),
        "What it did is done elsewhere or no longer.",
    ));
    risks.extend(told(
        &of(&|bump, step| bump.sort == Sort::Transitive && step == Step::Major),
        Severity::Low,
        ("indirect dependency takes a major step", "indirect dependencies take a major step"),
        "Nobody here calls them directly; they come with what was updated.",
    ));
    risks.extend(told(
        &of(&|bump, step| {
            direct(bump) && matches!(step, Step::Minor | Step::Patch) || platform(bump) && step == Step::Patch
        }),
        Severity::Low,
        ("dependency moves within its major version", "dependencies move within their major versions"),
        "By their own promise nothing breaks; a rollback takes the old versions back with it.",
    ));
    risks.extend(told(
        &of(&|bump, step| matches!(bump.sort, Sort::Build | Sort::Action) && matches!(step, Step::Major | Step::Down)),
        Severity::Low,
        ("build or pipeline dependency takes a major step", "build or pipeline dependencies take a major step"),
        "What runs in production is not touched; a release that has to be rebuilt in a hurry uses them.",
    ));
    risks
}

impl Bump {
    fn step(&self) -> Step {
        match (&self.from, &self.to) {
            (None, _) => Step::New,
            (_, None) => Step::Gone,
            // Go's own side modules and generated clients count minor versions below 1.0 and keep their interface.
            (Some(from), Some(to)) => match step(from, to) {
                Step::Major if self.name.starts_with("golang.org/x/") || self.name == "google.golang.org/api" => {
                    Step::Minor
                }
                step => step,
            },
        }
    }
    fn told(&self) -> String {
        let name = coded(&self.name);
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => format!("{name} {from} → {to}"),
            (None, Some(version)) if !version.is_empty() => format!("{name} {version}"),
            _ => name,
        }
    }
}

fn told(bumps: &[&Bump], severity: Severity, (one, many): (&str, &str), meaning: &str) -> Option<Risk> {
    let mut words: Vec<String> = Vec::new();
    for bump in bumps {
        let told = bump.told();
        if !words.contains(&told) {
            words.push(told);
        }
    }
    let title = format!("{}: {}", count(words.len(), one, many), joined(&words));
    (!bumps.is_empty()).then(|| {
        risk(RiskKind::Dependency, severity, title, meaning).seen(bumps.iter().map(|bump| bump.evidence.clone()))
    })
}

/// Pairs removed and added entries by name: within a file first, then over the whole change, so that a dependency that
/// moves to another manifest is neither new nor gone.
fn bumps(reading: &Reading) -> Vec<Bump> {
    let own = own::names(reading);
    let mut bumps: Vec<Bump> = Vec::new();
    for file in &reading.files {
        let tool = file.role == Role::Tooling && !file.path.starts_with(".github/");
        if tool
            || matches!(file.role, Role::Test | Role::Docs | Role::Example)
            || matches!(file.noise, Some(noise) if noise != crate::domain::digest::NoiseKind::LockFile)
        {
            continue;
        }
        bumps.extend(of_file(file).into_iter().filter(|bump| !own.contains(last_part(bump))));
    }
    let known: BTreeMap<(String, bool), ()> = bumps
        .iter()
        .filter(|bump| bump.from.is_some() && bump.to.is_some())
        .map(|bump| ((bump.name.clone(), true), ()))
        .collect();
    let names = |have: fn(&Bump) -> bool| -> Vec<String> {
        bumps.iter().filter(|bump| have(bump)).map(|bump| bump.name.clone()).collect()
    };
    let added = names(|bump| bump.from.is_none());
    let removed = names(|bump| bump.to.is_none());
    bumps.retain(|bump| match (&bump.from, &bump.to) {
        (None, _) => !removed.contains(&bump.name) && !known.contains_key(&(bump.name.clone(), true)),
        (_, None) => !added.contains(&bump.name) && !known.contains_key(&(bump.name.clone(), true)),
        (Some(from), Some(to)) => from != to,
    });
    // What a manifest says goes before what a lock file says about the same name.
    let direct: Vec<String> =
        bumps.iter().filter(|bump| bump.sort != Sort::Transitive).map(|bump| bump.name.clone()).collect();
    bumps.retain(|bump| {
        bump.sort != Sort::Transitive || bump.from.is_some() && bump.to.is_some() && !direct.contains(&bump.name)
    });
    bumps
}

/// What a name is compared by: an image's last part (`registry.example/shop/pay` is `pay`), else the whole.
fn last_part(bump: &Bump) -> &str {
    if bump.sort == Sort::Image { bump.name.rsplit('/').next().unwrap_or(&bump.name) } else { &bump.name }
}

fn of_file(file: &FileReading) -> Vec<Bump> {
    let (mut removed, added): (Vec<Entry>, Vec<Entry>) = entries(file).into_iter().partition(|entry| !entry.added);
    let mut bumps = Vec::new();
    for entry in added {
        let at = removed.iter().position(|old| {
            old.name == entry.name && (old.version == entry.version || !bumps_elsewhere(&removed, old))
        });
        let at = at.or_else(|| removed.iter().position(|old| old.name == entry.name));
        let old = at.map(|at| removed.remove(at));
        let evidence = file.evidence(&file.lines[entry.line]);
        let sort = old.as_ref().map_or(entry.sort, |old| old.sort.min(entry.sort));
        bumps.push(Bump {
            name: entry.name,
            from: old.map(|old| old.version),
            to: Some(entry.version),
            sort,
            evidence,
        });
    }
    for entry in removed {
        let evidence = file.evidence(&file.lines[entry.line]);
        bumps.push(Bump { name: entry.name, from: Some(entry.version), to: None, sort: entry.sort, evidence });
    }
    bumps
}

/// Is the name removed more than once, so that the version has to decide which one this was?
fn bumps_elsewhere(removed: &[Entry], entry: &Entry) -> bool {
    removed.iter().filter(|other| other.name == entry.name).count() > 1
}

#[cfg(test)]
mod tests;
