//! Where git cannot reach the host and there is no copy, the comparison is read over the API: the same change, and what that
//! cannot show is said.

use super::{host, nothing_refused};
use crate::support::fakes::github::FakeGithub;
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::{ChangeSet, Range, RangeAsk};
use slipway::domain::service::{Remote, Source};
use slipway::domain::trouble::Trouble;
use slipway::ports::changes::Changes;
use std::sync::Arc;
use tempfile::TempDir;

struct Scene {
    repo: Repo,
    fake: FakeGithub,
    git: Git,
    source: Source,
    _data: TempDir,
}

impl Scene {
    /// The fake is no git server, so that no copy can be made.
    async fn of(repo: Repo) -> Self {
        let fake = FakeGithub::start().await;
        fake.state().repository("acme/pay").git = Some(repo.path().to_owned());
        let data = tempfile::tempdir().expect("a temporary directory");
        let source = Source {
            mirrored: true,
            remote: Some(Remote { host: "github".to_owned(), name: "acme/pay".to_owned() }),
            ..Source::at(data.path().join("acme/pay.git"))
        };
        let git = Git::new().hosts(vec![Arc::new(host(&fake))]);
        Self { repo, fake, git, source, _data: data }
    }

    async fn read(&self, from: Option<&str>, to: Option<&str>) -> Result<(Range, ChangeSet), Trouble> {
        let ask = RangeAsk { from: from.map(str::to_owned), to: to.map(str::to_owned) };
        let mut gaps = self.git.refresh(&self.source, &|_| {}).await?;
        let range = self.git.resolve(&self.source, &ask).await?;
        let mut changes = self.git.collect(&self.source, &range, &|_| {}).await?;
        changes.gaps.append(&mut gaps);
        Ok((range, changes))
    }

    /// What git itself says of the same repository.
    async fn by_git(&self, from: &str, to: &str) -> ChangeSet {
        let source = self.repo.source();
        let ask = RangeAsk { from: Some(from.to_owned()), to: Some(to.to_owned()) };
        let range = self.git.resolve(&source, &ask).await.expect("a range");
        self.git.collect(&source, &range, &|_| {}).await.expect("a change")
    }
}

fn pay() -> Repo {
    let repo = Repo::named("pay");
    repo.commit(
        "Begin",
        &[("pay.rs", "pub fn pay() {}\n"), ("old name.rs", "pub fn a() {}\npub fn b() {}\npub fn c() {}\n")],
    )
    .tag("pay@v1.0");
    repo.branch("feature/refunds").commit("refunds\n\nPAY-7", &[("refund.rs", "pub fn refund() {}\n")]);
    repo.switch("main").commit("direct", &[("pay.rs", "pub fn pay() { round(); }\n")]);
    repo.merge("feature/refunds", "Merge pull request #12 from acme/feature/refunds");
    repo.rename("old name.rs", "new name.rs").commit("rename it", &[]);
    repo.remove("pay.rs").write("logo.png", b"\x89PNG\0\0\x01").commit("feat: a logo (#13)", &[]).tag("pay@v1.1");
    repo
}

#[tokio::test]
async fn the_change_is_the_same_as_git_tells_it() {
    let scene = Scene::of(pay()).await;
    let (range, changes) =
        scene.read(Some("pay@v1.0"), Some("pay@v1.1")).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    let git = scene.by_git("pay@v1.0", "pay@v1.1").await;
    assert_eq!((range.repo.as_str(), range.label(), range.commits), ("pay", git.range.label(), git.range.commits));
    assert_eq!((&range.from, &range.to), (&git.range.from, &git.range.to));
    let commits = |changes: &ChangeSet| {
        let mut told: Vec<_> = changes
            .commits
            .iter()
            .map(|one| {
                (
                    one.sha.clone(),
                    one.subject.clone(),
                    one.at,
                    one.is_merge,
                    one.pull_requests.clone(),
                    one.tickets.clone(),
                )
            })
            .collect();
        told.sort();
        told
    };
    assert_eq!(commits(&changes), commits(&git));
    assert_eq!(changes.files, git.files);
    let said: Vec<&str> = changes.gaps.iter().map(|gap| gap.sentence.as_str()).collect();
    let [api, why] = said.as_slice() else { panic!("{said:?}") };
    assert_eq!(
        *api,
        "`acme/pay` was read over its host's API, not by git: which files each commit touched is not known."
    );
    assert!(why.starts_with("`acme/pay` could not be read"), "{why}");
    nothing_refused(&scene.fake);
}

#[tokio::test]
async fn a_start_is_found_among_its_own_tags_and_the_head_is_that_of_the_main_branch() {
    let scene = Scene::of(pay()).await;
    let (range, _) = scene.read(None, Some("pay@v1.1")).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    assert_eq!(range.label(), "pay@v1.0..pay@v1.1");
    assert_eq!(range.chosen, "`pay@v1.0` was taken as the start: it is the release tag before `pay@v1.1`.");
    scene.repo.commit("fix: round", &[("round.rs", "1\n")]);
    let (range, changes) = scene.read(None, None).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    assert_eq!((range.label().as_str(), changes.commits.len()), ("pay@v1.1..main", 1));
    nothing_refused(&scene.fake);
}

#[tokio::test]
async fn two_hundred_and_fifty_commits_are_read_to_the_last_page() {
    let repo = pay();
    for n in 0..250 {
        repo.git(&["commit", "-q", "--allow-empty", "-m", &format!("step {n}")]);
    }
    let scene = Scene::of(repo).await;
    let read = scene.read(Some("pay@v1.1"), Some("main")).await;
    let (_, changes) = read.unwrap_or_else(|trouble| panic!("{trouble}"));
    assert_eq!((changes.commits.len(), changes.commits[0].subject.as_str()), (250, "step 249"));
    assert_eq!(scene.fake.not_modified(), 3, "what was read to find the ends is not sent again");
    nothing_refused(&scene.fake);
}

#[tokio::test]
async fn what_is_not_there_reversed_apart_or_of_other_folders_is_said() {
    let repo = pay();
    repo.git(&["switch", "-q", "-c", "fixes", "pay@v1.0"]);
    repo.commit("hotfix", &[("hot.rs", "1\n")]).tag("pay@v1.0.1");
    repo.switch("main");
    let mut scene = Scene::of(repo).await;
    let refused = |found: Result<(Range, ChangeSet), Trouble>| match found {
        Err(trouble) => trouble.to_string(),
        Ok((range, _)) => panic!("{} was read", range.label()),
    };
    assert_eq!(
        refused(scene.read(Some("pay@v9"), Some("main")).await),
        "`pay@v9` or `main` is no tag, branch or commit of `acme/pay`. Look there for what it is called, and name it so."
    );
    let reversed = refused(scene.read(Some("pay@v1.1"), Some("pay@v1.0")).await);
    assert!(reversed.contains("is older than"), "{reversed}");
    let (range, changes) = scene.read(Some("pay@v1.0.1"), Some("pay@v1.1")).await.expect("a change");
    assert_eq!(range.lost, 1);
    let said: Vec<&str> = changes.gaps.iter().map(|gap| gap.sentence.as_str()).collect();
    assert!(said.iter().any(|gap| gap.contains("`pay@v1.0.1` has 1 commit that is not in `pay@v1.1`")), "{said:?}");

    scene.source.paths = vec!["new name.rs".to_owned()];
    let (_, changes) = scene.read(Some("pay@v1.0"), Some("pay@v1.1")).await.expect("a change");
    assert_eq!(changes.files.len(), 1);
    assert!(changes.gaps.iter().any(|gap| gap.sentence.contains("does not say which commits touched `new name.rs`")));
    nothing_refused(&scene.fake);
}

#[tokio::test]
async fn a_tag_that_moves_while_a_draft_is_made_does_not_change_what_is_drafted() {
    let scene = Scene::of(pay()).await;
    scene.git.refresh(&scene.source, &|_| {}).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    let ask = RangeAsk { from: Some("pay@v1.0".to_owned()), to: Some("pay@v1.1".to_owned()) };
    let range = scene.git.resolve(&scene.source, &ask).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    scene.repo.commit("feat: what nobody asked for", &[("new.rs", "1\n")]).git(&["tag", "-f", "pay@v1.1"]);
    let changes = scene.git.collect(&scene.source, &range, &|_| {}).await.unwrap_or_else(|trouble| panic!("{trouble}"));
    assert_eq!(changes.commits.len(), range.commits);
    assert!(changes.commits.iter().all(|commit| commit.subject != "feat: what nobody asked for"));
    nothing_refused(&scene.fake);
}

#[tokio::test]
async fn what_the_host_does_not_tell_of_many_and_large_files_is_said() {
    let repo = pay();
    repo.write("large.txt", "line\n".repeat(20_001));
    for n in 0..320 {
        repo.write(format!("many/{n:03}.rs"), "1\n");
    }
    repo.commit("much at once", &[]).tag("pay@v2.0");
    let scene = Scene::of(repo).await;
    let (_, changes) = scene.read(Some("pay@v1.1"), Some("pay@v2.0")).await.expect("a change");
    assert_eq!(changes.files.len(), 300);
    let large = changes.files.iter().find(|file| file.path == "large.txt").expect("it is named");
    assert_eq!((large.added, large.cut, large.hunks.len()), (20_001, true, 0));
    let said: Vec<&str> = changes.gaps.iter().map(|gap| gap.sentence.as_str()).collect();
    for told in [
        "Only 300 files are known: the host names no more of them.",
        "One file is known by name and counts only: the host finds it too large.",
    ] {
        assert!(said.contains(&told), "{told} in {said:#?}");
    }
    nothing_refused(&scene.fake);
}
