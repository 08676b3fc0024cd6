//! What programs are given: the description and the answers say the same, pages of a list add up to it, and nothing asked is
//! ever answered with a fault of the program's own.

mod answers;
mod clerk;
mod exchange;
mod http;
mod lists;
mod schema;
mod world;
mod writing;

use axum::http::{StatusCode, header};

use crate::asking::Got;

fn problem(got: &Got, status: StatusCode, says: &str) {
    assert_eq!(got.status, status, "{}", got.text);
    assert_eq!(got.header(header::CONTENT_TYPE), "application/problem+json");
    let told = got.json();
    assert_eq!(told["status"], status.as_u16());
    assert!(told["detail"].as_str().unwrap().contains(says), "{told} does not say {says}");
}
