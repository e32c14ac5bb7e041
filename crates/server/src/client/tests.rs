use serde_json::json;

use super::fake::FakeServer;
use super::*;

#[test]
fn a_change_requires_the_current_version() {
    let fake = FakeServer::with(vec![("200 OK", "etag: \"7\"\r\n", "{}".into()), ("200 OK", "", r#"{"version":8}"#.into())]);
    let changed = fake.client().change("/v1/admin/queues/x", &json!({"name": "Arena"})).unwrap();
    assert_eq!(changed, json!({"version": 8}));
    let [read, write] = &fake.requests()[..] else { panic!("two requests") };
    assert_eq!((read.line.as_str(), write.line.as_str()), ("GET /v1/admin/queues/x", "PATCH /v1/admin/queues/x"));
    assert!(write.headers.contains("if-match: \"7\"\r\n") && write.headers.contains("authorization: bearer the-token\r\n"), "{write:?}");
    assert_eq!(write.body, r#"{"name":"Arena"}"#);
}

#[test]
fn an_error_response_is_shown_in_one_line_and_no_request_is_repeated() {
    let problem = json!({"title": "The server is overloaded", "detail": "Try again.", "status": 503, "code": "OVERLOADED"});
    let fake = FakeServer::with(vec![("503 Service Unavailable", "retry-after: 0\r\n", problem.to_string())]);
    let error = fake.client().post("/v1/admin/queues", &json!({})).unwrap_err();
    assert_eq!(error.to_string(), "The server is overloaded: Try again. (OVERLOADED)");
    assert_eq!(error.problem().unwrap().document, problem);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn a_list_is_read_with_its_filters_from_several_pages() {
    let page = |cursor: &str, ids: &[u8]| ("200 OK", "", json!({"items": ids, "next_cursor": cursor}).to_string());
    let fake = FakeServer::with(vec![page("a b", &[1, 2]), page("c", &[3])]);
    let list = fake.client().list("/v1/admin/users", &[("name", "Ö&A".into())], 3).unwrap();
    assert_eq!(list, json!({"items": [1, 2, 3], "next_cursor": "c"}));
    let lines: Vec<_> = fake.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines, ["GET /v1/admin/users?name=%C3%96%26A&page_size=3", "GET /v1/admin/users?name=%C3%96%26A&page_size=1&cursor=a%20b"]);
}

#[test]
fn a_list_without_pages_is_requested_without_parameters_and_truncated_to_its_limit() {
    let fake = FakeServer::with(vec![("200 OK", "", json!({"items": [1, 2, 3], "next_cursor": null}).to_string())]);
    let list = fake.client().list_whole("/v1/admin/queues", 2).unwrap();
    assert_eq!(list, json!({"items": [1, 2], "next_cursor": null}));
    assert_eq!(fake.requests()[0].line, "GET /v1/admin/queues");
}

#[test]
fn a_download_is_written_as_it_arrives_and_its_error_is_not() {
    let fake = FakeServer::with(vec![("200 OK", "", "a,b\n".into()), ("403 Forbidden", "", r#"{"title":"No","code":"X"}"#.into())]);
    let (client, mut out) = (fake.client(), Vec::new());
    client.download("/x", &[("seat", "7".into())], "text/csv", &mut out).unwrap();
    assert_eq!(client.download("/x", &[], "text/csv", &mut out).unwrap_err().to_string(), "No (X)");
    assert_eq!(out, b"a,b\n");
    let requests = fake.requests();
    assert_eq!(requests[0].line, "GET /x?seat=7");
    assert!(requests[0].headers.contains("accept: text/csv"), "{requests:?}");
}

#[test]
fn an_unreachable_server_is_named_and_an_invalid_url_is_refused() {
    let unreachable = Client::new("http://127.0.0.1:1/", "x".into()).unwrap();
    assert!(unreachable.get("/").unwrap_err().to_string().contains("http://127.0.0.1:1 can't be reached"));
    for wrong in ["localhost:8080", "http://", "http://h/?x"] {
        assert!(Client::new(wrong, "x".into()).err().unwrap().is::<Usage>(), "{wrong}");
    }
}
