//! Which range does git find for what a person typed, and what does it say when there is none?

use super::{between, from, refusal, resolve, to, whole};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::RangeAsk;
use slipway::domain::service::Source;
use slipway::ports::changes::Changes;

fn releases(repo: &Repo, tags: &[&str]) {
    for tag in tags {
        repo.commit(&format!("Prepare {tag}"), &[("VERSION", tag)]).tag(tag);
    }
}

#[tokio::test]
async fn both_ends_named_are_taken_at_their_word() {
    let repo = Repo::named("payments");
    releases(&repo, &["v1.0.0", "v1.1.0"]);
    repo.commit("Pay later", &[("later.rs", "")]);

    let range = resolve(&repo, between("v1.0.0", "main")).await;
    assert_eq!((range.repo.as_str(), range.label().as_str()), ("payments", "v1.0.0..main"));
    assert_eq!((range.commits, range.lost, range.chosen.as_str()), (2, 0, ""));
    assert_eq!(range.to.sha, repo.head());
    assert_eq!(range.to.at.map(|at| at.to_rfc3339()), Some("2024-01-01T00:02:00+00:00".to_string()));

    let short = &repo.git(&["rev-parse", "v1.0.0^{commit}"])[..7];
    let by_sha = resolve(&repo, between(short, &repo.head())).await;
    assert_eq!(by_sha.from.name, short);
    assert_eq!(by_sha.to.name, &repo.head()[..12]);
    assert_eq!(by_sha.commits, 2);
}

#[tokio::test]
async fn without_a_start_it_is_the_release_before_on_the_same_line() {
    let repo = Repo::new();
    releases(&repo, &["v1.9.0", "api/v1.1.0", "v1.10.0", "web-3.0", "v2.0.0-rc.1", "api/v1.2.0", "v2.0.0", "web-3.1"]);

    let chosen = |end: &'static str| {
        let repo = &repo;
        async move { resolve(repo, to(end)).await }
    };
    assert_eq!(chosen("v2.0.0").await.label(), "v1.10.0..v2.0.0");
    assert_eq!(chosen("v2.0.0-rc.1").await.label(), "v1.10.0..v2.0.0-rc.1");
    assert_eq!(chosen("api/v1.2.0").await.label(), "api/v1.1.0..api/v1.2.0");
    assert_eq!(chosen("web-3.1").await.label(), "web-3.0..web-3.1");
    assert_eq!(
        chosen("v2.0.0").await.chosen,
        "`v1.10.0` was taken as the start: it is the release tag before `v2.0.0`."
    );
    assert_eq!(chosen("refs/tags/v2.0.0").await.from.name, "v1.10.0");
}

#[tokio::test]
async fn a_branch_starts_at_the_last_final_release_in_its_history() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0"]);
    repo.branch("release-1").commit("Hotfix", &[("fix", "1")]).tag("v1.0.1");
    repo.commit("Hotfix again", &[("fix", "2")]);
    repo.switch("main");
    releases(&repo, &["v2.0.0-rc.1", "nightly-77"]);
    repo.commit("Pay later", &[("later.rs", "")]);

    assert_eq!(resolve(&repo, whole()).await.label(), "v1.0.0..main");
    assert_eq!(resolve(&repo, to("release-1")).await.label(), "v1.0.1..release-1");
    releases(&repo, &["v2.0.0"]);
    assert_eq!(resolve(&repo, whole()).await.label(), "v1.0.0..v2.0.0", "the tag on the end itself names it");
    assert_eq!(resolve(&repo, from("v1.0.1")).await.lost, 1, "the hotfix leaves with this change");
}

#[tokio::test]
async fn hotfixes_beside_the_history_do_not_hide_the_release_in_it() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0"]);
    repo.branch("release-1");
    releases(&repo, &["v1.0.1", "v1.0.2", "v1.0.3", "v1.0.4", "v1.0.5"]);
    repo.switch("main");
    releases(&repo, &["v1.1.0"]);

    let range = resolve(&repo, to("v1.1.0")).await;
    assert_eq!((range.label().as_str(), range.commits, range.lost), ("v1.0.0..v1.1.0", 1, 0));
}

#[tokio::test]
async fn releases_tagged_on_their_own_branches_still_have_a_predecessor() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]);
    repo.branch("release-1").commit("Release 1", &[("a", "2")]).tag("v1.0.0");
    repo.switch("main").commit("Go on", &[("b", "1")]);
    repo.branch("release-2").commit("Release 2", &[("b", "2")]).tag("v2.0.0");
    repo.switch("release-1").commit("Release 1.1", &[("a", "3")]).tag("v1.1.0");

    let range = resolve(&repo, to("v2.0.0")).await;
    assert_eq!((range.label().as_str(), range.commits, range.lost), ("v1.0.0..v2.0.0", 2, 1));
    assert!(range.chosen.ends_with("although it is not part of its history."), "{}", range.chosen);
}

#[tokio::test]
async fn without_any_release_everything_is_read() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]).tag("stable").commit("Go on", &[("b", "1")]);

    let range = resolve(&repo, whole()).await;
    assert_eq!((range.label().as_str(), range.commits, range.lost), ("beginning..main", 2, 0));
    assert_eq!(range.from.sha, "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    assert_eq!(
        range.chosen,
        "No earlier release tag was found, so everything from the first commit to `main` was read."
    );
    assert_eq!(resolve(&repo, from("beginning")).await.commits, 2, "what the label says may be typed");

    releases(&repo, &["api/v1.0.0"]);
    let first = resolve(&repo, to("api/v1.0.0")).await;
    assert_eq!(first.label(), "beginning..api/v1.0.0");
    assert!(first.chosen.starts_with("`api/v1.0.0` is the first release of its line"), "{}", first.chosen);
}

#[tokio::test]
async fn long_object_names_bare_copies_and_subdirectories_serve_too() {
    let repo = Repo::sha256();
    repo.commit("Begin", &[("src/a", "1")]);
    let range = resolve(&repo, whole()).await;
    assert_eq!((range.from.sha.len(), range.to.sha.len(), range.commits), (64, 64, 1));
    assert_eq!(Git::new().collect(&repo.source(), &range, &|_| {}).await.unwrap().files.len(), 1);

    let bare = repo.beside("shop.git");
    repo.git(&["clone", "-q", "--bare", ".", &bare.to_string_lossy()]);
    let range = Git::new().resolve(&Source::at(bare.clone()), &whole()).await.unwrap();
    assert_eq!((range.repo.as_str(), range.to.name.as_str()), ("shop", "main"));
    let range = Git::new().resolve(&Source::at(repo.path().join("src")), &whole()).await.unwrap();
    assert_eq!(range.commits, 1);
}

#[tokio::test]
async fn a_branch_only_the_remote_has_is_found() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a", "1")]).branch("release-1").commit("Release", &[("a", "2")]).switch("main");
    let clone = repo.beside("clone");
    repo.git(&["clone", "-q", ".", &clone.to_string_lossy()]);
    let range = Git::new().resolve(&Source::at(clone.clone()), &between("main", "release-1")).await.unwrap();
    assert_eq!(range.label(), "main..origin/release-1");
}

#[tokio::test]
async fn a_name_nobody_knows_is_refused_with_the_nearest() {
    let repo = Repo::new();
    releases(&repo, &["v2.3.0", "v2.4.1"]);
    assert_eq!(
        refusal(&repo, to("v2.4.0")).await,
        "`v2.4.0` is no tag, branch or commit of `payments`. Nearest: `v2.4.1` and `v2.3.0`. \
         `git tag` and `git branch --all` list what is there."
    );
    assert_eq!(
        refusal(&repo, between("0000000", "v2.4.1")).await,
        "`0000000` is no tag, branch or commit of `payments`. `git tag` and `git branch --all` list what is there."
    );
    assert!(refusal(&repo, to("HEAD:VERSION")).await.starts_with("`HEAD:VERSION` names a file of `payments`"));
}

#[tokio::test]
async fn no_name_is_read_as_an_option() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0"]);
    for name in ["--output=stolen", "-h", "--all", "--exec-path=/", "v1.0.0\nv1.0.0", "v1.0.0 --all", "^v1.0.0", "`x`"]
    {
        let sentence = refusal(&repo, to(name)).await;
        assert!(sentence.contains("is no tag, branch or commit of `payments`"), "{name}: {sentence}");
        let sentence = refusal(&repo, between(name, "main")).await;
        assert!(sentence.contains("is no tag, branch or commit of `payments`"), "{name}: {sentence}");
    }
    assert_eq!(repo.git(&["status", "--porcelain"]), "", "nothing was written");
}

#[tokio::test]
async fn a_tag_that_looks_like_an_option_is_a_tag() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0"]);
    repo.commit("Go on", &[("b", "1")]).git(&["update-ref", "refs/tags/--all", "HEAD"]);
    assert_eq!(resolve(&repo, between("v1.0.0", "--all")).await.commits, 1);
}

#[tokio::test]
async fn ambiguous_names_are_refused_with_what_they_may_mean() {
    let repo = Repo::new();
    releases(&repo, &["v1", "v2"]);
    repo.git(&["branch", "v1"]);
    assert_eq!(
        refusal(&repo, between("v1", "v2")).await,
        "`v1` means more than one thing in `payments`: `tags/v1` or `heads/v1`. Type one of these."
    );
    assert_eq!(resolve(&repo, between("tags/v1", "v2")).await.commits, 1);

    let mut stream = String::new();
    for number in 0..800 {
        let commit = format!("commit refs/heads/many\ncommitter A <a@shop.example> {number} +0000\ndata 1\nx\n");
        stream.push_str(&commit);
    }
    repo.import(stream.as_bytes());
    let objects = repo.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)"]);
    let commits: Vec<&str> = objects.lines().filter_map(|line| line.strip_suffix(" commit")).collect();
    let twins = commits.windows(2).find(|pair| pair[0][..4] == pair[1][..4]).expect("of 800 commits two begin alike");
    let sentence = refusal(&repo, to(&twins[0][..4])).await;
    assert!(sentence.contains("means more than one thing"), "{sentence}");
    assert!(sentence.contains(&twins[0][..12]) && sentence.contains(&twins[1][..12]), "{sentence}");
}

#[tokio::test]
async fn empty_and_reversed_ranges_are_refused_with_the_way_out() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0", "v2.0.0"]);
    assert_eq!(
        refusal(&repo, between("v2.0.0", "v1.0.0")).await,
        "`v1.0.0` is older than `v2.0.0` in `payments`, so the range is empty. Did you mean `v1.0.0..v2.0.0`?"
    );
    assert_eq!(
        refusal(&repo, between("v2.0.0", "main")).await,
        "The range in `payments` is empty: `v2.0.0` and `main` are the same commit, so it holds no change. Name an earlier start."
    );
}

#[tokio::test]
async fn names_are_completed_newest_first() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0", "v1.1.0", "w1"]);
    repo.commit("Go on", &[("b", "1")]).branch("very-new").commit("New", &[("c", "1")]);
    let names = |prefix: &'static str, limit| {
        let path = repo.path();
        async move { Git::new().names(&Source::at(path.to_owned()), prefix, limit).await.unwrap() }
    };
    assert_eq!(names("v", 10).await, ["very-new", "v1.1.0", "v1.0.0"]);
    assert_eq!(names("v1", 1).await, ["v1.1.0"]);
    assert_eq!(names("*", 9).await, Vec::<String>::new());
}

#[tokio::test]
async fn git_says_its_version() {
    let version = Git::new().describe().await.unwrap();
    assert!(version.starts_with("git 2."), "{version}");
}

#[tokio::test]
async fn spaces_around_a_name_are_nobodys_intention() {
    let repo = Repo::new();
    releases(&repo, &["v1.0.0", "v2.0.0"]);
    let ask = RangeAsk { from: Some(" v1.0.0 ".into()), to: Some("  ".into()) };
    assert_eq!(resolve(&repo, ask).await.label(), "v1.0.0..v2.0.0");
}
