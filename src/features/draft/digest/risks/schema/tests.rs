//! Are broken contracts told, and kept ones left alone?

use super::super::super::story::Story;

#[test]
fn openapi_paths_and_operations() {
    let story = Story::new().file(
        "api/openapi.yaml",
        " paths:\n-  /v1/orders:\n-    get:\n   /v1/pay:\n-    delete:\n     post:\n+          required: true\n",
    );
    assert_eq!(
        story.risks(),
        [
            "High OpenAPI: 2 elements are gone or renumbered: `/v1/orders` and `DELETE /v1/pay`",
            "Medium OpenAPI: 1 element is changed in a way callers must follow: `/v1/pay`",
        ]
    );
}

#[test]
fn protobuf_fields_and_calls() {
    let story = Story::new().file(
        "api/pay.proto",
        " message Order {\n-  string colour = 3;\n-  int32 total = 4;\n+  int64 total = 4;\n-  string note = 5;\n+  string remark = 5;\n }\n service Pay {\n-  rpc Refund(A) returns (B);\n+  rpc Charge(A) returns (B);\n }\n",
    );
    assert_eq!(
        story.risks(),
        [
            "High Protobuf: 3 elements are gone or renumbered: `Order.colour`, `Order.total` and `rpc Refund`",
            "Medium Protobuf: 1 element is changed in a way callers must follow: `Order.note`",
        ]
    );
}

#[test]
fn graphql_fields() {
    let story = Story::new().file("schema.graphql", " type Order {\n-  colour: String\n-  total: Int\n+  total: Int!\n }\n input Pay {\n-  note: String\n+  note: String!\n }\n");
    assert_eq!(
        story.risks(),
        [
            "High GraphQL: 1 element is gone or renumbered: `Order.colour`",
            "Medium GraphQL: 1 element is changed in a way callers must follow: `Pay.note`",
        ]
    );
}

#[test]
fn additions_are_silent() {
    let story = Story::new()
        .file("api/pay.proto", " message Order {\n+  string colour = 3;\n }\n")
        .file("api/openapi.yaml", "+  /v2/orders:\n+    get:\n+      parameters:\n+          required: true\n")
        .file("schema.graphql", " type Order {\n+  colour: String!\n }\n");
    assert!(story.risks().is_empty(), "{:?}", story.risks());
}
