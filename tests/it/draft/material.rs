//! What is a small release made of, told in one place for all tests of the note?

use chrono::{DateTime, TimeZone, Utc};
use slipway::domain::background::Background;
use slipway::domain::change::{Author, Range, Revision as End};
use slipway::domain::digest::{
    Breaking, Context, Digest, Evidence, Intent, Item, Outside, Risk, RiskKind, Seen, Severity,
};
use slipway::domain::fact::{Fact, FactId};
use slipway::domain::note::{Kind, Revision};
use slipway::domain::person::Person;
use slipway::domain::service::Service;
use slipway::features::draft::assemble::assemble;
use slipway::features::draft::generate::generate;
use slipway::features::draft::schema::Schema;
use slipway::features::draft::summarise::Summaries;
use slipway::features::draft::{Material, Read};
use slipway::prompt::Asker;

pub fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2031, 5, 6, 9, 30, 0).single().expect("a valid moment")
}

pub fn engineer() -> Person {
    Person { platform: "web".to_owned(), id: "u1".to_owned(), name: "release engineer".to_owned() }
}

/// payments v2.3.0..v2.4.0: a feature, a fix, a broken route, a migration without a way back and a changed setting.
pub fn payments() -> Material {
    let items = vec![
        item(812, "Add idempotency keys to refunds", Intent::Feature, &["PAY-311"]),
        item(815, "Fix double posting in the ledger", Intent::Fix, &[]),
    ];
    let risks = vec![
        risk(
            1,
            RiskKind::Migration,
            Severity::High,
            Some(false),
            "Migration `0042_drop_legacy.sql` drops column `legacy_id` and has no way back",
            "Instances of the old version fail as soon as it ran.",
        ),
        risk(
            2,
            RiskKind::Config,
            Severity::Medium,
            None,
            "Setting `pool.size` changes its default from 10 to 4",
            "Each instance opens fewer connections.",
        ),
    ];
    let breaking = vec![Breaking {
        id: FactId::breaking(1),
        text: "Remove the route `/v1/refund`".to_owned(),
        how: "subject marked `!`".to_owned(),
        facts: vec![FactId::pull_request(815)],
    }];
    material(items, risks, breaking)
}

pub fn material(items: Vec<Item>, risks: Vec<Risk>, breaking: Vec<Breaking>) -> Material {
    let mut facts: Vec<Fact> =
        items.iter().map(|item| Fact { id: item.id.clone(), text: item.title.clone() }).collect();
    facts.extend(risks.iter().map(|risk| Fact { id: risk.id.clone(), text: risk.title.clone() }));
    facts.extend(breaking.iter().map(|breaking| Fact { id: breaking.id.clone(), text: breaking.text.clone() }));
    let tickets: Vec<String> = items.iter().flat_map(|item| item.tickets.clone()).collect();
    facts.extend(tickets.iter().map(|key| Fact { id: FactId::ticket(key), text: key.clone() }));
    facts.extend(["1a2b3c4", "5d6e7f8"].map(|sha| Fact { id: FactId::commit(sha), text: format!("Commit {sha}") }));
    let range = Range {
        repo: "payments".to_owned(),
        from: end("v2.3.0"),
        to: end("v2.4.0"),
        chosen: String::new(),
        commits: 2,
        lost: 0,
    };
    let digest = Digest {
        pull_requests: items.iter().flat_map(|item| item.pull_requests.clone()).collect(),
        tickets,
        items,
        areas: Vec::new(),
        risks,
        breaking,
        noise: Vec::new(),
        seen: Seen { files_total: 71, files_read: 62, files_by_name: 9, commits: 2, added: 240, removed: 31 },
        authors: vec![Author { name: "engineer".to_owned(), email: "engineer@shop.example".to_owned() }],
        gaps: Vec::new(),
        outside: Outside::default(),
        facts,
        range,
    };
    Material {
        kind: Kind::Deployment,
        modules: vec![Read {
            service: Service {
                operators: vec!["payments on-call".to_owned()],
                ..Service::plain("payments", "payments.git".into())
            },
            digest: digest.clone(),
            background: Background::default(),
        }],
        work: None,
        digest,
        context: Context { raw_tokens: 0, context_tokens: 0, context: String::new(), left_out: Vec::new() },
        memory: Default::default(),
        examples: Vec::new(),
        asked_by: Some("release engineer".to_owned()),
        now: now(),
    }
}

pub fn end(name: &str) -> End {
    End { name: name.to_owned(), sha: format!("{name}-sha"), at: None }
}

pub fn item(number: u64, title: &str, intent: Intent, tickets: &[&str]) -> Item {
    Item {
        id: FactId::pull_request(number),
        title: title.to_owned(),
        intent,
        area: "billing".to_owned(),
        authors: Vec::new(),
        pull_requests: vec![number],
        tickets: tickets.iter().map(|key| (*key).to_owned()).collect(),
        commits: Vec::new(),
        detail: String::new(),
        weight: 10,
    }
}

pub fn risk(
    n: usize,
    kind: RiskKind,
    severity: Severity,
    reversible: Option<bool>,
    title: &str,
    meaning: &str,
) -> Risk {
    Risk {
        id: FactId::risk(n),
        kind,
        severity,
        title: title.to_owned(),
        meaning: meaning.to_owned(),
        reversible,
        evidence: vec![Evidence {
            path: "db/0042_drop_legacy.sql".to_owned(),
            line: 3,
            quote: "DROP COLUMN".to_owned(),
        }],
        facts: Vec::new(),
    }
}

/// The note with no model.
pub async fn draft(material: &Material, number: u32) -> Revision {
    let schema = Schema::embedded(material.kind);
    draft_with(&Asker::none(), material, &schema, number).await
}

pub async fn draft_with(asker: &Asker, material: &Material, schema: &Schema, number: u32) -> Revision {
    let generated = generate(asker, material, schema, async { Summaries::default() }, &|_| ()).await;
    assemble(material, schema, generated, number, now())
}
