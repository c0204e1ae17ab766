//! What does GitHub's no mean, and what can a person do about it?

use crate::adapters::http::Failure;
use crate::domain::trouble::{Fault, Refusal};
use reqwest::header::{DATE, HeaderMap};
use serde_json::Value;
use std::time::Duration;

/// For how long GitHub asks to be left alone when it does not say.
const A_WHILE: Duration = Duration::from_secs(60);

/// A refusal that is a limit becomes a wait; the rest stays as it is.
pub fn limited(failure: Failure) -> Failure {
    if !matches!(failure.status, Some(403 | 429)) {
        return failure;
    }
    let said = failure.message.to_lowercase();
    let told =
        header(&failure.headers, "retry-after").and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    let wait = match told {
        Some(wait) => wait,
        None if header(&failure.headers, "x-ratelimit-remaining") == Some("0") => until_reset(&failure.headers),
        None if said.contains("secondary rate limit") || said.contains("abuse") => A_WHILE,
        None => return failure,
    };
    Failure { fault: Fault::Busy { retry_after: Some(wait) }, ..failure }
}

/// Counted by GitHub's own clock, and a second more: its times are whole seconds.
fn until_reset(headers: &HeaderMap) -> Duration {
    let reset = header(headers, "x-ratelimit-reset").and_then(|at| at.parse::<i64>().ok());
    let now = headers.get(DATE).and_then(|date| date.to_str().ok());
    let now = now.and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok()).map(|date| date.timestamp());
    match (reset, now) {
        (Some(reset), Some(now)) => Duration::from_secs(u64::try_from(reset - now).unwrap_or_default() + 1),
        _ => A_WHILE,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// A failure about a repository, in words that say what to do.
pub fn fault(repository: &str, failure: &Failure) -> Fault {
    let said = failure.message.to_lowercase();
    let refused = |sentence: String| Fault::Refused(Refusal(sentence));
    match failure.status {
        Some(401) => refused(
            "GitHub does not accept the token; make a new one and set it as `[github] token_env` or `token_file`"
                .to_owned(),
        ),
        Some(301 | 302 | 307 | 308) => refused(format!(
            "`{repository}` is called otherwise on GitHub now; write its new name into the workspace's file"
        )),
        Some(404 | 410) if repository.is_empty() => Fault::NotFound,
        Some(404 | 410) => refused(format!(
            "`{repository}` is not on GitHub, or hidden from Slipway's token; check its name in the workspace's file and what the token may read"
        )),
        Some(451) => refused(format!("GitHub has closed `{repository}` for legal reasons")),
        Some(403) if !matches!(failure.fault, Fault::Busy { .. }) => {
            refused(forbidden(repository, &said, &failure.headers))
        }
        _ => failure.fault.clone(),
    }
}

pub fn renamed(repository: &str, name: &str) -> Fault {
    Fault::Refused(Refusal(format!(
        "`{repository}` is called `{name}` on GitHub now; write that into the workspace's file"
    )))
}

fn forbidden(repository: &str, said: &str, headers: &HeaderMap) -> String {
    let list = |name: &str| -> Vec<&str> {
        header(headers, name).unwrap_or_default().split(',').map(str::trim).filter(|scope| !scope.is_empty()).collect()
    };
    let (has, wanted) = (list("x-oauth-scopes"), list("x-accepted-oauth-scopes"));
    if let Some(needs) = header(headers, "x-accepted-github-permissions").filter(|needs| !needs.is_empty()) {
        return format!(
            "Slipway's App or token lacks the permission `{needs}` for `{repository}`; allow it in GitHub's settings"
        );
    }
    if !wanted.is_empty() && !wanted.iter().any(|scope| has.contains(scope)) {
        return format!("the token lacks the scope `{}`, which `{repository}` needs; add it to the token", wanted[0]);
    }
    match () {
        () if said.contains("sso") || said.contains("saml") => {
            format!(
                "the token is not authorised for the single sign-on of `{repository}`'s organisation; authorise it in GitHub's settings"
            )
        }
        () if said.contains("suspended") => {
            format!("Slipway's App is suspended for `{repository}`'s owner; lift that in the owner's settings")
        }
        () if said.contains("not accessible by") => {
            format!(
                "Slipway's App or token lacks a permission for `{repository}`; allow contents, pull requests, issues, checks and deployments to be read"
            )
        }
        () => format!("GitHub does not allow Slipway's token to do this with `{repository}`"),
    }
}

/// A repository that is not there, or not for us.
pub fn gone(repository: &str) -> Fault {
    let answer = Failure { status: Some(404), ..Fault::NotFound.into() };
    fault(repository, &answer)
}

/// An error of a query that came back with status 200.
pub fn of_query(repository: &str, error: &Value) -> Fault {
    let message: String = error["message"].as_str().unwrap_or_default().chars().take(300).collect();
    match error["type"].as_str() {
        Some("RATE_LIMITED") => Fault::Busy { retry_after: Some(A_WHILE) },
        Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Fault::Refused(Refusal(format!(
            "GitHub does not show all of `{repository}` to Slipway's token ({})",
            message.trim_end_matches('.')
        ))),
        _ => Fault::Rejected { status: 200, message },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, message: &str, headers: &[(&'static str, &str)]) -> Failure {
        let headers = headers.iter().map(|(name, value)| {
            (reqwest::header::HeaderName::from_static(name), value.parse().expect("plain letters"))
        });
        Failure {
            status: Some(status),
            message: message.to_owned(),
            headers: Box::new(headers.collect()),
            ..Fault::Unauthorized.into()
        }
    }

    #[test]
    fn a_limit_is_a_wait_for_as_long_as_it_says() {
        let wait = |status, message, headers: &[(&'static str, &str)]| limited(failure(status, message, headers)).fault;
        let busy = |seconds| Fault::Busy { retry_after: Some(Duration::from_secs(seconds)) };
        assert_eq!(wait(403, "You have exceeded a secondary rate limit", &[("retry-after", "7")]), busy(7));
        assert_eq!(wait(403, "You have triggered an abuse detection mechanism", &[]), busy(60));
        let primary = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1795680030"),
            ("date", "Thu, 26 Nov 2026 08:00:00 GMT"),
        ];
        assert_eq!(wait(403, "API rate limit exceeded", &primary), busy(31));
        assert_eq!(wait(403, "Resource not accessible by integration", &[]), Fault::Unauthorized);
    }

    #[test]
    fn a_no_says_what_to_do() {
        let told = |status, message, headers: &[(&'static str, &str)]| {
            let Fault::Refused(Refusal(sentence)) = fault("acme/pay", &failure(status, message, headers)) else {
                panic!("it can be mended")
            };
            sentence
        };
        assert_eq!(
            told(403, "Forbidden", &[("x-oauth-scopes", "read:org"), ("x-accepted-oauth-scopes", "repo")]),
            "the token lacks the scope `repo`, which `acme/pay` needs; add it to the token"
        );
        assert!(told(404, "Not Found", &[]).starts_with("`acme/pay` is not on GitHub, or hidden"));
        assert!(told(301, "Moved Permanently", &[]).contains("called otherwise"));
        assert!(told(403, "Resource protected by organization SAML enforcement", &[]).contains("single sign-on"));
        assert!(told(401, "Bad credentials", &[]).contains("make a new one"));
    }
}
