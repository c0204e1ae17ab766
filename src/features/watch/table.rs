//! Series and graphs from CSV tables, as exporters and notebooks write them.

use crate::judge::series::{Kind, Series};
use crate::judge::suspects::Graph;
use chrono::{DateTime, NaiveDateTime};
use std::collections::BTreeMap;

/// What a table of series holds.
#[derive(Debug, Default)]
pub struct Table {
    pub series: Vec<Series>,
    /// Rows that could not be read, with the first reason.
    pub left_out: usize,
    pub why: Option<String>,
}

/// Service, signal, version.
type Named = (String, String, Option<String>);

/// Columns by the names they go under.
const TIME: &[&str] = &["timestamp", "time", "ts", "datetime", "date"];
const SERVICE: &[&str] = &["service", "app", "module", "component", "job"];
const SIGNAL: &[&str] = &["signal", "metric", "name", "kpi"];
const VALUE: &[&str] = &["value", "val", "v"];
const VERSION: &[&str] = &["version", "release", "revision"];

/// In milliseconds from there on: as seconds it would be the year 5138.
const MILLISECONDS: f64 = 1e11;

/// `kinds`: what was said of signals by name; the others are read from their names.
pub fn series(text: &str, kinds: &BTreeMap<String, Kind>) -> Result<Table, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| format!("its first line cannot be read: {error}"))?.clone();
    let place = |names: &[&str]| {
        header.iter().position(|cell| names.contains(&cell.trim_start_matches('\u{feff}').to_lowercase().as_str()))
    };
    let wanted = |names: &[&str]| {
        place(names).ok_or_else(|| {
            let has: Vec<&str> = header.iter().collect();
            format!(
                "it has no column `{}`; it has {}. Wanted are `timestamp,service,signal,value`, and `version` if versions run side by side",
                names[0],
                if has.is_empty() { "none".to_owned() } else { has.join(", ") }
            )
        })
    };
    let (time, service, signal, value) = (wanted(TIME)?, wanted(SERVICE)?, wanted(SIGNAL)?, wanted(VALUE)?);
    let version = place(VERSION);
    let mut samples: BTreeMap<Named, Vec<(i64, f64)>> = BTreeMap::new();
    let mut table = Table::default();
    for (row, record) in (2..).zip(reader.records()) {
        let read = || -> Result<_, String> {
            let record = record.map_err(|error| error.to_string())?;
            let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
            let at = moment(&cell(time)).ok_or_else(|| format!("`{}` is no time", cell(time)))?;
            let value: f64 = match cell(value).as_str() {
                // As many write that nothing was measured.
                "" | "null" | "NULL" | "None" | "NA" => f64::NAN,
                number => number.parse().map_err(|_| format!("`{number}` is no number"))?,
            };
            let version = version.map(cell).filter(|version| !version.is_empty());
            Ok(((cell(service), cell(signal), version), (at, value)))
        };
        match read() {
            Ok((key, sample)) => samples.entry(key).or_default().push(sample),
            Err(why) => {
                table.left_out += 1;
                table.why.get_or_insert_with(|| format!("row {row}: {why}"));
            }
        }
    }
    let of = |((service, signal, version), samples): (Named, Vec<(i64, f64)>)| {
        let kind = kinds.get(&signal).copied().unwrap_or_else(|| Kind::guessed(&signal));
        Series::new(&service, &signal, kind, version, samples)
    };
    let rows = samples.values().map(Vec::len).sum::<usize>();
    table.series = samples.into_iter().map(of).filter(|series| !series.samples.is_empty()).collect();
    if table.series.is_empty() {
        let why = match table.why {
            Some(why) if rows == 0 => format!("none of its rows can be read ({why})"),
            _ if rows == 0 => "it has no rows".to_owned(),
            _ => "none of its values is a number".to_owned(),
        };
        return Err(format!("{why}. A row is `2026-11-25T10:00:00Z,checkout,error_rate,0.02`"));
    }
    Ok(table)
}

/// RFC 3339, Unix seconds, or a date with a time, which is meant as UTC.
pub fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        let seconds = if number >= MILLISECONDS { number / 1_000.0 } else { number };
        return (seconds.is_finite() && seconds >= 0.0).then_some(seconds.floor() as i64);
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp());
    }
    let forms = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|at| at.and_utc().timestamp())
}

/// Who calls whom: a list of pairs (`caller,callee`), or a square of numbers in which a row calls the columns that are not 0.
pub fn graph(text: &str) -> Result<Graph, String> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().collect::<Result<_, _>>().map_err(|error| format!("it is no table: {error}"))?;
    let Some((header, rows)) = rows.split_first() else { return Err("it is empty".to_owned()) };
    let is_square = header.len() > 2
        && !rows.is_empty()
        && rows.iter().all(|row| row.iter().skip(1).all(|cell| cell.parse::<f64>().is_ok()));
    if is_square {
        let called = rows.iter().flat_map(|row| {
            let caller = row.get(0).unwrap_or_default().to_owned();
            let calls = header.iter().zip(row.iter()).skip(1).filter(|(_, cell)| cell.parse::<f64>() != Ok(0.0));
            calls.map(move |(callee, _)| (caller.clone(), callee.to_owned()))
        });
        return Ok(Graph::new(called));
    }
    let place = |names: &[&str]| header.iter().position(|cell| names.contains(&cell.to_lowercase().as_str()));
    let (from, to) =
        (place(&["caller", "from", "source", "parent"]), place(&["callee", "to", "target", "destination", "child"]));
    let (from, to, rows) = match (from, to) {
        (Some(from), Some(to)) => (from, to, rows.to_vec()),
        _ if header.len() == 2 => (0, 1, std::iter::once(header.clone()).chain(rows.iter().cloned()).collect()),
        _ => return Err("it is neither a list of `caller,callee` nor a square of who calls whom".to_owned()),
    };
    let pair = |row: &csv::StringRecord| Some((row.get(from)?.to_owned(), row.get(to)?.to_owned()));
    Ok(Graph::new(rows.iter().filter_map(pair).collect::<Vec<_>>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Table {
        series(text, &BTreeMap::new()).expect("readable")
    }

    #[test]
    fn times_come_in_several_forms_and_what_cannot_be_read_is_counted() {
        let table = read(
            "timestamp,service,signal,value\n2026-11-25T10:00:00Z,pay,p95,120\n1764064860,pay,p95,130\n1764064920000,pay,p95,NaN\n\
             soon,pay,p95,1\n2026-11-25 10:03:00,pay,p95,\n2026-11-25T11:04:00+01:00,pay,p95,140\n",
        );
        assert_eq!((table.left_out, table.why.as_deref()), (1, Some("row 5: `soon` is no time")));
        assert_eq!(table.series.len(), 1);
        assert_eq!(table.series[0].kind, Kind::Latency);
        let values: Vec<f64> = table.series[0].samples.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [130.0, 120.0, 140.0], "by time, without what is no number");
    }

    #[test]
    fn what_is_no_table_of_series_is_said() {
        let why = series("when,what\n1,2\n", &BTreeMap::new()).expect_err("no columns");
        assert!(why.starts_with("it has no column `timestamp`; it has when, what."), "{why}");
        let why = series("timestamp,service,signal,value\nx,y,z,1\n", &BTreeMap::new()).expect_err("no rows");
        assert!(why.starts_with("none of its rows can be read (row 2: `x` is no time)."), "{why}");
    }

    #[test]
    fn rows_without_a_number_are_told_from_no_rows() {
        let why = |text: &str| series(text, &BTreeMap::new()).expect_err("nothing to judge by");
        assert!(why("timestamp,service,signal,value\n").starts_with("it has no rows."));
        let values = why("timestamp,service,signal,value\n1,pay,errors,NaN\n2,pay,errors,\n");
        assert!(values.starts_with("none of its values is a number."), "{values}");
    }

    #[test]
    fn a_graph_is_a_list_or_a_square() {
        let wanted = Graph::new([("shop".to_owned(), "pay".to_owned()), ("pay".to_owned(), "bank".to_owned())]);
        assert_eq!(graph("caller,callee\nshop,pay\npay,bank\n"), Ok(wanted.clone()));
        assert_eq!(graph("shop,pay\npay,bank\n"), Ok(wanted.clone()));
        assert_eq!(graph(",shop,pay,bank\nshop,0,1,0\npay,0,0,1.0\nbank,0,0,0\n"), Ok(wanted));
        assert!(graph("a,b,c\nd,e,f\n").is_err_and(|why| why.contains("neither a list")));
    }
}
