//! Does the judge cry wolf, does it see, and what does a look cost?
//!
//! Real series from `metrics` of the shared data: PetShop (41 services, 5 minutes, 49 hours with nothing wrong, and 16 issues, put after
//! that history), Microsoft's cloud monitoring (38 series with labels). Beside it, on the same looks, two peers in their own rules: the day
//! before plus three standard deviations, and Kayenta's Mann–Whitney test (98 % interval of the shift, tolerance a quarter of it) against the
//! hour before. Then power curves on simulated services, and the price of a look.

#[path = "../it/support/petshop.rs"]
mod petshop_data;
#[path = "../it/support/simulated.rs"]
mod simulated;

use petshop_data::{Samples, shop};
use simulated::{BEGIN, DAY, HOUR, service};
use slipway::features::watch::table;
use slipway::judge::series::{Kind, Series};
use slipway::judge::state::State;
use slipway::judge::suspects::{Graph, rank};
use slipway::judge::watch::{Look, Watch};
use std::path::{Path, PathBuf};
use std::time::Instant;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let data = std::env::var_os("SLIPWAY_SHARED").map_or(shared, PathBuf::from).join("data/metrics");
    let mut failed = Vec::new();
    if data.is_dir() {
        failed.extend(petshop(&data.join("petshop")));
        failed.extend(cloud(&data.join("cloud-monitoring")));
    } else {
        not_run("quality of the judge: the series are not here");
    }
    failed.extend(power());
    failed.extend(price());
    assert!(failed.is_empty(), "{failed:#?}");
}

fn not_run(what: &str) {
    println!("not run: {what}");
    if let Ok(list) = std::env::var("SLIPWAY_NOT_RUN") {
        use std::io::Write as _;
        let file = std::fs::OpenOptions::new().append(true).create(true).open(list);
        file.and_then(|mut file| writeln!(file, "{what}")).expect("the list is ours");
    }
}

/// Stops at the first look that says so.
fn first(series: &[Series], at: i64, seconds: i64, is: impl Fn(&Look) -> bool) -> Option<i64> {
    let mut watch = Watch::new(series, at);
    (1..=seconds / 60).find_map(|minute| watch.look(minute * 60).filter(&is).map(|look| look.after))
}

fn unstable(look: &Look) -> bool {
    look.state == State::Unstable
}

// ── PetShop ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

fn as_series(samples: &Samples) -> Vec<Series> {
    samples
        .iter()
        .map(|((of, name), values)| Series::new(of, name, Kind::guessed(name), None, values.clone()))
        .collect()
}

fn ends(samples: &Samples) -> (i64, i64) {
    let times = || samples.values().flatten().map(|(time, _)| *time);
    (times().min().expect("not empty"), times().max().expect("not empty"))
}

fn petshop(data: &Path) -> Vec<String> {
    let (mut quiet, mut alarms, mut days_before, mut kayenta) = (0, 0, 0, 0);
    let (mut issues, mut found, mut origins, mut peer_found) = (0, 0, 0, [0, 0]);
    for load in ["low_traffic", "high_traffic"] {
        let history = shop(&data.join(load).join("noissue/metrics.csv"));
        let (begin, end) = ends(&history);
        let series = as_series(&history);
        // Every hour with four hours before it; each is watched for a day, or to the end.
        for at in (begin + 4 * HOUR..=end - HOUR).step_by(HOUR as usize) {
            quiet += 1;
            alarms += usize::from(first(&series, at, (end - at).min(DAY), unstable).is_some());
            days_before += usize::from(series.iter().any(|one| three_sigma(one, at, at + HOUR)));
            kayenta += usize::from(series.iter().any(|one| mann_whitney(one, at, at + HOUR)));
        }
        let graph = std::fs::read_to_string(data.join(load).join("graph.csv")).expect("readable");
        let graph: Graph = table::graph(&graph).expect("a graph");
        for place in 0..8 {
            let folder = data.join(load).join(format!("train/issue_{place}"));
            let issue = shop(&folder.join("metrics.csv"));
            let told: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(folder.join("target.json")).expect("readable"))
                    .expect("JSON");
            let named = |what: &str| told[what]["node"].as_str().expect("a service").to_owned();
            let (target, origin) = (named("target"), named("root_cause"));
            let (from, _) = ends(&issue);
            let mut samples: Samples = history.clone();
            samples.values_mut().flatten().for_each(|(time, _)| *time += from - 300 - end);
            for (key, values) in &issue {
                samples.entry(key.clone()).or_default().extend(values);
            }
            let series = as_series(&samples);
            // The samples in which it shows begin here.
            let seen = told["target"]["timestamp"].as_i64().expect("a time") - from;
            let at = from + seen.div_euclid(300) * 300 + if seen.rem_euclid(300) > 200 { 300 } else { 0 };
            issues += 1;
            let of_target =
                |look: &Look| look.services.iter().any(|one| one.service == target && one.state == State::Unstable);
            found += usize::from(first(&series, at, 1_500, of_target).is_some());
            let mut watch = Watch::new(&series, at);
            let look = (1..=25).find_map(|minute| watch.look(minute * 60).filter(unstable));
            let suspects = look.map(|look| rank(&look.symptoms(), &graph, watch.every())).unwrap_or_default();
            origins += usize::from(suspects.first().is_some_and(|suspect| suspect.service == origin));
            let of_target = || series.iter().filter(|one| one.service == target);
            peer_found[0] += usize::from(of_target().any(|one| three_sigma(one, at, at + 900)));
            peer_found[1] += usize::from(of_target().any(|one| mann_whitney(one, at, at + 900)));
        }
    }
    let share = |count: usize, of: usize| count as f64 / of as f64;
    println!(
        "PetShop, {quiet} harmless deployments with any service called unstable within a day: {:.1} % (limit 5 %)\n  \
         beside it, any signal in the first hour: three sigma {:.0} %, Mann–Whitney {:.0} %",
        100.0 * share(alarms, quiet),
        100.0 * share(days_before, quiet),
        100.0 * share(kayenta, quiet)
    );
    println!(
        "PetShop, {issues} issues of ten minutes, target called unstable: {found} (limit 60 %); its origin named first: {origins}\n  \
         beside it, any signal of the target: three sigma {}, Mann–Whitney {}",
        peer_found[0], peer_found[1]
    );
    let mut failed = Vec::new();
    if share(alarms, quiet) > 0.05 {
        failed.push(format!("{alarms} of {quiet} harmless deployments were called unstable"));
    }
    if share(found, issues) < 0.6 {
        failed.push(format!("the target of {found} of {issues} issues was found"));
    }
    failed
}

// ── Microsoft's series ──────────────────────────────────────────────────────────────────────────────────────────────────

fn cloud(data: &Path) -> Vec<String> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(data).expect("readable").flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    let (mut days, mut alarms, mut spans, mut found, mut spikes) = (0, 0, 0, 0, 0);
    let (mut sigma_days, mut sigma_found) = (0, 0);
    let alarm = |look: &Look| look.state >= State::MostlyStable;
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("readable");
        let row = |line: &str| {
            let cells: Vec<&str> = line.split(',').map(|cell| cell.trim_matches('"')).collect();
            Some((table::moment(cells[0])?, cells[1].parse::<f64>().ok()?, cells[2] == "1"))
        };
        let rows: Vec<(i64, f64, bool)> = text.lines().skip(1).filter_map(row).collect();
        let samples = rows.iter().map(|(time, value, _)| (*time, *value)).collect();
        let series =
            [Series::new("service", &name, Kind::guessed(name.split("__").next().unwrap_or(&name)), None, samples)];
        let (step, begin, end) = (series[0].step(), rows[0].0, rows[rows.len() - 1].0);
        for at in (begin + 2 * DAY..=end - DAY).step_by(DAY as usize) {
            if rows.iter().any(|(time, _, labelled)| *labelled && (at - 2 * HOUR..at + DAY).contains(time)) {
                continue;
            }
            days += 1;
            alarms += usize::from(first(&series, at, DAY, alarm).is_some());
            sigma_days += usize::from((1..=24).any(|hour| three_sigma(&series[0], at, at + hour * HOUR)));
        }
        let mut place = 0;
        while place < rows.len() {
            if !rows[place].2 {
                place += 1;
                continue;
            }
            let (from, mut last) = (rows[place].0, place);
            while place < rows.len() && rows[place].0 - rows[last].0 <= 6 * step.max(600) {
                if rows[place].2 {
                    last = place;
                }
                place += 1;
            }
            if from <= begin + DAY {
                continue;
            }
            let until = (rows[last].0 + step - from + (2 * step).max(1_800)).min(DAY);
            spans += 1;
            let seen = first(&series, from, until, alarm).is_some();
            found += usize::from(seen);
            sigma_found += usize::from(
                (1..=until / step.max(300)).any(|look| three_sigma(&series[0], from, from + look * step.max(300))),
            );
            // Most of that series' spans are one or two minutes long.
            spikes += usize::from(name.contains("mongodb-machine") && !seen);
        }
    }
    let per_day = alarms as f64 / days as f64;
    println!(
        "Microsoft, {days} days without a label: {per_day:.3} alarms a series and day (limit 0.05); of {spans} labelled spans {found} told: {:.2} \
         (wanted 0.70; {spikes} of the others are of one series with spikes of a minute)\n  beside it, three sigma: {:.2} a day, {:.2} told",
        found as f64 / spans as f64,
        sigma_days as f64 / days as f64,
        sigma_found as f64 / spans as f64
    );
    if per_day > 0.05 { vec![format!("{per_day:.3} alarms on a quiet day")] } else { Vec::new() }
}

// ── Peers ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

fn between(series: &Series, from: i64, until: i64) -> Vec<f64> {
    let inside = series.samples.iter().filter(|(time, _)| (from..until).contains(time));
    inside.map(|(_, value)| *value).collect()
}

/// The mean of the last hour or less against the same hour a day before, plus (traffic: or minus) three of its deviations.
fn three_sigma(series: &Series, at: i64, now: i64) -> bool {
    let from = at.max(now - HOUR);
    let (lately, before) = (between(series, from, now), between(series, from - DAY, now - DAY));
    if lately.is_empty() || before.len() < 2 {
        return false;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let usual = mean(&before);
    let deviation =
        (before.iter().map(|value| (value - usual).powi(2)).sum::<f64>() / (before.len() - 1) as f64).sqrt();
    let away = mean(&lately) - usual;
    let away = if matches!(series.kind, Kind::Traffic | Kind::Other) { away.abs() } else { away };
    away > 3.0 * deviation && away > 0.0
}

/// Hodges and Lehmann's estimate of the shift with its 98 % interval; the interval has to clear a quarter of the estimate.
fn mann_whitney(series: &Series, at: i64, now: i64) -> bool {
    let (after, before) = (between(series, at, now), between(series, at - HOUR, at));
    let pairs = after.len() * before.len();
    if pairs == 0 {
        return false;
    }
    let mut shifts: Vec<f64> = after.iter().flat_map(|one| before.iter().map(move |other| one - other)).collect();
    shifts.sort_by(f64::total_cmp);
    let spread = (pairs as f64 * (after.len() + before.len() + 1) as f64 / 12.0).sqrt();
    let edge = (pairs as f64 / 2.0 - 2.326 * spread).floor().max(0.0) as usize;
    let (low, high, estimate) = (shifts[edge], shifts[pairs - 1 - edge], shifts[pairs / 2]);
    let tolerance = 0.25 * estimate.abs();
    let up = low > tolerance && low > 0.0;
    let down = high < -tolerance && high < 0.0;
    if matches!(series.kind, Kind::Traffic | Kind::Other) { up || down } else { up }
}

// ── Simulated ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Share of simulated services whose quantiles get slower that is called unstable within 30 minutes, and within two hours.
fn power() -> Vec<String> {
    const RUNS: u64 = 100;
    let at = BEGIN + 7 * DAY + 11 * HOUR;
    let (mut quiet, mut points) = (0, Vec::new());
    println!(
        "simulated (daily cycle ±30 %, days ±6 %, noise 10 % at lag-1 0.8; 4 signals, a week before), {RUNS} runs each:"
    );
    for percent in [0, 10, 20, 30, 40, 50, 75, 100] {
        let times = 1.0 + f64::from(percent) / 100.0;
        let (mut soon, mut later) = (0, 0);
        for seed in 0..RUNS {
            let slower =
                |signal: &str, time| if signal.starts_with("latency") && BEGIN + time >= at { times } else { 1.0 };
            let series = service("shop", 1_000 + seed, 300, 8, slower);
            let seen = first(&series, at, if percent == 0 { 12 * HOUR } else { 2 * HOUR }, unstable);
            soon += u64::from(seen.is_some_and(|after| after <= 1_800));
            later += u64::from(seen.is_some());
        }
        points.push((f64::from(percent), if percent == 0 { 0 } else { soon }, later));
        if percent == 0 {
            quiet = later;
            println!("  nothing: {later} called unstable within 12 hours");
        } else {
            println!("  +{percent} %: {soon} within 30 minutes, {later} within 2 hours");
        }
    }
    draw(&points);
    if quiet > 5 {
        vec![format!("{quiet} of {RUNS} quiet simulated services were called unstable")]
    } else {
        Vec::new()
    }
}

/// The curves as `target/pictures/power.svg`; `tests/bench/power.svg` is the one that the README shows.
fn draw(points: &[(f64, u64, u64)]) {
    use std::fmt::Write as _;
    let (x, y) = (|percent: f64| 70.0 + percent * 5.4, |found: f64| 250.0 - found * 2.0);
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"660\" height=\"330\" font-family=\"sans-serif\" font-size=\"14\">\n\
         <rect width=\"660\" height=\"330\" fill=\"#ffffff\"/>\n\
         <text x=\"70\" y=\"28\" font-size=\"16\">A simulated service gets slower: in how many of 100 runs is it told?</text>\n",
    );
    for step in 0..=4 {
        let found = f64::from(step) * 25.0;
        let _ = writeln!(
            svg,
            "<line x1=\"70\" y1=\"{0}\" x2=\"610\" y2=\"{0}\" stroke=\"#e3e6ec\"/><text x=\"60\" y=\"{1}\" text-anchor=\"end\">{found}</text>\
             <text x=\"{2}\" y=\"272\" text-anchor=\"middle\">+{found} %</text>",
            y(found),
            y(found) + 5.0,
            x(found)
        );
    }
    let curves = [("within 2 hours", "#0b4f9e", ""), ("within 30 minutes", "#b86b00", " stroke-dasharray=\"9 5\"")];
    for (place, (name, colour, dashes)) in curves.into_iter().enumerate() {
        let told = |(_, soon, later): &(f64, u64, u64)| (if place == 0 { *later } else { *soon }) as f64;
        let line: Vec<String> = points.iter().map(|point| format!("{:.1},{:.1}", x(point.0), y(told(point)))).collect();
        let left = 70 + place * 230;
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"3\"{dashes}/>\n\
             <line x1=\"{left}\" y1=\"303\" x2=\"{}\" y2=\"303\" stroke=\"{colour}\" stroke-width=\"3\"{dashes}/><text x=\"{}\" y=\"308\">{name}</text>",
            line.join(" "),
            left + 36,
            left + 46
        );
    }
    svg.push_str("</svg>\n");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(folder.join("power.svg"), svg)).expect("writable");
}

/// What a look at one signal costs, with a week of history by the minute.
fn price() -> Vec<String> {
    let at = BEGIN + 7 * DAY;
    let series: Vec<Series> =
        (0..25).flat_map(|seed| service(&format!("s{seed}"), 3_000 + seed, 60, 8, |_, _| 1.0)).collect();
    let begun = Instant::now();
    let mut watch = Watch::new(&series, at);
    let prepared = begun.elapsed().as_secs_f64() * 1e6 / series.len() as f64;
    let begun = Instant::now();
    let looks = (1..=8 * 60).filter_map(|minute| watch.look(minute * 60)).count();
    let look = begun.elapsed().as_secs_f64() * 1e6 / (looks * series.len()) as f64;
    println!("a signal with a week by the minute: prepared in {prepared:.0} µs, a look {look:.0} µs (limit 1,000)");
    if look > 1_000.0 { vec![format!("a look takes {look:.0} µs")] } else { Vec::new() }
}
