//! Asking a router, and what it answers.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

/// An answer.
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Asks as the machine's own browser does, unless a header says otherwise.
pub(crate) async fn ask(app: &Router, method: Method, address: &str, headers: &[(&str, &str)], body: &str) -> Got {
    let mut request = Request::builder().method(method).uri(address);
    if headers.iter().all(|(name, _)| *name != "host") {
        request = request.header(header::HOST, "127.0.0.1:8017");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    Got { status: parts.status, headers: parts.headers, text }
}

pub(crate) async fn get(app: &Router, address: &str) -> Got {
    ask(app, Method::GET, address, &[], "").await
}

/// What is found at an address, which must be something.
pub(crate) async fn found(app: &Router, address: &str) -> Value {
    let got = get(app, address).await;
    assert_eq!(got.status, StatusCode::OK, "{address}: {}", got.text);
    got.json()
}

/// Runs questions on a world of their own, which lasts as long as they do.
pub(crate) fn on<W>(world: W, questions: impl AsyncFnOnce(&W)) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(questions(&world));
}
