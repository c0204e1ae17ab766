//! Workspaces as people write them, and the sentences they get for slips.

use super::load_workspaces;
use crate::domain::message::Place;
use crate::domain::service::{Dependency, Remote, Service, Workspace};
use std::path::Path;
use std::time::Duration;

const DATA: &str = "/var/lib/slipway";

fn load(files: &[(&str, &str)]) -> (Result<Vec<Workspace>, String>, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    for (name, text) in files {
        let file = dir.path().join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("writable");
        std::fs::write(file, text).expect("writable");
    }
    let home = dir.path().display().to_string();
    let loaded = load_workspaces(dir.path(), Path::new(DATA));
    (loaded.map_err(|error| error.to_string().replace(&home, "")), dir)
}

fn complaint(text: &str) -> String {
    load(&[("shop.toml", text)]).0.expect_err("a wrong file is refused")
}

fn of_service(lines: &str) -> String {
    let said = complaint(&format!("name = \"shop\"\n\n[[services]]\nname = \"pay\"\ngithub = \"acme/pay\"\n{lines}\n"));
    said.strip_prefix("`/shop.toml` line 4: service `pay`: ").map(str::to_owned).unwrap_or(said)
}

#[test]
fn a_whole_file_is_read() {
    let (loaded, dir) = load(&[(
        "shop.toml",
        r#"
name = "shop"
channel = "slack:C0123456789"
time_zone = "Asia/Seoul"
join_within = "45m"
tell_owners = false
tickets = ["SHOP"]
owners = ["payments team"]

[[services]]
name = "pay"
github = "acme/shop"
paths = ["./services/pay/", "libs/money"]
tags = "pay@v*"
operators = ["on-call engineer"]
channel = "web:pay"
tickets = ["PAY"]
dashboards = ["https://dash.example/pay"]
delivery = "argo-cd:pay"
depends_on = ["ledger", { service = "rates", through = "queue" }]

[[services]]
name = "ledger"
repository = "../ledger"
github = "acme/ledger"

[[services]]
name = "rates"
repository = "../rates"
"#,
    )]);
    let loaded = loaded.expect("a complete file");
    let [shop] = loaded.as_slice() else { panic!("one workspace: {loaded:?}") };
    let place = |platform: &str, channel: &str| {
        Some(Place { platform: platform.to_owned(), channel: channel.to_owned(), thread: None })
    };
    assert_eq!((shop.channel.clone(), shop.time_zone), (place("slack", "C0123456789"), chrono_tz::Asia::Seoul));
    assert_eq!((shop.join_within, shop.tell_owners), (Duration::from_secs(45 * 60), false));
    let [pay, ledger, rates] = shop.services.as_slice() else { panic!("three services") };
    let remote = |name: &str| Some(Remote { host: "github".to_owned(), name: name.to_owned() });
    assert!(pay.source.mirrored);
    assert_eq!(pay.source.path, Path::new("/var/lib/slipway/mirrors/github/acme/shop.git"));
    assert_eq!((pay.source.remote.clone(), pay.source.tags.as_deref()), (remote("acme/shop"), Some("pay@v*")));
    assert_eq!(pay.source.paths, ["services/pay", "libs/money"]);
    assert_eq!(
        (pay.owners.as_slice(), pay.tickets.as_slice()),
        (&["payments team".to_owned()][..], &["PAY".to_owned()][..])
    );
    assert_eq!((pay.channel.clone(), pay.delivery.as_deref()), (place("web", "pay"), Some("argo-cd:pay")));
    let need = |service: &str, through: &str| Dependency { service: service.to_owned(), through: through.to_owned() };
    assert_eq!(pay.depends_on, [need("ledger", ""), need("rates", "queue")]);
    assert_eq!(ledger.source.path, dir.path().join("../ledger"));
    assert_eq!((ledger.source.mirrored, ledger.source.remote.clone()), (false, remote("acme/ledger")));
    assert_eq!(ledger.tickets, ["SHOP"]);
    let expected = Service {
        owners: vec!["payments team".to_owned()],
        tickets: vec!["SHOP".to_owned()],
        ..Service::plain("rates", dir.path().join("../rates"))
    };
    assert_eq!(*rates, expected, "what is not said is the workspace's, or nothing");
}

#[test]
fn a_slip_in_a_key_has_its_file_line_and_the_nearest_key() {
    assert_eq!(
        complaint("name = \"shop\"\n[[services]]\nname = \"pay\"\ndepends = [\"x\"]\n"),
        "`/shop.toml` line 4: there is no key `depends`; did you mean `depends_on`?"
    );
    let said = complaint("name = \"a\"\n[[services]]\nname = \"p\"\ndepends_on = [{ servce = \"x\" }]\n");
    assert_eq!(said, "`/shop.toml` line 4: there is no key `servce`; did you mean `service`?");
    assert_eq!(complaint("channel = \"web:x\"\n"), "`/shop.toml`: a workspace needs a `name`");
}

#[test]
fn each_wrong_value_says_what_to_write() {
    for (lines, expected) in [
        (
            "tags = \"web@*-*\"",
            "`tags` is `web@*-*`; write how its release tags are named, with at most one `*`, for example `web@v*`",
        ),
        (
            "paths = [\"../pay\"]",
            "`paths` names `../pay`, which leaves the repository; name folders inside it, for example `services/pay`",
        ),
        (
            "paths = [\"/etc\"]",
            "`paths` names `/etc`, which leaves the repository; name folders inside it, for example `services/pay`",
        ),
        (
            "paths = [\".\"]",
            "`paths` names `.`, which is the whole repository; name folders inside it, or leave `paths` out",
        ),
        (
            "tickets = [\"pay-1\"]",
            "`tickets` names `pay-1`; write the keys of projects, for example `PAY` for tickets like `PAY-311`",
        ),
        ("dashboards = [\"pay\"]", "`dashboards` names `pay`; write links that begin with `https://`"),
        (
            "channel = \"C0123\"",
            "`channel` is `C0123`; write a platform and a channel, for example `web:on-call`, `slack:C0123456789` or `discord:1122334455`",
        ),
    ] {
        assert_eq!(of_service(lines), expected);
    }
    assert_eq!(
        complaint("name = \"a\"\n[[services]]\nname = \"pay\"\n"),
        "`/shop.toml` line 3: service `pay`: where is its code? Set `repository` to a clone on this machine, or `github` to `owner/name`"
    );
    assert_eq!(
        complaint("name = \"a\"\n[[services]]\nname = \"pay\"\ngithub = \"https://github.com/acme/pay\"\n"),
        "`/shop.toml` line 3: service `pay`: `github` is `https://github.com/acme/pay`; write owner and name, for example `acme/pay`"
    );
    assert_eq!(
        complaint("name = \"a\"\ntime_zone = \"Asia/Soul\"\n"),
        "`/shop.toml`: `time_zone` is `Asia/Soul`, which is no time zone; did you mean `Asia/Seoul`?"
    );
    assert_eq!(
        complaint("name = \"a\"\njoin_within = \"half an hour\"\n"),
        "`/shop.toml`: `join_within` is `half an hour`; write a number and `s`, `m` or `h`, for example `30m`"
    );
}

#[test]
fn services_of_all_files_fit_together() {
    let pay = "name = \"shop\"\n[[services]]\nname = \"pay\"\ngithub = \"acme/pay\"\n";
    let needing = |needed: &str| format!("{pay}depends_on = [\"{needed}\"]\n");
    let ledger = "name = \"books\"\n\n[[services]]\nname = \"ledger\"\ngithub = \"acme/ledger\"\n";
    let both = |first: &str, second: &str| load(&[("a.toml", first), ("b.toml", second)]).0;
    assert_eq!(
        both(&needing("legder"), ledger).expect_err("a slip"),
        "`/a.toml` line 3: service `pay` depends on `legder`, which is no service; did you mean `ledger`?"
    );
    assert_eq!(
        both(&needing("elsewhere"), ledger).expect_err("nothing near"),
        "`/a.toml` line 3: service `pay` depends on `elsewhere`, which is no service; add it, or take it out"
    );
    assert_eq!(
        complaint(&needing("pay")),
        "`/shop.toml` line 3: service `pay` depends on itself; take it out of its `depends_on`"
    );
    let said = both(pay, &ledger.replace("\"ledger\"", "\"pay\"")).expect_err("one name twice");
    assert!(said.starts_with("`/b.toml` line 4: there are two services called `pay`; the other is in `"), "{said}");
    assert!(said.ends_with("/a.toml` line 3; give one of them another name"), "{said}");
    let circle = format!("{ledger}depends_on = [\"pay\"]\n");
    assert_eq!(both(&needing("ledger"), &circle).expect("a circle loads").len(), 2);
}

#[test]
fn services_of_a_backstage_catalogue_are_the_workspaces_own_and_the_file_has_the_last_word() {
    let (loaded, _dir) = load(&[
        (
            "shop.toml",
            "name = \"shop\"\nbackstage = [\"catalogue/*/catalog-info.yaml\"]\n\n[[services]]\nname = \"pay\"\nowners = [\"refunds team\"]\n",
        ),
        (
            "catalogue/pay/catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\n  annotations:\n    github.com/project-slug: acme/pay\nspec:\n  type: service\n  owner: payments\n",
        ),
        (
            "catalogue/web/catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: web\n  annotations:\n    github.com/project-slug: acme/web\nspec:\n  type: website\n  owner: shop-front\n  dependsOn: [component:default/pay]\n",
        ),
    ]);
    let loaded = loaded.expect("both are read");
    let [pay, web] = loaded[0].services.as_slice() else { panic!("two services: {loaded:?}") };
    assert_eq!(
        (pay.owners.as_slice(), pay.source.remote.as_ref().map(|at| at.name.as_str())),
        (&["refunds team".to_owned()][..], Some("acme/pay"))
    );
    assert_eq!((web.owners.as_slice(), web.depends_on[0].service.as_str()), (&["shop-front".to_owned()][..], "pay"));

    let said = complaint("name = \"a\"\nbackstage = [\"gone/*.yaml\"]\n");
    assert_eq!(said, "`/shop.toml`: `/gone/*.yaml` leads to no file of a Backstage catalogue; check the path");
}
