//! A note with no model: what it holds, what it says about itself, how it reads outside the chat.

use super::material::{draft, draft_with, material, payments};
use crate::support::repo::Repo;
use serde_json::json;
use slipway::adapters::changes::git::Git;
use slipway::domain::background::Background;
use slipway::domain::change::RangeAsk;
use slipway::domain::note::{Kind, Writer};
use slipway::features::draft::digest::digest;
use slipway::features::draft::markdown::{Meta, json as as_json, markdown};
use slipway::features::draft::schema::Schema;
use slipway::ports::changes::Changes;
use slipway::prompt::Asker;

fn meta() -> Meta {
    Meta { id: Some(7), kind: Kind::Deployment, service: "payments".to_owned() }
}

#[tokio::test]
async fn a_note_has_every_section_and_says_how_much_it_saw_and_who_wrote_it() {
    let revision = draft(&payments(), 1).await;
    let schema = Schema::embedded(Kind::Deployment);
    let keys: Vec<&str> = revision.sections.iter().map(|section| section.key.as_str()).collect();
    let wanted: Vec<&str> = schema.fields().iter().map(|field| field.key.as_str()).collect();
    assert_eq!(keys, wanted);
    assert_eq!(revision.title(), "payments v2.4.0: remove the route `/v1/refund`; add idempotency keys to refunds");
    assert_eq!(revision.section("operators").map(|s| &s.value), Some(&json!(["payments on-call", "release engineer"])));
    assert_eq!(
        revision.remarks,
        ["62 of 71 files read, 9 by name only.", "Rules wrote this note; no model worded it."]
    );
    assert_eq!((&revision.writer, revision.number, revision.what.as_str()), (&Writer::Rules, 1, "drafted"));
    assert!(revision.sections.iter().all(|section| section.value == section.generated && section.stale.is_none()));
}

#[tokio::test]
async fn what_breaks_and_what_is_dangerous_is_cited_and_every_citation_can_be_looked_up() {
    let revision = draft(&payments(), 1).await;
    let cited: Vec<&str> =
        revision.sections.iter().flat_map(|section| &section.cites).map(|id| id.0.as_str()).collect();
    assert!(cited.contains(&"brk:1") && cited.contains(&"risk:1") && cited.contains(&"risk:2"), "{cited:?}");
    for id in cited {
        assert!(revision.facts.iter().any(|fact| fact.id.0 == id), "`{id}` is cited and not kept");
    }
    let text = serde_json::to_string(&revision.sections.iter().map(|s| &s.value).collect::<Vec<_>>()).expect("values");
    assert!(!text.contains("[risk:") && !text.contains("[pr:") && !text.contains("[range:"), "{text}");
}

#[tokio::test]
async fn as_markdown_it_is_a_page_a_person_signs() {
    let page = markdown(&draft(&payments(), 1).await, &meta());
    let start = "# payments v2.4.0: remove the route `/v1/refund`; add idempotency keys to refunds\n\n\
                 *Deployment note 7 · `payments` · `v2.3.0..v2.4.0` · revision 1 · 2031-05-06 09:30 UTC · written by rules*\n\n\
                 ## Summary\n\n`payments` goes from v2.3.0 to v2.4.0: 2 commits in 2 pull requests, 71 files (+240 −31).";
    assert!(page.starts_with(start), "{page}");
    for line in [
        "**Breaking changes**",
        "- Remove the route `/v1/refund` (subject marked `!`)",
        "- Add idempotency keys to refunds (#812, PAY-311)",
        "**Rollback strategy:** `ETC`",
        "**Operators:** payments on-call, release engineer",
        "## Checklists",
        "### Before",
        "Pull requests: #812, #815",
        "- `1a2b3c4` Commit 1a2b3c4",
        "## Risk facts",
        "- **High:** Migration `0042_drop_legacy.sql` drops column `legacy_id` and has no way back — `db/0042_drop_legacy.sql:3`",
        "## How this note came to be",
    ] {
        assert!(page.contains(line), "`{line}` is missing in\n{page}");
    }
    assert!(page.contains("\n- [ ] Take a backup and prove that it restores"), "{page}");
    assert!(!page.contains("Dashboards") && !page.contains("**Channel"), "empty sections stay silent:\n{page}");
    assert!(!page.contains("\n\n\n"), "{page}");
}

#[tokio::test]
async fn as_json_it_is_grouped_as_in_the_schema() {
    let value = as_json(&draft(&payments(), 1).await, &meta());
    assert_eq!(value["noteDetails"]["rollback_strategy"], "ETC");
    assert_eq!(value["monitoring"]["dashboards"], json!([]));
    assert_eq!(value["repositories"][0]["pull_requests"], json!([812, 815]));
    assert_eq!(value["repositories"][0]["commits"], json!(["1a2b3c4 Commit 1a2b3c4", "5d6e7f8 Commit 5d6e7f8"]));
    assert_eq!(value["origins"]["summary"]["writer"], json!({"by": "rules"}));
    assert_eq!(
        (&value["id"], &value["kind"], &value["seen"]["files_read"]),
        (&json!(7), &json!("deployment"), &json!(62))
    );
    assert!(value["checklistGroup"]["before"].as_array().is_some_and(|items| items.len() >= 3));
}

#[tokio::test]
async fn a_teams_own_field_becomes_a_section_that_somebody_has_to_fill() {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let text = r#"{"title": "Deployment note", "properties": {"noteDetails": {"properties": {
        "title": {"type": "string", "maxLength": 30, "x-part": "basics"},
        "customer_mail": {"type": "string", "title": "Customer mail", "description": "A mail to customers."},
        "region": {"type": "string", "enum": ["eu", "us"], "default": "eu"}}}}}"#;
    std::fs::write(dir.path().join("deployment.json"), text).expect("a file can be written");
    let schema = Schema::load(Some(dir.path()), Kind::Deployment).expect("the team's schema is fine");
    let revision = draft_with(&Asker::none(), &payments(), &schema, 1).await;
    assert!(revision.title().chars().count() <= 30, "{}", revision.title());
    assert_eq!((revision.text("customer_mail"), revision.text("region")), ("", "eu"));
    assert!(revision.remarks.contains(&"Nobody has filled `Customer mail`.".to_owned()), "{:?}", revision.remarks);
    let told = "No section has room for this: Breaking: Remove the route `/v1/refund` (known from subject marked `!`).";
    assert!(revision.remarks.contains(&told.to_owned()), "{:?}", revision.remarks);
}

#[tokio::test]
async fn a_change_of_nothing_but_a_fix_is_a_short_page() {
    let fix = super::material::item(815, "Fix double posting in the ledger", slipway::domain::digest::Intent::Fix, &[]);
    let page = markdown(&draft(&material(vec![fix], Vec::new(), Vec::new()), 1).await, &meta());
    assert!(page.split_whitespace().count() < 300, "{page}");
    assert!(page.contains("Redeploy v2.3.0; besides the code there is nothing to undo."), "{page}");
    assert!(!page.contains("## Risk facts") && !page.contains("Behind the scenes"), "{page}");
}

#[tokio::test]
async fn from_a_real_repository_the_note_names_what_its_commits_did() {
    let repo = Repo::new();
    repo.commit("Add invoices", &[("src/invoice.rs", "fn pay() {}\n")]).tag("v1.0.0");
    repo.commit("feat: send receipts by mail (#12)\n\nSHOP-7", &[("src/receipt.rs", "fn send() {}\n")]);
    repo.commit("fix: round half to even (#13)", &[("src/invoice.rs", "fn pay() { round() }\n")]).tag("v1.1.0");
    let git = Git::new();
    let ask = RangeAsk { from: Some("v1.0.0".to_owned()), to: Some("v1.1.0".to_owned()) };
    let range = git.resolve(&repo.source(), &ask).await.expect("both tags are there");
    let changes = git.collect(&repo.source(), &range, &|_| ()).await.expect("the repository can be read");
    let mut material = payments();
    material.digest = digest(&changes, &Background::default());
    let revision = draft(&material, 1).await;
    let changes = revision.text("changes");
    assert!(changes.contains("Send receipts by mail (#12, SHOP-7)"), "{changes}");
    assert!(changes.contains("Round half to even (#13)"), "{changes}");
    assert!(revision.text("rollback_scenario").contains("Redeploy v1.0.0"), "{}", revision.text("rollback_scenario"));
    let commits = &revision.section("repositories").expect("always there").value[0]["commits"];
    assert_eq!(commits.as_array().map(Vec::len), Some(2), "{commits}");
}
