//! What the fault server does to the objects it stores: uid, revision,
//! ownership, preconditions, and the forms in which it shows them.

use crate::client::{Answer, Client};
use serde_json::{Value, json};
use testcluster::fault::FaultServer;

const SECRETS: &str = "/api/v1/namespaces/default/secrets";
const SECRET: &str = "/api/v1/namespaces/default/secrets/db";
const APPLY: &str = "/api/v1/namespaces/default/secrets/db?fieldManager=us";
const JSON: &str = "Content-Type: application/json\r\n";
const JSON_PATCH: &str = "Content-Type: application/json-patch+json\r\n";

/// An applied configuration with this metadata besides the name.
fn config(metadata: Value, data: Value) -> Value {
    let mut config =
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data});
    config["metadata"]["name"] = json!("db");
    config
}

fn reason(answer: &Answer) -> (u16, String) {
    (
        answer.code,
        answer.json()["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
    )
}

fn managers(object: &Value) -> Vec<(String, String, Value)> {
    let entries = object["metadata"]["managedFields"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| {
            (
                text(&entry["manager"]),
                text(&entry["operation"]),
                entry["fieldsV1"].clone(),
            )
        })
        .collect()
}

#[test]
fn every_creation_has_its_own_uid_and_every_change_its_own_revision() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    client.apply(APPLY, &config(json!({}), json!({"a": "MQ=="})));
    let first = server.secret("default", "db").unwrap();
    client.apply(APPLY, &config(json!({}), json!({"a": "MQ=="})));
    assert_eq!(
        server.secret("default", "db").unwrap(),
        first,
        "nothing changed, so nothing moves"
    );
    client.apply(APPLY, &config(json!({}), json!({"a": "Mg=="})));
    let second = server.secret("default", "db").unwrap();
    assert_eq!(first.uid(), second.uid());
    let number = |text: &str| text.parse::<u64>().unwrap();
    assert!(number(second.resource_version()) > number(first.resource_version()));

    client.send("DELETE", SECRET, "", b"");
    client.apply(APPLY, &config(json!({}), json!({"a": "MQ=="})));
    let third = server.secret("default", "db").unwrap();
    assert_ne!(third.uid(), first.uid());
    assert_eq!(third.uid().len(), 36);
    assert!(number(third.resource_version()) > number(second.resource_version()));
}

#[test]
fn a_revision_is_ignored_for_a_missing_object_and_checked_for_a_live_one() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    let guarded = config(json!({"resourceVersion": "1"}), json!({"a": "MQ=="}));
    let created = client.apply(APPLY, &guarded);
    assert_eq!(created.code, 201);
    assert_ne!(created.json()["metadata"]["resourceVersion"], "1");

    let refused = client.apply(APPLY, &guarded);
    assert_eq!(reason(&refused), (409, "Conflict".to_owned()));
    assert_eq!(
        refused.json()["message"],
        "Operation cannot be fulfilled on secrets \"db\": the object has been modified; please apply your changes to the latest version and try again"
    );

    let live = server.secret("default", "db").unwrap();
    let guard = json!({"resourceVersion": live.resource_version(), "uid": live.uid()});
    assert_eq!(
        client
            .apply(APPLY, &config(guard, json!({"a": "Mg=="})))
            .code,
        200
    );
    server.edit_secret("default", "db", |object| {
        object["data"]["a"] = json!("Mw==")
    });
    let stale = json!({"resourceVersion": live.resource_version()});
    assert_eq!(
        client
            .apply(APPLY, &config(stale, json!({"a": "Mg=="})))
            .code,
        409
    );
    assert_eq!(server.secret("default", "db").unwrap().values["a"], b"3");
}

#[test]
fn a_uid_must_be_that_of_the_live_object() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    let other = config(
        json!({"uid": "11111111-1111-4111-8111-111111111111"}),
        json!({"a": "MQ=="}),
    );
    assert_eq!(
        reason(&client.apply(APPLY, &other)),
        (409, "Conflict".to_owned())
    );
    assert!(server.secret("default", "db").is_none());
    server.put_secret("default", "db", &[("a", "1")], "other");
    assert_eq!(
        reason(&client.apply(APPLY, &other)),
        (422, "Invalid".to_owned())
    );
}

#[test]
fn an_apply_owns_its_fields_drops_what_it_no_longer_names_and_keeps_the_rest() {
    let server = FaultServer::start();
    server.put_secret("default", "db", &[("theirs", "t")], "other");
    let mut client = Client::new(&server);
    let ours = config(
        json!({"labels": {"app": "x"}}),
        json!({"a": "MQ==", "b": "Mg=="}),
    );
    assert_eq!(client.apply(APPLY, &ours).code, 200);
    let applied = client
        .apply(APPLY, &config(json!({}), json!({"a": "MQ=="})))
        .json();
    assert_eq!(applied["data"], json!({"a": "MQ==", "theirs": "dA=="}));
    assert!(applied["metadata"].get("labels").is_none());
    let theirs = |fields: Value| ("other".to_owned(), "Update".to_owned(), fields);
    let ours = |fields: Value| ("us".to_owned(), "Apply".to_owned(), fields);
    assert_eq!(
        managers(&applied),
        [
            ours(json!({"f:data": {"f:a": {}}})),
            theirs(json!({"f:data": {".": {}, "f:theirs": {}}, "f:type": {}})),
        ]
    );

    let contested = config(json!({}), json!({"theirs": "bmV3"}));
    let refused = client.apply(APPLY, &contested);
    assert_eq!(reason(&refused), (409, "Conflict".to_owned()));
    let refusal = refused.json();
    assert_eq!(
        refusal["message"],
        "Apply failed with 1 conflict: conflict with \"other\" using v1: .data.theirs"
    );
    assert_eq!(refusal["details"]["causes"][0]["field"], ".data.theirs");
    assert_eq!(
        server.secret("default", "db").unwrap().values["theirs"],
        b"t"
    );

    let forced = client
        .apply(&format!("{APPLY}&force=true"), &contested)
        .json();
    assert_eq!(forced["data"], json!({"theirs": "bmV3"}));
    assert_eq!(
        managers(&forced),
        [
            ours(json!({"f:data": {"f:theirs": {}}})),
            theirs(json!({"f:data": {}, "f:type": {}})),
        ]
    );
}

#[test]
fn several_conflicts_are_listed_by_manager() {
    let server = FaultServer::start();
    server.put_secret("default", "db", &[("t2", "t"), ("theirs", "t")], "other");
    let both = config(json!({}), json!({"t2": "eA==", "theirs": "eA=="}));
    let refused = Client::new(&server).apply(APPLY, &both).json();
    assert_eq!(
        refused["message"],
        "Apply failed with 2 conflicts: conflicts with \"other\" using v1:\n- .data.t2\n- .data.theirs"
    );
}

#[test]
fn a_dry_run_answers_in_full_and_stores_nothing() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    let dry = format!("{APPLY}&dryRun=All");
    let answer = client.apply(&dry, &config(json!({}), json!({"a": "MQ=="})));
    assert_eq!(
        (answer.code, &answer.json()["data"]["a"]),
        (201, &json!("MQ=="))
    );
    assert!(server.secret("default", "db").is_none());

    let live = server.put_secret("default", "db", &[("k", "v")], "other");
    let answer = client.apply(&dry, &config(json!({}), json!({"a": "MQ=="})));
    assert_eq!(
        (answer.code, &answer.json()["data"]["k"]),
        (200, &json!("dg=="))
    );
    assert_eq!(
        client
            .send("DELETE", &format!("{SECRET}?dryRun=All"), "", b"")
            .code,
        200
    );
    assert_eq!(server.secret("default", "db").unwrap(), live);
}

#[test]
fn what_no_server_would_take_is_refused() {
    let server = FaultServer::start();
    server.remove_namespace("gone");
    let mut client = Client::new(&server);
    let body = config(json!({}), json!({"a": "MQ=="}));
    let missing = client.apply("/api/v1/namespaces/gone/secrets/db?fieldManager=us", &body);
    assert_eq!(reason(&missing), (404, "NotFound".to_owned()));
    assert_eq!(missing.json()["message"], "namespaces \"gone\" not found");
    assert_eq!(client.get("/api/v1/namespaces/gone").code, 404);
    assert_eq!(
        client.get("/api/v1/namespaces/default").json()["metadata"]["name"],
        "default"
    );

    assert_eq!(
        client.apply(SECRET, &body).code,
        422,
        "an apply without a manager"
    );
    assert_eq!(
        client.apply(&APPLY.replace("/db?", "/other?"), &body).code,
        400
    );
    let not_base64 = config(json!({}), json!({"a": "***"}));
    assert_eq!(client.apply(APPLY, &not_base64).code, 500);
    assert_eq!(
        client
            .send("POST", SECRETS, JSON, not_base64.to_string().as_bytes())
            .code,
        400
    );
    assert_eq!(client.send("PATCH", APPLY, JSON, b"{}").code, 415);
    assert_eq!(client.send("POST", SECRETS, JSON, b"not JSON").code, 400);
    assert!(server.secret("default", "db").is_none());
}

#[test]
fn a_post_creates_once_and_folds_string_data() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    let body = json!({"metadata": {"name": "db"}, "stringData": {"a": "text"}}).to_string();
    let agent = format!("{JSON}User-Agent: program/1.0 (linux)\r\n");
    let created = client.send("POST", SECRETS, &agent, body.as_bytes());
    assert_eq!(created.code, 201);
    let stored = server.secret("default", "db").unwrap();
    assert_eq!(stored.values["a"], b"text");
    assert_eq!(managers(&stored.object)[0].0, "program");
    let again = client.send("POST", SECRETS, &agent, body.as_bytes());
    assert_eq!(reason(&again), (409, "AlreadyExists".to_owned()));
}

#[test]
fn a_json_patch_runs_under_its_tests_and_moves_ownership() {
    let server = FaultServer::start();
    let live = server.put_secret("default", "db", &[("a", "1"), ("b", "2")], "other");
    let mut client = Client::new(&server);
    let path = format!("{SECRET}?fieldManager=patcher");
    let mut operations = json!([
        {"op": "test", "path": "/metadata/uid", "value": "somebody else's"},
        {"op": "replace", "path": "/data/a", "value": "Mw=="},
    ]);
    let refused = client.send(
        "PATCH",
        &path,
        JSON_PATCH,
        operations.to_string().as_bytes(),
    );
    assert_eq!(refused.code, 422);
    assert_eq!(server.secret("default", "db").unwrap(), live);

    operations[0]["value"] = json!(live.uid());
    let patched = client
        .send(
            "PATCH",
            &path,
            JSON_PATCH,
            operations.to_string().as_bytes(),
        )
        .json();
    assert_eq!(patched["data"], json!({"a": "Mw==", "b": "Mg=="}));
    let owner_of_a =
        |(_, _, fields): &&(String, String, Value)| fields["f:data"]["f:a"].is_object();
    let owners = managers(&patched);
    assert_eq!(
        owners
            .iter()
            .filter(owner_of_a)
            .map(|owner| owner.0.as_str())
            .collect::<Vec<_>>(),
        ["patcher"]
    );
}

#[test]
fn a_delete_keeps_its_preconditions() {
    let server = FaultServer::start();
    let live = server.put_secret("default", "db", &[("a", "1")], "other");
    let mut client = Client::new(&server);
    let mut delete = |preconditions: Value| {
        let options = json!({"preconditions": preconditions}).to_string();
        client.send("DELETE", SECRET, JSON, options.as_bytes()).code
    };
    assert_eq!(delete(json!({"uid": "other"})), 409);
    assert_eq!(delete(json!({"resourceVersion": "1"})), 409);
    assert_eq!(
        delete(json!({"uid": live.uid(), "resourceVersion": live.resource_version()})),
        200
    );
    assert_eq!(delete(json!({})), 404);
}

#[test]
fn lists_and_metadata_only_forms_show_no_values() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    assert_eq!(client.get(SECRETS).json()["items"], json!([]));
    server.put_secret("default", "db", &[("a", "1")], "other");
    server.put_secret("elsewhere", "x", &[("a", "1")], "other");
    assert_eq!(
        client.get(SECRETS).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let accept = |form: &str| format!("Accept: application/json;as={form};v=v1;g=meta.k8s.io\r\n");
    let table = client.send("GET", SECRETS, &accept("Table"), b"").json();
    assert_eq!(table["rows"][0]["cells"], json!(["db", "Opaque", 1]));
    assert!(table["rows"][0]["object"].get("data").is_none());
    let metadata = client
        .send("GET", SECRETS, &accept("PartialObjectMetadataList"), b"")
        .json();
    assert_eq!(metadata["items"][0]["metadata"]["name"], "db");
    assert!(metadata["items"][0].get("data").is_none());
    let one = client
        .send("GET", SECRET, &accept("PartialObjectMetadata"), b"")
        .json();
    assert_eq!(one["kind"], "PartialObjectMetadata");
    assert!(one.get("data").is_none());
}

#[test]
fn out_of_band_changes_move_the_revision_and_the_ownership() {
    let server = FaultServer::start();
    let before = server.put_secret("default", "db", &[("a", "1"), ("b", "2")], "other");
    server.edit_secret("default", "db", |object| {
        object["data"]["a"] = json!("Mg==")
    });
    let after = server.secret("default", "db").unwrap();
    assert_eq!(after.values["a"], b"2");
    assert_ne!(after.resource_version(), before.resource_version());
    let names: Vec<String> = managers(&after.object)
        .into_iter()
        .map(|owner| owner.0)
        .collect();
    assert_eq!(names, ["other", "out-of-band"]);
    server.delete_secret("default", "db");
    assert!(server.secret("default", "db").is_none());
}

#[test]
fn access_reviews_are_allowed_and_discovery_answers() {
    let server = FaultServer::start();
    let mut client = Client::new(&server);
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let review = json!({"spec": {"resourceAttributes": {"verb": "patch"}}}).to_string();
    let answer = client.send("POST", path, JSON, review.as_bytes());
    assert_eq!(
        (answer.code, &answer.json()["status"]["allowed"]),
        (201, &json!(true))
    );
    for path in [
        "/version",
        "/api",
        "/api/v1",
        "/apis",
        "/apis/authorization.k8s.io/v1",
    ] {
        assert_eq!(client.get(path).code, 200);
    }
    let workloads = client.get("/apis/apps/v1").json();
    assert_eq!(workloads["resources"][0]["name"], "deployments");
    assert_eq!(client.get("/apis/apps/v2").code, 404);
}
