//! What changes below the code: Terraform resources, images, proxies, pipelines?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::role::Role;
use super::found::{Sighting, Told, count, distinct, evidence, listed, risk};
use crate::domain::change::Status;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::pattern;
use regex::Regex;
use std::collections::HashSet;
use std::sync::LazyLock;

/// High: Terraform destroys what holds data or carries traffic. Medium: other resources, lost protection, how an image
/// starts, proxies. Low: pipelines. Tests, examples and documents are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let mut risks = terraform(reading);
    risks.extend(images(reading));
    risks.extend(proxies(reading));
    risks.extend(pipelines(reading));
    risks
}

static RESOURCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"^\s*(?P<k>resource|module)\s+"(?P<t>[\w-]+)"(?:\s+"(?P<n>[\w-]+)")?"#));
static PROTECTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*(?:prevent_destroy|deletion_protection|enable_deletion_protection|skip_final_snapshot|force_destroy)\s*=\s*(?P<v>true|false)",
    )
});

fn terraform(reading: &Reading) -> Vec<Risk> {
    let files: Vec<&FileReading> = reading.production().filter(|file| file.language.name == "Terraform").collect();
    let address = |line: &Line| {
        let found = RESOURCE.captures(line.text)?;
        let name = found.name("n").map_or(String::new(), |name| format!(".{}", name.as_str()));
        Some(if &found["k"] == "module" { format!("module.{}", &found["t"]) } else { format!("{}{name}", &found["t"]) })
    };
    let lines = || files.iter().flat_map(|file| file.lines.iter().map(move |line| (*file, line)));
    let standing: HashSet<String> =
        lines().filter(|(_, line)| line.sign != Sign::Removed).filter_map(|(_, line)| address(line)).collect();
    let renamed = |address: &str| {
        lines().any(|(_, line)| line.is_added() && line.text.contains("from") && line.text.contains(address))
    };
    let gone: Vec<Sighting> = lines()
        .filter(|(_, line)| line.sign == Sign::Removed && !line.silent)
        .filter_map(|(file, line)| {
            let what = address(line).filter(|address| !standing.contains(address) && !renamed(address))?;
            Some(Sighting { what, evidence: file.evidence(line) })
        })
        .collect();
    let (vital, other): (Vec<Sighting>, Vec<Sighting>) =
        gone.into_iter().partition(|sighting| holds_something(&sighting.what));
    let mut risks = Vec::new();
    for (sightings, severity) in [(vital, Severity::High), (other, Severity::Medium)] {
        let names = distinct(&sightings);
        if names.is_empty() {
            continue;
        }
        let title = format!("Terraform destroys {}: {}", count(names.len(), "resource", "resources"), listed(&names));
        let meaning = if severity == Severity::High {
            "What it holds or serves is gone once it is applied, and a rollback makes an empty one. Read the plan line by line, and take a snapshot first."
        } else {
            "Read the plan before it is applied: a renamed resource is destroyed and made again unless a `moved` block says otherwise."
        };
        risks.push(risk(RiskKind::Infrastructure, severity, title, meaning).seen(evidence(&sightings)));
    }
    risks.extend(unprotected(&files));
    risks
}

/// Kinds of resources that keep data or that traffic goes through.
fn holds_something(address: &str) -> bool {
    [
        "db",
        "rds",
        "sql",
        "bucket",
        "dynamo",
        "cache",
        "redis",
        "disk",
        "volume",
        "ebs",
        "efs",
        "cluster",
        "vpc",
        "subnet",
        "lb",
        "load_balancer",
        "zone",
        "record",
        "kms",
        "queue",
        "topic",
        "kafka",
        "storage",
        "instance",
        "secret",
        "gateway",
        "namespace",
        "module.",
    ]
    .iter()
    .any(|word| address.contains(word))
}

fn unprotected(files: &[&FileReading]) -> Option<Risk> {
    let mut sightings = Vec::new();
    for file in files {
        for line in file.changed() {
            let Some(found) = PROTECTION.captures(line.text) else { continue };
            let name = line.text.split('=').next().unwrap_or("").trim();
            let guards = matches!(name, "prevent_destroy" | "deletion_protection" | "enable_deletion_protection")
                == (&found["v"] == "true");
            let kept =
                |sign: Sign| file.lines.iter().any(|other| other.sign == sign && other.text.trim() == line.text.trim());
            if guards && line.sign == Sign::Removed && !kept(Sign::Added)
                || !guards && line.is_added() && !kept(Sign::Removed)
            {
                sightings.push(Sighting { what: name.to_owned(), evidence: file.evidence(line) });
            }
        }
    }
    let names = distinct(&sightings);
    let title = format!("Protection against deletion is taken off: {}", listed(&names));
    let meaning = "The next plan may delete what could not be deleted before. Put it back once the work is done.";
    (!names.is_empty())
        .then(|| risk(RiskKind::Infrastructure, Severity::Medium, title, meaning).seen(evidence(&sightings)))
}

/// How a container starts and as whom.
fn images(reading: &Reading) -> Option<Risk> {
    let mut sightings = Vec::new();
    for file in
        reading.production().filter(|file| file.language.name == "Dockerfile" && file.change.status != Status::Added)
    {
        let last = |sign: Sign, word: &str| {
            file.lines.iter().rev().find(|line| line.sign == sign && line.text.starts_with(word))
        };
        for word in ["USER ", "ENTRYPOINT ", "CMD ", "EXPOSE ", "HEALTHCHECK ", "STOPSIGNAL "] {
            let (old, new) = (last(Sign::Removed, word), last(Sign::Added, word));
            let differs = old.map(|line| line.text.trim()) != new.map(|line| line.text.trim());
            if let Some(line) = new.or(old).filter(|_| differs) {
                sightings.push(Sighting { what: word.trim().to_owned(), evidence: file.evidence(line) });
            }
        }
    }
    let names = distinct(&sightings);
    let title = format!("The container starts differently: {} changed", listed(&names));
    let meaning = "Mounted files, ports and probes were made for the old start. Start the image once with production's settings before the release.";
    (!names.is_empty())
        .then(|| risk(RiskKind::Infrastructure, Severity::Medium, title, meaning).seen(evidence(&sightings)))
}

fn proxies(reading: &Reading) -> Option<Risk> {
    let files: Vec<&FileReading> = reading
        .production()
        .filter(|file| {
            let lower = file.name.to_ascii_lowercase();
            (lower.contains("nginx")
                || lower.contains("haproxy")
                || lower == "caddyfile"
                || file.under(&["nginx", "haproxy", "envoy"]))
                && !file.language.is_code()
                && file.changed().next().is_some()
        })
        .collect();
    let names: Vec<&str> = files.iter().map(|file| file.path).collect();
    let title = format!("The proxy in front is configured differently: {}", listed(&names));
    let meaning = "It takes effect for all traffic at once when the proxy reloads. Test the file with the proxy's own check first.";
    let evidence: Vec<_> =
        files.iter().filter_map(|file| file.changed().next().map(|line| file.evidence(line))).collect();
    (!names.is_empty()).then(|| risk(RiskKind::Infrastructure, Severity::Medium, title, meaning).seen(evidence))
}

/// Pipelines, told once; versions of actions are told as dependencies.
fn pipelines(reading: &Reading) -> Option<Risk> {
    let files: Vec<&FileReading> = reading
        .files
        .iter()
        .filter(|file| file.role == Role::Tooling && file.noise.is_none() && is_pipeline(file))
        .filter(|file| file.changed().any(|line| !line.text.contains("uses:")))
        .collect();
    let names: Vec<&str> = files.iter().map(|file| file.name).collect();
    let title = format!("{} changed: {}", count(names.len(), "pipeline was", "pipelines were"), listed(&names));
    let meaning =
        "The next release, a rollback or a hotfix runs through it. See that it has run green once before it is needed.";
    let evidence: Vec<_> = files
        .iter()
        .filter_map(|file| file.changed().find(|line| !line.text.contains("uses:")).map(|line| file.evidence(line)))
        .collect();
    (!names.is_empty()).then(|| risk(RiskKind::Infrastructure, Severity::Low, title, meaning).seen(evidence))
}

fn is_pipeline(file: &FileReading) -> bool {
    file.path.starts_with(".github/workflows/")
        || file.path.starts_with(".circleci/")
        || file.path.starts_with(".buildkite/")
        || matches!(
            file.name.to_ascii_lowercase().as_str(),
            ".gitlab-ci.yml" | "jenkinsfile" | ".travis.yml" | "azure-pipelines.yml"
        )
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn destroyed_resources_are_high_where_they_hold_data() {
        let story = Story::new().file("infra/main.tf", "-resource \"aws_db_instance\" \"main\" {\n-  deletion_protection = true\n-}\n-resource \"aws_iam_user\" \"ci\" {\n-}\n+resource \"aws_s3_bucket\" \"logs\" {\n+}\n");
        assert_eq!(
            story.risks(),
            [
                "High Terraform destroys 1 resource: `aws_db_instance.main`",
                "Medium Terraform destroys 1 resource: `aws_iam_user.ci`",
                "Medium Protection against deletion is taken off: `deletion_protection`",
            ]
        );
        let moved = Story::new().file("infra/main.tf", "-resource \"aws_db_instance\" \"main\" {\n+resource \"aws_db_instance\" \"orders\" {\n+moved {\n+  from = aws_db_instance.main\n");
        assert!(moved.risks().is_empty(), "{:?}", moved.risks());
    }

    #[test]
    fn a_container_that_starts_differently_is_told() {
        let story = Story::new().file("Dockerfile", "-USER app\n+USER root\n-CMD [\"a\"]\n+CMD [\"a\"]\n");
        assert_eq!(
            story.risks(),
            ["High 1 wide-open permission: `USER root`", "Medium The container starts differently: `USER` changed"]
        );
    }
}
