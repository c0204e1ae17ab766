//! How is a service, and how is the release? By a table over the verdicts of its signals, and by whether a finding lasts.

use super::series::Kind;
use super::verdict::Judged;
pub use crate::domain::watch::State;

/// What the signals of one kind say together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// None of them could be judged.
    Unknown,
    Nothing,
    /// One of several that tell of the same thing strays.
    Hint,
    Worse,
    MuchWorse,
}

/// Several signals of one kind (quantiles of one latency) are witnesses of one thing: at least half of them have to say it.
pub fn finding<'a>(judged: impl Iterator<Item = &'a Judged>) -> Finding {
    let (mut all, mut told, mut worse, mut much) = (0_usize, 0_usize, 0_usize, 0_usize);
    for one in judged {
        all += 1;
        told += usize::from(!matches!(one, Judged::NotEnough(_)));
        worse += usize::from(one.is_worse());
        much += usize::from(one.is_much_worse());
    }
    let wanted = if all >= 3 { told.max(3).div_ceil(2) } else { 1 };
    match () {
        () if told == 0 => Finding::Unknown,
        () if much >= wanted => Finding::MuchWorse,
        () if worse >= wanted => Finding::Worse,
        () if worse > 0 => Finding::Hint,
        () => Finding::Nothing,
    }
}

/// How far from the change a finding still begins with it, and how far it may belong to it; in seconds, or in looks where those are far apart.
const SOON: i64 = 1_800;
const LATER: i64 = 7_200;

/// How long a finding has to last before it counts, in seconds. What begins with the change counts soonest; the later it begins, the longer
/// it has to last, because other things begin at their own times. Among very many signals (`crowd`) even much is seen twice.
pub fn lasting(finding: Finding, onset: i64, look: i64, crowd: bool) -> i64 {
    let (soon, later) = (onset <= (2 * look).max(SOON), onset <= (6 * look).max(LATER));
    match finding {
        Finding::MuchWorse if soon => {
            if crowd {
                look
            } else {
                0
            }
        }
        Finding::MuchWorse if later => (2 * look).max(600),
        Finding::MuchWorse => (2 * look).max(2_700),
        _ if soon => look,
        _ if later => (2 * look).max(1_200),
        _ => (3 * look).max(3_600),
    }
}

/// The table.
pub fn of_kind(kind: Kind, finding: Finding, firm: bool) -> State {
    match (kind, finding) {
        (_, Finding::Unknown) => State::NotEnough,
        (Kind::Errors | Kind::Latency | Kind::Traffic, Finding::MuchWorse) if firm => State::Unstable,
        (Kind::Errors | Kind::Latency, Finding::Worse) if firm => State::Unstable,
        (_, Finding::Worse | Finding::MuchWorse) if firm => State::MostlyStable,
        _ => State::Stable,
    }
}

/// A service is as bad as the worst of its kinds; stable only if at least half of them could be judged.
pub fn of_service(kinds: &[State]) -> State {
    together(kinds, |worst| worst >= State::MostlyStable)
}

/// A release is as bad as the worst of its services; stable only if at least half of them could be judged.
pub fn of_release(services: &[State]) -> State {
    together(services, |worst| worst >= State::MostlyStable)
}

fn together(states: &[State], is_finding: impl Fn(State) -> bool) -> State {
    let worst = states.iter().copied().max().unwrap_or(State::NotEnough);
    let unknown = states.iter().filter(|state| **state == State::NotEnough).count();
    match () {
        () if is_finding(worst) => worst,
        () if unknown * 2 > states.len() || states.is_empty() => State::NotEnough,
        () => State::Stable,
    }
}
