//! What is said about a repository that is missing, foreign, shallow, empty or damaged, and about a git that is?

use super::{between, collect, from, gaps, refused, resolve, to, whole};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::service::Source;
use slipway::ports::changes::Changes;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

async fn said(git: &Git, path: &Path) -> String {
    refused(git.resolve(&Source::at(path.to_owned()), &whole()).await)
}

#[tokio::test]
async fn paths_that_hold_no_repository_are_named() {
    let repo = Repo::new();
    let missing = repo.beside("missing");
    assert_eq!(
        said(&Git::new(), &missing).await,
        format!("There is no `{}`. Check the path of the repository.", missing.display())
    );
    let plain = repo.beside("plain");
    std::fs::create_dir(&plain).unwrap();
    assert_eq!(
        said(&Git::new(), &plain).await,
        format!("`{}` is not a git repository. Name a working copy or a bare repository.", plain.display())
    );
    repo.write("file", "");
    let file = repo.path().join("file");
    assert!(said(&Git::new(), &file).await.contains("is not a directory"));
}

#[tokio::test]
async fn a_repository_of_somebody_else_is_explained() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]);
    let strict = Git::new().with("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    let sentence = said(&strict, repo.path()).await;
    assert!(sentence.contains("belongs to another user"), "{sentence}");
    let advice = format!("`git config --global --add safe.directory {}`", repo.path().display());
    assert!(sentence.contains(&advice), "{sentence}");
}

#[tokio::test]
async fn a_repository_without_commits_has_nothing_to_say() {
    let repo = Repo::new();
    assert_eq!(
        said(&Git::new(), repo.path()).await,
        "`payments` has no commits yet. Commit something, or name a branch that has."
    );
}

#[tokio::test]
async fn an_unborn_head_does_not_hide_other_branches() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]).git(&["symbolic-ref", "HEAD", "refs/heads/gone"]);
    assert_eq!(resolve(&repo, to("main")).await.commits, 1);
}

#[tokio::test]
async fn a_missing_git_is_asked_for() {
    let repo = Repo::new();
    assert_eq!(
        said(&Git::at("/nowhere/git"), repo.path()).await,
        "`/nowhere/git` is not installed here. Install git 2.36 or later and ask again."
    );
}

#[tokio::test]
async fn a_git_that_hangs_is_ended() {
    let repo = Repo::new();
    let script = repo.beside("slow-git");
    std::fs::write(&script, "#!/bin/sh\necho $$ > \"$SLOW_PID\"\nexec sleep 600\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let pid = repo.beside("pid");
    let git = Git::at(&script).with("SLOW_PID", &pid).time_limit(Duration::from_millis(1500));
    let sentence = said(&git, repo.path()).await;
    assert!(sentence.contains("took longer than 1.5 seconds and was stopped"), "{sentence}");

    let pid = std::fs::read_to_string(pid).unwrap();
    for _ in 0..100 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the child is still there");
}

#[tokio::test]
async fn a_shallow_clone_says_what_it_lacks() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]).tag("v1.0.0");
    for number in 0..5 {
        repo.commit(&format!("Step {number}"), &[("a", &format!("{number}\n"))]);
    }
    let shallow = repo.beside("shallow");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--depth", "3", &url, &shallow.to_string_lossy()]);
    let git = Git::new();

    assert_eq!(
        refused(git.resolve(&Source::at(shallow.clone()), &from("v1.0.0")).await),
        "`v1.0.0` is not in `shallow`, which is a shallow clone. Run `git fetch --unshallow --tags` there and ask again."
    );
    assert!(said(&git, &shallow).await.contains("is a shallow clone without an earlier release tag"));

    let range = git.resolve(&Source::at(shallow.clone()), &between("HEAD~2", "HEAD")).await.unwrap();
    let changes = git.collect(&Source::at(shallow.clone()), &range, &|_| {}).await.unwrap();
    assert_eq!(changes.commits.len(), 2);
    assert!(gaps(&changes)[0].starts_with("The repository is a shallow clone"), "{:?}", changes.gaps);
}

#[tokio::test]
async fn a_clone_without_contents_gives_commits_and_names() {
    let repo = Repo::new();
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    repo.commit("Begin", &[("a", "1\n")]).commit("Go on\n\nPAY-7", &[("a", "2\n"), ("b", "1\n")]);
    let partial = repo.beside("partial");
    let url = format!("file://{}", repo.path().display());
    repo.git(&["clone", "-q", "--bare", "--filter=blob:none", &url, &partial.to_string_lossy()]);

    let git = Git::new();
    let range = git.resolve(&Source::at(partial.clone()), &from("HEAD~1")).await.unwrap();
    let changes = git.collect(&Source::at(partial.clone()), &range, &|_| {}).await.unwrap();
    assert_eq!(changes.commits[0].paths, ["a", "b"]);
    assert_eq!(
        changes.files.iter().map(|file| (file.path.as_str(), file.cut)).collect::<Vec<_>>(),
        [("a", true), ("b", true)]
    );
    assert_eq!(gaps(&changes), ["What changed in `a` and `b` could not be read: objects are missing or damaged."]);
}

#[tokio::test]
async fn a_damaged_object_is_said_and_the_rest_is_read() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1\n"), ("m", "1\n"), ("z", "1\n")]);
    repo.commit("Go on", &[("a", "2\n"), ("m", "2\n"), ("z", "2\n")]);
    let blob = repo.git(&["rev-parse", "HEAD:m"]);
    std::fs::remove_file(repo.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();

    let changes = collect(&repo, from("HEAD~1")).await;
    let cut: Vec<_> = changes.files.iter().map(|file| (file.path.as_str(), file.cut)).collect();
    assert_eq!(cut[0].0, "a");
    assert_eq!(cut.len(), 3);
    assert!(cut[1].1 && cut[2].1, "{cut:?}");
    assert!(gaps(&changes)[0].contains("objects are missing or damaged"), "{:?}", gaps(&changes));
}

#[tokio::test]
async fn one_missing_content_does_not_hide_the_others() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1\n"), ("large", "before\n"), ("z", "old name\nof a file\n")]);
    repo.remove("z").commit("Go on", &[("a", "2\n"), ("large", "after\n"), ("y", "old name\nof a file\n")]);
    let blob = repo.git(&["rev-parse", "HEAD:large"]);
    std::fs::remove_file(repo.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();

    let changes = collect(&repo, from("HEAD~1")).await;
    let seen: Vec<_> =
        changes.files.iter().map(|file| (file.path.as_str(), file.added, file.hunks.len(), file.cut)).collect();
    assert_eq!(seen[0], ("a", 1, 1, false));
    assert_eq!(seen[1], ("large", 0, 0, true));
    assert_eq!(gaps(&changes), ["What changed in `large` could not be read: objects are missing or damaged."]);
}

#[tokio::test]
async fn a_damaged_commit_is_refused_with_what_to_run() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]).tag("v1.0.0").commit("Middle", &[("a", "2")]);
    let middle = repo.head();
    repo.commit("End", &[("a", "3")]);
    let object = repo.path().join(".git/objects").join(&middle[..2]).join(&middle[2..]);
    std::fs::set_permissions(&object, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(&object, "not an object").unwrap();

    let sentence = refused(Git::new().resolve(&repo.source(), &from("v1.0.0")).await);
    assert!(sentence.contains("is damaged") && sentence.contains("`git fsck`"), "{sentence}");
}

#[tokio::test]
async fn a_repository_that_somebody_is_writing_to_can_be_read() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1\n")]).commit("Go on", &[("a", "2\n")]);
    for lock in ["index.lock", "HEAD.lock", "packed-refs.lock", "refs/heads/main.lock"] {
        std::fs::write(repo.path().join(".git").join(lock), "").unwrap();
    }
    assert_eq!(collect(&repo, from("HEAD~1")).await.files.len(), 1);
}
