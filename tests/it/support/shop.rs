//! A shop of two services: `web` needs `api`, and both have releases of their own.

use super::repo::Repo;
use super::world::{Platform, World};
use slipway::config::Config;
use slipway::wiring;
use std::path::Path;
use tempfile::TempDir;

pub struct Shop {
    pub web: Repo,
    pub api: Repo,
    folder: TempDir,
}

impl Shop {
    /// `web` has v3.1 and v3.2, `api` v8.0 and v8.1.
    pub fn new() -> Self {
        Self { web: web(), api: api(), folder: tempfile::tempdir().expect("a temporary directory") }
    }

    /// Nothing but the catalogue, with `more` behind the two services.
    pub fn config(&self, more: &str) -> Config {
        let path = |repo: &Repo| repo.path().display().to_string();
        let text = format!(
            r#"
            name = "shop"

            [[services]]
            name = "web"
            repository = "{}"
            owners = ["team-web"]
            depends_on = [{{ service = "api", through = "http" }}]

            [[services]]
            name = "api"
            repository = "{}"
            owners = ["team-api"]
            {more}
            "#,
            path(&self.web),
            path(&self.api)
        );
        let workspaces = self.folder.path().join("workspaces");
        std::fs::create_dir_all(&workspaces).expect("writable");
        std::fs::write(workspaces.join("shop.toml"), text).expect("writable");
        Config { workspaces: Some(workspaces), data_dir: self.folder.path().to_owned(), ..Config::default() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn web() -> Repo {
    let repo = Repo::named("web");
    repo.commit("Begin", &[("src/basket.ts", "export const basket = [];\n"), ("README.md", "# Web\n")]).tag("v3.1");
    repo.commit(
        "feat(basket): show what a refund will pay (#41)\n\nWEB-7",
        &[("src/basket.ts", "export const basket = [];\nexport const refund = () => fetch('/v2/refunds');\n")],
    )
    .tag("v3.2");
    repo
}

fn api() -> Repo {
    let repo = Repo::named("api");
    repo.commit("Begin", &[("src/pay.rs", "pub fn pay() {}\n"), ("README.md", "# API\n")]).tag("v8.0");
    repo.commit(
        "feat(refunds)!: refunds answer what they will pay (#12)\n\nAPI-3\n\nBREAKING CHANGE: /v1/refunds is gone, use /v2/refunds",
        &[("src/refund.rs", "pub fn refund() {\n    once();\n}\n")],
    )
    .commit("fix(pay): round half to even (#13)", &[("src/pay.rs", "pub fn pay() {\n    round_half_even();\n}\n")])
    .tag("v8.1");
    repo
}

/// The same conversation about the shop on each platform.
pub async fn everywhere(conversation: impl AsyncFn(&Shop, World)) {
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let shop = Shop::new();
        let config = shop.config("");
        let world = World::play(platform, Repo::named("elsewhere"), config, wiring::memory_store()).await;
        conversation(&shop, world).await;
    }
}
