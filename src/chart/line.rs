//! One signal around a change: as it is, as it was a day and a week before, and the band of what would be normal.
//!
//! Told apart by dashes as well as by colour; letters large enough for a phone.

use super::{escaped, png};
use std::fmt::Write as _;

/// What is drawn. Times are Unix seconds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub title: String,
    /// When the change went live, and what is written there.
    pub at: i64,
    pub mark: String,
    pub now: Vec<(i64, f64)>,
    /// Moved to the time they are compared with.
    pub day_before: Vec<(i64, f64)>,
    pub week_before: Vec<(i64, f64)>,
    /// Of what is normal since the change.
    pub low: f64,
    pub high: f64,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 340.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 18.0;
const TOP: f64 = 62.0;
const BOTTOM: f64 = 64.0;
/// Points of a line that a picture shows; of more, each is the mean of its neighbours.
const POINTS: usize = 240;

/// Nothing of nothing.
pub fn line(line: &Line) -> Option<Vec<u8>> {
    let (from, until) = (line.now.first()?.0, line.now.last()?.0);
    if until <= from {
        return None;
    }
    let within = |samples: &[(i64, f64)]| -> Vec<(i64, f64)> {
        thinned(&samples.iter().filter(|(time, _)| (from..=until).contains(time)).copied().collect::<Vec<_>>())
    };
    let (now, day, week) = (within(&line.now), within(&line.day_before), within(&line.week_before));
    let values = now.iter().chain(&day).chain(&week).map(|(_, value)| *value).chain([line.high.min(most(&now) * 2.0)]);
    let top = nice(values.fold(0.0, f64::max));
    let x = |time: i64| LEFT + (time - from) as f64 / (until - from) as f64 * (WIDTH - LEFT - RIGHT);
    let y = |value: f64| HEIGHT - BOTTOM - (value / top).clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"DejaVu Sans\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\
         <text x=\"16\" y=\"28\" font-size=\"17\" fill=\"#1a1e29\">{}</text>",
        escaped(&line.title)
    );
    grid(&mut svg, top, y);
    times(&mut svg, from, until, x);
    let live = x(line.at.clamp(from, until));
    let (high, low) = (y(line.high), y(line.low));
    let _ = write!(
        svg,
        "<rect x=\"{live:.1}\" y=\"{high:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#cfe3d6\"/>",
        WIDTH - RIGHT - live,
        (low - high).max(1.0)
    );
    let mut path = |samples: &[(i64, f64)], style: &str| {
        if samples.len() < 2 {
            return;
        }
        let points: Vec<String> =
            samples.iter().map(|(time, value)| format!("{:.1},{:.1}", x(*time), y(*value))).collect();
        let _ = write!(svg, "<polyline points=\"{}\" fill=\"none\" {style}/>", points.join(" "));
    };
    path(&week, "stroke=\"#8a93a3\" stroke-width=\"2\" stroke-dasharray=\"2 5\"");
    path(&day, "stroke=\"#b86b00\" stroke-width=\"2\" stroke-dasharray=\"9 5\"");
    path(&now, "stroke=\"#0b4f9e\" stroke-width=\"3\"");
    let _ = write!(
        svg,
        "<line x1=\"{live:.1}\" y1=\"{TOP}\" x2=\"{live:.1}\" y2=\"{:.1}\" stroke=\"#1a1e29\" stroke-width=\"2\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"14\" fill=\"#1a1e29\" text-anchor=\"{}\">{}</text>",
        HEIGHT - BOTTOM,
        if live > WIDTH / 2.0 { live - 6.0 } else { live + 6.0 },
        TOP - 8.0,
        if live > WIDTH / 2.0 { "end" } else { "start" },
        escaped(&line.mark)
    );
    legend(&mut svg, !day.is_empty(), !week.is_empty());
    svg.push_str("</svg>");
    png(&svg)
}

fn grid(svg: &mut String, top: f64, y: impl Fn(f64) -> f64) {
    for quarter in 0..=4 {
        let value = top * f64::from(quarter) / 4.0;
        let at = y(value);
        let _ = write!(
            svg,
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{}\" y2=\"{at:.1}\" stroke=\"#e3e6ec\"/>\
             <text x=\"{}\" y=\"{:.1}\" font-size=\"14\" text-anchor=\"end\" fill=\"#545d6e\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 5.0,
            figure(value)
        );
    }
}

/// Four to eight whole hours or parts of one.
fn times(svg: &mut String, from: i64, until: i64, x: impl Fn(i64) -> f64) {
    const STEPS: [i64; 9] = [300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];
    let step = STEPS.into_iter().find(|step| (until - from) / step <= 7).unwrap_or(86_400);
    let mut time = (from / step + 1) * step;
    while time < until {
        let label =
            chrono::DateTime::from_timestamp(time, 0).map(|at| at.format("%H:%M").to_string()).unwrap_or_default();
        let _ = write!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" font-size=\"14\" text-anchor=\"middle\" fill=\"#545d6e\">{label}</text>",
            x(time),
            HEIGHT - BOTTOM + 20.0
        );
        time += step;
    }
}

fn legend(svg: &mut String, day: bool, week: bool) {
    let y = HEIGHT - 16.0;
    let mut x = LEFT;
    let mut entry = |sample: &str, text: &str, wide: f64| {
        let _ = write!(
            svg,
            "<g transform=\"translate({x},{y})\">{sample}<text x=\"40\" y=\"5\" font-size=\"14\" fill=\"#1a1e29\">{text}</text></g>"
        );
        x += wide;
    };
    entry("<line x1=\"0\" y1=\"0\" x2=\"32\" y2=\"0\" stroke=\"#0b4f9e\" stroke-width=\"3\"/>", "now", 96.0);
    if day {
        let sample = "<line x1=\"0\" y1=\"0\" x2=\"32\" y2=\"0\" stroke=\"#b86b00\" stroke-width=\"2\" stroke-dasharray=\"9 5\"/>";
        entry(sample, "a day before", 160.0);
    }
    if week {
        let sample = "<line x1=\"0\" y1=\"0\" x2=\"32\" y2=\"0\" stroke=\"#8a93a3\" stroke-width=\"2\" stroke-dasharray=\"2 5\"/>";
        entry(sample, "a week before", 170.0);
    }
    entry("<rect x=\"0\" y=\"-7\" width=\"32\" height=\"14\" fill=\"#cfe3d6\"/>", "normal · UTC", 150.0);
}

fn thinned(samples: &[(i64, f64)]) -> Vec<(i64, f64)> {
    let size = samples.len().div_ceil(POINTS).max(1);
    let mean = |chunk: &[(i64, f64)]| {
        let all: f64 = chunk.iter().map(|(_, value)| value).sum();
        (chunk[chunk.len() / 2].0, all / chunk.len() as f64)
    };
    samples.chunks(size).map(mean).collect()
}

fn most(samples: &[(i64, f64)]) -> f64 {
    samples.iter().map(|(_, value)| *value).fold(0.0, f64::max)
}

/// The next of 1, 2, 4, 5, 8 times a power of ten.
fn nice(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= value).unwrap_or(value)
}

fn figure(value: f64) -> String {
    let text = match value {
        0.0 => "0".to_owned(),
        _ if value.abs() >= 100.0 => format!("{value:.0}"),
        _ if value.abs() >= 1.0 => format!("{value:.1}"),
        _ if value.abs() >= 0.01 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    };
    if text.contains('.') && !text.contains('e') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_a_line_and_none_of_nothing() {
        let samples = |level: f64| -> Vec<(i64, f64)> { (0..360).map(|minute| (minute * 60, level)).collect() };
        let drawn = Line {
            title: "latency_p95 of pay".to_owned(),
            at: 10_800,
            mark: "live".to_owned(),
            now: samples(0.4),
            day_before: samples(0.2),
            low: 0.15,
            high: 0.25,
            ..Line::default()
        };
        let bytes = line(&drawn).expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 5_000, "{}", bytes.len());
        assert_eq!(line(&Line::default()), None);
        assert_eq!((nice(0.43), nice(730.0), nice(0.0)), (0.5, 800.0, 1.0));
    }
}
