//! The classic Prometheus text format, for whoever does not ask for OpenMetrics.
//!
//! The samples are the same. In OpenMetrics a counter's family has its name without `_total`, which the
//! classic format has nowhere; and units and the end mark are comments there.

use std::collections::BTreeSet;

/// From OpenMetrics text to classic text.
pub fn classic(open_metrics: &str) -> String {
    let counters: BTreeSet<&str> =
        open_metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        if line.starts_with("# UNIT ") || line == "# EOF" {
            continue;
        }
        match described(line).filter(|(_, name, _)| counters.contains(name)) {
            Some((keyword, name, rest)) => text.push_str(&format!("{keyword}{name}_total {rest}")),
            None => text.push_str(line),
        }
        text.push('\n');
    }
    text
}

/// Keyword, family and rest of a line that describes a family.
fn described(line: &str) -> Option<(&str, &str, &str)> {
    let keyword = ["# HELP ", "# TYPE "].into_iter().find(|keyword| line.starts_with(keyword))?;
    let (name, rest) = line[keyword.len()..].split_once(' ')?;
    Some((keyword, name, rest))
}

#[cfg(test)]
mod tests {
    use super::classic;

    #[test]
    fn a_counter_is_described_by_its_full_name() {
        let open = "# HELP a_jobs Jobs.\n# TYPE a_jobs counter\na_jobs_total 3\n# HELP b_size Size.\n# TYPE b_size gauge\n# UNIT b_size bytes\nb_size 1\n# EOF\n";
        let told = "# HELP a_jobs_total Jobs.\n# TYPE a_jobs_total counter\na_jobs_total 3\n# HELP b_size Size.\n# TYPE b_size gauge\nb_size 1\n";
        assert_eq!(classic(open), told);
    }
}
