//! `slipway incidents` and `slipway review` in a pipeline: the memory is filled and asked, a note is held against it.

use super::{Ended, shown, typed};
use crate::support::not_run::not_run;
use crate::support::world::payments;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

const REPORTS: &str = r###"{"source":"acme/pm","id":"PM-1","title":"Dropped column broke payments","date":"2024-03-01","text":"## Summary\nDropping the column legacy_id of invoices broke payments: old pods still read the column.\n\n## Lessons learned\n- Stop reading a column one release before the migration drops it\n"}
this is no JSON
{"id":"PM-2","title":"Certificate of the gateway expired","date":"2023","text":"The certificate expired at night. Root cause: nobody watched it. The key was AKIAQ3EGRNTPZ5T7LMWX."}
{"id":"","text":"nameless"}
"###;

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary directory") }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("writable");
        shown(&path).to_string()
    }

    fn data(&self) -> String {
        shown(&self.folder.path().join("data")).to_string()
    }

    async fn runs(&self, words: &str) -> Ended {
        typed(&format!("--data-dir {} {words}", self.data())).await
    }

    async fn imported(&self) -> Ended {
        let file = self.file("reports.jsonl", REPORTS);
        self.runs(&format!("incidents import {file}")).await
    }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

async fn note(place: &Place, planned: Option<Value>) -> String {
    let repo = payments();
    let ended = typed(&format!("draft --repo {} v1.0.0..v1.1.0 --format json", shown(repo.path()))).await;
    let mut note = read(&ended.out);
    if let Some(planned) = planned {
        note["planned"] = planned;
    }
    place.file("note.json", &note.to_string())
}

#[tokio::test]
async fn reports_are_imported_once_and_found_and_what_cannot_be_read_is_named() {
    let place = Place::new();
    let ended = place.imported().await;
    assert_eq!(ended.code, Some(3), "something was left out: {}", ended.err);
    assert!(
        ended.err.contains("Line 2 is left out") && ended.err.contains("Line 4 is left out: its `id` is empty."),
        "{}",
        ended.err
    );
    assert!(ended.out.starts_with("Imported: 2 new, 2 left out. 2 incidents are remembered."), "{}", ended.out);
    assert!(place.imported().await.out.starts_with("Imported: 2 known already, 2 left out."));

    let found = place.runs("incidents search certificate --format json").await;
    let found = read(&found.out);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    assert_eq!(
        (&found[0]["id"], &found[0]["title"], &found[0]["date"]),
        (&json!("PM-2"), &json!("Certificate of the gateway expired"), &json!("2023"))
    );
    assert!(found[0]["score"].as_f64().is_some_and(|score| score > 0.0) && found[0]["why"].is_string());
    assert!(!found.to_string().contains("AKIAQ3EGRNTPZ5T7LMWX"));
    let nothing = place.runs("incidents search cake --format json").await;
    assert_eq!((nothing.code, read(&nothing.out)), (Some(0), json!([])));
    let told = place.runs("incidents search cake").await;
    assert!(
        told.out.contains("None of 2 incidents is like \"cake\".") && told.out.contains("no embedder is configured"),
        "{}",
        told.out
    );
    let missing = place.runs("incidents import /nowhere/reports.jsonl").await;
    assert_eq!(
        (missing.code, missing.err.trim()),
        (Some(3), "slipway: There is no file or folder `/nowhere/reports.jsonl`.")
    );
}

/// The runtime is there and the model's files are not what they should be: that costs meaning, and nothing else.
#[tokio::test]
async fn an_embedder_with_broken_files_is_told_and_words_still_find() {
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools/onnxruntime/libonnxruntime.so");
    if !library.is_file() {
        not_run(&format!("an embedder with broken files: it wants `{}`.", library.display()));
        return;
    }
    let place = Place::new();
    let model = place.folder.path().join("model");
    std::fs::create_dir_all(&model).expect("writable");
    for file in ["model.onnx", "tokenizer.json", "config.json", "special_tokens_map.json", "tokenizer_config.json"] {
        std::fs::write(model.join(file), b"torn off in the mid").expect("writable");
    }
    let config = format!("[embedder]\nmodel_dir = \"{}\"\nonnxruntime = \"{}\"\n", shown(&model), shown(&library));
    let config = place.file("slipway.toml", &config);
    let reports = place.file("reports.jsonl", REPORTS);
    let imported = place.runs(&format!("--config {config} incidents import {reports}")).await;
    assert!(imported.err.contains("Meaning was not compared: the embedding model in"), "{}", imported.err);
    assert!(imported.out.contains("2 new") && imported.out.contains("the embedder fails"), "{}", imported.out);
    let found = place.runs(&format!("--config {config} incidents search certificate")).await;
    assert_eq!(found.code, Some(0), "{}", found.err);
    assert!(found.out.contains("PM-2") && found.out.contains("no incident has vectors yet"), "{}", found.out);
}

#[tokio::test]
async fn a_folder_of_postmortems_is_read() {
    let place = Place::new();
    let folder = place.folder.path().join("postmortems/2024");
    std::fs::create_dir_all(&folder).expect("writable");
    std::fs::write(folder.join("2024-02-03-dns.md"), "# DNS fell over\n\nCoreDNS was upgraded and lookups failed.\n")
        .expect("writable");
    let ended = place.runs(&format!("incidents import {}", shown(&place.folder.path().join("postmortems")))).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let found = read(&place.runs("incidents search dns --format json").await.out);
    assert_eq!((&found[0]["id"], &found[0]["date"]), (&json!("2024-02-03-dns"), &json!("2024-02-03")));
}

#[tokio::test]
async fn a_note_is_reviewed_with_what_happened_before_and_a_freeze_ends_with_six() {
    let place = Place::new();
    place.imported().await;
    let file = note(&place, None).await;
    let ended = place.runs(&format!("review --note {file} --format json")).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let review = read(&ended.out);
    assert_eq!(review["grade"], "danger", "{review:#}");
    assert_eq!(review["similar"][0]["called"], "PM-1", "{review:#}");
    assert!(
        review["similar"][0]["meaning"]
            .as_str()
            .is_some_and(|text| text.contains("Stop reading a column one release before"))
    );
    assert!(
        review["similar"][0]["bound"]["text"].as_str().is_some_and(|text| text.contains("0042_drop_legacy_id.sql"))
    );
    assert!(review["standards_asked"].as_u64() > review["standards_met"].as_u64());
    assert!(review["unchecked"].to_string().contains("nobody said when it is to happen"));
    for finding in review["findings"].as_array().expect("findings") {
        assert!(
            ["what", "why", "instead"].iter().all(|part| finding[part].as_str().is_some_and(|text| text.len() > 10)),
            "{finding}"
        );
    }

    let policy =
        place.file("policy.toml", "[[freezes]]\nname = \"Year end\"\nfrom = \"2030-12-20\"\nuntil = \"2031-01-03\"\n");
    let config = place.file("slipway.toml", &format!("policy = \"{policy}\"\n"));
    let file =
        note(&place, Some(json!({ "from": "2030-12-23T09:00:00Z", "minutes": 30, "zone": "Europe/Berlin" }))).await;
    let ended = place.runs(&format!("--config {config} review --note {file}")).await;
    assert_eq!(ended.code, Some(6), "{} {}", ended.out, ended.err);
    assert!(
        ended.out.starts_with("Review: block") && ended.out.contains("The freeze \"Year end\" holds"),
        "{}",
        ended.out
    );
    assert_eq!(place.runs(&format!("--config {config} review --note {file} --fail-on never")).await.code, Some(0));
}

#[tokio::test]
async fn what_is_no_note_and_what_is_no_rule_are_said() {
    let place = Place::new();
    let file = place.file("odd.json", "{\"hello\": 1}");
    let ended = place.runs(&format!("review --note {file}")).await;
    assert_eq!(ended.code, Some(3));
    assert!(ended.err.contains("cannot be reviewed: it has none of the sections that a note has"), "{}", ended.err);
    let policy = place.file("policy.toml", "[rules.two-operators]\nleest = 3\n");
    let config = place.file("slipway.toml", &format!("policy = \"{policy}\"\n"));
    let ended = place.runs(&format!("--config {config} review --note {file}")).await;
    assert_eq!(ended.code, Some(4));
    assert!(ended.err.contains("there is no option `leest`; did you mean `least`?"), "{}", ended.err);
    let ended = place.runs("review backtest --rule freeze").await;
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(ended.err.contains("There is no rule `freeze`"), "{}", ended.err);
    let ended = place.runs("review backtest --rule rollback").await;
    assert!(ended.out.starts_with("`rollback` would have spoken about 0 of 0 notes"), "{}", ended.out);
    assert!(Path::new(&place.data()).exists());
}
