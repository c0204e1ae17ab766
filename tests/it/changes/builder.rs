//! Does the repository that tests play in hold what they said?

use crate::support::repo::Repo;

#[test]
fn events_happen_in_order_and_one_minute_apart() {
    let repo = Repo::new();
    repo.commit("Add invoices\n\nPAY-1", &[("src/invoice.rs", "fn pay() {}\n")]).tag("v1.0.0");
    repo.branch("feature/refunds").commit("Refund", &[("src/refund.rs", "")]);
    repo.switch("main").merge("feature/refunds", "Merge pull request #12 from shop/feature/refunds");
    repo.rename("src/refund.rs", "src/refunds/mod.rs").remove("src/invoice.rs").commit("Tidy", &[]);

    assert_eq!(
        repo.git(&["log", "--topo-order", "--format=%s %cI", "HEAD"]),
        "Tidy 2024-01-01T00:03:00Z\n\
         Merge pull request #12 from shop/feature/refunds 2024-01-01T00:02:00Z\n\
         Refund 2024-01-01T00:01:00Z\n\
         Add invoices 2024-01-01T00:00:00Z"
    );
    assert_eq!(repo.git(&["ls-tree", "-r", "--name-only", "HEAD"]), "src/refunds/mod.rs");
    assert_eq!(repo.git(&["tag", "--points-at", "HEAD~2"]), "v1.0.0");
    assert_eq!(repo.head().len(), 40);
}
