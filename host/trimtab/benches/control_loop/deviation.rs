//! Figures read off the exported metrics and off /proc.

/// Sum of all samples of a counter.
pub fn sum(text: &str, counter: &str) -> f64 {
    samples(text, counter).map(|(_, value)| value).sum()
}

/// The bucket of the loop deviation in which the quantile lies, between two exports.
pub fn quantile(before: &str, after: &str, part: f64) -> String {
    let name = "trimtab_loop_deviation_seconds_bucket";
    let earlier: Vec<f64> = samples(before, name).map(|(_, value)| value).collect();
    let buckets: Vec<(String, f64)> = samples(after, name).collect();
    let counts: Vec<f64> = buckets.iter().zip(&earlier).map(|((_, now), then)| now - then).collect();
    let wanted = counts.last().copied().unwrap_or(0.0) * part;
    let found = counts.iter().position(|count| *count >= wanted).unwrap_or(0);
    let bound = buckets.get(found).and_then(|(labels, _)| labels.split('"').nth(1)).unwrap_or("?");
    bound
        .parse::<f64>()
        .map_or_else(|_| "above all buckets".to_owned(), |seconds| format!("<= {:.0} ms", seconds * 1000.0))
}

fn samples<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (String, f64)> + 'a {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let (labels, value) = rest.rsplit_once(' ')?;
        (labels.is_empty() || labels.starts_with('{')).then(|| Some((labels.to_owned(), value.parse().ok()?)))?
    })
}

/// Resident memory of this process.
pub fn resident_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1000.0
}

/// Processor time of this process so far.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or(f64::NAN);
    (ticks(11) + ticks(12)) / rustix::param::clock_ticks_per_second() as f64
}
