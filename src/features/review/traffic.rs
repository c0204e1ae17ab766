//! When is little going on? What was measured of a note's services in the last two weeks, by hour of the week.

use crate::features::Context;
use crate::judge::series::Kind;
use crate::ports::metrics::Range;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use chrono_tz::Tz;
use std::collections::HashMap;

const BACK: i64 = 14 * 86_400;
const HOUR: i64 = 3_600;

/// What traffic is to be expected at a time, as a share of the busiest hour.
#[derive(Default)]
pub struct Traffic {
    /// By day of the week and hour: the sum and the number of samples.
    hours: HashMap<(u32, u32), (f64, u32)>,
    /// Which could not be asked, as sentences.
    pub gaps: Vec<String>,
}

pub async fn traffic(context: &Context, services: &[&str], zone: Tz) -> Traffic {
    let now = context.clock.now().timestamp().div_euclid(HOUR) * HOUR;
    let range = Range { from: now - BACK, until: now, step: HOUR };
    let mut found = Traffic::default();
    let asked = context.signals.iter();
    for one in asked.filter(|one| one.kind == Kind::Traffic && services.contains(&one.service.as_str())) {
        match one.source.range(&one.query, range).await {
            Ok(measured) => {
                for (time, value) in measured.lines.iter().flat_map(|line| &line.samples) {
                    found.take(*time, *value, zone);
                }
            }
            Err(fault) => {
                found.gaps.push(format!("`{}` of `{}`: {} {fault}.", one.signal, one.service, one.source.name()));
            }
        }
    }
    found
}

impl Traffic {
    fn take(&mut self, time: i64, value: f64, zone: Tz) {
        if let Some(at) = DateTime::from_timestamp(time, 0) {
            let (sum, samples) = self.hours.entry(hour(at, zone)).or_default();
            *sum += value;
            *samples += 1;
        }
    }

    fn mean(&self, hour: (u32, u32)) -> Option<f64> {
        self.hours.get(&hour).map(|(sum, samples)| sum / f64::from(*samples))
    }

    /// Of the busiest hour of the week; `None` where that hour was never measured, or nothing at all ever happened.
    pub fn share(&self, at: DateTime<Utc>, zone: Tz) -> Option<f64> {
        let busiest = self.hours.keys().filter_map(|hour| self.mean(*hour)).fold(0.0, f64::max);
        self.mean(hour(at, zone)).filter(|_| busiest > 0.0).map(|mean| mean / busiest)
    }
}

fn hour(at: DateTime<Utc>, zone: Tz) -> (u32, u32) {
    let local = at.with_timezone(&zone);
    (local.weekday().num_days_from_monday(), local.hour())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_the_week_is_held_against_the_busiest_one_on_the_clock_of_the_zone() {
        let zone = chrono_tz::Tz::Asia__Seoul;
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let mut traffic = Traffic::default();
        for (time, value) in
            [("2026-11-02T00:00:00Z", 80.0), ("2026-11-09T00:00:00Z", 120.0), ("2026-11-09T18:00:00Z", 10.0)]
        {
            traffic.take(at(time).timestamp(), value, zone);
        }
        assert_eq!(traffic.share(at("2026-11-16T00:30:00Z"), zone), Some(1.0), "two Mondays at nine in Seoul");
        assert_eq!(traffic.share(at("2026-11-16T18:30:00Z"), zone), Some(0.1), "Tuesday at three");
        assert_eq!(traffic.share(at("2026-11-17T00:30:00Z"), zone), None, "a Tuesday at nine was never measured");
        assert_eq!(Traffic::default().share(at("2026-11-16T00:30:00Z"), zone), None);
    }
}
