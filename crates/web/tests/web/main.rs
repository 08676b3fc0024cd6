//! What is given to who asks: pages to a browser, answers to a program.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod api;
mod asking;
mod pages;

use jiff::Timestamp;

/// Noon of a day of the month in which everything is recorded.
pub(crate) fn at(day: i8) -> Timestamp {
    format!("2025-06-{day:02}T12:00:00Z").parse().unwrap()
}
