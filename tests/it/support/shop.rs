//! A shop: `web` and `checkout` need `api`; `web` and `api` have releases of their own, `checkout` is told in the channel.

use super::fakes::github::{FakeGithub, tokens::TOKEN};
use super::repo::Repo;
use super::world::{Platform, World};
use ring::hmac;
use serde_json::json;
use slipway::config::Config;
use slipway::wiring;
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

    /// Nothing but the catalogue; `space` stands in its head.
    pub fn config(&self, space: &str) -> Config {
        let path = |repo: &Repo| repo.path().display().to_string();
        let text = format!(
            r#"
            name = "shop"
            {space}

            [[services]]
            name = "web"
            repository = "{}"
            github = "acme/web"
            owners = ["team-web"]
            depends_on = [{{ service = "api", through = "http" }}]

            [[services]]
            name = "api"
            repository = "{}"
            github = "acme/api"
            owners = ["team-api"]

            [[services]]
            name = "checkout"
            repository = "{}"
            owners = ["team-checkout"]
            channel = "HERE"
            depends_on = [{{ service = "api", through = "http" }}]
            "#,
            path(&self.web),
            path(&self.api),
            path(&self.api)
        );
        let workspaces = self.folder.path().join("workspaces");
        std::fs::create_dir_all(&workspaces).expect("writable");
        std::fs::write(workspaces.join("shop.toml"), text).expect("writable");
        Config { workspaces: Some(workspaces), data_dir: self.folder.path().to_owned(), ..Config::default() }
    }

    /// The same with a channel, and a secret by which GitHub's deliveries are known.
    pub fn with_tags(&self, space: &str) -> Config {
        let mut config = self.config(&format!("channel = \"HERE\"\n{space}"));
        let secret = self.folder.path().join("webhook-secret");
        std::fs::write(&secret, SECRET).expect("writable");
        config.github.webhook_secret_file = Some(secret);
        config
    }
}

/// GitHub as the code host of both repositories: it knows the tags and commits that they have.
pub async fn on_github(shop: &Shop, config: &mut Config) -> FakeGithub {
    let fake = FakeGithub::start().await;
    for (name, repo) in [("acme/web", &shop.web), ("acme/api", &shop.api)] {
        fake.state().repository(name).git = Some(repo.path().to_owned());
    }
    let token = shop.folder.path().join("github-token");
    std::fs::write(&token, TOKEN).expect("writable");
    config.github.token_file = Some(token);
    config.github.api_url = Some(fake.url().to_owned());
    fake
}

/// What GitHub signs its deliveries with.
const SECRET: &str = "a secret of this shop";

/// A delivery as GitHub sends it: `push` of a tag by `who`; `after` is the commit, or nothing when it was deleted.
pub struct Delivery {
    pub id: String,
    pub event: &'static str,
    pub body: String,
    pub signature: String,
}

impl Delivery {
    pub fn push(id: &str, repository: &str, tag: &str, after: Option<&str>, who: &str) -> Self {
        let after = after.map_or_else(|| "0".repeat(40), str::to_owned);
        let head = (!after.starts_with("0000000")).then(|| json!({ "id": after }));
        let body = json!({
            "ref": format!("refs/tags/{tag}"), "before": "0".repeat(40), "after": after, "head_commit": head,
            "repository": { "full_name": repository }, "sender": { "login": who }, "pusher": { "name": who },
        });
        Self::signed(id, "push", &body)
    }

    /// `deployment_status`: how the deployment of a commit, by a name, to an environment ended.
    pub fn deployment(id: &str, repository: &str, sha: &str, name: &str, environment: &str, state: &str) -> Self {
        let body = json!({
            "action": "created", "repository": { "full_name": repository }, "sender": { "login": "lee" },
            "deployment": { "id": 7, "sha": sha, "ref": name, "task": "deploy", "environment": environment },
            "deployment_status": {
                "state": state, "environment": environment, "created_at": chrono::Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
                "target_url": "https://ci.example/7", "log_url": "",
            },
        });
        Self::signed(id, "deployment_status", &body)
    }

    fn signed(id: &str, event: &'static str, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let digits: String =
            hmac::sign(&key, body.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { id: id.to_owned(), event, body, signature: format!("sha256={digits}") }
    }

    /// The status it is answered with.
    pub async fn arrives(&self, url: &str) -> u16 {
        let answer = reqwest::Client::new()
            .post(format!("{url}/github/webhook"))
            .header("x-github-event", self.event)
            .header("x-github-delivery", &self.id)
            .header("x-hub-signature-256", &self.signature)
            .body(self.body.clone())
            .send()
            .await;
        answer.expect("the bot listens").status().as_u16()
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
    everywhere_with(|shop| shop.config(""), conversation).await;
}

pub async fn everywhere_with(config: impl Fn(&Shop) -> Config, conversation: impl AsyncFn(&Shop, World)) {
    for platform in Platform::ALL {
        println!("on {platform:?}:");
        let shop = Shop::new();
        let config = config(&shop);
        let world = World::play(platform, Repo::named("elsewhere"), config, wiring::memory_store()).await;
        conversation(&shop, world).await;
    }
}
