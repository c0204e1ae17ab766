//! How long does a review by rules take when the calendar is full?
//!
//! 2,000 deployments and works of 300 services within the three days on each side of the plan, so that every one of them is looked at;
//! a note of two services that depend on others. Everything of a review is in it: the calendar read from the store, rules, overlaps,
//! load, past incidents. The limit is 20 ms at the 99th percentile.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use slipway::config::Config;
use slipway::domain::calendar::{Entry, EntryKind};
use slipway::domain::review::Standing;
use slipway::features::review::{self, file};
use slipway::records::Records;
use slipway::wiring::{self, House};
use std::time::Instant;

const ENTRIES: u64 = 2_000;
const SERVICES: u64 = 300;
const REVIEWS: usize = 200;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(measured());
}

async fn measured() {
    wiring::install_tls();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan: DateTime<Utc> = Utc::now() + TimeDelta::days(10);
    let store = wiring::memory_store();
    let records = Records::new(store.clone(), wiring::system_clock());
    for n in 0..ENTRIES {
        let from = plan - TimeDelta::days(3) + TimeDelta::minutes((n * 4_320 / ENTRIES * 2) as i64);
        let entry = Entry {
            kind: if n % 5 == 0 { EntryKind::Work } else { EntryKind::Deployment },
            title: format!("Change {n}"),
            from,
            until: from + TimeDelta::minutes(30),
            services: vec![format!("service-{}", n % SERVICES), format!("service-{}", n * 7 % SERVICES)],
            people: vec![format!("operator-{}", n % 40)],
            shared: n % 50 == 0,
            note: Some(n + 1),
            source: "notes".to_owned(),
        };
        let ops = records.calendar.place(n + 1, Some(&entry)).await.expect("readable");
        records.commit(ops).await.expect("kept");
    }
    let config = Config { workspaces: Some(catalogue(folder.path())), ..Config::default() };
    let context = House::looked_at(&config, store, None).await.expect("a house");
    let note = json!({
        "kind": "deployment", "service": "service-100, service-101", "planned": { "from": plan, "minutes": 60 },
        "noteDetails": { "title": "Two services", "operators": ["operator-1", "operator-2"] },
    });
    let (note, revision) = file::read(&context, &note.to_string()).expect("a note");
    let mut times = Vec::new();
    for number in 0..REVIEWS {
        let begun = Instant::now();
        let review = review::review(&context, &note, &revision, number as u32 + 1).await.expect("a review");
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        // It saw them: the same services are busy at that time.
        let conflict = review.standards.iter().find(|one| one.rule == "service-conflict").expect("the rule is on");
        assert!(conflict.standing == Standing::NotMet && !review.overlaps.is_empty(), "{review:#?}");
    }
    times.sort_by(f64::total_cmp);
    let (median, p99) = (times[REVIEWS / 2], times[REVIEWS * 99 / 100]);
    println!("review against {ENTRIES} calendar entries: median {median:.2} ms, p99 {p99:.2} ms, limit 20 ms");
    assert!(p99 <= 20.0, "p99 of a review is {p99:.2} ms");
}

/// Each service needs the next one.
fn catalogue(folder: &std::path::Path) -> std::path::PathBuf {
    let services: Vec<String> = (0..SERVICES)
        .map(|n| {
            let next = (n + 1) % SERVICES;
            format!(
                "[[services]]\nname = \"service-{n}\"\nrepository = \"{}\"\ndepends_on = [{{ service = \"service-{next}\", through = \"http\" }}]\n",
                folder.display()
            )
        })
        .collect();
    let workspaces = folder.join("workspaces");
    std::fs::create_dir_all(&workspaces).expect("writable");
    std::fs::write(workspaces.join("shop.toml"), format!("name = \"shop\"\n{}", services.join("\n")))
        .expect("writable");
    workspaces
}
