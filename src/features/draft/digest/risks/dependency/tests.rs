//! Are versions read from manifests as people write them?

use super::super::super::story::Story;

#[track_caller]
fn told(path: &str, diff: &str, expected: &[&str]) {
    assert_eq!(Story::new().file(path, diff).risks(), expected, "{path}");
}

#[test]
fn majors_stand_apart_from_the_rest() {
    told(
        "Cargo.toml",
        " [package]\n-version = \"0.1.0\"\n+version = \"0.2.0\"\n [dependencies]\n-serde = \"1.0.1\"\n+serde = \"1.0.2\"\n-axum = { version = \"0.7\", features = [\"x\"] }\n+axum = { version = \"0.8\", features = [\"x\"] }\n+fresh = \"3\"\n-old = \"2\"\n",
        &[
            "Medium 1 dependency takes a major step: `axum` 0.7 → 0.8",
            "Low 1 dependency is new: `fresh` 3",
            "Low 1 dependency is gone: `old`",
            "Low 1 dependency moves within its major version: `serde` 1.0.1 → 1.0.2",
        ],
    );
}

#[test]
fn every_ecosystem_is_read() {
    told(
        "go.mod",
        "-go 1.21\n+go 1.22\n \n-\tgithub.com/acme/pay v1.2.0\n+\tgithub.com/acme/pay v2.0.0\n-\texample.org/x/net v0.1.0 // indirect\n+\texample.org/x/net v0.2.0 // indirect\n",
        &[
            "Medium 1 runtime or base image changes: `go` 1.21 → 1.22",
            "Medium 1 dependency takes a major step: `github.com/acme/pay` v1.2.0 → v2.0.0",
            "Low 1 indirect dependency takes a major step: `example.org/x/net` v0.1.0 → v0.2.0",
        ],
    );
    told(
        "web/package.json",
        "   \"dependencies\": {\n-    \"express\": \"^4.18.0\",\n+    \"express\": \"^5.0.0\",\n",
        &["Medium 1 dependency takes a major step: `express` ^4.18.0 → ^5.0.0"],
    );
    told(
        "requirements.txt",
        "-django==4.2.1\n+django==5.0\n",
        &["Medium 1 dependency takes a major step: `django` ==4.2.1 → ==5.0"],
    );
    told(
        "Gemfile",
        "-gem \"rails\", \"~> 7.0\"\n+gem \"rails\", \"~> 6.1\"\n",
        &["Medium 1 dependency goes back to an older version: `rails` ~> 7.0 → ~> 6.1"],
    );
    told(
        "pom.xml",
        "   <artifactId>guava</artifactId>\n-  <version>31.0</version>\n+  <version>32.0</version>\n",
        &["Medium 1 dependency takes a major step: `guava` 31.0 → 32.0"],
    );
    told(
        "build.gradle",
        "-implementation 'com.acme:pay:1.0'\n+implementation 'com.acme:pay:2.0'\n",
        &["Medium 1 dependency takes a major step: `com.acme:pay` 1.0 → 2.0"],
    );
    told(
        "Dockerfile",
        "-FROM alpine:3.18 AS run\n+FROM alpine:3.19 AS run\n",
        &["Medium 1 runtime or base image changes: `alpine` 3.18 → 3.19"],
    );
    told(
        ".github/workflows/ci.yml",
        "-      - uses: actions/checkout@v3\n+      - uses: actions/checkout@v4\n",
        &["Low 1 build or pipeline dependency takes a major step: `actions/checkout` v3 → v4"],
    );
    told(
        "Cargo.lock",
        " name = \"ring\"\n-version = \"0.16.0\"\n+version = \"0.17.0\"\n",
        &["Low 1 indirect dependency takes a major step: `ring` 0.16.0 → 0.17.0"],
    );
}

#[test]
fn many_bumps_are_one_risk() {
    let diff: String = (0..60).map(|n| format!("-lib{n} = \"1.0.0\"\n+lib{n} = \"1.1.0\"\n")).collect();
    told(
        "Cargo.toml",
        &format!(" [dependencies]\n{diff}"),
        &[
            "Low 60 dependencies move within their major versions: `lib0` 1.0.0 → 1.1.0, `lib1` 1.0.0 → 1.1.0, `lib2` 1.0.0 → 1.1.0 and 57 more",
        ],
    );
}

#[test]
fn a_dependency_that_changes_its_manifest_is_neither_new_nor_gone() {
    let story = Story::new()
        .file("a/Cargo.toml", " [dependencies]\n-serde = \"1\"\n")
        .file("Cargo.toml", " [workspace.dependencies]\n+serde = \"1\"\n");
    assert!(story.risks().is_empty(), "{:?}", story.risks());
}
