//! What a replay tells: as JSON for programs and the note's page, and as text for a terminal.

use super::replay::{Replay, figure, short};
use crate::judge::state::State;
use crate::judge::verdict::Judged;
use crate::judge::watch::BUDGET;
use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};
use std::fmt::Write as _;

impl Replay {
    fn time(&self, after: i64) -> String {
        let at = DateTime::from_timestamp(self.at + after, 0).unwrap_or_default();
        at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    pub fn json(&self) -> Value {
        let now = |service: &str| {
            let last = self.last.iter().flat_map(|look| &look.services).find(|one| one.service == service);
            last.map_or(State::NotEnough, |one| one.state)
        };
        let services: Vec<Value> = self
            .services
            .iter()
            .map(|(service, (state, after))| {
                let since = (*state >= State::MostlyStable).then(|| self.time(*after));
                json!({ "service": service, "state": key(state.name()), "now": key(now(service).name()), "since": since })
            })
            .collect();
        let last = self.last.iter().flat_map(|look| look.signals.iter().map(|one| (look.after, one)));
        let signals: Vec<Value> = last
            .map(|(after, one)| {
                let named = (one.service.clone(), one.signal.clone());
                let worst = self.worst.get(&named).or_else(|| self.lately.get(&named));
                let (after, told) = worst.map_or((after, one), |(after, worst)| (*after, worst));
                let mut value = json!({ "service": told.service, "signal": told.signal, "kind": told.kind.name() });
                let more = self.verdict(&told.judged, after);
                if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
                    value.extend(more);
                    value.insert("now".to_owned(), json!(verdict_name(&one.judged)));
                }
                value
            })
            .collect();
        let checkpoints: Vec<Value> = self
            .checkpoints
            .iter()
            .map(|(after, look)| {
                let services: Vec<Value> = look
                    .services
                    .iter()
                    .map(|one| json!({ "service": one.service, "state": key(one.state.name()) }))
                    .collect();
                json!({ "checkpoint": short(*after), "at": self.time(*after), "state": key(look.state.name()), "services": services })
            })
            .collect();
        let suspects: Vec<Value> = self
            .suspects
            .iter()
            .map(|one| json!({ "service": one.service, "score": round(one.score), "for": one.evidence, "against": one.against }))
            .collect();
        let last = self.last.as_ref().map_or(State::NotEnough, |look| look.state);
        json!({
            "at": self.time(0),
            "until": self.time(self.until - self.at),
            "overall": key(self.overall().name()),
            "now": key(last.name()),
            "before": key(self.gate.name()),
            "first_alarm_at": self.first_alarm.map(|after| self.time(after)),
            "first_unstable_at": self.first_unstable.map(|after| self.time(after)),
            "services": services,
            "signals": signals,
            "checkpoints": checkpoints,
            "suspects": suspects,
            "considered": self.considered,
            "judged_signals": self.signals,
            "seconds_between_looks": self.every,
            "false_alarm_budget": BUDGET,
        })
    }

    fn verdict(&self, judged: &Judged, after: i64) -> Value {
        match judged {
            Judged::Told(_, numbers) => json!({
                "verdict": verdict_name(judged),
                "at": self.time(after),
                "measured": round(numbers.measured),
                "baseline": round(numbers.baseline),
                "low": round(numbers.low),
                "high": round(numbers.high),
                "ratio": round(numbers.ratio),
                "score": round(numbers.score),
                "bar": round(numbers.bar),
                "placebos": numbers.placebos,
                "window_from": self.time(numbers.from),
                "against": numbers.against.name(),
                "rule": rule(judged),
            }),
            Judged::NotEnough(why) => json!({ "verdict": verdict_name(judged), "at": self.time(after), "why": why }),
            Judged::Vanished { since } => json!({
                "verdict": verdict_name(judged), "at": self.time(after), "vanished_at": self.time(*since), "rule": rule(judged),
            }),
        }
    }

    /// For a terminal.
    pub fn told(&self) -> String {
        let mut text = format!(
            "{}: {} ({} signals of {} services, ",
            self.time(0),
            self.overall().name(),
            self.signals,
            self.services.len()
        );
        let until = self.until - self.at;
        let _ = writeln!(text, "looked at until {})", short(until));
        let _ = writeln!(text, "Before the change: {}", self.gate.name());
        let alarm = |after: Option<i64>| {
            after.map_or("never".to_owned(), |after| format!("{} ({})", short(after), self.time(after)))
        };
        let _ = writeln!(text, "First alarm: {}", alarm(self.first_alarm));
        let bar: Vec<String> =
            self.checkpoints.iter().map(|(after, look)| format!("{} {}", short(*after), look.state.name())).collect();
        if !bar.is_empty() {
            let _ = writeln!(text, "Checkpoints: {}", bar.join(" · "));
        }
        for (service, (state, after)) in self.services.iter().filter(|(_, (state, _))| *state >= State::MostlyStable) {
            let _ = writeln!(text, "\n{service}: {}, told {}", state.name(), short(*after));
            for (_, (after, one)) in self.worst.iter().filter(|((of, _), _)| of == service) {
                let _ = writeln!(text, "  {} {}", one.signal, sentence(&one.judged, *after));
            }
        }
        let unknown: Vec<&str> = self
            .services
            .iter()
            .filter(|(_, (state, _))| *state == State::NotEnough)
            .map(|(name, _)| name.as_str())
            .collect();
        if !unknown.is_empty() {
            let _ = writeln!(text, "\nNot enough data: {}", unknown.join(", "));
        }
        if !self.suspects.is_empty() {
            let _ = writeln!(text, "\nWhere it may have begun, of {} that got worse:", self.considered);
            for suspect in &self.suspects {
                let against = suspect.against.iter().map(|why| format!("; but {why}"));
                let _ = writeln!(
                    text,
                    "  {}: {}{}",
                    suspect.service,
                    suspect.evidence.join("; "),
                    against.collect::<String>()
                );
            }
        }
        text
    }
}

fn verdict_name(judged: &Judged) -> String {
    match judged {
        Judged::Told(verdict, _) => key(verdict.name()),
        Judged::Vanished { .. } => "much_worse".to_owned(),
        Judged::NotEnough(_) => "not_enough_data".to_owned(),
    }
}

/// As programs like it: `mostly_stable`.
fn key(name: &str) -> String {
    name.replace(' ', "_")
}

fn rule(judged: &Judged) -> String {
    match judged {
        Judged::Told(_, numbers) => format!(
            "×{:.2} against {}; {:.1} spreads where {:.1} are wanted, by {} placebos",
            numbers.ratio,
            numbers.against.name(),
            numbers.score.abs(),
            numbers.bar,
            numbers.placebos
        ),
        Judged::Vanished { .. } => "it was measured steadily before the change and is not any more".to_owned(),
        Judged::NotEnough(why) => (*why).to_owned(),
    }
}

fn sentence(judged: &Judged, after: i64) -> String {
    match judged {
        Judged::Told(verdict, numbers) => format!(
            "{} at {}: {} where {} was to be expected (normal {} to {}), {}",
            verdict.name(),
            short(after),
            figure(numbers.measured),
            figure(numbers.baseline),
            figure(numbers.low),
            figure(numbers.high),
            rule(judged)
        ),
        Judged::Vanished { since } => format!("vanished at {}: {}", short(*since), rule(judged)),
        Judged::NotEnough(why) => format!("not enough data: {why}"),
    }
}

/// Six figures are more than anybody measures.
fn round(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return if value.is_finite() { 0.0 } else { f64::MAX.copysign(value) };
    }
    let scale = 10_f64.powi(5 - value.abs().log10().floor() as i32);
    (value * scale).round() / scale
}
