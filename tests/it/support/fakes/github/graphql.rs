//! How is a query answered? Refused where GitHub's schema refuses it, else read from the state.

use super::state::{Repository, State};
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Value, json};
use std::sync::OnceLock;

const SCHEMA: &str = include_str!("schema.graphql");
/// Entries of one page, whatever is asked for.
const PAGE: usize = 100;

fn schema() -> &'static Valid<Schema> {
    static READ: OnceLock<Valid<Schema>> = OnceLock::new();
    READ.get_or_init(|| Schema::parse_and_validate(SCHEMA, "schema.graphql").expect("the excerpt is a schema"))
}

/// The answer's body, as GitHub writes it.
pub fn answer(state: &State, body: &Value) -> Value {
    let query = body["query"].as_str().unwrap_or_default();
    let document = match ExecutableDocument::parse_and_validate(schema(), query, "query.graphql") {
        Ok(document) => document,
        Err(errors) => return json!({ "errors": [{ "message": errors.errors.to_string() }] }),
    };
    let variables = serde_json_bytes(&body["variables"]);
    let executed =
        Execution::new(schema(), &document).raw_variable_values(&variables).execute_sync(&Thing::Query(state));
    let mut answer = match executed {
        Ok(response) => serde_json::to_value(response).expect("a response is JSON"),
        Err(error) => return json!({ "errors": [{ "message": format!("{error:?}") }] }),
    };
    for error in answer["errors"].as_array_mut().into_iter().flatten() {
        if error["message"].as_str().is_some_and(|message| message.starts_with("Could not resolve")) {
            error["type"] = json!("NOT_FOUND");
        }
    }
    answer
}

fn serde_json_bytes(variables: &Value) -> apollo_compiler::response::JsonMap {
    serde_json::from_value(variables.clone()).unwrap_or_default()
}

/// What a query may be about, in one type per kind of GitHub's.
enum Thing<'s> {
    Query(&'s State),
    Repository(&'s Repository),
    Commit(&'s Repository, String),
    Pull(&'s Repository, u64),
    Issue(&'s Repository, u64),
    /// A connection: its type, and its nodes; whether another page follows, and where this one ends.
    Nodes(&'static str, Vec<Thing<'s>>, bool, usize),
    /// Something whose fields are all known.
    Plain(&'static str, Value, Vec<(&'static str, Thing<'s>)>),
}

fn gone<T>(what: &str) -> Result<T, FieldError> {
    Err(FieldError { message: format!("Could not resolve to {what}.") })
}

impl<'s> Thing<'s> {
    fn whole(kind: &'static str, nodes: Vec<Thing<'s>>) -> Self {
        Self::Nodes(kind, nodes, false, 0)
    }

    fn plain(kind: &'static str, fields: Value) -> Self {
        Self::Plain(kind, fields, Vec::new())
    }

    fn user(login: &str) -> Self {
        Self::plain("User", json!({ "login": login, "name": login }))
    }

    fn copy(&self) -> Self {
        match self {
            Self::Query(state) => Self::Query(state),
            Self::Repository(repository) => Self::Repository(repository),
            Self::Commit(repository, sha) => Self::Commit(repository, sha.clone()),
            Self::Pull(repository, number) => Self::Pull(repository, *number),
            Self::Issue(repository, number) => Self::Issue(repository, *number),
            Self::Nodes(kind, nodes, more, end) => {
                Self::Nodes(kind, nodes.iter().map(Thing::copy).collect(), *more, *end)
            }
            Self::Plain(kind, fields, things) => {
                Self::Plain(kind, fields.clone(), things.iter().map(|(name, thing)| (*name, thing.copy())).collect())
            }
        }
    }
}

fn leaf<'a>(value: Value) -> ResolvedValue<'a> {
    ResolvedValue::leaf(serde_json::from_value::<apollo_compiler::response::JsonValue>(value).expect("JSON is JSON"))
}

impl ObjectValue for Thing<'_> {
    fn type_name(&self) -> &str {
        match self {
            Self::Query(_) => "Query",
            Self::Repository(_) => "Repository",
            Self::Commit(..) => "Commit",
            Self::Pull(..) => "PullRequest",
            Self::Issue(..) => "Issue",
            Self::Nodes(kind, ..) | Self::Plain(kind, ..) => kind,
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let argument = |name: &str| -> Value { serde_json::to_value(info.arguments().get(name)).unwrap_or_default() };
        let text = |name: &str| argument(name).as_str().unwrap_or_default().to_owned();
        let number = |name: &str| argument(name).as_u64().unwrap_or_default();
        let field = info.field_name();
        match self {
            Self::Query(state) => match field {
                "repository" => {
                    let name = format!("{}/{}", text("owner"), text("name"));
                    let name = state.renamed.get(&name).cloned().unwrap_or(name);
                    match state.seen(&name) {
                        Some(repository) => Ok(ResolvedValue::object(Thing::Repository(repository))),
                        None => gone(&format!("a Repository with the name '{name}'")),
                    }
                }
                _ => Err(self.unknown_field_error(info)),
            },
            Self::Repository(repository) => match field {
                "nameWithOwner" => Ok(leaf(json!(repository.name))),
                "object" => {
                    let sha = text("oid");
                    Ok(ResolvedValue::nullable_object(repository.has(&sha).then(|| Thing::Commit(repository, sha))))
                }
                "pullRequest" => match repository.pulls.contains_key(&number("number")) {
                    true => Ok(ResolvedValue::object(Thing::Pull(repository, number("number")))),
                    false => gone(&format!("a PullRequest with the number of {}", number("number"))),
                },
                "issue" => match repository.issues.contains_key(&number("number")) {
                    true => Ok(ResolvedValue::object(Thing::Issue(repository, number("number")))),
                    false => gone(&format!("an Issue with the number of {}", number("number"))),
                },
                "refs" => Ok(ResolvedValue::object(refs(repository, &text("after")))),
                "deployments" => {
                    let mut all: Vec<_> = repository.deployments.iter().collect();
                    all.sort_by(|a, b| b.at.cmp(&a.at));
                    let nodes = all.into_iter().map(|one| deployment(repository, one)).collect();
                    Ok(ResolvedValue::object(Thing::whole("DeploymentConnection", nodes)))
                }
                _ => Err(self.unknown_field_error(info)),
            },
            Self::Commit(repository, sha) => match field {
                "oid" => Ok(leaf(json!(sha))),
                "committedDate" => Ok(leaf(json!("2026-11-20T09:00:00Z"))),
                "associatedPullRequests" => {
                    let brought = repository.pulls.values().filter(|pull| pull.commits.contains(sha));
                    let nodes = brought.map(|pull| Thing::Pull(repository, pull.number)).collect();
                    Ok(ResolvedValue::object(Thing::whole("PullRequestConnection", nodes)))
                }
                _ => Err(self.unknown_field_error(info)),
            },
            Self::Pull(repository, at) => self.pull(repository, *at, info),
            Self::Issue(repository, at) => self.issue(repository, *at, info),
            Self::Nodes(_, nodes, more, end) => match field {
                "nodes" => Ok(ResolvedValue::list(nodes.iter().map(|node| ResolvedValue::object(node.copy())))),
                "totalCount" => Ok(leaf(json!(nodes.len()))),
                "pageInfo" => {
                    let page = json!({ "hasNextPage": more, "endCursor": end.to_string() });
                    Ok(ResolvedValue::object(Thing::plain("PageInfo", page)))
                }
                _ => Err(self.unknown_field_error(info)),
            },
            Self::Plain(_, fields, things) => match things.iter().find(|(name, _)| *name == field) {
                Some((_, thing)) => Ok(ResolvedValue::object(thing.copy())),
                None => Ok(leaf(fields[field].clone())),
            },
        }
    }
}

impl Thing<'_> {
    fn pull<'a>(
        &'a self,
        repository: &'a Repository,
        number: u64,
        info: &ResolveInfo<'_>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let pull = &repository.pulls[&number];
        let names = |names: &[String]| {
            let nodes = names.iter().map(|name| Thing::plain("Label", json!({ "name": name }))).collect();
            Thing::whole("LabelConnection", nodes)
        };
        Ok(match info.field_name() {
            "number" => leaf(json!(pull.number)),
            "title" => leaf(json!(pull.title)),
            "body" => leaf(json!(pull.body)),
            "url" => leaf(json!(format!("https://github.example/{}/pull/{number}", repository.name))),
            "merged" => leaf(json!(pull.merged)),
            "mergedAt" => leaf(if pull.merged { json!("2026-11-20T09:00:00Z") } else { Value::Null }),
            "headRefName" => leaf(json!(pull.branch)),
            "author" => ResolvedValue::object(Thing::user(&pull.author)),
            "mergeCommit" => ResolvedValue::object(Thing::Commit(repository, pull.merge_commit.clone())),
            "baseRepository" => ResolvedValue::object(Thing::Repository(repository)),
            "labels" => ResolvedValue::object(names(&pull.labels)),
            "latestReviews" => {
                let review = |(who, said): &(String, String)| {
                    Thing::Plain("PullRequestReview", json!({ "state": said }), vec![("author", Thing::user(who))])
                };
                let nodes = pull.reviews.iter().map(review).collect();
                ResolvedValue::object(Thing::whole("PullRequestReviewConnection", nodes))
            }
            "closingIssuesReferences" => {
                let nodes = pull.closes.iter().map(|number| Thing::Issue(repository, *number)).collect();
                ResolvedValue::object(Thing::whole("IssueConnection", nodes))
            }
            _ => return Err(self.unknown_field_error(info)),
        })
    }

    fn issue<'a>(
        &'a self,
        repository: &'a Repository,
        number: u64,
        info: &ResolveInfo<'_>,
    ) -> Result<ResolvedValue<'a>, FieldError> {
        let issue = &repository.issues[&number];
        Ok(match info.field_name() {
            "number" => leaf(json!(issue.number)),
            "title" => leaf(json!(issue.title)),
            "body" => leaf(json!(issue.body)),
            "url" => leaf(json!(format!("https://github.example/{}/issues/{number}", repository.name))),
            "state" => leaf(json!(if issue.closed.is_some() { "CLOSED" } else { "OPEN" })),
            "stateReason" => leaf(json!(issue.closed)),
            "repository" => ResolvedValue::object(Thing::Repository(repository)),
            "assignees" => {
                let nodes = issue.assignees.iter().map(|login| Thing::user(login)).collect();
                ResolvedValue::object(Thing::whole("UserConnection", nodes))
            }
            "labels" => {
                let nodes = issue.labels.iter().map(|name| Thing::plain("Label", json!({ "name": name }))).collect();
                ResolvedValue::object(Thing::whole("LabelConnection", nodes))
            }
            "milestone" => ResolvedValue::null(),
            _ => return Err(self.unknown_field_error(info)),
        })
    }
}

fn refs<'s>(repository: &'s Repository, after: &str) -> Thing<'s> {
    let all = repository.tags();
    let begin: usize = after.parse().unwrap_or(0);
    let end = (begin + PAGE).min(all.len());
    let nodes = all[begin.min(end)..end].iter().map(|tag| {
        let commit = Thing::Commit(repository, tag.commit.clone());
        let target = match tag.annotated {
            false => commit,
            true => Thing::Plain(
                "Tag",
                json!({ "oid": tag.object, "name": tag.name }),
                vec![
                    ("tagger", Thing::plain("GitActor", json!({ "name": "Release", "email": "release@shop.example", "date": "2026-11-20T10:00:00Z" }))),
                    ("target", commit),
                ],
            ),
        };
        Thing::Plain("Ref", json!({ "name": tag.name }), vec![("target", target)])
    });
    Thing::Nodes("RefConnection", nodes.collect(), end < all.len(), end)
}

fn deployment<'s>(_: &'s Repository, one: &super::state::Deployment) -> Thing<'s> {
    let status = Thing::plain("DeploymentStatus", json!({ "state": one.state, "environmentUrl": null }));
    let reference = Thing::plain("Ref", json!({ "name": one.reference }));
    let fields = json!({ "environment": one.environment, "commitOid": one.sha, "createdAt": one.at });
    Thing::Plain("Deployment", fields, vec![("latestStatus", status), ("ref", reference)])
}
