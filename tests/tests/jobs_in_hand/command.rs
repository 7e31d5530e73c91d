//! A command for each instance.

use std::fs;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::bench::Bench;

/// A watch that runs a shell script with the instance as `$1` and an empty folder as `$2`.
fn script(most: u32, text: &str) -> (Bench, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().display();
    let config = format!(
        "every = '100ms'\ntimeout = '1s'\n\
         command = {{ run = ['/bin/sh', '-c', '''{text}''', 'busy', '{{instance}}', '{path}'] }}"
    );
    (Bench::new(most, &config, None), dir)
}

/// Waits until a file holds a line, and returns its first.
async fn line_of(path: &Path) -> String {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Some((line, _)) = text.split_once('\n') {
            return line.to_owned();
        }
        assert!(Instant::now() < deadline, "{} has no line", path.display());
        sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until a process is gone, or only waits to be collected.
async fn until_ended(pid: &str) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let runs = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    while runs() {
        assert!(Instant::now() < deadline, "process {pid} still runs");
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn only_a_number_and_success_are_an_answer() {
    let (bench, _dir) = script(
        5,
        r#"case $1 in
            1) echo 4;;
            2) echo '{"jobs": 0}';;
            3) echo 0; exit 3;;
            4) echo none;;
            5) yes 0;;
        esac"#,
    );
    bench.until("4 0 ? ? ?").await;
    bench.one_more_round(2).await;
    assert_eq!(bench.told(5), "4 0 ? ? ?");
    assert_eq!(bench.why(3), "/bin/sh ended with exit status: 3");
    assert!(bench.why(4).contains("did not print a whole number"), "{}", bench.why(4));
    assert!(bench.why(5).contains("did not print a whole number"), "{}", bench.why(5));
}

#[tokio::test]
async fn one_that_takes_too_long_is_killed_with_its_children() {
    let (bench, dir) = script(2, r#"if [ $1 = 1 ]; then sleep 1000 & echo $! > "$2/pid"; wait; fi; echo 0"#);
    let pid = line_of(&dir.path().join("pid")).await;
    until_ended(&pid).await;
    bench.until("? 0").await;
    assert_eq!(bench.why(1), "/bin/sh took longer than 1000 ms");
}

#[tokio::test]
async fn who_leaves_kills_what_still_runs() {
    let (bench, dir) = script(1, r#"sleep 1000 & echo $! >> "$2/pid"; wait"#);
    let pid = line_of(&dir.path().join("pid")).await;
    drop(bench);
    until_ended(&pid).await;
    let started = fs::read_to_string(dir.path().join("pid")).unwrap();
    assert!(started.lines().count() <= 2, "asked on after the end: {started}");
}

#[tokio::test]
async fn four_run_at_once_and_no_more() {
    let (bench, _dir) = script(12, r#"touch "$2/$1"; sleep 0.1; ls "$2" | wc -l; rm "$2/$1""#);
    for number in 1..=12 {
        bench.one_more_round(number).await;
    }
    let at_once: Vec<u32> = bench.told(12).split(' ').map(|told| told.parse().unwrap()).collect();
    assert_eq!(at_once.iter().max(), Some(&4), "{at_once:?}");
}

#[tokio::test]
async fn it_is_given_little_to_know() {
    let (bench, dir) = script(1, r#"env > "$2/env"; cat > "$2/input"; echo 0"#);
    bench.until("0").await;
    let environment = fs::read_to_string(dir.path().join("env")).unwrap();
    assert!(environment.contains("PATH=") && !environment.contains("CARGO"), "{environment}");
    assert_eq!(fs::read_to_string(dir.path().join("input")).unwrap(), "");
}
