//! A thread of its own for parsers that are not ours: with a stack, a clock, and nobody hurt when it panics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    time::Duration,
};

use crate::{Error, GUARDED, Options};

/// Stack in bytes.
const STACK: usize = 64 << 20;

/// Does the work elsewhere. When it takes longer than [`Options::max_seconds`] the flag is set that it is given, and it is left behind.
///
/// # Errors
/// What the work says; [`Error::Damaged`] when it panicked, [`Error::TooSlow`].
pub(crate) fn guarded<T: Send + 'static>(
    what: &'static str,
    options: &Options,
    work: impl FnOnce(&AtomicBool) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (send, receive) = mpsc::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let work = move || {
        let done = caught(|| work(&stopped));
        // Nobody listens any more when it took too long.
        let _ = send.send(done.unwrap_or_else(|| Err(stumbled(what))));
    };
    let thread = std::thread::Builder::new().name(GUARDED.to_owned()).stack_size(STACK);
    thread.spawn(work).map_err(|error| Error::Io(error.to_string()))?;
    let done = receive.recv_timeout(Duration::from_secs(options.max_seconds));
    stop.store(true, Ordering::Relaxed);
    done.unwrap_or(Err(Error::TooSlow { seconds: options.max_seconds }))
}

/// What a parser gives; `None` when it panicked.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// The parser panicked.
pub(crate) fn stumbled(what: &'static str) -> Error {
    Error::Damaged { what, why: "its parser stumbled over it".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_and_endless_work_are_errors() {
        let options = Options { max_seconds: 0, ..Options::default() };
        assert_eq!(guarded("PDF", &Options::default(), |_| Ok(7)), Ok(7));
        assert_eq!(guarded("PDF", &Options::default(), |_| -> Result<(), Error> { panic!("stumble") }), Err(stumbled("PDF")));
        let waits = |stop: &AtomicBool| {
            while !stop.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
            Ok(())
        };
        assert_eq!(guarded("PDF", &options, waits), Err(Error::TooSlow { seconds: 0 }));
    }
}
