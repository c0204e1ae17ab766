//! What changes for the workloads that run in Kubernetes?

use super::super::reading::{FileReading, Reading};
use super::found::{Told, count, joined, listed, risk};
use super::keys::{Key, keys};
use crate::domain::change::Status;
use crate::domain::digest::{Evidence, Risk, RiskKind, Severity};

/// Is it a Kubernetes manifest or a chart's template? Told by its place, or by `apiVersion` and `kind` in what is shown.
pub fn is_manifest(file: &FileReading) -> bool {
    let placed = file.under(&[
        "templates",
        "manifests",
        "k8s",
        "kubernetes",
        "kustomize",
        "overlays",
        "base",
        "crds",
        "crd",
        "rbac",
    ]);
    let says = |word: &str| file.lines.iter().any(|line| line.text.starts_with(word));
    file.language.name == "YAML" && (placed && !file.under(&["issue_template"]) || says("apiVersion:") && says("kind:"))
}

/// Medium: replicas, resources, probes, strategy, budgets, selectors. Medium as well: manifests that are gone. Tests,
/// examples and documents are exempt; images that only move to another tag are the release itself.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let manifests: Vec<&FileReading> =
        reading.production().filter(|file| is_manifest(file) && !is_definition(file)).collect();
    let changed: Vec<Key> =
        manifests.iter().filter(|file| file.change.status != Status::Added).flat_map(|file| keys(file)).collect();
    let telling: Vec<&Key> = changed.iter().filter(|key| key.changed().is_some() && matters(key)).collect();
    let mut risks = Vec::new();
    if !telling.is_empty() {
        let words: Vec<String> = telling.iter().map(|key| key.told()).collect();
        let title = format!(
            "Kubernetes: {}: {}",
            count(words.len(), "workload setting has another value", "workload settings have other values"),
            joined(&words)
        );
        risks.push(
            risk(RiskKind::Infrastructure, Severity::Medium, title, meaning(&telling))
                .seen(telling.iter().map(|key| key.evidence.clone())),
        );
    }
    let gone: Vec<&&FileReading> =
        manifests.iter().filter(|file| file.change.status == Status::Deleted && !all_moved(file)).collect();
    if !gone.is_empty() {
        let names: Vec<&str> = gone.iter().map(|file| file.path).collect();
        let title = format!(
            "{} deleted: {}",
            count(names.len(), "Kubernetes manifest was", "Kubernetes manifests were"),
            listed(&names)
        );
        let evidence: Vec<Evidence> = gone.iter().map(|file| file.whole("deleted")).collect();
        let meaning =
            "With pruning on, what they describe is removed from the cluster; without it, it stays behind unowned.";
        risks.push(risk(RiskKind::Infrastructure, Severity::Medium, title, meaning).seen(evidence));
    }
    risks
}

fn is_definition(file: &FileReading) -> bool {
    file.under(&["crd", "crds"]) || file.lines.iter().any(|line| line.text.contains("CustomResourceDefinition"))
}

fn all_moved(file: &FileReading) -> bool {
    file.removed().all(|line| line.moved)
}

fn matters(key: &Key) -> bool {
    let path = key.path.to_lowercase();
    let name = key.name();
    matches!(
        name.as_str(),
        "replicas"
            | "minreplicas"
            | "maxreplicas"
            | "cpu"
            | "memory"
            | "initialdelayseconds"
            | "periodseconds"
            | "timeoutseconds"
            | "failurethreshold"
            | "maxunavailable"
            | "maxsurge"
            | "minavailable"
            | "terminationgraceperiodseconds"
            | "storage"
            | "storageclassname"
            | "serviceaccountname"
            | "progressdeadlineseconds"
            | "hostnetwork"
            | "restartpolicy"
            | "containerport"
            | "targetport"
            | "concurrencypolicy"
            | "priorityclassname"
            | "ephemeral-storage"
    ) || path.contains("probe")
        || path.contains("strategy")
        || path.contains("matchlabels")
        || path.contains("selector.")
}

fn meaning(keys: &[&Key]) -> String {
    let any = |words: &[&str]| keys.iter().any(|key| words.iter().any(|word| key.path.to_lowercase().contains(word)));
    let mut sentences = Vec::new();
    if any(&["matchlabels", "selector"]) {
        sentences.push(
            "A selector cannot be changed in place: applying it fails until the workload is deleted and made again.",
        );
    }
    if any(&["memory", "cpu"]) {
        sentences.push("Less memory than the service needs ends in restarts, more than a node has keeps it pending; compare with its use.");
    }
    if any(&["probe", "seconds", "threshold"]) {
        sentences.push("A stricter probe restarts pods that are only slow to start.");
    }
    if any(&["replicas", "maxunavailable", "minavailable", "maxsurge"]) {
        sentences.push("Check that the capacity left during the rollout carries the load.");
    }
    if sentences.is_empty() {
        sentences.push("All pods are replaced when it is applied; watch the rollout until it is complete.");
    }
    sentences.truncate(2);
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn workload_settings_are_told_with_both_values() {
        let story = Story::new()
            .file("k8s/pay.yaml", " kind: Deployment\n spec:\n-  replicas: 3\n+  replicas: 2\n   image: pay:1\n");
        assert_eq!(story.risks(), ["Medium Kubernetes: 1 workload setting has another value: `spec.replicas` 3 → 2"]);
        let image = Story::new().file("k8s/pay.yaml", " kind: Deployment\n-  image: pay:1\n+  image: pay:2\n");
        assert!(image.risks().is_empty());
    }
}
