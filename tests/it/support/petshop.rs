//! The series of PetShop, a real shop with real load and real faults, as its tables hold them.

use std::collections::BTreeMap;
use std::path::Path;

/// By service and `metric_statistic`: Unix seconds and value.
pub type Samples = BTreeMap<(String, String), Vec<(i64, f64)>>;

pub fn shop(file: &Path) -> Samples {
    let text = std::fs::read_to_string(file).expect("readable");
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let mut samples = Samples::new();
    for column in 1..rows[0].len() {
        let name = format!("{}_{}", rows[1][column], rows[2][column]);
        let values = rows[4..]
            .iter()
            .filter_map(|row| Some((row[0].parse::<f64>().ok()? as i64, row.get(column)?.parse().ok()?)));
        samples.insert((rows[0][column].to_owned(), name), values.collect());
    }
    samples
}
