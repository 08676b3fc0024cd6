# What can be done here; `just` lists it.
default:
    @just --list

# What .ci/run checks, once it has installed what it needs.
check: format lint test

# Formatting only, nothing written.
format:
    cargo fmt --all --check

# Lints, and documentation without broken links.
lint:
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Every test; the literate ones are in tests/reading.
test:
    cargo test --workspace

# The wheel, in a virtual environment of its own, and its tests; those of Spark need Java 17.
python:
    python3 -m venv target/venv
    target/venv/bin/pip install --quiet './crates/python[test,spark]'
    cargo build --release -p program
    ATTEST_BINARY=target/release/attest target/venv/bin/pytest crates/python

# The pages in a real browser; CHROMIUM names one that is not in PATH.
browser:
    cargo build --release -p program
    cd tests/browser && npm ci && node run.mjs ../../target/release/attest

# The sample ledger.
demo:
    cargo run --release -- demo

# Scores on gold cases, as the shared scorer gives them.
score DIR:
    cargo run --release -- score {{DIR}}

# Ten minutes of fuzzing for one target: open, pdf, warc, workbook, annotations, mapped, counts or dates.
fuzz TARGET:
    cd fuzz && RUSTC_BOOTSTRAP=1 cargo fuzz run {{TARGET}} --sanitizer none -- -max_total_time=600
