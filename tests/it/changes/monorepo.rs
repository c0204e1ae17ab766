//! Several services in one repository: each reads its own folders and follows its own tags.

use super::{between, file, gaps, refused, to, whole};
use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::change::{ChangeSet, RangeAsk, Status};
use slipway::domain::service::Source;
use slipway::ports::changes::Changes;

/// Two services side by side; `web@v3.1` and `api@v8.0` are on one commit.
fn shop() -> Repo {
    let repo = Repo::named("shop");
    let texts = [("web/page.rs", "pub fn page() {}\n"), ("api/pay.rs", "pub fn pay() {}\n"), ("README.md", "# Shop\n")];
    repo.commit("Begin", &texts).tag("web@v3.0").tag("api@v7.0");
    repo.commit("feat(web): basket", &[("web/basket.rs", "pub fn basket() {}\n")]).tag("web@v3.1").tag("api@v8.0");
    repo
}

fn web(repo: &Repo) -> Source {
    Source { paths: vec!["web".to_owned()], tags: Some("web@v*".to_owned()), ..repo.source() }
}

async fn collect(source: &Source, ask: RangeAsk) -> ChangeSet {
    let git = Git::new();
    let range = git.resolve(source, &ask).await.unwrap_or_else(|trouble| panic!("{ask:?}: {trouble}"));
    git.collect(source, &range, &|_| {}).await.unwrap_or_else(|trouble| panic!("{trouble}"))
}

fn subjects(changes: &ChangeSet) -> Vec<&str> {
    changes.commits.iter().map(|commit| commit.subject.as_str()).collect()
}

fn paths(changes: &ChangeSet) -> Vec<&str> {
    changes.files.iter().map(|file| file.path.as_str()).collect()
}

#[tokio::test]
async fn what_others_changed_is_not_in_a_service_s_range() {
    let repo = shop();
    repo.commit("feat(api): refunds", &[("api/refund.rs", "pub fn refund() {}\n")]);
    repo.commit(
        "feat: both",
        &[("web/page.rs", "pub fn page() { new(); }\n"), ("api/pay.rs", "pub fn pay() { new(); }\n")],
    );
    repo.commit("docs: nothing of either", &[("README.md", "# Shop, new\n")]);

    let changes = collect(&web(&repo), between("web@v3.1", "main")).await;
    assert_eq!((subjects(&changes), changes.range.commits), (vec!["feat: both"], 1));
    assert_eq!(changes.commits[0].paths, ["web/page.rs"]);
    assert_eq!((paths(&changes), gaps(&changes)), (vec!["web/page.rs"], Vec::<&str>::new()));

    let api = Source { paths: vec!["api".to_owned(), "README.md".to_owned()], tags: None, ..repo.source() };
    let changes = collect(&api, between("web@v3.1", "main")).await;
    assert_eq!(subjects(&changes), ["docs: nothing of either", "feat: both", "feat(api): refunds"]);
    assert_eq!(paths(&changes), ["README.md", "api/pay.rs", "api/refund.rs"]);

    let all = collect(&web(&repo), between("beginning", "main")).await;
    assert_eq!(subjects(&all), ["feat: both", "feat(web): basket", "Begin"]);
}

#[tokio::test]
async fn a_range_without_a_change_of_its_own_is_refused_by_name() {
    let repo = shop();
    repo.commit("feat(api): refunds", &[("api/refund.rs", "pub fn refund() {}\n")]).tag("web@v3.2");
    let said = |ask: RangeAsk| {
        let source = web(&repo);
        async move { refused(Git::new().resolve(&source, &ask).await) }
    };
    assert_eq!(
        said(between("web@v3.1", "web@v3.2")).await,
        "Between `web@v3.1` and `web@v3.2` nothing changed in `web` of `shop`, so there is nothing to draft. Name another range, or check `paths` of the service."
    );
    assert!(
        said(between("web@v3.2", "web@v3.0")).await.contains("is older than"),
        "the other way around it is reversed"
    );
}

#[tokio::test]
async fn the_release_before_is_one_of_its_own_tags_whatever_else_stands_nearer() {
    let repo = shop();
    repo.commit("feat(web): search", &[("web/search.rs", "pub fn search() {}\n")]);
    repo.git(&["tag", "v9.9"]);
    repo.commit("feat(web): sort", &[("web/sort.rs", "pub fn sort() {}\n")]).tag("api@v8.1");
    let git = Git::new();
    let label = |ask: RangeAsk| {
        let (git, source) = (&git, web(&repo));
        async move { git.resolve(&source, &ask).await.expect("a range").label() }
    };
    assert_eq!(label(whole()).await, "web@v3.1..main", "nor is the head called by another service's tag");
    assert_eq!(label(to("web@v3.1")).await, "web@v3.0..web@v3.1", "of two tags on one commit its own counts");
    let api = Source { tags: Some("api@v*".to_owned()), ..repo.source() };
    assert_eq!(git.resolve(&api, &to("api@v8.1")).await.expect("a range").label(), "api@v8.0..api@v8.1");
    let names = git.names(&web(&repo), "", 10).await.expect("names");
    assert_eq!(names, ["main", "web@v3.1", "web@v3.0"], "other services' tags are not offered");
}

#[tokio::test]
async fn merges_keep_the_request_that_brought_a_service_s_commits() {
    let repo = shop();
    repo.branch("feature/search").commit("search", &[("web/search.rs", "pub fn search() {}\n")]);
    repo.switch("main").branch("feature/pay").commit("pay later", &[("api/later.rs", "pub fn later() {}\n")]);
    repo.switch("main");
    repo.merge("feature/search", "Merge pull request #21 from shop/feature/search");
    repo.merge("feature/pay", "Merge pull request #22 from shop/feature/pay");

    let changes = collect(&web(&repo), between("web@v3.1", "main")).await;
    let found: Vec<(&str, &[u64])> = changes
        .commits
        .iter()
        .filter(|commit| !commit.is_merge)
        .map(|commit| (commit.subject.as_str(), commit.pull_requests.as_slice()))
        .collect();
    assert_eq!(found, [("search", &[21][..])]);
    assert!(changes.commits.iter().all(|commit| !commit.subject.contains("#22")), "{:?}", subjects(&changes));
    assert_eq!(changes.commits.len(), changes.range.commits);
}

/// What comes from outside is new to the service, what leaves is gone from it.
#[tokio::test]
async fn a_file_that_crosses_the_border_is_added_or_deleted_and_one_inside_is_renamed() {
    let repo = shop();
    repo.rename("api/pay.rs", "web/pay.rs").rename("web/page.rs", "api/page.rs").rename("web/basket.rs", "web/cart.rs");
    repo.commit("refactor: move", &[]);
    let changes = collect(&web(&repo), between("web@v3.1", "main")).await;
    let found = |path: &str| (file(&changes, path).status, file(&changes, path).old_path.as_deref());
    assert_eq!(found("web/pay.rs"), (Status::Added, None));
    assert_eq!(found("web/page.rs"), (Status::Deleted, None));
    assert_eq!(found("web/cart.rs"), (Status::Renamed, Some("web/basket.rs")));
    assert_eq!(changes.files.len(), 3);
}

#[tokio::test]
async fn a_folder_s_name_is_taken_at_its_word() {
    let repo = Repo::named("shop");
    repo.commit("Begin", &[("a*/x.rs", "1\n"), ("ab/x.rs", "1\n")]).tag("v1.0.0");
    repo.commit("Both", &[("a*/x.rs", "2\n"), ("ab/x.rs", "2\n")]);
    let source = Source { paths: vec!["a*".to_owned()], ..repo.source() };
    assert_eq!(paths(&collect(&source, between("v1.0.0", "main")).await), ["a*/x.rs"]);
}

#[tokio::test]
async fn a_tag_on_no_branch_is_drafted_and_said() {
    let repo = shop();
    repo.git(&["switch", "-q", "--detach"]);
    repo.commit("fix(web): hotfix", &[("web/page.rs", "pub fn page() { fixed(); }\n")]).tag("web@v3.1.1");
    repo.switch("main");
    let changes = collect(&web(&repo), to("web@v3.1.1")).await;
    assert_eq!(changes.range.label(), "web@v3.1..web@v3.1.1");
    assert_eq!(
        gaps(&changes),
        ["The tag `web@v3.1.1` is on no branch, so the next release may not hold what it brings."]
    );
}

#[tokio::test]
async fn a_release_of_another_branch_is_said_to_lie_apart_in_a_folder_too() {
    let repo = shop();
    repo.branch("release").commit("fix(web): only here", &[("web/fix.rs", "1\n")]).tag("web@v3.1.1");
    repo.switch("main").commit("feat(web): later", &[("web/later.rs", "1\n")]).tag("web@v3.2");
    let changes = collect(&web(&repo), between("web@v3.1.1", "web@v3.2")).await;
    assert_eq!((subjects(&changes), changes.range.lost), (vec!["feat(web): later"], 1));
    assert!(gaps(&changes)[0].starts_with("`web@v3.1.1` is not part of the history of `web@v3.2`"), "{changes:?}");
}
