//! Compiles the tables under `data/` to what the crate carries: look-up automata and fixed-width columns.

mod actors;
mod blob;
#[expect(unreachable_pub, reason = "public in the crate that shares the file")]
#[path = "../src/fold.rs"]
mod fold;
mod places;
mod table;
#[path = "../src/weight.rs"]
mod weight;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let data = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("../../data");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for folder in ["gazetteer", "actors"] {
        for entry in std::fs::read_dir(data.join(folder))? {
            println!("cargo::rerun-if-changed={}", entry?.path().display());
        }
        println!("cargo::rerun-if-changed={}", data.join(folder).display());
    }
    for source in ["build", "src/fold.rs", "src/weight.rs"] {
        println!("cargo::rerun-if-changed={source}");
    }
    let countries = places::build(&data.join("gazetteer"), &out)?;
    actors::build(&data.join("actors"), &out, &countries)?;
    Ok(())
}
