//! What a browser is given, from a small ledger of invented reports, one of them hostile.

mod deciding;
mod guarding;
mod reading;
mod world;
