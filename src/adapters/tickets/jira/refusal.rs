//! What does Jira's no mean, and what can a person do about it?

use crate::adapters::http::Failure;
use crate::domain::trouble::{Fault, Refusal};

pub fn fault(is_cloud: bool, failure: &Failure) -> Fault {
    let refused = |sentence: &str| Fault::Refused(Refusal(sentence.to_owned()));
    let header = |name: &str| failure.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let captcha = header("x-seraph-loginreason").contains("AUTHENTICATION_DENIED")
        || header("x-authentication-denied-reason").contains("CAPTCHA");
    match failure.status {
        Some(401 | 403) if captcha => refused(
            "Jira wants Slipway's account to sign in through a browser once, after too many wrong passwords; do that, and check the token in `[jira]`",
        ),
        Some(401) if is_cloud => refused(
            "Jira does not accept the address with its API token; check `email`, and make a new token at id.atlassian.com",
        ),
        Some(401) => {
            refused("Jira does not accept the personal access token; make a new one in Slipway's profile there")
        }
        Some(403) => {
            refused("Jira does not allow this to Slipway's account; give it `Browse projects` and `Add comments`")
        }
        Some(301 | 302 | 307 | 308) => {
            refused("Jira sends requests elsewhere; write the address it leads to as `url` in `[jira]`")
        }
        _ => failure.fault.clone(),
    }
}

/// A page for people where data was asked for.
pub fn a_page(site: &str) -> Fault {
    Fault::Refused(Refusal(format!(
        "`{site}` answers with a page for people instead of data, perhaps of a proxy that wants a sign-in; let Slipway's requests past it, or check `url` in `[jira]`"
    )))
}
