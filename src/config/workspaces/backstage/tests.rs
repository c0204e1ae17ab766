//! A Backstage catalogue as teams keep it, and the workspace's file it comes to.

use super::import;
use crate::config::workspaces::{as_toml, load_workspaces};
use std::path::PathBuf;

const CATALOGUE: &str = r"apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: checkout
  title: Checkout
  annotations:
    github.com/project-slug: acme/shop
    backstage.io/source-location: url:https://github.com/acme/shop/tree/main/services/checkout/
    jira/project-key: SHOP, PAY
    argocd/app-name: checkout
  links:
    - url: https://dash.example/checkout
      title: Dashboard
spec:
  type: service
  owner: group:default/front
  system: shop
  dependsOn:
    - component:default/basket
    - resource:default/checkout-db
  consumesApis: [ledger-api, rates-api]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: basket, annotations: { github.com/project-slug: acme/shop } }
spec: { type: service, owner: front, system: shop, dependencyOf: [component:default/ledger] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger, annotations: { github.com/project-slug: acme/ledger } }
spec: { type: service, owner: user:default/bookkeeper, providesApis: [ledger-api] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: nowhere }
spec: { type: service, owner: front }
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: ledger-api }
spec: { type: openapi, owner: books, definition: '' }
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: { name: checkout-db }
spec: { type: database, owner: front }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: front }
spec: { type: team, profile: { displayName: Shop front team }, children: [] }
---
kind: Component
metadata: { title: without a name }
";

#[test]
fn what_can_be_used_is_a_workspaces_file_and_the_rest_is_said() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(dir.path().join("catalog-info.yaml"), CATALOGUE).expect("writable");
    let imported = import(&[dir.path().to_owned()]).expect("it is read");
    let file = r#"# config/workspaces/services.toml
name = "services"

[[services]]
name = "ledger"
github = "acme/ledger"
owners = ["bookkeeper"]
depends_on = ["basket"]

# config/workspaces/shop.toml
name = "shop"

[[services]]
name = "checkout"
github = "acme/shop"
paths = ["services/checkout"]
owners = ["Shop front team"]
tickets = ["SHOP", "PAY"]
dashboards = ["https://dash.example/checkout"]
delivery = "argo-cd:checkout"
depends_on = [{ service = "ledger", through = "ledger-api" }, "basket"]

[[services]]
name = "basket"
github = "acme/shop"
owners = ["Shop front team"]"#;
    assert_eq!(as_toml(&imported), file);
    let shown = dir.path().join("catalog-info.yaml").display().to_string();
    assert_eq!(
        imported.unused,
        [
            format!("an entity `without a name` of `{shown}` is left out: missing field `name`"),
            "component `checkout` consumes the API `rates-api`, which no component here provides".to_owned(),
            "component `checkout` depends on the resource `checkout-db`, which is no service".to_owned(),
            "component `nowhere` is left out: nothing says where its code is; annotate it with `github.com/project-slug`"
                .to_owned(),
            "resource `checkout-db` is no service and is left out".to_owned(),
        ]
    );

    let (services, shop) = file.split_once("\n\n# config").expect("two files");
    let home = dir.path().join("workspaces");
    std::fs::create_dir(&home).expect("writable");
    std::fs::write(home.join("services.toml"), services).expect("writable");
    std::fs::write(home.join("shop.toml"), format!("# config{shop}")).expect("writable");
    let loaded = load_workspaces(&home, dir.path()).expect("what is printed can be checked in");
    assert_eq!(loaded.iter().map(|space| space.services.len()).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn what_is_not_there_or_no_yaml_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let file = dir.path().join("catalog-info.yaml");
    let refusal = |path: PathBuf| {
        let said = import(&[path]).expect_err("refused");
        said.replace(&dir.path().display().to_string(), "")
    };
    assert_eq!(refusal(file.clone()), "`/catalog-info.yaml` leads to no file of a Backstage catalogue; check the path");
    std::fs::write(&file, "kind: Component\nmetadata: [unclosed\n").expect("writable");
    let said = refusal(file);
    assert!(said.starts_with("`/catalog-info.yaml` line "), "{said}");
    assert!(said.ends_with("is not YAML that can be read; `backstage-cli` or any YAML checker shows why"), "{said}");
}
