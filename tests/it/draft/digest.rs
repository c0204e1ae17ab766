//! Does the digest of a real git history tell what a release engineer must know?

use crate::support::repo::Repo;
use slipway::adapters::changes::git::Git;
use slipway::domain::background::Background;
use slipway::domain::change::RangeAsk;
use slipway::domain::digest::{Digest, Severity};
use slipway::features::draft::digest::digest;
use slipway::ports::changes::Changes;
use std::time::{Duration, Instant};

async fn read(repo: &Repo, from: &str, to: &str) -> Digest {
    let git = Git::new();
    let ask = RangeAsk { from: Some(from.to_owned()), to: Some(to.to_owned()) };
    let range = git.resolve(&repo.source(), &ask).await.expect("both ends were made by the test");
    let changes = git.collect(&repo.source(), &range, &|_| {}).await.expect("the repository was made by the test");
    digest(&changes, &Background::default())
}

#[tokio::test]
async fn a_release_with_a_dropped_column_a_new_setting_and_a_revert() {
    let repo = Repo::new();
    repo.commit("Begin", &[("src/pay.py", "import os\n\n\ndef pay():\n    return 1\n"), ("CHANGELOG.md", "# 1.0\n")])
        .tag("v1.0.0");
    repo.branch("feature/PAY-311-refunds")
        .author("Payments Developer", "dev@shop.example")
        .commit(
            "Refund once",
            &[(
                "src/refund.py",
                "import os\n\nLIMIT = os.environ[\"REFUND_LIMIT\"]\n\n\ndef refund():\n    return LIMIT\n",
            )],
        )
        .commit(
            "Drop the old column",
            &[("db/migration/V7__drop_note.sql", "ALTER TABLE refunds DROP COLUMN note;\n")],
        );
    repo.switch("main").author("Release Engineer", "release@shop.example").merge(
        "feature/PAY-311-refunds",
        "Merge pull request #12 from shop/feature/PAY-311-refunds\n\nRefund an order only once",
    );
    repo.commit("fix: round down (#13)", &[("src/pay.py", "import os\n\n\ndef pay():\n    return 2\n")]);
    repo.commit(
        "Revert \"fix: round down (#13)\" (#14)",
        &[("src/pay.py", "import os\n\n\ndef pay():\n    return 1\n")],
    );
    repo.commit("Write down what is new", &[("CHANGELOG.md", "# 1.1\nBREAKING CHANGE: everything\n")]).tag("v1.1.0");

    let digest = read(&repo, "v1.0.0", "v1.1.0").await;

    let refund = digest.items.iter().find(|item| item.id.0 == "pr:#12").expect("the pull request is an item");
    assert_eq!(refund.title, "Refund an order only once");
    assert_eq!(refund.commits.len(), 3, "{:#?}", digest.items);
    assert_eq!(refund.tickets, ["PAY-311"]);
    assert_eq!(refund.authors[0].name, "Payments Developer");
    assert!(digest.items.iter().all(|item| !item.title.contains("ound down")), "{:#?}", digest.items);
    assert!(digest.gaps.iter().any(|gap| gap.sentence.contains("`Round down`")), "{:#?}", digest.gaps);

    let drop = &digest.risks[0];
    assert_eq!(drop.severity, Severity::High);
    assert_eq!(drop.title, "Migration `V7__drop_note.sql` drops column `refunds.note` and has no way back");
    assert_eq!(drop.reversible, Some(false));
    assert_eq!(drop.evidence[0].path, "db/migration/V7__drop_note.sql");
    assert!(drop.facts.iter().all(|id| digest.facts.iter().any(|fact| &fact.id == id)), "{:#?}", drop.facts);
    assert!(digest.risks.iter().any(|risk| risk.title.ends_with("without a default on the line: `REFUND_LIMIT`")));
    assert_eq!(digest.risks.len(), 2, "{:#?}", digest.risks);

    assert!(digest.breaking.is_empty(), "a changelog written by hand is no source: {:#?}", digest.breaking);
    assert_eq!((digest.seen.files_total, digest.seen.files_read), (3, 2));
}

#[tokio::test]
async fn commits_that_leave_with_the_release_are_the_first_thing_told() {
    let repo = Repo::new();
    repo.commit("Begin", &[("a.txt", "a\n")]);
    repo.branch("hotfix").commit("Fix at night", &[("fix.txt", "x\n")]).tag("v1.0.1");
    repo.switch("main").commit("Go on", &[("b.txt", "b\n")]).tag("v1.1.0");
    let digest = read(&repo, "v1.0.1", "v1.1.0").await;
    assert_eq!(digest.risks[0].title, "1 commit of `v1.0.1` is not in `v1.1.0`");
    assert_eq!(digest.risks[0].severity, Severity::High);
}

/// A guard against quadratic work, not a measure: a debug build on a busy machine stays far below.
#[tokio::test]
async fn a_large_change_is_read_in_one_pass() {
    let repo = Repo::new();
    repo.commit("Begin", &[("README", "x\n")]).tag("v1");
    let body = |seed: usize| -> String {
        (0..2_000).map(|n| format!("    let value_{n} = compute({seed}, {n});\n")).collect()
    };
    let files: Vec<(String, String)> = (0..40).map(|n| (format!("src/part_{n}.rs"), body(n))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    repo.commit("Add parts", &files).tag("v2");
    let started = Instant::now();
    let digest = read(&repo, "v1", "v2").await;
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
    assert_eq!(digest.seen.added, 80_000);
    assert!(digest.risks.iter().any(|risk| risk.title.starts_with("The change is large: 80000 lines in 40 files")));
}
