//! The door of attest: reports go in, attributed claims and the incidents that they add up to come out.
pub mod score;
