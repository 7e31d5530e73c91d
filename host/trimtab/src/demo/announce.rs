//! What is said around the picture.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use super::DemoOptions;

/// Writes to standard output. Unlike `print!` it does not panic when nobody reads.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Where the config is and what it says.
pub fn opening(options: &DemoOptions, config: &Path, text: &str) -> String {
    let DemoOptions { seconds, seed, .. } = options;
    let path = config.display();
    let indented: String = text.lines().map(|line| format!("    {line}").trim_end().to_owned() + "\n").collect();
    format!(
        "A queue, a load that rises and falls for {seconds} s (seed {seed}), and `trimtab serve` with this config,\n\
         {path}:\n\n{indented}\n"
    )
}

/// The last line of the picture.
pub fn footer(http: Option<SocketAddr>, seed: u64) -> String {
    let metrics = http.map(|http| format!("http://{http}/metrics   ")).unwrap_or_default();
    format!("{metrics}seed {seed}")
}

/// The program, as it was called.
pub fn program() -> String {
    std::env::args().next().unwrap_or_else(|| "trimtab".to_owned())
}
