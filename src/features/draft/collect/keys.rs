//! Which tickets do commits and pull requests name?

use crate::domain::change::Commit;
use crate::domain::pattern::pattern;
use crate::domain::pull_request::PullRequest;
use crate::domain::service::Service;
use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b([A-Za-z][A-Za-z0-9_]{1,9})-(\d{1,7})\b"));

/// Each once, in order. Where the service lists its projects only those count, anywhere they stand, so that `UTF-8` is
/// nobody's ticket. Otherwise what the commits' own reading found counts, and keys that begin a title or a branch.
pub fn keys(service: &Service, commits: &[Commit], requests: &[PullRequest]) -> Vec<String> {
    let mut found: BTreeSet<String> = BTreeSet::new();
    found.extend(commits.iter().flat_map(|commit| commit.tickets.iter().cloned()));
    found.extend(requests.iter().flat_map(|request| request.issues.iter().cloned()));
    for request in requests {
        found.extend(begun(&request.title));
        found.extend(begun(request.branch.rsplit('/').next().unwrap_or_default()));
    }
    if service.tickets.is_empty() {
        return found.into_iter().collect();
    }
    for request in requests {
        found.extend([&request.title, &request.branch, &request.body].into_iter().flat_map(|text| all(text)));
    }
    for commit in commits {
        found.extend([&commit.subject, &commit.body].into_iter().flat_map(|text| all(text)));
    }
    let own = |key: &String| match key.split_once('-') {
        Some((project, _)) => service.tickets.iter().any(|known| known == project),
        None => true,
    };
    // Issues (`#12`, `acme/pay#12`) have no project.
    found.into_iter().filter(|key| key.contains('#') || own(key)).collect()
}

fn all(text: &str) -> impl Iterator<Item = String> {
    KEY.captures_iter(text).map(|found| format!("{}-{}", found[1].to_ascii_uppercase(), &found[2]))
}

/// `PAY-311: refunds`, `[PAY-311] refunds`, `pay-311-refunds`.
fn begun(text: &str) -> Option<String> {
    let text = text.trim_start_matches(['[', '(', ' ']);
    let found = KEY.find(text).filter(|found| found.start() == 0)?;
    all(found.as_str()).next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Author;

    fn request(title: &str, branch: &str, body: &str) -> PullRequest {
        PullRequest {
            number: 1,
            title: title.to_owned(),
            body: body.to_owned(),
            url: String::new(),
            author: Author { name: "dev".to_owned(), email: String::new() },
            merged_at: None,
            labels: Vec::new(),
            reviews: Vec::new(),
            branch: branch.to_owned(),
            issues: vec!["#7".to_owned()],
            commits: Vec::new(),
        }
    }

    #[test]
    fn without_known_projects_only_what_begins_a_title_or_a_branch_counts() {
        let service = Service::plain("pay", "/r".into());
        let asked = [request("[PAY-311] Refunds in UTF-8", "feature/pay-312-split", "see OPS-9")];
        assert_eq!(keys(&service, &[], &asked), ["#7", "PAY-311", "PAY-312"]);
    }

    #[test]
    fn with_known_projects_they_count_wherever_they_stand_and_others_never() {
        let mut service = Service::plain("pay", "/r".into());
        service.tickets = vec!["OPS".to_owned()];
        let asked = [request("[PAY-311] Refunds in UTF-8", "feature/pay-312-split", "see OPS-9")];
        assert_eq!(keys(&service, &[], &asked), ["#7", "OPS-9"]);
    }
}
