//! Parsers that are not ours run in a guarded thread, where a panic is an answer: it must not end the fuzzing, as every other panic does.

/// Lets panics of guarded threads pass; to be called once, before the first input.
pub fn let_pass() {
    std::panic::set_hook(Box::new(|panic| {
        if std::thread::current().name() != Some(intake::GUARDED) {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}
