//! The compiler process and the cache, for real: this very program is the compiler when it is told to be.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

use policy_runtime::{Compiler, Limits, LoadError, Policy, Runtime, RuntimeSettings, compile_worker_main};

#[path = "sandbox/guest.rs"]
#[expect(dead_code, reason = "shared with the tests of the sandbox")]
mod guest;

use guest::Guest;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("be-the-compiler") => compile_worker_main(),
        Some("be-slow") => loop {
            std::thread::park();
        },
        Some("be-killed") => std::process::abort(),
        _ => run_tests(),
    }
}

/// As the usual harness does it, with the one argument that matters: a name to filter by.
fn run_tests() -> ExitCode {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let tests: [(&str, fn()); 8] = [
        ("a_child_compiles", a_child_compiles),
        ("a_second_start_remembers", a_second_start_remembers),
        ("an_altered_bit_is_noticed", an_altered_bit_is_noticed),
        ("an_entry_counts_only_under_its_own_name", an_entry_counts_only_under_its_own_name),
        ("an_open_or_linked_entry_is_not_used", an_open_or_linked_entry_is_not_used),
        ("a_cache_that_is_open_to_others_is_not_used", a_cache_that_is_open_to_others_is_not_used),
        ("a_fault_of_the_component_is_told", a_fault_of_the_component_is_told),
        ("a_compiler_that_does_not_end_is_stopped", a_compiler_that_does_not_end_is_stopped),
    ];
    let chosen = || tests.iter().filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| name.contains(wanted)));
    for (name, test) in chosen() {
        // A failed one panics, and with it the program.
        test();
        println!("test {name} ... ok");
    }
    let (passed, left_out) = (chosen().count(), tests.len() - chosen().count());
    println!("test result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured; {left_out} filtered out");
    ExitCode::SUCCESS
}

fn settings(verb: &str, cache: Option<&Path>) -> RuntimeSettings {
    RuntimeSettings {
        workers: 1,
        cache_dir: cache.map(Path::to_owned),
        compiler: Compiler::this_program(verb),
        limits: Limits { compile_wall: Duration::from_mins(1), ..Limits::default() },
    }
}

fn load(cache: Option<&Path>) -> Policy {
    let runtime = Runtime::new(settings("be-the-compiler", cache)).unwrap();
    let policy = runtime.load(&Guest::default().build()).unwrap();
    assert_eq!(policy.descriptor().name, "test/guest");
    policy
}

fn was_remembered(cache: &Path) -> bool {
    load(Some(cache)).compiled().from_cache
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The only entry of a cache.
fn entry(cache: &Path) -> PathBuf {
    let paths = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    paths.into_iter().find(|path| path.extension().is_some_and(|end| end == "cwasm")).unwrap()
}

fn a_child_compiles() {
    assert!(!load(None).compiled().from_cache);
}

fn a_second_start_remembers() {
    let dir = folder();
    let cache = dir.path().join("made/on/first/use");
    assert!(!was_remembered(&cache));
    assert!(was_remembered(&cache));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&cache), mode(&cache.join("key")), mode(&entry(&cache))), (0o700, 0o600, 0o600));
    // Nothing is left of the drafts, nor of those that a killed process left.
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 2);
    let long_ago = SystemTime::now() - Duration::from_secs(100_000);
    fs::File::create(cache.join("x.draft-1")).unwrap().set_modified(long_ago).unwrap();
    assert!(was_remembered(&cache));
    assert_eq!(fs::read_dir(&cache).unwrap().count(), 2);
}

fn an_altered_bit_is_noticed() {
    let dir = folder();
    load(Some(dir.path()));
    let path = entry(dir.path());
    let good = fs::read(&path).unwrap();
    // In the magic, in the MAC, in the code; and cut off.
    for place in [0, 20, 48, good.len() / 2, good.len() - 1] {
        let mut bad = good.clone();
        bad[place] ^= 1;
        fs::write(&path, &bad).unwrap();
        assert!(!was_remembered(dir.path()), "byte {place} of {}", good.len());
        assert!(was_remembered(dir.path()), "it is kept again");
    }
    for length in [0, 10, 48, good.len() - 1] {
        fs::write(&path, &good[..length]).unwrap();
        assert!(!was_remembered(dir.path()), "cut at {length}");
    }
    // With another key nothing counts any more.
    fs::write(dir.path().join("key"), [7; 32]).unwrap();
    assert!(!was_remembered(dir.path()));
}

fn an_entry_counts_only_under_its_own_name() {
    let dir = folder();
    load(Some(dir.path()));
    let other = Guest { extra: "(func)".to_owned(), ..Guest::default() }.build();
    let runtime = Runtime::new(settings("be-the-compiler", Some(dir.path()))).unwrap();
    let (old, digest) = (entry(dir.path()), runtime.load(&other).unwrap().digest().to_owned());
    let name = old.file_name().unwrap().to_str().unwrap();
    let (_, engine) = name.split_once('-').unwrap();
    // Whoever may rename files must not choose which code runs as which policy.
    let target = dir.path().join(format!("{digest}-{engine}"));
    let source = dir.path().join(format!("{}-{engine}", load(Some(dir.path())).digest()));
    fs::copy(source, target).unwrap();
    let runtime = Runtime::new(settings("be-the-compiler", Some(dir.path()))).unwrap();
    assert!(!runtime.load(&other).unwrap().compiled().from_cache);
}

fn an_open_or_linked_entry_is_not_used() {
    let dir = folder();
    load(Some(dir.path()));
    let path = entry(dir.path());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    assert!(!was_remembered(dir.path()));
    let aside = dir.path().join("aside");
    fs::rename(&path, &aside).unwrap();
    symlink(&aside, &path).unwrap();
    assert!(!was_remembered(dir.path()));
    // The link gave way to a file.
    assert!(was_remembered(dir.path()));
}

fn a_cache_that_is_open_to_others_is_not_used() {
    let dir = folder();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert!(!was_remembered(dir.path()));
    assert!(!was_remembered(dir.path()));
}

fn a_fault_of_the_component_is_told() {
    let runtime = Runtime::new(settings("be-the-compiler", None)).unwrap();
    let invalid = Guest { extra: "(memory i64 1)".to_owned(), ..Guest::default() }.build();
    let error = runtime.load(&invalid).unwrap_err();
    assert!(matches!(&error, LoadError::Compile { message } if message.contains("multiple memories")), "{error}");
    let none = RuntimeSettings {
        compiler: Compiler::Child { program: "/nonexistent/compiler".into(), args: Vec::new() },
        ..settings("", None)
    };
    let error = Runtime::new(none).unwrap().load(&Guest::default().build()).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/compiler"), "{error}");
}

fn a_compiler_that_does_not_end_is_stopped() {
    let mut slow = settings("be-slow", None);
    slow.limits.compile_wall = Duration::from_millis(200);
    let began = Instant::now();
    let error = Runtime::new(slow).unwrap().load(&Guest::default().build()).unwrap_err();
    assert!(matches!(error, LoadError::CompileLimit { .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(30));
    let error = Runtime::new(settings("be-killed", None)).unwrap().load(&Guest::default().build()).unwrap_err();
    assert!(matches!(&error, LoadError::CompileLimit { limit } if limit.contains("signal 6")), "{error}");
}
