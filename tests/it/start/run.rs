//! A bot that cannot start says why, names what is in the way, and ends with the code for it.

use super::{ended, shown, typed};
use crate::support::process::{Setup, slipway};
use crate::support::world::{Person, payments};

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_another_one() {
    let (repo, data) = (payments(), tempfile::tempdir().expect("a temporary directory"));
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = other.local_addr().expect("it is bound").port();
    let line = format!("run --listen 127.0.0.1:{port} --data-dir {} --repo {}", shown(data.path()), shown(repo.path()));
    typed(&line).await.assert_refused(
        4,
        &format!(
            "`127.0.0.1:{port}` is taken by another program. Stop that program, or choose another port: `slipway --listen 127.0.0.1:{}`.",
            port.wrapping_add(1).max(1024)
        ),
    );
}

#[tokio::test]
async fn a_data_directory_that_is_in_use_is_refused_and_its_holder_goes_on() {
    let (repo, data) = (payments(), tempfile::tempdir().expect("a temporary directory"));
    let first = Setup::new(data.path(), repo.path(), None).start().await;
    let second =
        typed(&format!("run --listen 127.0.0.1:0 --data-dir {} --repo {}", shown(data.path()), shown(repo.path())))
            .await;
    second.assert_refused(
        4,
        &format!(
            "The store directory `{}` is in use by another Slipway (process {}); stop that one, or choose another data directory.",
            shown(data.path()),
            first.process()
        ),
    );
    let person = Person::enter(&first.url, "release engineer").await;
    person.says("/release help").await;
    person.hears("/release draft").await;
}

#[tokio::test]
async fn a_data_directory_that_is_a_file_is_refused() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("records");
    std::fs::write(&file, "a file").expect("it can be written");
    typed(&format!("run --listen 127.0.0.1:0 --data-dir {}", shown(&file))).await.assert_refused(
        4,
        &format!(
            "The store directory `{}` cannot be used: a part of the path is a file; move that file away, or choose another data directory.",
            shown(&file)
        ),
    );
    assert_eq!(std::fs::read_to_string(&file).expect("it is still there"), "a file");
}

#[tokio::test]
async fn a_slip_in_the_configuration_is_named_with_its_file_its_line_and_the_nearest_key() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let file = home.path().join("slipway.toml");
    for (text, problem) in [
        ("[web]\nadress = \"127.0.0.1:0\"\n", " line 2: there is no key `adress`; did you mean `address`?"),
        ("[draft]\n\ncontext_tokens = 7\n", ": `draft.context_tokens` is 7; it must be between 300 and 200000"),
        (
            "[model]\nmodels = [\"small\"]\n",
            ": `model.models` is set but `model.base_url` is not; name the server, for example `base_url = \"http://127.0.0.1:11434/v1\"`",
        ),
    ] {
        std::fs::write(&file, text).expect("it can be written");
        let data = home.path().join("data");
        let line = format!("run --config {} --data-dir {}", shown(&file), shown(&data));
        typed(&line).await.assert_refused(4, &format!("`{}`{problem}", shown(&file)));
        assert!(!data.exists(), "nothing is begun with a wrong configuration");
    }
}

#[tokio::test]
async fn a_configuration_that_is_not_there_is_named() {
    typed("run --config /nowhere/slipway.toml").await.assert_refused(
        4,
        "`/nowhere/slipway.toml`: there is no such file; check the path, or start without `--config`",
    );
}

#[tokio::test]
async fn an_open_door_is_refused() {
    let data = tempfile::tempdir().expect("a temporary directory");
    typed(&format!("run --listen 0.0.0.0:8787 --data-dir {}", shown(data.path()))).await.assert_refused(
        4,
        "the web chat would listen on `0.0.0.0:8787`, which others can reach, with nothing that keeps them out. Set an \
         access token or a trusted proxy's identity header, or listen on `127.0.0.1:8787`.",
    );
}

#[tokio::test]
async fn a_model_server_without_a_model_is_refused() {
    let mut command = slipway(&["run", "--listen", "127.0.0.1:0"]);
    command.env("SLIPWAY_MODEL_BASE_URL", "http://127.0.0.1:9/v1");
    ended(command).await.assert_refused(
        4,
        "configuration: `model.base_url` is set but `model.models` names no model; add for example `models = [\"small\"]`",
    );
}

#[tokio::test]
async fn a_flag_that_does_not_exist_is_wrong_usage() {
    for (line, named) in [
        ("run --colour", "'--colour'"),
        ("run --listen here", "invalid value 'here' for '--listen <ADDRESS>'"),
        ("draft --format yaml", "[possible values: markdown, json]"),
        ("deploy", "unrecognized subcommand 'deploy'"),
    ] {
        let ended = typed(line).await;
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{line}: {}", ended.err);
        assert!(ended.err.contains(named) && ended.err.contains("--help"), "{line}: {}", ended.err);
    }
}
