//! Lists the sample reports of `examples/`, so that the binary carries them.

use std::{env, fs, path::Path};

fn main() {
    let here = env::var("CARGO_MANIFEST_DIR").expect("set by cargo");
    let examples = Path::new(&here).join("../../examples");
    println!("cargo::rerun-if-changed={}", examples.display());
    let mut names: Vec<String> = fs::read_dir(&examples)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().filter(|entry| entry.path().is_file())?.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.') && !name.eq_ignore_ascii_case("readme.md"))
        .collect();
    names.sort();
    let rows: String =
        names.iter().map(|name| format!("    ({name:?}, include_bytes!({:?})),\n", examples.join(name).display().to_string())).collect();
    let list = format!("/// Name and bytes of each sample report.\npub(super) const EXAMPLES: &[(&str, &[u8])] = &[\n{rows}];\n");
    let to = Path::new(&env::var("OUT_DIR").expect("set by cargo")).join("examples.rs");
    fs::write(to, list).expect("the build folder can be written to");
}
