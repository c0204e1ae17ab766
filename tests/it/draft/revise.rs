//! People edit a note, the draft is made again, and nothing they wrote is lost.

use super::material::{draft, end, engineer, now, payments};
use serde_json::{Value, json};
use slipway::domain::note::{Kind, Revision, Writer};
use slipway::features::draft::Material;
use slipway::features::draft::markdown::{Meta, markdown};
use slipway::features::draft::revise::{accept_proposal, edit, merge};
use slipway::features::draft::schema::Schema;

fn edited(revision: &Revision, name: &str, text: &str) -> Revision {
    edit(revision, &Schema::embedded(Kind::Deployment), name, text, &engineer(), now()).expect("the edit is fine")
}

fn refused(revision: &Revision, name: &str, text: &str) -> String {
    let schema = Schema::embedded(Kind::Deployment);
    edit(revision, &schema, name, text, &engineer(), now()).expect_err("the edit must be refused").0
}

/// The same release with one more fix and a later tag.
fn later() -> Material {
    let mut material = payments();
    material.digest.range.to = end("v2.4.1");
    material.modules[0].digest = material.digest.clone();
    material
}

fn items(revision: &Revision, key: &str) -> Vec<String> {
    let value = &revision.section(key).expect("the section is there").value;
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[tokio::test]
async fn an_edit_makes_a_new_revision_and_says_who_and_what() {
    let first = draft(&payments(), 1).await;
    let second = edited(&first, "Title", "payments v2.4.0: refunds");
    assert_eq!((second.number, second.title()), (2, "payments v2.4.0: refunds"));
    assert_eq!(second.what, "edited `Title`");
    assert_eq!(second.writer, Writer::Person(engineer()));
    assert!(second.section("title").is_some_and(|section| section.edited()));
    assert_eq!(first.number, 1, "the old revision stands");
}

#[tokio::test]
async fn a_section_is_found_by_key_title_or_part_and_a_wrong_name_gets_the_nearest() {
    let first = draft(&payments(), 1).await;
    assert_eq!(edited(&first, "rollback", "Call the on-call.").text("rollback_scenario"), "Call the on-call.");
    assert_eq!(edited(&first, "ROLLBACK_STRATEGY", "canary").text("rollback_strategy"), "CANARY");
    assert_eq!(edited(&first, "effects", "None.").text("effects_on_services"), "None.");
    assert_eq!(refused(&first, "checklist", "x"), "`checklist` may be `Before` or `After`. Name one of them.");
    assert_eq!(refused(&first, "sumary", "x"), "There is no section `sumary`. The nearest is `Summary`.");
    assert!(refused(&first, "qqq", "x").starts_with("There is no section `qqq`. There are `Title`, `Summary`"));
}

#[tokio::test]
async fn what_the_schema_forbids_is_refused_with_its_limit() {
    let first = draft(&payments(), 1).await;
    assert_eq!(
        refused(&first, "title", &"x".repeat(140)),
        "`Title` is 140 characters long; at most 100 are allowed. It was not changed; send it again within these limits."
    );
    assert!(refused(&first, "rollback_strategy", "PRAY").contains("must be one of `REDEPLOY_NO_BUILD`, `REDEPLOY`"));
    assert!(refused(&first, "repositories", "x").contains("is filled from git"));
    let title = first.title().to_owned();
    assert_eq!(refused(&first, "title", &title), "`Title` says exactly that already. Nothing was changed.");
}

#[tokio::test]
async fn a_list_is_typed_as_lines() {
    let first = draft(&payments(), 1).await;
    let second = edited(&first, "before", "- [ ] Warn the call centre\n\n2. Stop the importer\nCheck disks");
    assert_eq!(items(&second, "before"), ["Warn the call centre", "Stop the importer", "Check disks"]);
}

#[tokio::test]
async fn untouched_sections_follow_the_new_draft() {
    let first = draft(&payments(), 1).await;
    let merged = merge(&first, draft(&later(), 2).await);
    assert!(merged.title().starts_with("payments v2.4.1"));
    assert_eq!((merged.number, merged.what.as_str()), (2, "regenerated"));
    assert!(merged.sections.iter().all(|section| section.stale.is_none()));
}

#[tokio::test]
async fn an_edit_survives_when_the_draft_did_not_change_there() {
    let first = draft(&payments(), 1).await;
    let second = edited(&first, "impact", "Everybody.");
    let merged = merge(&second, draft(&later(), 3).await);
    let impact = merged.section("impact").expect("the section is there");
    assert_eq!((merged.text("impact"), impact.stale.is_none(), impact.edited()), ("Everybody.", true, true));
    assert!(merged.title().starts_with("payments v2.4.1"), "the rest is new");
}

#[tokio::test]
async fn changes_in_different_sentences_are_merged() {
    let first = draft(&payments(), 1).await;
    let summary = first.text("summary").replace("The high risk:", "Mind this:");
    let second = edited(&first, "summary", &summary);
    let merged = merge(&second, draft(&later(), 3).await);
    let text = merged.text("summary");
    assert!(text.contains("goes from v2.3.0 to v2.4.1") && text.contains("Mind this:"), "{text}");
    assert!(!text.contains("The high risk:") && !text.contains('\u{1f}') && !text.contains('\n'), "{text}");
    assert_eq!(
        merged.section("summary").map(|section| (section.edited(), section.stale.is_none())),
        Some((true, true))
    );
    assert!(merged.remarks.iter().any(|remark| remark.contains("`Summary` keeps what a person edited, merged")));
}

#[tokio::test]
async fn a_step_a_person_added_is_kept_and_the_steps_are_counted_anew() {
    let first = draft(&payments(), 1).await;
    let scenario = first.text("rollback_scenario");
    let with_step = format!("{scenario}\n99. Tell the call centre.");
    let second = edited(&first, "rollback", &with_step);
    let merged = merge(&second, draft(&later(), 3).await);
    let text = merged.text("rollback_scenario");
    let numbered = text.lines().filter(|line| line.starts_with(|letter: char| letter.is_ascii_digit()));
    for (n, line) in numbered.enumerate() {
        assert!(line.starts_with(&format!("{}. ", n + 1)), "{text}");
    }
    assert!(text.ends_with("Tell the call centre.") && text.contains("v2.4.1"), "{text}");
}

#[tokio::test]
async fn where_both_moved_the_persons_text_stays_and_the_new_one_waits() {
    let first = draft(&payments(), 1).await;
    let second = edited(&first, "title", "Refunds, at last");
    let merged = merge(&second, draft(&later(), 3).await);
    let title = merged.section("title").expect("the section is there");
    assert_eq!(merged.title(), "Refunds, at last");
    let stale = title.stale.as_ref().expect("the title is out of date");
    assert_eq!(stale.why, "The note covers v2.3.0..v2.4.1 now; this text was edited for v2.3.0..v2.4.0.");
    assert!(stale.proposal.as_str().is_some_and(|text| text.starts_with("payments v2.4.1")));
    let page = markdown(&merged, &Meta { id: None, kind: Kind::Deployment, service: "payments".to_owned() });
    assert!(page.starts_with("# Refunds, at last"), "{page}");

    let again = merge(&merged, draft(&later(), 4).await);
    assert!(again.section("title").is_some_and(|title| title.stale.is_some()), "asking again does not settle it");

    let taken = accept_proposal(&merged, "title", &engineer(), now()).expect("a text waits there");
    assert!(taken.title().starts_with("payments v2.4.1") && taken.number == 4);
    assert!(taken.section("title").is_some_and(|title| title.stale.is_none()));
    let refusal = accept_proposal(&taken, "title", &engineer(), now()).expect_err("nothing waits any more").0;
    assert_eq!(refusal, "No other text waits beside `Title`. Edit it, or draft the note again.");

    let kept = edited(&merged, "title", "Refunds, at last");
    assert!(kept.section("title").is_some_and(|title| title.stale.is_none()), "saying it again settles it");
    let settled = merge(&kept, draft(&later(), 5).await);
    assert!(
        settled.section("title").is_some_and(|title| title.stale.is_none()) && settled.title() == "Refunds, at last"
    );
}

#[tokio::test]
async fn a_checklist_keeps_what_a_person_added_and_removed() {
    let first = draft(&payments(), 1).await;
    let mut lines = items(&first, "before");
    let removed = lines.pop().expect("the list is not empty");
    lines.insert(1, "Warn the call centre".to_owned());
    let second = edited(&first, "before", &lines.join("\n"));
    let mut material = later();
    material.digest.risks.push(super::material::risk(
        3,
        slipway::domain::digest::RiskKind::Schedule,
        slipway::domain::digest::Severity::Medium,
        None,
        "Job `settle` runs hourly instead of daily",
        "It meets the nightly export.",
    ));
    material.digest.facts.push(slipway::domain::fact::Fact {
        id: slipway::domain::fact::FactId::risk(3),
        text: "Job `settle` runs hourly instead of daily".to_owned(),
    });
    let merged = merge(&second, draft(&material, 3).await);
    let after = items(&merged, "before");
    assert_eq!(after[1], "Warn the call centre");
    assert!(after.iter().any(|line| line.contains("Check that no run of the job is due")), "{after:?}");
    assert!(!after.contains(&removed), "{after:?}");
    assert!(merged.section("before").is_some_and(|section| section.stale.is_none()));
}

#[tokio::test]
async fn an_edited_section_that_left_the_schema_is_kept() {
    let mut first = draft(&payments(), 1).await;
    let mut own = first.section("impact").expect("the section is there").clone();
    (own.key, own.title) = ("customer_mail".to_owned(), "Customer mail".to_owned());
    own.value = json!("Dear customers");
    own.writer = Writer::Person(engineer());
    first.sections.push(own);
    let merged = merge(&first, draft(&later(), 2).await);
    assert_eq!(merged.text("customer_mail"), "Dear customers");
    assert!(merged.remarks.iter().any(|remark| remark.contains("`Customer mail` is no longer in the schema")));
}
