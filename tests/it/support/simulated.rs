//! Measurements of services that never were: a daily cycle of ±30 %, days that differ by 6 %, noise of 10 % that lasts (lag-1 0.8).
#![allow(dead_code)]

use slipway::judge::series::{Kind, Series};

/// 2026-11-02 00:00 UTC, a Monday.
pub const BEGIN: i64 = 1_793_577_600;
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;

/// Numbers that look random and are the same each time (SplitMix64).
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn even(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Of the standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (one, other) = (self.even().max(1e-12), self.even());
        (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }
}

/// One value each `step` seconds for so many days, around `level`; `effect` multiplies it, by seconds since the beginning.
pub fn values(seed: u64, level: f64, step: i64, days: i64, effect: impl Fn(i64) -> f64) -> Vec<(i64, f64)> {
    let mut chance = Chance(seed);
    let daily: Vec<f64> = (0..=days).map(|_| (chance.normal() * 0.06).exp()).collect();
    let keep = 0.8_f64.powf(step as f64 / 300.0);
    let mut noise = chance.normal();
    (0..days * DAY / step)
        .map(|place| {
            let time = place * step;
            noise = keep * noise + (1.0 - keep * keep).sqrt() * chance.normal();
            let cycle = 1.0 + 0.3 * (std::f64::consts::TAU * time as f64 / DAY as f64).sin();
            let day = daily[usize::try_from(time / DAY).unwrap_or(0)];
            (BEGIN + time, level * cycle * day * (noise * 0.10).exp() * effect(time))
        })
        .collect()
}

pub fn series(service: &str, signal: &str, samples: Vec<(i64, f64)>) -> Series {
    Series::new(service, signal, Kind::guessed(signal), None, samples)
}

/// A service with steady traffic, few errors and two quantiles; `effect` says what becomes of a signal.
pub fn service(name: &str, seed: u64, step: i64, days: i64, effect: impl Fn(&str, i64) -> f64) -> Vec<Series> {
    let of = |place: u64, signal: &'static str, level: f64| {
        series(name, signal, values(seed * 16 + place, level, step, days, |time| effect(signal, time)))
    };
    vec![
        of(1, "requests_per_second", 80.0),
        of(2, "error_ratio", 0.002),
        of(3, "latency_p50", 0.045),
        of(4, "latency_p95", 0.180),
    ]
}
