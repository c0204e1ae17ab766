//! What is kept of commits and files, however odd they are?

use super::{between, collect, file, from, gaps, resolve};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::{ChangeSet, Nature, Status};
use slipway::ports::changes::Changes;
use std::os::unix::fs::{PermissionsExt, symlink};

/// A repository whose first commit, tagged `start`, holds these files.
fn started(files: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    repo.commit("Begin", files).tag("start");
    repo
}

async fn since_start(repo: &Repo) -> ChangeSet {
    collect(repo, from("start")).await
}

#[tokio::test]
async fn a_change_is_told_from_commit_to_line() {
    let repo = started(&[("src/pay.rs", "fn pay() {\n    once();\n}\n")]);
    repo.branch("feature/PAY-311-refunds").author("First Engineer", "first@shop.example");
    repo.commit(
        "Refund twice\n\nPeople asked for it.\n\nCloses #3\nCo-authored-by: Second Engineer <second@shop.example>",
        &[("src/pay.rs", "fn pay() {\n    twice();\n}\n"), ("src/refund.rs", "fn refund() {}\n")],
    );
    repo.switch("main").merge("feature/PAY-311-refunds", "Merge pull request #12 from shop/feature/PAY-311-refunds");

    let changes = since_start(&repo).await;
    let [merge, refund] = changes.commits.as_slice() else { panic!("two commits: {:?}", changes.commits) };
    assert_eq!((merge.sha.as_str(), merge.is_merge, merge.paths.len()), (repo.head().as_str(), true, 0));
    assert_eq!((&merge.pull_requests[..], &merge.tickets[..]), (&[12][..], &["PAY-311".to_string()][..]));
    assert_eq!((refund.subject.as_str(), refund.is_merge), ("Refund twice", false));
    assert!(refund.body.starts_with("People asked for it.\n\nCloses #3"), "{:?}", refund.body);
    assert_eq!((refund.author.name.as_str(), refund.author.email.as_str()), ("First Engineer", "first@shop.example"));
    assert_eq!(refund.co_authors[0].email, "second@shop.example");
    assert_eq!(
        (&refund.pull_requests[..], &refund.tickets[..]),
        (&[12][..], &["#3".to_string()][..]),
        "it came in with #12"
    );
    assert_eq!(refund.paths, ["src/pay.rs", "src/refund.rs"]);
    assert_eq!(refund.at.to_rfc3339(), "2024-01-01T00:01:00+00:00");

    let pay = file(&changes, "src/pay.rs");
    assert_eq!(
        (pay.status, pay.nature, pay.added, pay.removed, pay.cut),
        (Status::Modified, Nature::Text, 1, 1, false)
    );
    assert_eq!((pay.hunks[0].old_start, pay.hunks[0].new_start), (1, 1));
    assert_eq!(pay.hunks[0].body, " fn pay() {\n-    once();\n+    twice();\n }\n");
    let refund = file(&changes, "src/refund.rs");
    assert_eq!((refund.status, refund.added, refund.mode.as_ref()), (Status::Added, 1, None));
    assert_eq!(changes.files.len(), 2);
    assert!(changes.gaps.is_empty(), "{:?}", changes.gaps);
    let printed = repo.git(&["diff", "start", "HEAD"]).len() as u64;
    assert!(changes.raw_bytes > printed, "{} bytes were read, the diff alone has {printed}", changes.raw_bytes);
}

#[tokio::test]
async fn hunks_carry_their_place_and_section() {
    let lines = |changed: &str| {
        let line = |n: usize| if n == 40 { format!("    {changed}\n") } else { format!("    step({n});\n") };
        format!("fn long() {{\n{}}}\n", (0..60).map(line).collect::<String>())
    };
    let repo = started(&[("long.rs", &lines("old()"))]);
    repo.commit("Change", &[("long.rs", &lines("new()"))]);
    let changes = since_start(&repo).await;
    let hunk = &file(&changes, "long.rs").hunks[0];
    assert_eq!((hunk.old_start, hunk.new_start, hunk.context.as_str()), (39, 39, "fn long() {"));
    assert_eq!(hunk.body.lines().count(), 8);
}

#[tokio::test]
async fn names_of_any_kind_come_through() {
    let names = [
        "with space.txt",
        "quote\".txt",
        "line\nbreak.txt",
        "배포/노트.md",
        "tab\t.txt",
        "back\\slash",
        "-dash",
        "diff --git a b",
    ];
    let repo = started(&[("a", "1\n")]);
    let files: Vec<(&str, &str)> = names.iter().map(|name| (*name, "one\n")).collect();
    repo.commit("Odd names", &files);
    repo.write(b"latin\xe9.txt", "one\n").commit("A name that is not UTF-8", &[]);

    let changes = since_start(&repo).await;
    for name in names.into_iter().chain(["latin\u{fffd}.txt"]) {
        let change = file(&changes, name);
        assert_eq!((change.added, change.hunks[0].body.as_str()), (1, "+one\n"), "{name:?}");
    }
    assert_eq!(changes.files.len(), names.len() + 1);
    assert_eq!(changes.commits[0].paths, ["latin\u{fffd}.txt"]);
    let mut touched = changes.commits[1].paths.clone();
    touched.sort();
    let mut expected = names.map(String::from).to_vec();
    expected.sort();
    assert_eq!(touched, expected);
}

#[tokio::test]
async fn messages_of_any_bytes_come_through() {
    let repo = started(&[("a", "1\n")]);
    repo.commit_bytes(b"Caf\xe9 \xff\n\nBody \xfe\n").commit_bytes("결제 취소 (#12)\n\n한국어 본문".as_bytes());
    let changes = since_start(&repo).await;
    assert_eq!(changes.commits[0].subject, "결제 취소 (#12)");
    assert_eq!(changes.commits[0].body, "한국어 본문");
    assert_eq!(changes.commits[0].pull_requests, [12]);
    assert_eq!(changes.commits[1].subject, "Caf\u{fffd} \u{fffd}");
    assert_eq!(changes.commits[1].body, "Body \u{fffd}");
}

#[tokio::test]
async fn every_kind_of_change_has_its_status() {
    let long = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
    let repo = started(&[("kept", long), ("gone", "1\n"), ("moved", long), ("file-to-link", "x\n"), ("run.sh", "x\n")]);
    symlink("kept", repo.path().join("link")).unwrap();
    repo.commit("Link", &[]).tag("linked");
    repo.remove("gone").rename("moved", "dir/moved");
    repo.write("dir/moved", format!("{long}eight\n"));
    std::fs::remove_file(repo.path().join("file-to-link")).unwrap();
    symlink("kept", repo.path().join("file-to-link")).unwrap();
    std::fs::remove_file(repo.path().join("link")).unwrap();
    symlink("run.sh", repo.path().join("link")).unwrap();
    std::fs::set_permissions(repo.path().join("run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    repo.commit("Everything", &[("new", ""), ("zz-last", "last\n")]);

    let changes = collect(&repo, between("linked", "HEAD")).await;
    let told = |path| {
        let file = file(&changes, path);
        (file.status, file.nature, file.added, file.removed)
    };
    assert_eq!(told("gone"), (Status::Deleted, Nature::Text, 0, 1));
    assert_eq!(told("dir/moved"), (Status::Renamed, Nature::Text, 1, 0));
    assert_eq!(file(&changes, "dir/moved").old_path.as_deref(), Some("moved"));
    assert_eq!(told("file-to-link"), (Status::TypeChanged, Nature::Symlink, 1, 1));
    assert_eq!(file(&changes, "file-to-link").mode, Some(("100644".into(), "120000".into())));
    assert_eq!(told("link"), (Status::Modified, Nature::Symlink, 1, 1));
    assert_eq!(told("run.sh"), (Status::Modified, Nature::Text, 0, 0));
    assert_eq!(file(&changes, "run.sh").mode, Some(("100644".into(), "100755".into())));
    assert_eq!(told("new"), (Status::Added, Nature::Text, 0, 0));
    assert_eq!(file(&changes, "zz-last").hunks[0].body, "+last\n", "patches stay with their files behind all of it");
    assert_eq!(changes.files.len(), 7);
}

#[tokio::test]
async fn binaries_are_known_by_name() {
    let repo = started(&[("a", "1\n")]);
    repo.write("logo.png", [0u8, 1, 2, 255]).commit("Logo", &[("z", "1\n")]);
    let changes = since_start(&repo).await;
    let logo = file(&changes, "logo.png");
    assert_eq!((logo.nature, logo.added, logo.hunks.len(), logo.cut), (Nature::Binary, 0, 0, false));
    assert_eq!(file(&changes, "z").added, 1);
}

#[tokio::test]
async fn a_submodule_is_a_pointer_and_a_gap() {
    let inner = Repo::named("ledger");
    inner.commit("Begin", &[("a", "1")]);
    let repo = started(&[("a", "1\n")]);
    repo.git(&["submodule", "--quiet", "add", &inner.path().to_string_lossy(), "vendor/ledger"]);
    repo.commit("Embed the ledger", &[]);

    let changes = since_start(&repo).await;
    let ledger = file(&changes, "vendor/ledger");
    assert_eq!((ledger.nature, ledger.status), (Nature::Submodule, Status::Added));
    assert_eq!(ledger.hunks[0].body, format!("+Subproject commit {}\n", inner.head()));
    assert_eq!(gaps(&changes), ["What changed inside the submodule `vendor/ledger` was not read."]);
}

#[tokio::test]
async fn lines_that_look_like_the_diff_itself_are_only_lines() {
    let text = "diff --git a/x b/x\n@@ -1 +1 @@\n--- a/x\n+++ b/x\n\\ No newline at end of file\nBinary files a and b differ\n\n";
    let repo = started(&[("a.patch", "old\n")]);
    repo.commit("Change", &[("a.patch", text), ("b", "b\r\nc"), ("c", "")]).commit("End", &[("c", "-- \n")]);
    let changes = since_start(&repo).await;
    let patch = file(&changes, "a.patch");
    let expected: String =
        std::iter::once("-old\n".to_string()).chain(text.lines().map(|l| format!("+{l}\n"))).collect();
    assert_eq!((patch.hunks.len(), patch.added, patch.removed), (1, 7, 1));
    assert_eq!(patch.hunks[0].body, expected);
    assert_eq!(file(&changes, "b").hunks[0].body, "+b\r\n+c\n");
    assert_eq!(file(&changes, "c").hunks[0].body, "+-- \n");
    assert_eq!(changes.files.len(), 3);
}

#[tokio::test]
async fn nobodys_configuration_changes_what_is_read() {
    let repo =
        started(&[("a", "1\n\n2\n\n3\n"), ("moved", "one\ntwo\nthree\nfour\n"), (".gitattributes", "*.x diff=spy\n")]);
    repo.write("s.x", "1\n").rename("moved", "a-moved").commit("Change\n\nBody", &[("a", "1\n\n4\n\n3\n")]);
    let plain = since_start(&repo).await;
    let stolen = repo.beside("stolen");
    let spy = format!("touch {}; cat", stolen.display());
    for (key, value) in [
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.algorithm", "patience"),
        ("diff.renames", "false"),
        ("diff.context", "0"),
        ("diff.interHunkContext", "9"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.external", &spy),
        ("diff.spy.command", &spy),
        ("diff.spy.textconv", &spy),
        ("diff.orderFile", "missing-file"),
        ("diff.submodule", "diff"),
        ("diff.ignoreSubmodules", "all"),
        ("diff.relative", "true"),
        ("diff.srcPrefix", "x/"),
        ("diff.wsErrorHighlight", "all"),
        ("diff.colorMoved", "zebra"),
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("core.quotePath", "true"),
        ("core.pager", &spy),
        ("core.fsmonitor", &spy),
        ("core.abbrev", "5"),
        ("core.commentChar", "-"),
        ("log.showSignature", "true"),
        ("gpg.program", &spy),
        ("log.decorate", "full"),
        ("log.follow", "true"),
        ("log.diffMerges", "on"),
        ("log.showRoot", "false"),
        ("log.date", "relative"),
        ("format.pretty", "fuller"),
        ("format.notes", "true"),
        ("i18n.logOutputEncoding", "ISO-8859-1"),
    ] {
        repo.git(&["config", key, value]);
    }
    assert_eq!(since_start(&repo).await, plain);
    assert!(!stolen.exists(), "a program of the repository was run");
    assert!(!plain.files.is_empty() && !plain.commits.is_empty());
}

#[tokio::test]
async fn one_person_has_one_name() {
    let repo = started(&[(".mailmap", "Release Engineer <release@shop.example> <old@laptop.example>\n")]);
    repo.author("reng", "old@laptop.example").commit("Change", &[("a", "1")]);
    let author = since_start(&repo).await.commits[0].author.clone();
    assert_eq!((author.name.as_str(), author.email.as_str()), ("Release Engineer", "release@shop.example"));
}

#[tokio::test]
async fn the_very_first_commit_is_part_of_everything() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1\n")]).commit("Go on", &[("b", "1\n")]);
    let changes = collect(&repo, from("beginning")).await;
    assert_eq!(changes.commits.iter().map(|commit| commit.paths.concat()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(changes.files.len(), 2);
}

#[tokio::test]
async fn what_is_lost_on_the_way_is_in_the_diff() {
    let repo = started(&[("a", "1\n")]);
    repo.branch("hotfix").commit("Hotfix", &[("fix", "only here\n")]).switch("main").commit("Go on", &[("b", "1\n")]);
    let changes = collect(&repo, between("hotfix", "main")).await;
    assert_eq!((changes.range.commits, changes.range.lost), (1, 1));
    assert_eq!(changes.commits.len(), 1);
    assert_eq!(file(&changes, "fix").status, Status::Deleted);
}

#[tokio::test]
async fn a_range_that_did_not_come_from_git_is_not_handed_to_it() {
    let repo = started(&[("a", "1\n")]);
    repo.commit("Go on", &[("a", "2\n")]);
    let mut range = resolve(&repo, from("start")).await;
    range.to.sha = "--output=stolen".to_string();
    assert!(Git::new().collect(&repo.source(), &range, &|_| {}).await.is_err());
    assert!(!repo.path().join("stolen").exists());
}
