//! What can go wrong, by whose it is to fix: the person's, the outside's, or ours.

use std::fmt;
use std::time::Duration;

/// Any failure on the way to an answer.
#[derive(Debug)]
pub enum Trouble {
    /// The person can fix it; the sentence says how.
    Refused(Refusal),
    /// Something outside did not do its part.
    Outside { service: String, fault: Fault },
    /// Ours. The reply carries an id, the log has the rest.
    Bug(anyhow::Error),
}

/// What happened, to what, and what to do next. Names stand in backticks; no apologies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal(pub String);

/// How an outside service failed. Classified once, at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Nobody answered: connection refused, DNS, TLS. The text is the cause for the log.
    Unreachable(String),
    /// No answer within this time.
    TimedOut(Duration),
    /// Our credentials were not accepted (401, 403).
    Unauthorized,
    NotFound,
    /// Asked to wait (429, 503 with `Retry-After`).
    Busy {
        retry_after: Option<Duration>,
    },
    /// It answered no, in its own words (other 4xx).
    Rejected {
        status: u16,
        message: String,
    },
    /// It said no for a reason that people can mend; the sentence says what to do.
    Refused(Refusal),
    /// It failed (5xx).
    Failed {
        status: u16,
    },
    /// It answered something we cannot read.
    Malformed(String),
}

impl Fault {
    /// May the same request succeed later, unchanged?
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::TimedOut(_) | Self::Busy { .. } | Self::Failed { .. })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(_) => write!(f, "could not be reached"),
            Self::TimedOut(after) => write!(f, "did not answer within {} s", after.as_secs_f32()),
            Self::Unauthorized => write!(f, "did not accept the configured key"),
            Self::NotFound => write!(f, "does not have what was asked for"),
            Self::Busy { retry_after: Some(wait) } => write!(f, "is busy and asks to wait {} s", wait.as_secs()),
            Self::Busy { retry_after: None } => write!(f, "is busy"),
            Self::Rejected { status, message } => write!(f, "refused the request ({status}: {message})"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Failed { status } => write!(f, "failed ({status})"),
            Self::Malformed(what) => write!(f, "answered something unreadable ({what})"),
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Outside { service, fault } => write!(f, "{service} {fault}"),
            Self::Bug(error) => write!(f, "{error:#}"),
        }
    }
}

impl std::error::Error for Trouble {}

impl Trouble {
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(Refusal(sentence.into()))
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Bug(error)
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
