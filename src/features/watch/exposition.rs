//! Series from a file in Prometheus' text format or OpenMetrics: samples with labels and times, as exporters and `promtool` write them.

use super::table::{Table, moment};
use crate::judge::series::{Kind, Series};
use std::collections::BTreeMap;

/// Labels that name the service, the first that is there.
const SERVICE: [&str; 7] = ["service", "job", "app", "application", "destination_workload", "container", "instance"];
/// What of a histogram or a counter says nothing that can be compared by itself.
const PARTS: [&str; 2] = ["_bucket", "_created"];

/// Is it such a file, and no table?
pub fn is_one(text: &str) -> bool {
    text.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(|line| {
        line.starts_with("# TYPE") || line.starts_with("# HELP") || line.starts_with("# UNIT") || line == "# EOF"
    })
}

/// Service, name, other labels, version.
type Named = (String, String, String, Option<String>);
type Sample = (Named, (i64, f64));

pub fn series(text: &str, kinds: &BTreeMap<String, Kind>) -> Result<Table, String> {
    let mut samples: BTreeMap<Named, Vec<(i64, f64)>> = BTreeMap::new();
    let mut table = Table::default();
    for (row, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match sample(line) {
            Ok(None) => {}
            Ok(Some((named, sample))) => samples.entry(named).or_default().push(sample),
            Err(why) => {
                table.left_out += 1;
                table.why.get_or_insert_with(|| format!("line {row}: {why}"));
            }
        }
    }
    let of = |((service, name, labels, version), samples): (Named, Vec<(i64, f64)>)| {
        let signal = if labels.is_empty() { name.clone() } else { format!("{name}{{{labels}}}") };
        let kind = kinds.get(&signal).or(kinds.get(&name)).copied().unwrap_or_else(|| Kind::guessed(&signal));
        // By its name alone it is known for a counter.
        Series { signal, ..Series::new(&service, &name, kind, version, samples) }
    };
    table.series = samples.into_iter().map(of).filter(|series| !series.samples.is_empty()).collect();
    if table.series.is_empty() {
        let why = table
            .why
            .map_or_else(|| "it has no samples".to_owned(), |why| format!("none of its samples can be read ({why})"));
        return Err(format!("{why}. A sample is `http_requests_total{{service=\"checkout\"}} 1027 1764064800`"));
    }
    Ok(table)
}

/// `name{label="value"} 1.5 1764064800`; nothing for the parts of a histogram. A sample without a time says nothing of a change.
fn sample(line: &str) -> Result<Option<Sample>, String> {
    // An exemplar may follow.
    let line = line.split(" # ").next().unwrap_or(line).trim_end();
    let (name, labels, rest) = match line.split_once('{') {
        Some((name, rest)) => {
            let (labels, rest) = labels(rest).ok_or("its labels do not end")?;
            (name.trim(), labels, rest)
        }
        None => {
            let (name, rest) = line.split_once(char::is_whitespace).ok_or("it has no value")?;
            (name, Vec::new(), rest)
        }
    };
    if PARTS.iter().any(|part| name.ends_with(part)) {
        return Ok(None);
    }
    let mut words = rest.split_whitespace();
    let value = words.next().ok_or("it has no value")?;
    let value: f64 = match value {
        "+Inf" | "-Inf" | "NaN" => f64::NAN,
        number => number.parse().map_err(|_| format!("`{number}` is no number"))?,
    };
    let time = words.next().ok_or("it has no time")?;
    let time = moment(time).ok_or_else(|| format!("`{time}` is no time"))?;
    let find = |wanted: &str| labels.iter().find(|(label, _)| label == wanted).map(|(_, value)| value.clone());
    let by = SERVICE.into_iter().find(|label| find(label).is_some());
    let service = by.and_then(find).unwrap_or_else(|| "service".to_owned());
    let others: Vec<String> = labels
        .iter()
        .filter(|(label, _)| Some(label.as_str()) != by && label != "version" && !SERVICE.contains(&label.as_str()))
        .map(|(label, value)| format!("{label}=\"{value}\""))
        .collect();
    Ok(Some(((service, name.to_owned(), others.join(","), find("version")), (time, value))))
}

/// Up to the closing brace that stands in no value, and what follows it.
fn labels(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Some((found, after));
        }
        let (label, after) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut letters = after.char_indices();
        let end = loop {
            match letters.next()? {
                (_, '\\') => match letters.next()?.1 {
                    'n' => value.push('\n'),
                    other => value.push(other),
                },
                (place, '"') => break place,
                (_, letter) => value.push(letter),
            }
        };
        found.push((label.trim().to_owned(), value));
        rest = after[end + 1..].trim_start().trim_start_matches(',').trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_signals_of_the_service_their_labels_name() {
        let text = "# TYPE http_requests counter\n\
            http_requests_total{job=\"pay\",code=\"200\"} 10 1764064800\n\
            http_requests_total{job=\"pay\",code=\"500\"} 1 1764064800.000 # {trace=\"a\"} 1\n\
            latency_p95{service=\"shop\",version=\"v2\",path=\"/a\\\"b}\"} 0.2 1764064800000\n\
            x_bucket{job=\"pay\",le=\"1\"} 3 1764064800\nodd{job=\"pay\"} soon 1764064800\nodd{job=\"pay\"} 1\n# EOF\n";
        assert!(is_one(text) && !is_one("timestamp,service,signal,value\n"));
        let table = series(text, &BTreeMap::new()).expect("readable");
        let named: Vec<(&str, &str, Option<&str>, Kind)> = table
            .series
            .iter()
            .map(|one| (one.service.as_str(), one.signal.as_str(), one.version.as_deref(), one.kind))
            .collect();
        assert_eq!(
            named,
            [
                ("pay", "http_requests_total{code=\"200\"}", None, Kind::Traffic),
                ("pay", "http_requests_total{code=\"500\"}", None, Kind::Errors),
                ("shop", "latency_p95{path=\"/a\"b}\"}", Some("v2"), Kind::Latency),
            ]
        );
        assert_eq!(table.series[2].samples, [(1_764_064_800, 0.2)]);
        assert_eq!((table.left_out, table.why.as_deref()), (2, Some("line 6: `soon` is no number")));
    }

    #[test]
    fn what_holds_no_samples_is_said() {
        let why = series("# EOF\n", &BTreeMap::new()).expect_err("nothing");
        assert!(why.starts_with("it has no samples. A sample is `http_requests_total{"), "{why}");
        let why = series("# TYPE a gauge\na{b=\"c\" 1 2\n", &BTreeMap::new()).expect_err("nothing");
        assert!(why.starts_with("none of its samples can be read (line 2: its labels do not end)."), "{why}");
    }
}
