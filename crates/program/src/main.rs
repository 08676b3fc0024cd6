//! The binary; everything is in the library.

fn main() -> std::process::ExitCode {
    program::cli::main()
}
