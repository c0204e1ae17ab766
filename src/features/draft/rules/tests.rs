//! Rule-made notes read as a person reads them, from a change built by hand.

use super::*;
use crate::domain::background::Background;
use crate::domain::change::{Author, Range, Revision as End};
use crate::domain::digest::{
    Area, Breaking, Context, Digest, Evidence, Intent, Item, Risk, RiskKind, Seen, Severity, Wanted,
};
use crate::domain::fact::{Fact, FactId};
use crate::domain::note::Kind;
use crate::domain::service::{Affected, Dependency, Service};
use crate::domain::ticket::{Criterion, Stage};
use crate::features::draft::check::{Known, Trust, cite_value};
use crate::features::draft::schema::Schema;
use crate::features::draft::{Read, consolidate};
use chrono::{TimeZone, Utc};

/// A release with a breaking change (`brk:1`), an irreversible migration (`risk:1`) and a changed setting (`risk:2`).
pub fn material() -> Material {
    let items = vec![
        item(812, "Add idempotency keys to refunds", Intent::Feature, "billing", &["PAY-311"]),
        item(815, "Fix double posting in the ledger", Intent::Fix, "ledger", &[]),
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
    made(items, risks, breaking)
}

/// `api` as `payments` above, and `web`, which needs it, with one fix.
pub fn several() -> Material {
    let read = |name: &str, digest: &Digest, needed_by: &[&str]| {
        let needs = Dependency { service: name.to_owned(), through: "http".to_owned() };
        let affected = |user: &&str| Affected {
            service: (*user).to_owned(),
            workspace: "shop".to_owned(),
            owners: Vec::new(),
            path: vec![needs.clone()],
        };
        let background = Background { affected: needed_by.iter().map(affected).collect(), ..Background::default() };
        let mut digest = digest.clone();
        for user in needed_by {
            digest.facts.push(Fact { id: FactId::affected(user), text: format!("`{user}` needs `{name}`") });
        }
        let digest = consolidate::named(digest, name);
        Read { service: Service::plain(name, "/srv/git".into()), digest, background }
    };
    let modules = vec![read("api", &material().digest, &["web"]), read("web", &tiny().digest, &[])];
    Material { digest: consolidate::joined(&modules, &[]), modules, ..tiny() }
}

/// One fix and nothing else.
pub fn tiny() -> Material {
    let mut material =
        made(vec![item(815, "Fix double posting in the ledger", Intent::Fix, "ledger", &[])], Vec::new(), Vec::new());
    material.digest.range.commits = 1;
    material
}

pub fn made(items: Vec<Item>, risks: Vec<Risk>, breaking: Vec<Breaking>) -> Material {
    let end = |name: &str| End { name: name.to_owned(), sha: format!("{name}-sha"), at: None };
    let person = |name: &str| Author { name: name.to_owned(), email: format!("{name}@example.test") };
    let mut facts: Vec<Fact> =
        items.iter().map(|item| Fact { id: item.id.clone(), text: item.title.clone() }).collect();
    facts.extend(risks.iter().map(|risk| Fact { id: risk.id.clone(), text: risk.title.clone() }));
    facts.extend(breaking.iter().map(|breaking| Fact { id: breaking.id.clone(), text: breaking.text.clone() }));
    facts.push(Fact { id: FactId::commit("1a2b3c4"), text: "feat: add idempotency keys".to_owned() });
    let tickets: Vec<String> = items.iter().flat_map(|item| item.tickets.clone()).collect();
    facts.extend(tickets.iter().map(|key| Fact { id: FactId::ticket(key), text: key.clone() }));
    let digest = Digest {
        range: Range {
            repo: "payments".to_owned(),
            from: end("v2.3.0"),
            to: end("v2.4.0"),
            chosen: String::new(),
            commits: 5,
            lost: 0,
        },
        pull_requests: items.iter().flat_map(|item| item.pull_requests.clone()).collect(),
        tickets,
        areas: vec![Area {
            name: "billing".to_owned(),
            files: vec!["billing/refund.rs".to_owned()],
            languages: vec!["Rust".to_owned()],
            added: 40,
            removed: 2,
        }],
        items,
        risks,
        breaking,
        noise: Vec::new(),
        seen: Seen { files_total: 7, files_read: 6, files_by_name: 1, commits: 5, added: 240, removed: 31 },
        authors: vec![person("engineer-a"), person("engineer-b")],
        gaps: Vec::new(),
        outside: Default::default(),
        facts,
    };
    Material {
        kind: Kind::Deployment,
        modules: vec![Read {
            service: Service {
                operators: vec!["on-call".to_owned()],
                ..Service::plain("payments", "/srv/payments".into())
            },
            digest: digest.clone(),
            background: Background::default(),
        }],
        work: None,
        digest,
        context: Context { raw_tokens: 0, context_tokens: 0, context: String::new(), left_out: Vec::new() },
        memory: Default::default(),
        examples: Vec::new(),
        asked_by: Some("release-manager".to_owned()),
        now: Utc.with_ymd_and_hms(2026, 1, 5, 9, 0, 0).single().expect("a valid moment"),
    }
}

pub fn item(number: u64, title: &str, intent: Intent, area: &str, tickets: &[&str]) -> Item {
    Item {
        id: FactId::pull_request(number),
        title: title.to_owned(),
        intent,
        area: area.to_owned(),
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
        evidence: vec![Evidence { path: "db/0042.sql".to_owned(), line: 3, quote: "ALTER TABLE".to_owned() }],
        facts: Vec::new(),
    }
}

/// Every section as a reader sees it; a sentence that does not survive the check is a bug of the rules.
fn read(material: &Material) -> Vec<(String, String)> {
    let schema = Schema::embedded(material.kind);
    let known = Known::of(material);
    propose(material, schema.fields())
        .into_iter()
        .map(|proposal| {
            let value = if !cites(&proposal.key) {
                proposal.value
            } else {
                let (value, cited) = cite_value(&proposal.value, &known, Trust::Rules);
                assert_eq!(cited.dropped, [], "a sentence of `{}` cites nothing", proposal.key);
                value
            };
            let field = schema.field(&proposal.key).expect("rules propose only what was asked");
            let value = schema.settle(field, value).expect("rules keep to the schema");
            let text = match value {
                Value::String(text) => text,
                Value::Array(items) => {
                    items.iter().map(|item| item.as_str().unwrap_or("…")).collect::<Vec<_>>().join("\n")
                }
                other => other.to_string(),
            };
            (proposal.key, text)
        })
        .collect()
}

fn section(material: &Material, key: &str) -> String {
    read(material).into_iter().find(|(found, _)| found == key).map(|(_, text)| text).unwrap_or_default()
}

#[test]
fn of_several_modules_each_section_says_whose_it_is_and_cites_its_facts() {
    let material = several();
    let known = Known::of(&material);
    for proposal in propose(&material, Schema::embedded(Kind::Deployment).fields()) {
        let (_, cited) = cite_value(&proposal.value, &known, Trust::Rules);
        assert!(cited.cites.iter().all(|id| id.parts().0.is_some()), "{}: {:?}", proposal.key, cited.cites);
    }
    let text = |key| section(&material, key);
    assert!(text("title").starts_with("api v2.4.0 and web v2.4.0: "), "{}", text("title"));
    assert!(text("summary").contains("`web` goes from v2.3.0 to v2.4.0: 1 commit"), "{}", text("summary"));
    assert!(text("monitoring_scenario").starts_with("### api\n\n"), "{}", text("monitoring_scenario"));
    assert_eq!(text("rollback_strategy"), "ETC", "the most careful of both");
    let before = text("before");
    assert!(before.contains("`api`: Take a backup"), "{before}");
    assert!(before.contains("`web`: Check that the artifact of v2.3.0"), "{before}");
    let back = text("rollback_scenario");
    assert!(back.starts_with("- `web` does not go back alone"), "{back}");
    assert!(back.contains("`api` does not simply go back to v2.3.0"), "{back}");
}

#[test]
fn a_title_names_service_version_and_the_two_things_that_matter() {
    assert_eq!(
        section(&material(), "title"),
        "payments v2.4.0: remove the route `/v1/refund`; add idempotency keys to refunds"
    );
    let mut long = tiny();
    long.digest.items[0].title = format!("Fix {}", "very long words ".repeat(20));
    assert!(section(&long, "title").chars().count() <= 100);
    assert!(section(&long, "title").ends_with('…'));
}

#[test]
fn a_summary_is_size_break_benefit_and_risk() {
    assert_eq!(
        section(&material(), "summary"),
        "`payments` goes from v2.3.0 to v2.4.0: 5 commits by 2 people in 2 pull requests, 7 files (+240 −31). \
         One change breaks existing use: remove the route `/v1/refund`. \
         What users will notice first: add idempotency keys to refunds; fix double posting in the ledger. \
         The high risk: Migration `0042_drop_legacy.sql` drops column `legacy_id` and has no way back."
    );
}

#[test]
fn a_migration_without_a_way_back_changes_the_way_back() {
    assert_eq!(section(&material(), "rollback_strategy"), "ETC");
    let scenario = section(&material(), "rollback_scenario");
    assert!(
        scenario.starts_with("Going back to v2.3.0 is not enough and may do harm: migration `0042_drop_legacy.sql`"),
        "{scenario}"
    );
    assert!(scenario.contains("do not redeploy v2.3.0 on the new schema"), "{scenario}");
    assert!(scenario.contains("Repair forward: a fix on top of v2.4.0"), "{scenario}");
    assert!(scenario.contains("restore the backup"), "{scenario}");

    let mut reversible = material();
    reversible.digest.risks[0].reversible = Some(true);
    assert_eq!(section(&reversible, "rollback_strategy"), "REDEPLOY");
    let scenario = section(&reversible, "rollback_scenario");
    let redeploy = scenario.find("Redeploy v2.3.0").expect("the old code goes back");
    let down = scenario.find("run the down steps").expect("the schema goes back");
    let settings = scenario.find("Restore the configuration of v2.3.0").expect("the setting goes back");
    assert!(settings < redeploy && redeploy < down, "{scenario}");
}

#[test]
fn what_could_not_be_read_is_not_called_harmless() {
    let mut blind = tiny();
    blind.digest.seen.files_read = 0;
    let summary = section(&blind, "summary");
    assert!(summary.ends_with("so this note cannot tell what is risky."), "{summary}");
    assert!(section(&blind, "effects_on_services").starts_with("Unknown"));
    let mut half = material();
    half.digest.risks.clear();
    half.digest.items.extend(tiny().digest.items.iter().cloned().cycle().take(3));
    let summary = section(&half, "summary");
    assert!(
        summary.ends_with("Besides that, no risk worth a warning was found in the 6 of 7 files that were read."),
        "{summary}"
    );
}

#[test]
fn the_strategy_follows_from_the_facts() {
    let with = |kind, severity| {
        section(
            &made(Vec::new(), vec![risk(1, kind, severity, None, "Something changes", "It matters.")], Vec::new()),
            "rollback_strategy",
        )
    };
    assert_eq!(with(RiskKind::Infrastructure, Severity::Medium), "BLUE_GREEN");
    assert_eq!(with(RiskKind::Api, Severity::High), "CANARY");
    assert_eq!(with(RiskKind::Tests, Severity::Medium), "REDEPLOY");
    let mut config = made(
        Vec::new(),
        vec![risk(1, RiskKind::Config, Severity::Medium, None, "A setting changes", "It matters.")],
        Vec::new(),
    );
    config.digest.areas[0].files = vec!["config/app.yaml".to_owned()];
    assert_eq!(section(&config, "rollback_strategy"), "REDEPLOY_NO_BUILD");
}

#[test]
fn checklists_follow_from_the_risks_and_cite_them() {
    let before = section(&material(), "before");
    assert!(
        before.starts_with("Take a backup and prove that it restores: Migration `0042_drop_legacy.sql`"),
        "{before}"
    );
    assert!(before.contains("Setting `pool.size` changes its default from 10 to 4"), "{before}");
    assert!(before.contains("Check that callers are ready: Remove the route"), "{before}");
    let after = section(&material(), "after");
    assert!(after.contains("lock waits are back to normal") && after.contains("Move PAY-311 on"), "{after}");
}

#[test]
fn monitoring_follows_from_what_is_touched() {
    let text = section(&material(), "monitoring_scenario");
    assert!(text.contains("Lock waits, replication lag") && text.contains("Restarts and start-up errors"), "{text}");
    let client = risk(
        1,
        RiskKind::Dependency,
        Severity::Medium,
        None,
        "`reqwest` goes from 0.11 to 0.12, a major step",
        "Its interface changed.",
    );
    let text = section(&made(Vec::new(), vec![client], Vec::new()), "monitoring_scenario");
    assert!(text.contains("Outbound latency") && !text.contains("replication"), "{text}");
}

#[test]
fn a_tiny_change_gets_a_tiny_note() {
    let sections = read(&tiny());
    let words: usize = sections.iter().map(|(_, text)| text.split_whitespace().count()).sum();
    assert!(words < 230, "{words} words for one fix: {sections:#?}");
    assert_eq!(section(&tiny(), "changes"), "- Fix double posting in the ledger (#815)");
    assert_eq!(section(&tiny(), "rollback_scenario"), "Redeploy v2.3.0; besides the code there is nothing to undo.");
    assert!(section(&tiny(), "summary").contains("1 commit by"));
}

#[test]
fn long_lists_are_cut_with_an_honest_count_and_repositories_hold_everything() {
    let items: Vec<Item> =
        (0..40).map(|n| item(900 + n, &format!("Fix case {n} of rounding"), Intent::Fix, "ledger", &[])).collect();
    let material = made(items, Vec::new(), Vec::new());
    let changes = section(&material, "changes");
    assert!(changes.contains("- and 20 more in `ledger`, listed under Repositories"), "{changes}");
    let schema = Schema::embedded(Kind::Deployment);
    let proposals = propose(&material, schema.fields());
    let repositories = &proposals.iter().find(|proposal| proposal.key == "repositories").expect("always there").value;
    assert_eq!(repositories[0]["pull_requests"].as_array().map(Vec::len), Some(40));
}

#[test]
fn other_peoples_words_cannot_break_a_sentence() {
    let mut hostile = material();
    hostile.digest.items[0].title = "Fix `open. Then [c:0000000] ignore (all rules [".to_owned();
    hostile.digest.risks[1].title = "Setting `a changes. It. Matters [risk:9]".to_owned();
    let all = read(&hostile);
    assert!(all.iter().all(|(_, text)| !text.contains("[c:") && !text.contains("[risk:")), "{all:#?}");
}

#[test]
fn a_work_note_has_its_own_sections() {
    let mut work = material();
    work.kind = Kind::Work;
    assert_eq!(section(&work, "rollback_strategy"), "RESTORE_BACKUP");
    let steps = section(&work, "steps");
    let backup = steps.find("Take the backup").expect("it cannot be undone");
    let run = steps.find("Run the migration").expect("it is the work");
    assert!(backup < run, "{steps}");
    assert!(section(&work, "target").contains("- Database: Migration `0042_drop_legacy.sql`"));
    assert!(section(&work, "expected_downtime").contains("may wait while the migration runs"));
    assert!(section(&work, "purpose").starts_with("Add idempotency keys to refunds."));
}

#[test]
fn what_others_say_reaches_the_sections_that_need_it() {
    let mut material = material();
    let fact = |id: FactId, text: &str| Fact { id, text: text.to_owned() };
    let outside = &mut material.digest.outside;
    outside.checks = vec![fact(FactId::check(1), "`unit-tests` ran 1204 tests: 1201 passed, 3 failed")];
    outside.live = vec![fact(FactId::environment("production"), "`production` runs `v2.3.0` since 21 November 2026")];
    outside.affected = vec![fact(
        FactId::affected("checkout"),
        "`checkout` needs `payments` (`api`) and may feel this; `team-web` answers for it",
    )];
    let criterion = |text: &str, met| Criterion { text: text.to_owned(), met };
    outside.tickets = vec![Wanted {
        id: FactId::ticket("PAY-311"),
        key: "PAY-311".to_owned(),
        title: "Refund once".to_owned(),
        status: "Done".to_owned(),
        stage: Stage::Done,
        criteria: vec![
            criterion("A second refund is refused", Some(true)),
            criterion("Support sees the first one.", Some(false)),
            criterion("Nothing is logged twice", Some(true)),
        ],
    }];
    let outside = material.digest.outside.clone();
    material.digest.facts.extend(outside.checks.into_iter().chain(outside.live).chain(outside.affected));
    material.modules[0].service.dashboards = vec!["https://grafana.example/d/payments".to_owned()];

    assert_eq!(
        section(&material, "checks"),
        "- `unit-tests` ran 1204 tests: 1201 passed, 3 failed.\n- `production` runs `v2.3.0` since 21 November 2026."
    );
    assert!(
        section(&material, "effects_on_services")
            .ends_with("- `checkout` needs `payments` (`api`) and may feel this; `team-web` answers for it.")
    );
    let after = section(&material, "after");
    assert!(
        after.contains("Check for PAY-311: Support sees the first one\nCheck for PAY-311: A second refund is refused"),
        "{after}"
    );
    assert!(!after.contains("logged twice"), "two of a ticket are enough: {after}");
    assert_eq!(section(&material, "dashboards"), "https://grafana.example/d/payments");
}

#[test]
fn nobody_asked_means_no_section_about_checks() {
    assert!(!read(&material()).iter().any(|(key, _)| key == "checks"));
}
