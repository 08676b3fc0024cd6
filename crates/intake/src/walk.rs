//! What there is to read below some paths.

use std::path::{Path, PathBuf};

use crate::{Error, Options};

/// A file that was named, or found in a folder that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Where.
    pub path: PathBuf,
    /// Why it cannot be read, when that is known already (it does not exist, a folder may not be listed).
    pub problem: Option<Error>,
}

impl Input {
    /// The bytes, never more than the options allow.
    ///
    /// # Errors
    /// [`Error::Io`] when the file system refuses, [`Error::TooLarge`] when there is more than
    /// [`Options::max_bytes`], and what is said in [`Input::problem`].
    pub fn read(&self, options: &Options) -> Result<Vec<u8>, Error> {
        use std::io::Read;
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let io = |error: std::io::Error| Error::Io(said(&error));
        let metadata = std::fs::metadata(&self.path).map_err(io)?;
        // A pipe that nobody writes to is waited for; `<(…)` of a shell and /dev/stdin have a writer.
        if !metadata.is_file() && !metadata.is_dir() && !self.path.starts_with("/dev") {
            return Err(Error::Unsupported("a pipe or a device"));
        }
        let limit = options.max_bytes as u64;
        if metadata.len() > limit {
            return Err(Error::TooLarge { bytes: metadata.len(), limit });
        }
        let mut bytes = Vec::new();
        let file = std::fs::File::open(&self.path).map_err(io)?;
        // Devices and pipes have no length: the bound holds while reading too.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > limit {
            return Err(Error::TooLarge { bytes: bytes.len() as u64, limit });
        }
        Ok(bytes)
    }

    /// The name to give to [`crate::Hints`].
    pub fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }
}

/// Every file below the paths, in sorted order, each once.
///
/// A file that is named is always taken. Folders are walked without following links; hidden files and those that
/// `.gitignore` or `.ignore` files in them exclude are left out (those above them, and the user's own, do not count). What cannot be listed comes back as an input with a
/// problem, so that nothing is dropped in silence.
pub fn walk<P: AsRef<Path>>(paths: &[P]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in paths.iter().map(AsRef::as_ref) {
        match std::fs::metadata(path) {
            Err(error) => inputs.push(Input { path: path.to_owned(), problem: Some(Error::Io(said(&error))) }),
            Ok(metadata) if metadata.is_dir() => inputs.extend(below(path)),
            Ok(_) => inputs.push(Input { path: path.to_owned(), problem: None }),
        }
    }
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs.dedup_by(|a, b| a.path == b.path);
    inputs
}

fn below(folder: &Path) -> Vec<Input> {
    let walker = ignore::WalkBuilder::new(folder).require_git(false).git_global(false).git_exclude(false).parents(false).build();
    walker
        .filter_map(|entry| match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                is_file.then(|| Input { path: entry.into_path(), problem: None })
            }
            Err(error) => {
                let path = path_of(&error).unwrap_or(folder).to_owned();
                let problem = error.io_error().map_or_else(|| error.to_string(), said);
                Some(Input { path, problem: Some(Error::Io(problem)) })
            }
        })
        .collect()
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => None,
    }
}

/// An operating system's message without its number.
fn said(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_is_no_file_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let read = walk(&[path])[0].read(&Options::default());
        assert_eq!(read, Err(Error::Unsupported("a pipe or a device")));
    }

    #[test]
    fn ignore_files_above_a_folder_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("in");
        std::fs::create_dir(&below).unwrap();
        std::fs::write(folder.path().join(".gitignore"), "*.txt\n").unwrap();
        std::fs::write(below.join("a.txt"), "a").unwrap();
        assert_eq!(walk(&[below]).len(), 1);
    }

    #[test]
    fn folders_are_sorted_and_ignore_files_respected() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("b/.hidden")).unwrap();
        for (name, text) in [("z.txt", "z"), ("b/a.txt", "a"), ("b/skip.txt", "s"), (".gitignore", "skip.txt\n"), ("b/.hidden/x.txt", "x")] {
            std::fs::write(root.join(name), text).unwrap();
        }
        let inputs = walk(&[root.to_owned(), root.join("z.txt"), root.join("b/skip.txt"), root.join("none.txt")]);
        let names: Vec<_> = inputs.iter().map(|i| i.path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")).collect();
        assert_eq!(names, ["b/a.txt", "b/skip.txt", "none.txt", "z.txt"]);
        assert_eq!(inputs[2].problem, Some(Error::Io("no such file or folder".into())));
        assert_eq!(inputs[0].read(&Options::default()).unwrap(), b"a");
        let small = Options { max_bytes: 0, ..Options::default() };
        assert!(matches!(inputs[0].read(&small), Err(Error::TooLarge { bytes: 1, limit: 0 })));
    }
}
