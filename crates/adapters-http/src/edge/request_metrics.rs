//! Metrics of requests: their number by route, method and status, and their duration. The possible values are known from the OpenAPI
//! document: their metrics are exported from the start, at zero, and updated without looking up a name.

use std::collections::HashMap;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use metrics::{Counter, Histogram, Unit};
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation;

const TOTAL: &str = "frontrow_http_requests_total";
const DURATION: &str = "frontrow_http_request_duration_seconds";
/// The label of unknown routes and methods, whose real names could be anything.
const OTHER: &str = "other";
const METHODS: [Method; 8] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE];

/// The metrics of requests.
pub(crate) struct RequestMetrics {
    /// By route pattern.
    routes: HashMap<String, Vec<Resource>>,
    /// Requests without a route.
    other: [Resource; 1],
}

/// The metrics of one method of one route.
struct Resource {
    method: Method,
    duration: Histogram,
    responses: Vec<(StatusCode, Counter)>,
}

impl RequestMetrics {
    /// Creates the metrics of all routes of the document and of `undocumented` ones, at zero.
    pub(crate) fn of(document: &OpenApi, undocumented: impl IntoIterator<Item = &'static str>) -> Self {
        metrics::describe_counter!(TOTAL, "Responses sent, by route, method and status.");
        metrics::describe_histogram!(
            DURATION,
            Unit::Seconds,
            "Time from a request's head to the head of its response, by route and method."
        );
        let mut routes: HashMap<String, Vec<Resource>> = HashMap::new();
        for (path, item) in &document.paths.paths {
            let operations = [
                (Method::GET, &item.get),
                (Method::POST, &item.post),
                (Method::PUT, &item.put),
                (Method::PATCH, &item.patch),
                (Method::DELETE, &item.delete),
            ];
            let resources = operations.into_iter().filter_map(|(method, operation)| {
                let statuses = statuses(operation.as_ref()?);
                Some(Resource::new(path, method, statuses))
            });
            routes.insert(path.clone(), resources.collect());
        }
        let statuses = [StatusCode::OK, StatusCode::NOT_FOUND];
        for path in undocumented {
            routes.insert(path.to_owned(), vec![Resource::new(path, Method::GET, statuses)]);
        }
        Self { routes, other: [Resource::new(OTHER, Method::GET, [StatusCode::NOT_FOUND])] }
    }

    /// Counts a request of the route with the pattern `route`, or of no route.
    pub(super) fn count(&self, method: &Method, route: Option<&str>, status: StatusCode, elapsed: Duration) {
        let known = route.and_then(|route| Some((route, self.routes.get(route)?.as_slice())));
        let (route, resources) = known.unwrap_or((OTHER, &self.other));
        let resource = resources.iter().find(|resource| resource.method == *method);
        match resource {
            Some(resource) => resource.duration.record(elapsed),
            None => duration(route, method).record(elapsed),
        }
        match resource.and_then(|resource| resource.responses.iter().find(|(listed, _)| *listed == status)) {
            Some((_, counter)) => counter.increment(1),
            None => total(route, method, status).increment(1),
        }
    }
}

impl Resource {
    fn new(route: &str, method: Method, statuses: impl IntoIterator<Item = StatusCode>) -> Self {
        let responses = statuses.into_iter().map(|status| (status, total(route, &method, status))).collect();
        Self { duration: duration(route, &method), method, responses }
    }
}

fn statuses(operation: &Operation) -> Vec<StatusCode> {
    operation.responses.responses.keys().filter_map(|status| status.parse().ok()).collect()
}

fn total(route: &str, method: &Method, status: StatusCode) -> Counter {
    metrics::counter!(TOTAL, "route" => route.to_owned(), "method" => name(method), "status" => status.as_u16().to_string())
}

fn duration(route: &str, method: &Method) -> Histogram {
    metrics::histogram!(DURATION, "route" => route.to_owned(), "method" => name(method))
}

/// Returns the name of the method, or "other" for an unknown one.
fn name(method: &Method) -> String {
    if METHODS.contains(method) { method.as_str().to_owned() } else { OTHER.to_owned() }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

    use super::*;
    use crate::openapi::document;
    use crate::routes::docs;

    fn with_requests(count: impl FnOnce(&RequestMetrics)) -> PrometheusHandle {
        let recorder = PrometheusBuilder::new().set_buckets(&[0.1]).unwrap().build_recorder();
        metrics::with_local_recorder(&recorder, || count(&RequestMetrics::of(document(), docs::PATTERNS.iter().copied())));
        recorder.handle()
    }

    #[track_caller]
    fn assert_counts(counted: &PrometheusHandle, route: &str, method: &str, status: u16, count: u64) {
        let page = counted.render();
        let line = format!("{TOTAL}{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}} {count}");
        assert!(page.lines().any(|found| found == line), "{line} is not in:\n{page}");
    }

    #[test]
    fn documented_routes_are_exported_at_zero_from_the_start() {
        let counted = with_requests(|_| ());
        for (route, method, status) in [
            ("/v1/queue-tokens/{token}", "GET", 200),
            ("/v1/reservations", "POST", 409),
            ("/v1/payments", "POST", 503),
            ("/metrics", "GET", 200),
            ("/docs", "GET", 200),
            ("other", "GET", 404),
        ] {
            assert_counts(&counted, route, method, status, 0);
        }
    }

    #[test]
    fn unknown_routes_and_methods_share_a_label() {
        let counted = with_requests(|requests| {
            let took = Duration::from_millis(1);
            requests.count(&Method::POST, Some("/v1/reservations"), StatusCode::CREATED, took);
            requests.count(&Method::POST, Some("/v1/reservations"), StatusCode::IM_A_TEAPOT, took);
            for number in 0..1_000 {
                let method: Method = format!("M{number}").parse().unwrap();
                requests.count(&method, Some(&format!("/v1/{number}")), StatusCode::NOT_FOUND, took);
            }
            requests.count(&Method::GET, None, StatusCode::NOT_FOUND, took);
        });
        assert_counts(&counted, "/v1/reservations", "POST", 201, 1);
        assert_counts(&counted, "/v1/reservations", "POST", 418, 1);
        assert_counts(&counted, "other", "other", 404, 1_000);
        assert_counts(&counted, "other", "GET", 404, 1);
        let reserved = format!("{DURATION}_count{{route=\"/v1/reservations\",method=\"POST\"}} 2");
        assert!(counted.render().contains(&reserved), "{reserved}");
    }
}
