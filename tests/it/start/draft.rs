//! `slipway draft` in a pipeline: the result on standard output, everything else beside it, and a code that tells.

use super::{Ended, shown, typed};
use crate::support::fakes::github::{FakeGithub, tokens::TOKEN};
use crate::support::process::slipway;
use crate::support::repo::Repo;
use crate::support::world::payments;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

async fn draft(repo: &Path, words: &str) -> Ended {
    typed(&format!("draft --repo {} {words}", shown(repo))).await
}

fn names(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_note_is_printed_and_progress_stays_out_of_it() {
    let repo = payments();
    let ended = draft(repo.path(), "v1.0.0..v1.1.0").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.starts_with("# "), "{}", ended.out);
    for part in [
        "*Deployment note · `payments` · `v1.0.0..v1.1.0` · revision 1 · ",
        "0042_drop_legacy_id.sql",
        "Rollback scenario",
    ] {
        assert!(ended.out.contains(part), "`{part}` in {}", ended.out);
    }
    assert_eq!(
        ended.err.lines().map(|line| line.split(" · ").next().unwrap_or_default()).collect::<Vec<_>>(),
        [
            "Collect commits and diffs",
            "Read the change",
            "Compress the context",
            "Write the note",
            "Check every sentence"
        ]
    );
    assert!(!ended.out.contains("Collect commits"), "progress is no part of the note: {}", ended.out);
}

#[tokio::test]
async fn a_range_that_cannot_be_drafted_ends_with_three_and_says_what_to_do() {
    let repo = payments();
    for (words, sentence) in [
        (
            "v1.0.0..v9.9.9",
            "`v9.9.9` is no tag, branch or commit of `payments`. Nearest: `v1.1.0` and `v1.0.0`. `git tag` and `git branch --all` list what is there.",
        ),
        (
            "v1.1.0..v1.0.0",
            "`v1.0.0` is older than `v1.1.0` in `payments`, so the range is empty. Did you mean `v1.0.0..v1.1.0`?",
        ),
        (
            "v1.1.0..v1.1.0",
            "The range in `payments` is empty: `v1.1.0` to itself holds no change. Name an earlier start.",
        ),
    ] {
        draft(repo.path(), words).await.assert_refused(3, sentence);
    }
    draft(repo.path(), "v1.0.0...v1.1.0")
        .await
        .assert_refused(2, "`v1.0.0...v1.1.0` has three dots; a draft takes two, for example `v1.0.0..v1.1.0`.");
}

#[tokio::test]
async fn a_place_without_a_repository_ends_with_three() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let (empty, missing) = (home.path().join("empty"), home.path().join("missing"));
    std::fs::create_dir(&empty).expect("it is new");
    draft(&empty, "").await.assert_refused(
        3,
        &format!("`{}` is not a git repository. Name a working copy or a bare repository.", shown(&empty)),
    );
    draft(&missing, "")
        .await
        .assert_refused(3, &format!("There is no `{}`. Check the path of the repository.", shown(&missing)));
}

#[tokio::test]
async fn a_bare_repository_is_as_good_as_a_working_copy() {
    let repo = payments();
    let bare = repo.beside("payments.git");
    repo.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    let (from_bare, from_copy) = (draft(&bare, "v1.0.0..v1.1.0").await, draft(repo.path(), "v1.0.0..v1.1.0").await);
    assert_eq!(from_bare.code, Some(0), "{}", from_bare.err);
    let sections = |note: &Ended| note.out.lines().filter(|line| !line.starts_with('*')).collect::<Vec<_>>().join("\n");
    assert!(sections(&from_bare).contains("0042_drop_legacy_id.sql"), "{}", from_bare.out);
    assert_eq!(sections(&from_bare), sections(&from_copy), "where it lies changes nothing");
}

#[tokio::test]
async fn the_context_is_shown_with_its_account() {
    let ended = draft(payments().path(), "v1.0.0..v1.1.0 --show-context").await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let shown: Value = serde_json::from_str(&ended.out).expect("one JSON object and nothing else");
    assert_eq!(names(&shown), ["raw_tokens", "context_tokens", "context", "left_out"]);
    let (raw, tokens) = (shown["raw_tokens"].as_u64(), shown["context_tokens"].as_u64());
    assert!(raw.is_some_and(|raw| raw > 0) && tokens.is_some_and(|tokens| (1..=2_300).contains(&tokens)), "{shown:#}");
    let context = shown["context"].as_str().expect("a text");
    assert!(context.contains("#12 PAY-311") && context.contains("0042_drop_legacy_id.sql"), "{context}");
    assert!(shown["left_out"].as_array().is_some_and(|lines| lines.iter().all(Value::is_string)), "{shown:#}");
    assert!(!ended.err.contains("Write the note"), "no note is written: {}", ended.err);
}

#[tokio::test]
async fn as_json_the_note_meets_its_schema_group_by_group() {
    let repo = payments();
    for kind in ["deployment", "work"] {
        let ended = draft(repo.path(), &format!("v1.0.0..v1.1.0 --kind {kind} --format json")).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let mut note: Value = serde_json::from_str(&ended.out).expect("one JSON object and nothing else");
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("config/schemas/{kind}.json"));
        let schema: Value =
            serde_json::from_str(&std::fs::read_to_string(file).expect("it is there")).expect("it is JSON");
        let validator = jsonschema::validator_for(&schema).expect("it is a schema");
        let problems: Vec<String> = validator.iter_errors(&note).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{kind}: {problems:?}");
        for group in names(&schema["properties"]) {
            assert!(!note[group].is_null(), "{kind} has no group `{group}`");
        }
        assert_eq!(note["kind"], kind);
        // The schema is one that can be missed.
        note["noteDetails"]["title"] = json!("");
        assert!(!validator.is_valid(&note), "{kind}: an empty title would be accepted");
    }
}

/// `slipway … | head -1`, also with both streams in the pipe: whoever reads no further has what they wanted.
#[tokio::test]
async fn a_reader_that_closes_the_pipe_is_no_failure() {
    let repo = payments();
    for words in ["draft v1.0.0..v1.1.0", "draft v1.0.0..v1.1.0 --show-context", "doctor"] {
        let data = tempfile::tempdir().expect("a temporary directory");
        let mut command = slipway(&words.split(' ').collect::<Vec<_>>());
        command.arg("--repo").arg(repo.path()).arg("--data-dir").arg(data.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("piped").read_to_string(&mut said).await.expect("text");
        let status = child.wait().await.expect("it ends");
        assert_eq!(status.code(), Some(0), "{words}: {said}");
        assert!(!said.contains("panicked"), "{words}: {said}");
    }
    let mut command = slipway(&["draft", "v1.0.0..v1.1.0", "--repo"]);
    let mut child = command.arg(repo.path()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let mut said = BufReader::new(child.stderr.take().expect("piped"));
    let mut first = String::new();
    said.read_line(&mut first).await.expect("text");
    drop(said);
    let status = child.wait().await.expect("it ends");
    assert!(first.starts_with("Collect commits and diffs"), "{first}");
    assert_eq!(status.code(), Some(0), "a closed standard error is no failure either");
}

#[tokio::test]
async fn an_empty_repository_has_nothing_to_draft() {
    let repo = Repo::new();
    draft(repo.path(), "")
        .await
        .assert_refused(3, "`payments` has no commits yet. Commit something, or name a branch that has.");
}

/// A clone says where it comes from; what that host knows is in the note.
#[tokio::test]
async fn a_clone_of_a_host_that_is_set_up_is_told_what_the_host_knows() {
    let repo = payments();
    let github = FakeGithub::start().await;
    let merged = repo.git(&["rev-parse", "v1.1.0^{commit}"]);
    let home = github.url().replace("http://", "https://");
    repo.git(&["remote", "add", "origin", &format!("{home}/acme/payments.git")]);
    github.state().repository("acme/payments").git = Some(repo.path().to_owned());
    github.state().repository("acme/payments").checked(&merged, "unit tests", "success", "412 tests, 412 passed");
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (token, config) = (folder.path().join("token"), folder.path().join("slipway.toml"));
    std::fs::write(&token, TOKEN).expect("writable");
    let text = format!("[github]\napi_url = {:?}\ntoken_file = {token:?}\n", github.url());
    std::fs::write(&config, text).expect("writable");
    let ended = draft(repo.path(), &format!("v1.0.0..v1.1.0 --config {}", config.display())).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("`unit tests` ran 412 tests: 412 passed."), "{}", ended.out);
    assert_eq!(github.complaints(), Vec::<String>::new());
}
