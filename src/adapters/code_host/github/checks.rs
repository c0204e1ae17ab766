//! What did continuous integration say about a revision: check runs, and the statuses of older tools?

use super::counts;
use crate::adapters::github::Github;
use crate::domain::checks::{CheckRun, Checks, Outcome};
use crate::domain::trouble::Fault;
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Run {
    id: u64,
    name: String,
    status: String,
    conclusion: Option<String>,
    #[serde(default)]
    html_url: Option<String>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    title: Option<String>,
    summary: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
    description: Option<String>,
    target_url: Option<String>,
}

/// The newest run of each name; `None` when nothing ran.
pub async fn of(github: &Github, repository: &str, sha: &str) -> Result<Option<Checks>, Fault> {
    let at = format!("repos/{repository}/commits/{sha}");
    let (runs, statuses) = (format!("{at}/check-runs?filter=latest&per_page=100"), format!("{at}/status?per_page=100"));
    let (runs, statuses) = tokio::join!(
        github.list::<Run>(repository, &runs, Some("check_runs")),
        github.list::<Status>(repository, &statuses, Some("statuses"))
    );
    let mut newest: HashMap<String, Run> = HashMap::new();
    for run in runs? {
        match newest.get(&run.name) {
            Some(known) if known.id >= run.id => {}
            _ => drop(newest.insert(run.name.clone(), run)),
        }
    }
    let mut all: Vec<CheckRun> = newest.into_values().map(check).collect();
    all.extend(statuses?.into_iter().map(status));
    all.sort_by(|left, right| left.name.cmp(&right.name));
    Ok((!all.is_empty()).then(|| Checks { sha: sha.to_owned(), runs: all }))
}

fn check(run: Run) -> CheckRun {
    let outcome = match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success")) => Outcome::Passed,
        ("completed", Some("failure" | "startup_failure")) => Outcome::Failed,
        ("completed", Some("neutral" | "skipped")) => Outcome::Skipped,
        ("completed", _) => Outcome::Unfinished,
        _ => Outcome::Running,
    };
    let told = run
        .output
        .map(|output| format!("{}\n{}", output.title.unwrap_or_default(), output.summary.unwrap_or_default()));
    told_by(run.name, outcome, run.html_url, &told.unwrap_or_default())
}

fn status(status: Status) -> CheckRun {
    let outcome = match status.state.as_str() {
        "success" => Outcome::Passed,
        "pending" => Outcome::Running,
        _ => Outcome::Failed,
    };
    told_by(status.context, outcome, status.target_url, &status.description.unwrap_or_default())
}

fn told_by(name: String, outcome: Outcome, url: Option<String>, told: &str) -> CheckRun {
    let (tests, coverage) = (counts::tests(told), counts::coverage(&name, told));
    CheckRun { name, outcome, url: url.unwrap_or_default(), tests, coverage }
}
