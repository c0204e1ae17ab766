//! Our copy of a repository on a code host: made, kept current, shared, mended, and what is said when it is old.

use super::{between, gaps, refused, to, whole};
use crate::support::git_http::{GitHttp, TOKEN};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::Gap;
use slipway::domain::service::{Remote, Source};
use slipway::ports::changes::Changes;
use std::sync::Arc;
use tempfile::TempDir;

/// A repository on a host, and a place for our copy of it.
struct Scene {
    repo: Repo,
    host: GitHttp,
    git: Git,
    source: Source,
    data: TempDir,
}

impl Scene {
    async fn new() -> Self {
        let repo = Repo::named("pay");
        repo.commit("Begin", &[("pay.rs", "pub fn pay() {}\n")]).tag("v1.0.0");
        repo.commit("feat: refunds (#7)", &[("refund.rs", "pub fn refund() {}\n")]).tag("v1.1.0");
        let host = GitHttp::start(repo.path().parent().expect("a folder")).await;
        let data = tempfile::tempdir().expect("a temporary directory");
        let source = Source {
            mirrored: true,
            remote: Some(Remote { host: "github".to_owned(), name: "acme/pay".to_owned() }),
            ..Source::at(data.path().join("mirrors/github/acme/pay.git"))
        };
        let git = Git::new().hosts(vec![Arc::new(host.clone())]);
        Self { repo, host, git, source, data }
    }

    async fn refreshed(&self) -> Vec<String> {
        let gaps = self.git.refresh(&self.source, &|_| {}).await.unwrap_or_else(|trouble| panic!("{trouble}"));
        sentences(gaps)
    }

    async fn refusal(&self) -> String {
        refused(self.git.refresh(&self.source, &|_| {}).await)
    }
}

fn sentences(gaps: Vec<Gap>) -> Vec<String> {
    gaps.into_iter().map(|gap| gap.sentence).collect()
}

const NONE: [&str; 0] = [];

#[tokio::test]
async fn a_copy_is_made_and_brought_up_to_date_before_it_is_read() {
    let scene = Scene::new().await;
    assert_eq!(scene.refreshed().await, NONE);
    let range = scene.git.resolve(&scene.source, &whole()).await.expect("a range");
    assert_eq!((range.repo.as_str(), range.label().as_str()), ("pay", "v1.0.0..v1.1.0"));

    scene.repo.commit("fix: round", &[("pay.rs", "pub fn pay() { round(); }\n")]).tag("v1.1.1");
    scene.repo.git(&["switch", "-q", "--detach"]);
    scene.repo.commit("hotfix", &[("hot.rs", "1\n")]).tag("v1.1.2");
    assert_eq!(scene.refreshed().await, NONE);
    let range = scene.git.resolve(&scene.source, &to("v1.1.1")).await.expect("a range");
    let changes = scene.git.collect(&scene.source, &range, &|_| {}).await.expect("a change");
    assert_eq!((range.label().as_str(), changes.files.len(), gaps(&changes)), ("v1.1.0..v1.1.1", 1, vec![]));
    let range = scene.git.resolve(&scene.source, &between("v1.1.1", "v1.1.2")).await.expect("a tag of no branch");
    assert_eq!(range.commits, 1);
}

#[tokio::test]
async fn the_token_is_in_no_file_of_the_copy() {
    let scene = Scene::new().await;
    scene.refreshed().await;
    scene.refreshed().await;
    let mut open = vec![scene.data.path().to_owned()];
    let mut read = 0;
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            match entry.file_type().expect("a file").is_dir() {
                true => open.push(entry.path()),
                false => {
                    let bytes = std::fs::read(entry.path()).expect("readable");
                    let text = String::from_utf8_lossy(&bytes);
                    assert!(!text.contains(TOKEN) && !text.contains("cmVhZGVy"), "{}", entry.path().display());
                    read += 1;
                }
            }
        }
    }
    assert!(read > 5, "the copy was looked at");
}

#[tokio::test]
async fn a_moved_tag_follows_and_is_said_once() {
    let scene = Scene::new().await;
    scene.refreshed().await;
    let old = scene.repo.git(&["rev-parse", "v1.1.0^{commit}"]);
    scene.repo.commit("fix: late", &[("late.rs", "1\n")]);
    scene.repo.git(&["tag", "-f", "-a", "-m", "again", "v1.1.0"]);
    let new = scene.repo.head();
    let moved = format!(
        "The tag `v1.1.0` moved from `{}` to `{}` since it was last read; what was said of it before may be about other code.",
        &old[..7],
        &new[..7]
    );
    assert_eq!(scene.refreshed().await, [moved]);
    assert_eq!(scene.git.resolve(&scene.source, &to("v1.1.0")).await.expect("a range").to.sha, new);
    assert_eq!(scene.refreshed().await, NONE);
    scene.repo.git(&["tag", "-d", "v1.1.0"]);
    assert_eq!(scene.refreshed().await, NONE);
    assert!(refused(scene.git.resolve(&scene.source, &to("v1.1.0")).await).contains("is no tag, branch or commit"));
}

#[tokio::test]
async fn two_drafts_at_once_do_not_meet_in_one_copy() {
    let scene = Scene::new().await;
    let update = || scene.git.refresh(&scene.source, &|_| {});
    let (first, second) = tokio::join!(update(), update());
    assert_eq!((sentences(first.expect("well")), sentences(second.expect("well"))), (vec![], vec![]));
    assert_eq!(scene.host.asked(), 2);
    scene.repo.commit("fix", &[("a", "1")]);
    scene.repo.git(&["tag", "-f", "v1.1.0"]);
    let (first, second) = tokio::join!(update(), update());
    let (first, second) = (sentences(first.expect("well")), sentences(second.expect("well")));
    assert_eq!((first.len(), &first), (1, &second), "who waited hears of the move as well");
}

#[tokio::test]
async fn without_the_host_an_older_copy_serves_and_says_of_when_it_is() {
    let scene = Scene::new().await;
    scene.host.goes_down(true);
    assert_eq!(
        scene.refusal().await,
        "`acme/pay` could not be read: its host broke off, and there is no copy of `acme/pay` here yet. Mend that and ask again, or set `repository` to a clone on this machine."
    );
    scene.host.goes_down(false);
    scene.refreshed().await;
    scene.host.goes_down(true);
    let said = scene.refreshed().await;
    let [said] = said.as_slice() else { panic!("one gap: {said:?}") };
    assert!(
        said.starts_with(
            "`acme/pay` could not be read: its host broke off, so our copy of `acme/pay` was read as it was at 20"
        ),
        "{said}"
    );
    assert!(said.ends_with(" UTC; what came later is not in this note."), "{said}");
    assert!(scene.git.resolve(&scene.source, &whole()).await.is_ok());

    let stranger = Git::new();
    let said = sentences(stranger.refresh(&scene.source, &|_| {}).await.expect("the copy serves"));
    assert!(
        said[0].starts_with("`github` is not set up here, so its repositories cannot be read, so our copy"),
        "{said:?}"
    );
}

#[tokio::test]
async fn a_token_that_may_not_read_code_and_a_repository_that_is_gone_are_told_apart() {
    let scene = Scene::new().await;
    let gone = Source {
        remote: Some(Remote { host: "github".to_owned(), name: "acme/gone".to_owned() }),
        ..scene.source.clone()
    };
    let said = refused(scene.git.refresh(&gone, &|_| {}).await);
    assert!(said.contains("its host knows no such repository, or the token may not see it; check its name"), "{said}");
    scene.host.locks_out();
    let said = scene.refusal().await;
    assert!(
        said.contains("did not accept the token for reading code; check that it may read this repository"),
        "{said}"
    );
    assert!(!said.contains("cmVhZGVy"), "{said}");
}

#[tokio::test]
async fn a_broken_or_half_made_copy_is_made_again() {
    let scene = Scene::new().await;
    let growing = scene.source.path.with_extension("git.growing");
    std::fs::create_dir_all(growing.join("objects")).expect("writable");
    std::fs::create_dir_all(scene.source.path.join("objects")).expect("writable");
    assert_eq!(scene.refreshed().await, NONE, "neither a half-made copy nor an empty folder is in the way");
    assert!(!growing.exists());

    let pack = scene.source.path.join("objects/pack");
    for entry in std::fs::read_dir(&pack).expect("there are packs").flatten() {
        std::fs::remove_file(entry.path()).expect("ours");
    }
    scene.repo.commit("fix", &[("b", "1")]).tag("v1.2.0");
    assert_eq!(scene.refreshed().await, NONE);
    assert_eq!(scene.git.resolve(&scene.source, &to("v1.2.0")).await.expect("a range").label(), "v1.1.0..v1.2.0");
}

#[tokio::test]
async fn a_repository_that_was_never_copied_is_no_missing_path() {
    let scene = Scene::new().await;
    assert_eq!(
        refused(scene.git.resolve(&scene.source, &whole()).await),
        "`pay` was not read yet; the first draft makes our copy of it."
    );
}
