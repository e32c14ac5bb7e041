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
fn an_error_response_is_shown_in_one_line_and_keeps_its_problem_document() {
    let problem = json!({"title": "The request is not valid", "detail": "A member is wrong.", "code": "VALIDATION_FAILED",
        "errors": [{"pointer": "/policy/batch", "message": "must be at least 1"}]});
    let fake = FakeServer::with(vec![("400 Bad Request", "", problem.to_string())]);
    let error = fake.client().post("/v1/admin/queues", &json!({})).unwrap_err();
    assert_eq!(error.to_string(), "The request is not valid: A member is wrong. (VALIDATION_FAILED; /policy/batch must be at least 1)");
    assert_eq!(error.downcast::<ErrorResponse>().unwrap().problem, problem);
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn an_error_message_lists_at_most_ten_invalid_parts() {
    let errors: Vec<_> = (1..=50).map(|number| json!({"pointer": format!("/{number}"), "message": "is unknown"})).collect();
    let message = describe(&json!({"title": "T", "code": "C", "errors": errors}));
    assert!(message.starts_with("T (C; /1 is unknown; ") && message.ends_with("; /10 is unknown; and 40 more)"), "{message}");
}

#[test]
fn an_error_without_a_problem_document_shows_its_status_and_redirects_are_not_followed() {
    for (status, headers) in [("502 Bad Gateway", ""), ("307 Temporary Redirect", "location: http://127.0.0.1:1/\r\n")] {
        let fake = FakeServer::with(vec![(status, headers, "<html>".into())]);
        let error = fake.client().get("/v1/admin/queues").unwrap_err();
        assert_eq!(error.to_string(), format!("The server returned {status}"));
        assert_eq!(fake.requests().len(), 1);
    }
    let fake = FakeServer::with(vec![("200 OK", "", "<html>".into())]);
    assert!(fake.client().get("/").unwrap_err().to_string().contains("Frontrow"));
    assert_eq!(fake.requests().len(), 1);
}

#[test]
fn a_list_is_read_from_several_pages_up_to_its_limit() {
    let page = |cursor: &str, ids: &[u8]| ("200 OK", "", json!({"items": ids, "next_cursor": cursor}).to_string());
    let fake = FakeServer::with(vec![page("a b", &[1, 2]), page("c", &[3])]);
    let list = fake.client().list("/v1/admin/users", &[("name", "Ö&A".into())], 3).unwrap();
    assert_eq!(list, json!({"items": [1, 2, 3], "next_cursor": "c"}));
    let lines: Vec<_> = fake.requests().into_iter().map(|request| request.line).collect();
    assert_eq!(lines, ["GET /v1/admin/users?page_size=3&name=%C3%96%26A", "GET /v1/admin/users?page_size=1&name=%C3%96%26A&cursor=a%20b"]);
}

#[test]
fn a_list_without_pages_is_requested_without_parameters_and_truncated_to_its_limit() {
    let fake = FakeServer::with(vec![("200 OK", "", json!({"items": [1, 2, 3], "next_cursor": null}).to_string())]);
    let list = fake.client().list_whole("/v1/admin/queues", 2).unwrap();
    assert_eq!(list, json!({"items": [1, 2], "next_cursor": null}));
    assert_eq!(fake.requests()[0].line, "GET /v1/admin/queues");
}

#[test]
fn an_unreachable_server_is_named_and_an_invalid_url_is_refused() {
    let unreachable = Client::new("http://127.0.0.1:1/", "x".into()).unwrap();
    assert!(unreachable.get("/").unwrap_err().to_string().contains("http://127.0.0.1:1 can't be reached"));
    assert!(Client::new("localhost:8080", "x".into()).is_err());
}
