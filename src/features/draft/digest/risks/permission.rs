//! Who or what may do more after this release than before?

use super::super::reading::{FileReading, Line, Reading, Sign};
use super::super::role::Role;
use super::super::topics::Topic;
use super::found::{Sighting, Told, count, distinct, evidence, listed, risk};
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::pattern::{pattern, patterns};
use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// What a line allows, with the severity of allowing it. Tried on added lines that no removed line repeats.
const GRANTS: &[(Severity, &str, &str)] = &[
    (Severity::High, r#"(?i)["']?actions?["']?\s*[:=]\s*\[?\s*["']\*["']"#, "all actions"),
    (Severity::High, r"AdministratorAccess|\bcluster-admin\b", "administrator rights"),
    (Severity::High, r#"^\s*verbs:\s*\[\s*["']\*["']|^\s*resources:\s*\[\s*["']\*["']"#, "all verbs or resources"),
    (Severity::High, r"^\s*privileged:\s*true\b|--privileged\b", "privileged: true"),
    (Severity::High, r"^\s*runAsUser:\s*0\b", "runAsUser: 0"),
    (Severity::High, r"^USER\s+(?:root|0)\b", "USER root"),
    (Severity::High, r"^\s*publicly_accessible\s*=\s*true|public-read|allUsers\b", "public access"),
    (Severity::High, r"^\s*permissions:\s*write-all", "permissions: write-all"),
    (Severity::Medium, r#"(?i)["']?actions?["']?\s*[:=]\s*\[?\s*["'][a-z0-9]+:\*["']"#, "all actions of a service"),
    (Severity::Medium, r"0\.0\.0\.0/0|::/0", "the whole internet"),
    (
        Severity::Medium,
        r"^\s*(?:hostNetwork|hostPID|hostIPC|allowPrivilegeEscalation):\s*true|^\s*runAsNonRoot:\s*false|\bSYS_ADMIN\b",
        "host or root access",
    ),
    (
        Severity::Medium,
        r"^\s*(?:contents|packages|actions|deployments|id-token|pull-requests|issues|security-events):\s*write\b",
        "write permission of a workflow",
    ),
    (Severity::Medium, r"^\s*pull_request_target\b|\bon:\s*\[?.*pull_request_target", "pull_request_target"),
    (
        Severity::Medium,
        r"(?i)InsecureSkipVerify:\s*true|\bverify\s*=\s*False\b|rejectUnauthorized:\s*false|danger_accept_invalid_certs\(true|NODE_TLS_REJECT_UNAUTHORIZED.{0,5}0|VERIFY_NONE",
        "unverified TLS",
    ),
    (
        Severity::Medium,
        r"(?i)csrf_exempt|skip_before_action\s+:(?:authenticate|authorize|verify)|\bAllowAny\b|\bpermitAll\(\)|AllowAnonymous",
        "access without a check",
    ),
];

static GRANT: LazyLock<RegexSet> =
    LazyLock::new(|| patterns(&GRANTS.iter().map(|(_, shape, _)| (*shape).to_owned()).collect::<Vec<_>>()));
static GUARD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)@(?:login_required|permission_required|PreAuthorize|Secured|RolesAllowed|requires_auth|jwt_required|Authorize)\b|^\s*\[Authorize\b|\bbefore_action\s+:(?:authenticate|authorize|require)\w*|\bpermission_classes\s*=|\b(?:require|ensure|check)_?(?:Auth|auth|Admin|admin|Login|login|Permission|permission)\w*\(|\bisAuthenticated\b|\bauthMiddleware\b|\b(?:app|router|r)\.(?:use|Use)\(.*[aA]uth|\.hasPermission\(|\bprotect_from_forgery\b",
    )
});

/// High for doors that are wide open, medium for wider ones and for checks that are gone; ownership and execute bits are
/// low. Tests, examples and documents are exempt.
pub fn look(reading: &Reading) -> Vec<Risk> {
    let (mut wide, mut wider, mut guards) = (Vec::new(), Vec::new(), Vec::new());
    for file in reading
        .files
        .iter()
        .filter(|file| file.noise.is_none() && matches!(file.role, Role::Production | Role::Tooling))
    {
        for (severity, sighting) in grants(file) {
            if severity == Severity::High { wide.push(sighting) } else { wider.push(sighting) }
        }
        guards.extend(lost_guards(file));
    }
    let mut risks = Vec::new();
    risks.extend(told(&wide, Severity::High, ("wide-open permission", "wide-open permissions"), "Whoever gets in there gets everything behind it. Name what is needed instead, or have somebody sign that it is meant."));
    risks.extend(told(
        &wider,
        Severity::Medium,
        ("wider permission", "wider permissions"),
        "Check that it is as narrow as it can be; a rollback of the code does not take it back where it was applied.",
    ));
    risks.extend(told(
        &guards,
        Severity::Medium,
        ("access check is gone", "access checks are gone"),
        "Check that something else guards these places now, and try one without signing in.",
    ));
    risks.extend(owners(reading));
    risks
}

fn told(sightings: &[Sighting], severity: Severity, (one, many): (&str, &str), meaning: &str) -> Option<Risk> {
    let names = distinct(sightings);
    let title = format!("{}: {}", count(sightings.len(), one, many), listed(&names));
    (!names.is_empty()).then(|| risk(RiskKind::Permission, severity, title, meaning).seen(evidence(sightings)))
}

fn grants(file: &FileReading) -> Vec<(Severity, Sighting)> {
    let mut found = Vec::new();
    if !file.topics.has(Topic::Grant) {
        return found;
    }
    let mut egress = false;
    let code = file.language.is_code();
    for line in file.lines.iter().filter(|line| !line.silent && !line.test) {
        if line.text.len() > 500 {
            continue;
        }
        if !code && line.text.contains("gress") {
            egress = line.text.contains("egress") || line.text.contains("Egress");
        }
        if !line.is_added() || line.moved || !line.topics.has(Topic::Grant) {
            continue;
        }
        for index in GRANT.matches(line.text) {
            let (severity, _, what) = GRANTS[index];
            if !fits(file, what, line, egress) || repeated(file, line) {
                continue;
            }
            found.push((severity, Sighting { what: what.to_owned(), evidence: file.evidence(line) }));
        }
    }
    found
}

/// The same words in another kind of file mean something else: `0.0.0.0/0` in code is an address to parse.
fn fits(file: &FileReading, what: &str, line: &Line, egress: bool) -> bool {
    let language = file.language.name;
    match what {
        "the whole internet" => {
            !egress && matches!(language, "Terraform" | "YAML" | "JSON") && !line.text.to_lowercase().contains("egress")
        }
        "write permission of a workflow" | "pull_request_target" | "permissions: write-all" => {
            file.path.starts_with(".github/")
        }
        "unverified TLS" | "access without a check" => file.language.is_code() && file.role == Role::Production,
        "USER root" => language == "Dockerfile",
        _ => !file.language.is_code() || language == "Shell",
    }
}

fn repeated(file: &FileReading, line: &Line) -> bool {
    file.lines.iter().any(|other| other.sign == Sign::Removed && other.text.trim() == line.text.trim())
}

fn lost_guards(file: &FileReading) -> Vec<Sighting> {
    let deleted = file.change.status == crate::domain::change::Status::Deleted;
    if deleted || !file.language.is_code() || !file.topics.has(Topic::Guard) {
        return Vec::new();
    }
    let guard = |line: &Line| GUARD.find(line.text).map(|found| found.as_str().trim().to_owned());
    let worth = |line: &&Line| line.topics.has(Topic::Guard) && !line.silent && !line.test && line.text.len() < 500;
    if !file.removed().filter(worth).any(|line| !line.moved && GUARD.is_match(line.text)) {
        return Vec::new();
    }
    let added: Vec<String> = file.added().filter(worth).filter_map(guard).collect();
    let mut left = added;
    file.lines
        .iter()
        .filter(worth)
        .filter(|line| line.sign == Sign::Removed && !line.moved)
        .filter_map(|line| {
            let what = guard(line)?;
            match left.iter().position(|other| *other == what) {
                Some(at) => {
                    left.remove(at);
                    None
                }
                None => Some(Sighting { what: what.trim_end_matches('(').to_owned(), evidence: file.evidence(line) }),
            }
        })
        .collect()
}

fn owners(reading: &Reading) -> Option<Risk> {
    let file = reading.files.iter().find(|file| file.name == "CODEOWNERS" && file.changed().next().is_some())?;
    let line = file.changed().next()?;
    let meaning = "Other people are asked to review from now on; see that those who must know are among them.";
    Some(risk(RiskKind::Permission, Severity::Low, "`CODEOWNERS` changed", meaning).seen([file.evidence(line)]))
}

#[cfg(test)]
mod tests {
    use super::super::super::story::Story;

    #[test]
    fn wide_open_doors_are_high() {
        let risks = Story::new()
            .file("iam/policy.json", "+      \"Action\": \"*\",\n")
            .file("k8s/pay.yaml", "+        privileged: true\n")
            .file(
                "infra/net.tf",
                " ingress {\n+  cidr_blocks = [\"0.0.0.0/0\"]\n egress {\n+  cidr_blocks = [\"0.0.0.0/0\"]\n",
            )
            .file("app/orders.py", "-@login_required\n def orders(request):\n")
            .risks();
        assert_eq!(
            risks,
            [
                "High 2 wide-open permissions: `all actions` and `privileged: true`",
                "Medium 1 wider permission: `the whole internet`",
                "Medium 1 access check is gone: `@login_required`",
            ]
        );
    }

    #[test]
    fn what_was_there_before_is_silent() {
        let story = Story::new()
            .file("k8s/pay.yaml", "-    privileged: true\n+      privileged: true\n+  image: x\n")
            .file("src/net.go", "+\tparse(\"0.0.0.0/0\")\n")
            .file("tests/k8s/pay.yaml", "+  privileged: true\n");
        assert!(story.risks().is_empty(), "{:?}", story.risks());
    }
}
