//! What does a refusal of Discord's mean, and what can people do about it?

use super::words;
use crate::domain::trouble::{Fault, Refusal};
use serde_json::Value;
use serenity::http::{ErrorResponse, HttpError};

/// A call that failed: Discord's code, 0 when it was not Discord that refused, and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: u32,
    pub fault: Fault,
}

/// Discord's codes that decide something here.
pub mod code {
    pub const UNKNOWN_CHANNEL: u32 = 10_003;
    pub const UNKNOWN_MESSAGE: u32 = 10_008;
    pub const UNKNOWN_WEBHOOK: u32 = 10_015;
    pub const ALREADY_ANSWERED: u32 = 40_060;
    pub const MISSING_ACCESS: u32 = 50_001;
    pub const CLOSED_TO_BOTS: u32 = 50_007;
    pub const NO_TEXT_CHANNEL: u32 = 50_008;
    pub const MISSING_PERMISSIONS: u32 = 50_013;
    pub const WRONG_CHANNEL_TYPE: u32 = 50_024;
    pub const TOKEN_OVER: u32 = 50_027;
    pub const THREAD_ARCHIVED: u32 = 50_083;
    pub const NO_COMMON_SERVER: u32 = 50_278;
    pub const THREAD_EXISTS: u32 = 160_004;
    pub const THREAD_LOCKED: u32 = 160_005;
    pub const TOO_MANY_THREADS: u32 = 160_006;
}

impl Problem {
    pub fn refused(status: u16, body: &Value) -> Self {
        let code = body["code"].as_u64().and_then(|code| u32::try_from(code).ok()).unwrap_or_default();
        let message = body["message"].as_str().unwrap_or_default();
        let details = if body["errors"].is_null() { String::new() } else { format!(" {}", body["errors"]) };
        Self { code, fault: fault(status, code, &format!("{message}{details}")) }
    }

    pub fn is(&self, codes: &[u32]) -> bool {
        codes.contains(&self.code)
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { code: 0, fault }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        problem.fault
    }
}

fn fault(status: u16, code: u32, message: &str) -> Fault {
    let refused = |sentence: String| Fault::Refused(Refusal(sentence));
    match (status, code) {
        (_, code::MISSING_ACCESS) => refused(words::no_access()),
        (_, code::MISSING_PERMISSIONS) => refused(words::no_permission(&["Send Messages"])),
        (_, code::CLOSED_TO_BOTS | code::NO_COMMON_SERVER) => refused(words::closed_to_bots()),
        (_, code::NO_TEXT_CHANNEL | code::WRONG_CHANNEL_TYPE) => refused(words::no_text_channel()),
        (_, code::THREAD_ARCHIVED | code::THREAD_LOCKED) => refused(words::thread_locked()),
        (_, code::TOO_MANY_THREADS) => refused(words::too_many_threads()),
        (_, code::TOKEN_OVER) | (404, _) => Fault::NotFound,
        (401, _) => Fault::Unauthorized,
        (403, _) => Fault::Rejected { status, message: cut(message) },
        (429, _) => Fault::Busy { retry_after: None },
        (500.., _) => Fault::Failed { status },
        _ => Fault::Rejected { status, message: cut(message) },
    }
}

fn cut(message: &str) -> String {
    message.chars().take(500).collect()
}

pub fn of_serenity(error: &serenity::Error) -> Problem {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => of_response(response),
        serenity::Error::Http(HttpError::Request(error)) => of_request(error).into(),
        serenity::Error::Json(error) => Fault::Malformed(error.to_string()).into(),
        other => Fault::Malformed(other.to_string()).into(),
    }
}

fn of_response(response: &ErrorResponse) -> Problem {
    let code = u32::try_from(response.error.code).unwrap_or_default();
    let details: Vec<String> =
        response.error.errors.iter().map(|error| format!("{}: {}", error.path, error.message)).collect();
    let message = format!("{} {}", response.error.message, details.join("; "));
    Problem { code, fault: fault(response.status_code.as_u16(), code, message.trim()) }
}

pub fn of_client(error: reqwest012::Error) -> Problem {
    of_request(&error).into()
}

/// Its address is left out: an interaction's token stands in it.
fn of_request(error: &reqwest012::Error) -> Fault {
    if error.is_timeout() {
        return Fault::TimedOut(std::time::Duration::from_secs(10));
    }
    let mut causes = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    let kind = if error.is_connect() { "no connection" } else { "the connection broke off" };
    Fault::Unreachable(format!("{kind}: {}", causes.join(": ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_refusal_becomes_what_people_can_do_or_what_the_outbox_does() {
        let of = |status, code: u32| Problem::refused(status, &json!({ "code": code, "message": "Nope" })).fault;
        for (status, code, part) in [
            (403, 50_001, "cannot see this channel"),
            (403, 50_013, "`Send Messages`"),
            (403, 50_007, "direct messages"),
            (400, 50_083, "closed"),
            (403, 160_005, "closed"),
            (400, 50_008, "takes no messages"),
        ] {
            let Fault::Refused(Refusal(sentence)) = of(status, code) else { panic!("{code} is for people to mend") };
            assert!(sentence.contains(part), "{code}: {sentence}");
        }
        assert_eq!(of(404, 10_003), Fault::NotFound);
        assert_eq!(of(401, 0), Fault::Unauthorized);
        assert_eq!(of(502, 0), Fault::Failed { status: 502 });
        assert_eq!(of(429, 0), Fault::Busy { retry_after: None });
        assert_eq!(of(400, 50_035), Fault::Rejected { status: 400, message: "Nope".to_owned() });
    }
}
