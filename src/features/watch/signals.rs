//! Which signals are watched, what do they answer, and what is asked of them for a judgement?

use crate::judge::series::{Kind, Series};
use crate::ports::metrics::{Line, Metrics, Range};
use futures::future::join_all;
use std::fmt::Write as _;
use std::sync::Arc;

/// One signal and who measures it.
#[derive(Clone)]
pub struct Asked {
    pub service: String,
    pub signal: String,
    pub kind: Kind,
    pub query: String,
    pub source: Arc<dyn Metrics>,
}

/// Days that are asked for before a change, and of them by the minute.
const DAYS: i64 = 7;
const BY_THE_MINUTE: i64 = 2;
const DAY: i64 = 86_400;
const MINUTE: i64 = 60;
const FIVE: i64 = 300;

/// What was measured for one judgement.
#[derive(Default)]
pub struct Gathered {
    pub series: Vec<Series>,
    /// What could not be asked, a sentence each.
    pub gaps: Vec<String>,
}

/// All that a judgement of a change at `at` wants to know, as far as `until`. A signal that cannot be asked is a gap.
pub async fn gather(asked: &[Asked], at: i64, until: i64) -> Gathered {
    let of_one = |one: &Asked| {
        let one = one.clone();
        async move {
            let near = (at - BY_THE_MINUTE * DAY).div_euclid(MINUTE) * MINUTE;
            let far = Range { from: at - DAYS * DAY, until: near - FIVE, step: FIVE };
            let near = Range { from: near, until, step: MINUTE };
            let (far, near) = tokio::join!(one.source.range(&one.query, far), one.source.range(&one.query, near));
            let lines = far.and_then(|far| near.map(|near| [far.lines, near.lines].concat()));
            (one, lines)
        }
    };
    let mut gathered = Gathered::default();
    for (one, lines) in join_all(asked.iter().map(of_one)).await {
        match lines {
            Err(fault) => {
                gathered.gaps.push(format!("`{}` of `{}`: {} {fault}.", one.signal, one.service, one.source.name()))
            }
            Ok(lines) if lines.iter().all(|line| line.samples.is_empty()) => {
                gathered.gaps.push(format!("`{}` of `{}`: nothing was measured.", one.signal, one.service));
            }
            Ok(lines) => gathered.series.extend(series(&one, lines)),
        }
    }
    gathered
}

fn series(one: &Asked, lines: Vec<Line>) -> Vec<Series> {
    let mut versions: Vec<Line> = Vec::new();
    for line in lines {
        match versions.iter_mut().find(|known| known.version == line.version) {
            Some(known) => known.samples.extend(line.samples),
            None => versions.push(line),
        }
    }
    let of = |line: Line| Series::new(&one.service, &one.signal, one.kind, line.version, line.samples);
    versions.into_iter().map(of).collect()
}

/// What each query answers now, for `slipway doctor signals`; and whether all of them answer.
pub async fn looked_at(asked: &[Asked], now: i64) -> (String, bool) {
    let range = Range { from: now - DAY, until: now, step: FIVE };
    let answers = join_all(asked.iter().map(|one| one.source.range(&one.query, range))).await;
    let mut text = String::new();
    let mut fails = 0;
    let mut service = "";
    for (one, answer) in asked.iter().zip(answers) {
        if one.service != service {
            service = &one.service;
            let _ = writeln!(text, "{service}");
        }
        let (mark, told) = match &answer {
            Err(fault) => ("✗", format!("{} {fault}", one.source.name())),
            Ok(measured) => match measured
                .lines
                .iter()
                .filter_map(|line| line.samples.last())
                .max_by_key(|(time, _)| *time)
            {
                None => {
                    ("✗", "answers nothing for the last day; does the query fit, and is the service used?".to_owned())
                }
                Some((time, value)) => {
                    let versions = match measured.lines.len() {
                        1 => String::new(),
                        several => format!(", {several} versions"),
                    };
                    let points: usize = measured.lines.iter().map(|line| line.samples.len()).sum();
                    let warned =
                        measured.warnings.first().map(|warning| format!("; it warns: {warning}")).unwrap_or_default();
                    let told = format!(
                        "{value:.6}, {} minutes ago; {points} samples in a day{versions}{warned}",
                        (now - time) / MINUTE
                    );
                    // Older than an hour nobody calls it lately.
                    (if now - time > 3_600 { "✗" } else { "✓" }, told)
                }
            },
        };
        fails += usize::from(mark == "✗");
        let _ = writeln!(text, "  {mark} {} ({}): {told}", one.signal, one.kind.name());
        if mark == "✗" {
            let _ = writeln!(text, "      {}", one.query);
        }
    }
    let _ = match fails {
        0 => writeln!(text, "All {} signals answer.", asked.len()),
        _ => writeln!(text, "{fails} of {} signals do not answer as they should.", asked.len()),
    };
    (text, fails == 0)
}
