//! Which signals may this change move, against what are they compared, and when is it time to go back?

use super::phrase::{cited, told};
use super::story::Story;
use crate::domain::digest::{Risk, RiskKind, Severity};
use crate::domain::draft::Field;
use crate::domain::fact::FactId;
use serde_json::Value;

/// What a kind of risk moves: a short name, and what to do about it.
struct Watch {
    signal: &'static str,
    advice: &'static str,
}

/// Names of libraries whose change moves a signal of its own.
const LIBRARIES: [(&[&str], Watch); 6] = [
    (
        &[
            "reqwest",
            "hyper",
            "axios",
            "okhttp",
            "undici",
            "node-fetch",
            "httpx",
            "aiohttp",
            "requests",
            "urllib3",
            "resty",
            "faraday",
            "guzzle",
            "httpclient",
        ],
        Watch {
            signal: "Outbound calls: latency and error rate",
            advice: "Outbound latency, error rate and open connections per dependency, against the same hour yesterday, for one hour",
        },
    ),
    (
        &[
            "sqlx",
            "diesel",
            "sea-orm",
            "pgx",
            "gorm",
            "sqlalchemy",
            "psycopg",
            "hikari",
            "jdbc",
            "hibernate",
            "activerecord",
            "prisma",
            "typeorm",
            "sequelize",
            "knex",
            "mysql",
            "postgres",
            "redis",
            "mongo",
        ],
        Watch {
            signal: "Database: pool use and query latency",
            advice: "Connection pool use, query latency and errors of the data store, against the hour before, for one hour",
        },
    ),
    (
        &["openssl", "rustls", "boringssl", "bouncycastle", "certifi", "jsonwebtoken", "jose", "oauth", "passport"],
        Watch {
            signal: "TLS and sign-in failures",
            advice: "Failed handshakes and failed sign-ins, against the same hour yesterday, for one hour",
        },
    ),
    (
        &["serde", "jackson", "protobuf", "prost", "grpc", "tonic", "avro", "msgpack", "gson", "graphql"],
        Watch {
            signal: "Messages that cannot be read",
            advice: "Parse and serialisation errors on both ends, which should stay at zero where they were zero, for one hour",
        },
    ),
    (
        &["kafka", "rabbitmq", "amqp", "nats", "sidekiq", "celery", "bullmq", "sqs"],
        Watch {
            signal: "Queues: depth, age and redeliveries",
            advice: "Queue depth, age of the oldest message and redeliveries, against the hour before, for two hours",
        },
    ),
    (
        &["tokio", "golang", "go toolchain", "node", "openjdk", "jvm", "python", "ruby", "rust-version", "toolchain"],
        Watch {
            signal: "Memory, pauses and start-up time",
            advice: "Memory after warm-up, pauses, CPU per request and start-up time, against the previous version, for a day",
        },
    ),
];

/// A list: general signals first, then one entry per kind of risk.
pub fn scenario(story: &Story<'_>, _: &Field) -> Option<Value> {
    let range = story.range();
    if story.is_quiet() {
        return super::text(told(
            "Nothing to watch beyond the deployment itself: check that the new version answers",
            &range,
        ));
    }
    if story.is_published() {
        let lines: Vec<String> = super::published::watches(story).iter().map(|line| format!("- {line}")).collect();
        return super::text(lines.join("\n"));
    }
    let general = told(
        "Error rate, p95 latency and throughput against the hour before, for 30 minutes; go back when the error rate stays above twice its level before for 5 minutes",
        &range,
    );
    if story.is_tiny() {
        return super::text(general);
    }
    let mut lines = vec![general];
    for (watch, ids) in watches(story) {
        lines.push(format!("{}{}.", watch.advice, cited(&ids)));
    }
    super::text(lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"))
}

/// The same, as short names for a board.
pub fn signals(story: &Story<'_>, field: &Field) -> Option<Value> {
    if story.is_quiet() {
        return None;
    }
    if story.is_published() {
        return super::entries(super::published::signals(story), field);
    }
    let mut names = vec![format!("Error rate, p95 latency, throughput{}", cited(&story.range()))];
    names.extend(watches(story).into_iter().map(|(watch, ids)| format!("{}{}", watch.signal, cited(&ids))));
    super::entries(names, field)
}

/// Each watch once, with the facts that ask for it.
fn watches(story: &Story<'_>) -> Vec<(Watch, Vec<FactId>)> {
    let mut found: Vec<(Watch, Vec<FactId>)> = Vec::new();
    for risk in &story.digest.risks {
        let own = of_kind(risk).into_iter();
        let libraries =
            (risk.kind == RiskKind::Dependency && risk.severity > Severity::Low).then(|| of_libraries(risk));
        for watch in own.chain(libraries.into_iter().flatten()) {
            match found.iter_mut().find(|(other, _)| other.signal == watch.signal) {
                Some((_, ids)) if ids.len() < 6 => ids.push(risk.id.clone()),
                Some(_) => {}
                None => found.push((watch, vec![risk.id.clone()])),
            }
        }
    }
    found
}

fn of_kind(risk: &Risk) -> Option<Watch> {
    let low = risk.severity == Severity::Low;
    let (signal, advice) = match risk.kind {
        RiskKind::Migration => (
            "Database: lock waits, replication lag, slow queries",
            "Lock waits, replication lag, slow queries and free disk of the database while the migration runs and 30 minutes after; stop when waits grow instead of draining",
        ),
        RiskKind::Schema | RiskKind::Api if !low => (
            "Responses 4xx by route and caller",
            "4xx responses by route and caller against the same hour yesterday, for two hours: callers that were not told show up there first",
        ),
        RiskKind::Permission if !low => (
            "Denied requests (401, 403)",
            "Denied requests in both directions against the hour before, for one hour; fewer denials than before are as suspicious as more",
        ),
        RiskKind::Config if !low => (
            "Start-up errors and restarts",
            "Restarts and start-up errors of the first instance with the new configuration, for 10 minutes, before the others follow",
        ),
        RiskKind::Infrastructure if !low => (
            "Instances: restarts, CPU, memory, readiness",
            "Instance count, readiness, restarts, CPU and memory against their limits, against the hour before, for two hours",
        ),
        RiskKind::FeatureFlag => (
            "Error rate and latency by flag state",
            "Error rate and latency of the flagged path each time a flag moves, for 15 minutes per step",
        ),
        RiskKind::Schedule => (
            "Next run of each changed job",
            "The next due run of each changed job: started on time, finished, as long as before, and not twice",
        ),
        RiskKind::Secret if risk.severity == Severity::High => (
            "Use of the leaked credential",
            "Use of the credential in its provider's audit log until it is revoked and for a day after",
        ),
        RiskKind::Deletion if !low => (
            "404 responses and import errors",
            "404 responses and errors that name what was deleted, against the same hour yesterday, for a day",
        ),
        RiskKind::LostCommits => (
            "Symptoms of the hotfixes that leave",
            "The symptoms that the lost commits once fixed, for a day: they may come back",
        ),
        _ => return None,
    };
    Some(Watch { signal, advice })
}

fn of_libraries(risk: &Risk) -> impl Iterator<Item = Watch> {
    let mut text = risk.title.to_lowercase();
    for seen in &risk.evidence {
        text.push(' ');
        text.push_str(&seen.quote.to_lowercase());
    }
    let words: Vec<String> = text
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '-' || letter == '_'))
        .map(str::to_owned)
        .collect();
    LIBRARIES
        .into_iter()
        .filter(move |(names, _)| names.iter().any(|name| words.iter().any(|word| word == name)))
        .map(|(_, watch)| watch)
}
