//! A note's page says everything the revision knows, and its address lasts.

use super::house::House;
use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use slipway::adapters::clock::system::SystemClock;
use slipway::adapters::store::memory::MemoryStore;
use slipway::domain::background::Background;
use slipway::domain::change::{Range, RangeAsk, Revision as End};
use slipway::domain::digest::{Breaking, Evidence, Risk, RiskKind, Seen, Severity};
use slipway::domain::fact::{Fact, FactId};
use slipway::domain::message::Place;
use slipway::domain::note::{Kind, Module, Note, Released, Revision, Section, Stale, State, Writer};
use slipway::domain::person::Person;
use slipway::ports::store::{Expect, Store};
use slipway::records::Records;
use std::sync::Arc;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a constant time")
}

fn captain() -> Person {
    Person { platform: "web".into(), id: "p-1".into(), name: "Release captain".into() }
}

fn section(group: &str, key: &str, title: &str, value: Value, cites: &[FactId]) -> Section {
    Section {
        key: key.into(),
        group: group.into(),
        group_title: match group {
            "checklistGroup" => "Checklists".into(),
            "communityChannel" => "Community channel".into(),
            other => other[..1].to_uppercase() + &other[1..],
        },
        title: title.into(),
        generated: value.clone(),
        value,
        writer: Writer::Rules,
        stale: None,
        cites: cites.to_vec(),
    }
}

fn sections() -> Vec<Section> {
    let (refund, migration) = (FactId::pull_request(812), FactId::risk(1));
    vec![
        section("noteDetails", "title", "Title", json!("payments v2.4.0: idempotent refunds, a column less"), &[]),
        section(
            "noteDetails",
            "summary",
            "Summary",
            json!(
                "Refunds are idempotent: a request repeated with the same key returns the first answer. The ledger loses `legacy_id` <b>for good</b>."
            ),
            &[refund.clone(), migration.clone(), FactId::commit("feedbee")],
        ),
        section(
            "noteDetails",
            "changes",
            "Changes",
            json!(
                "**Breaking**\n\n- `POST /refunds` requires `Idempotency-Key`\n\n**For users**\n\n- A repeated refund no longer pays twice\n- Statements show when a payment settled"
            ),
            std::slice::from_ref(&refund),
        ),
        section("noteDetails", "rollback_strategy", "Rollback strategy", json!("REDEPLOY_NO_BUILD"), &[]),
        section(
            "noteDetails",
            "rollback_scenario",
            "Rollback scenario",
            json!("1. Restore `ledger` from the backup of 09:40.\n2. Deploy `v2.3.0` again."),
            std::slice::from_ref(&migration),
        ),
        section("noteDetails", "operators", "Operators", json!([]), &[]),
        section(
            "checklistGroup",
            "before",
            "Before",
            json!(["Take a backup of `ledger` and restore it once", "Tell the callers of `POST /refunds`"]),
            &[migration],
        ),
        section("checklistGroup", "after", "After", json!(["Watch refunds answered `409` for an hour"]), &[]),
        section(
            "repositories",
            "repositories",
            "Repositories",
            json!([{
                "repository": "payments", "from": "v2.3.0", "to": "v2.4.0",
                "commits": (0..41).map(|n| format!("1a2b3{n:02} a change")).collect::<Vec<_>>(),
                "pull_requests": [812, 815], "tickets": ["PAY-311"]
            }]),
            &[],
        ),
    ]
}

fn revision(number: u32, what: &str) -> Revision {
    let end = |name: &str| End { name: name.into(), sha: "1a2b3c4".repeat(5), at: None };
    let fact = |id: FactId, text: &str| Fact { id, text: text.into() };
    Revision {
        number,
        at: at("2026-11-23T17:40:00Z"),
        writer: Writer::Rules,
        what: what.into(),
        sections: sections(),
        modules: vec![Released {
            service: "payments".into(),
            range: Range {
                repo: "payments".into(),
                from: end("v2.3.0"),
                to: end("v2.4.0"),
                chosen: "`v2.3.0` is the release tag before `v2.4.0`.".into(),
                commits: 41,
                lost: 1,
            },
            background: Background::default(),
        }],
        seen: Seen { files_total: 71, files_read: 62, files_by_name: 9, commits: 41, added: 1204, removed: 318 },
        risks: vec![
            Risk {
                id: FactId::risk(1),
                kind: RiskKind::Migration,
                severity: Severity::High,
                title: "Migration `0042_drop_legacy.sql` drops column `legacy_id` and has no way back".into(),
                meaning: "Going back to `v2.3.0` needs the data restored from a backup.".into(),
                reversible: Some(false),
                evidence: vec![Evidence {
                    path: "migrations/0042_drop_legacy.sql".into(),
                    line: 3,
                    quote: "ALTER TABLE ledger DROP COLUMN legacy_id;".into(),
                }],
                facts: vec![FactId::pull_request(812)],
            },
            Risk {
                id: FactId::risk(2),
                kind: RiskKind::Dependency,
                severity: Severity::Medium,
                title: "`openssl` goes from 1.1 to 3.0".into(),
                meaning: "A major version: defaults and removed ciphers may matter to old clients.".into(),
                reversible: None,
                evidence: vec![],
                facts: vec![],
            },
        ],
        breaking: vec![Breaking {
            id: FactId::breaking(1),
            text: "`POST /refunds` now requires the header `Idempotency-Key`".into(),
            how: "footer `BREAKING CHANGE`".into(),
            facts: vec![FactId::pull_request(812)],
        }],
        facts: vec![
            fact(FactId::pull_request(812), "Refunds are idempotent"),
            fact(FactId::ticket("PAY-311"), "Customers were refunded twice"),
            fact(FactId::risk(1), "Migration `0042_drop_legacy.sql` drops column `legacy_id`"),
        ],
        remarks: vec!["Two sentences cited nothing known and were dropped.".into()],
    }
}

fn note(id: u64, state: State, revision: u32) -> Note {
    Note {
        id,
        kind: Kind::Deployment,
        workspace: "default".into(),
        modules: vec![Module { service: "payments".into(), ask: RangeAsk::default() }],
        work: None,
        planned: None,
        state,
        failure: (state == State::Failed).then(|| "`v9` is not in `payments`. The newest tag is `v2.4.0`.".into()),
        revision,
        created_by: captain(),
        created_at: at("2026-11-23T17:39:00Z"),
        place: Place { platform: "web".into(), channel: "releases".into(), thread: None },
        followers: Vec::new(),
        asked_again_by: None,
        tags: Vec::new(),
        owners: Vec::new(),
        reviewed: None,
        watched: None,
        agreed: Vec::new(),
        live: None,
        decisions: Vec::new(),
    }
}

/// Note 7 with three revisions (the third edited, with a stale section), 8 drafting, 9 failed.
pub async fn filled() -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let records = Records::new(store.clone(), Arc::new(SystemClock));
    let mut edited = revision(2, "edited `Rollback scenario`");
    edited.writer = Writer::Person(captain());
    let scenario = edited.sections.iter_mut().find(|section| section.key == "rollback_scenario").expect("it is there");
    scenario.writer = Writer::Person(captain());
    scenario.value =
        json!("1. Restore `ledger` from the backup of 09:40.\n2. Call the bank.\n3. Deploy `v2.3.0` again.");
    let mut stale = Revision { number: 3, what: "regenerated".into(), writer: Writer::Rules, ..edited.clone() };
    let scenario = stale.sections.iter_mut().find(|section| section.key == "rollback_scenario").expect("it is there");
    scenario.stale = Some(Stale {
        why: "Migration `0043` was added after this was written.".into(),
        proposal: json!("1. Run `0043` backwards.\n2. Restore `ledger`.\n3. Deploy `v2.3.0` again."),
    });
    let mut ops = Vec::new();
    for (note, revisions) in [
        (note(7, State::Drafted, 3), vec![revision(1, "drafted"), edited, stale]),
        (note(8, State::Drafting, 0), vec![]),
        (note(9, State::Failed, 0), vec![]),
    ] {
        ops.extend(records.notes.put(&note, Expect::Anything));
        ops.extend(revisions.iter().flat_map(|revision| records.notes.add_revision(note.id, revision)));
    }
    records.commit(ops).await.expect("written");
    store
}

#[tokio::test]
async fn a_notes_page_says_everything_it_knows() {
    let house = House::with(filled().await, |_| {}).await;
    let page = house.visitor().await.page("/n/7").await;
    for told in [
        "payments v2.4.0: idempotent refunds, a column less</h1>",
        "asked by Release captain",
        "<code>v2.3.0..v2.4.0</code>",
        "href=\"#breaking\">1 breaking change</a>",
        "href=\"#risks\">1 high risk</a>",
        "62 of 71 files read, 9 by name only; 41 commits, 1,204 lines added and 318 removed.",
        "<span class=\"pill danger\">High</span>",
        "migrations/0042_drop_legacy.sql:3",
        "ALTER TABLE ledger DROP COLUMN legacy_id;",
        "It cannot be undone.",
        "now requires the header <code>Idempotency-Key</code>",
        "Known from footer <code>BREAKING CHANGE</code>.",
        "<ul class=\"checks\"><li>Take a backup of <code>ledger</code> and restore it once</li>",
        "<summary>41 commits</summary>",
        "#812, #815",
        "edited by Release captain",
        "Two sentences cited nothing known and were dropped.",
        "1 commit is in the old version and not in the new one.",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(page.contains("&lt;b&gt;for good&lt;/b&gt;") && !page.contains("<b>for good"), "words stay words");
}

#[tokio::test]
async fn every_citation_leads_to_where_it_can_be_looked_up() {
    let house = House::with(filled().await, |_| {}).await;
    let page = house.visitor().await.page("/n/7").await;
    let links: Vec<&str> =
        page.split("class=\"cite\" href=\"#").skip(1).map(|rest| &rest[..rest.find('"').expect("an end")]).collect();
    assert!(links.contains(&"fact-1") && links.contains(&"risk-1"), "{links:?}");
    for link in links {
        assert_eq!(page.matches(&format!("id=\"{link}\"")).count(), 1, "{link}");
    }
    assert!(page.contains("<span class=\"cite\">feedbee</span>"), "what cannot be looked up is no link");
}

#[tokio::test]
async fn a_stale_section_stands_beside_what_was_drafted_now() {
    let house = House::with(filled().await, |_| {}).await;
    let page = house.visitor().await.page("/n/7").await;
    let stale = super::house::between(&page, "id=\"rollback_scenario\"", "id=\"operators\"").expect("the section");
    let (mine, theirs) = (stale.find("Call the bank").expect("the edit"), stale.find("backwards").expect("the draft"));
    assert!(stale.find("As it stands").is_some_and(|stands| stands < mine) && mine < theirs);
    assert!(stale.contains("Migration <code>0043</code> was added"));
}

#[tokio::test]
async fn revisions_stay_where_they_were_and_show_what_they_changed() {
    let house = House::with(filled().await, |_| {}).await;
    let visitor = house.visitor().await;
    let first = visitor.page("/n/7/r/1").await;
    assert!(first.contains("This is revision 1.") && !first.contains("Call the bank"));
    assert!(!visitor.page("/n/7/r/3").await.contains("This is revision"));
    let changes = visitor.page("/n/7/r/2/changes").await;
    assert!(changes.contains("<div class=\"added\">+ 2. Call the bank.</div>"), "{changes}");
    assert_eq!(changes.matches("<section class=\"part\">").count(), 1, "only what changed");
    assert!(visitor.page("/n/7/r/3/changes").await.contains("No section changed."));
    assert!(visitor.page("/n/7/r/3/changes?since=1").await.contains("Call the bank"));
}

#[tokio::test]
async fn it_can_be_taken_away_as_markdown_and_json() {
    let house = House::with(filled().await, |_| {}).await;
    let visitor = house.visitor().await;
    let markdown = visitor.get("/n/7.md").await;
    assert_eq!(markdown.headers()["content-type"], "text/markdown; charset=utf-8");
    assert_eq!(markdown.headers()["content-disposition"], "attachment; filename=\"note-7-revision-3.md\"");
    assert!(markdown.text().await.expect("text").starts_with("# payments v2.4.0: idempotent refunds"));
    let json: Value = visitor.get("/n/7.json").await.json().await.expect("JSON");
    assert_eq!((&json["id"], &json["revision"]), (&json!(7), &json!(3)));
    let first: Value = visitor.get("/n/7/r/1.json").await.json().await.expect("JSON");
    assert_eq!(first["revision"], 1);
}

#[tokio::test]
async fn a_note_without_a_revision_says_what_it_waits_for_and_what_is_not_there_is_said() {
    let house = House::with(filled().await, |_| {}).await;
    let visitor = house.visitor().await;
    let waiting = visitor.page("/n/8").await;
    assert!(waiting.contains("The first revision is on its way") && waiting.contains("http-equiv=\"refresh\""));
    let failed = visitor.page("/n/9").await;
    assert!(failed.contains("The newest tag is <code>v2.4.0</code>.") && !failed.contains("http-equiv"));
    for (path, sentence) in [
        ("/n/10", "There is no note <code>10</code>."),
        ("/n/x", "There is no note <code>x</code>."),
        ("/n/7.exe", "There is no note <code>7.exe</code>."),
        ("/n/7/r/4", "Note <code>7</code> has no revision <code>4</code>."),
        ("/n/7/r/1/changes", "Note <code>7</code> has no revision <code>0</code>."),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().await.expect("a page").contains(sentence), "{path}");
    }
    let list = visitor.page("/notes").await;
    let ids: Vec<&str> = list.split("class=\"id\">").skip(1).map(|rest| &rest[..1]).collect();
    assert_eq!(ids, ["9", "8", "7"], "newest first");
    assert!(list.contains("payments v2.4.0: idempotent refunds"));
}

#[tokio::test]
async fn the_pages_stand_behind_the_same_door() {
    let house = House::with(filled().await, |options| options.token = Some("correct horse battery".into())).await;
    for path in ["/n/7", "/n/7.md", "/n/7.json", "/notes", "/n/7/r/1"] {
        let answer = super::house::Visitor::new(&house).get(path).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert!(!answer.text().await.expect("a page").contains("idempotent"), "{path}");
    }
}
