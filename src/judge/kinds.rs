//! What matters of each kind of signal: which effects, on which scale, and on how many requests a figure has to rest.

use super::series::{Blocks, Kind, Series, median};

/// Effects that matter, as ratios: what is worse and what is much worse upwards, and downwards where that is worse too.
pub struct Matters {
    pub up: f64,
    pub much_up: Option<f64>,
    pub down: Option<(f64, f64)>,
}

pub fn matters(kind: Kind) -> Matters {
    match kind {
        Kind::Errors => Matters { up: 1.7, much_up: Some(3.0), down: None },
        Kind::Latency => Matters { up: 1.15, much_up: Some(1.6), down: None },
        // More is asked for many reasons; by itself that is never much worse.
        Kind::Traffic => Matters { up: 1.6, much_up: None, down: Some((0.65, 0.35)) },
        Kind::Saturation => Matters { up: 1.3, much_up: Some(2.0), down: None },
        Kind::Other => Matters { up: 1.5, much_up: Some(3.0), down: Some((0.67, 0.33)) },
    }
}

/// How far a signal of this kind strays by itself, where nothing is known of this one; as a logarithm.
pub fn prior(kind: Kind) -> f64 {
    match kind {
        Kind::Errors => 0.30,
        Kind::Latency => 0.08,
        Kind::Traffic => 0.12,
        Kind::Saturation => 0.10,
        Kind::Other => 0.15,
    }
}

/// What is next to nothing, and the least effect in points where the scale has an end.
pub fn scale(kind: Kind, known: &[f64]) -> (f64, Option<f64>) {
    let mut positive: Vec<f64> = known.iter().copied().filter(|value| *value > 0.0).collect();
    let (most, usual) = (known.iter().copied().fold(0.0, f64::max), median(&mut positive));
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let share = most <= 1.0 && (most == 0.0 || known.iter().any(|value| value.fract() != 0.0));
    match kind {
        Kind::Errors if share => (mean.max(0.002), Some(0.003)),
        Kind::Errors => (usual * 0.5, None),
        Kind::Saturation if most <= 1.0 => (0.05, Some(0.08)),
        Kind::Saturation if most <= 100.0 => (5.0, Some(8.0)),
        _ => ((usual * 0.05).max(1e-12), None),
    }
}

/// Of requests, which share does a figure of this name rest on? `p95` on one in twenty.
pub fn rests_on(signal: &str) -> f64 {
    let name = signal.to_lowercase();
    let digits = name.split(|letter: char| !letter.is_ascii_alphanumeric()).find_map(|part| {
        let digits = part.strip_prefix(['p', 'q']).unwrap_or(part);
        (digits.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    });
    let share = digits.and_then(|digits| format!("0.{digits}").parse::<f64>().ok());
    share.filter(|share| *share >= 0.5).map_or(0.25, |share| (1.0 - share).max(0.001))
}

/// How many there were in each block. Whole numbers count what came since the sample before, others are a rate per second.
pub fn requests(traffic: &Series, at: i64, length: i64) -> Blocks {
    let known: Vec<f64> = traffic.samples.iter().filter(|(time, _)| *time < at).map(|(_, value)| *value).collect();
    let counts = known.iter().filter(|value| value.fract() == 0.0).count() * 10 >= known.len() * 9;
    let each = if counts { length as f64 / traffic.step().min(length) as f64 } else { length as f64 };
    Blocks::of(&traffic.samples, at, length).map(|_, value| value * each)
}
