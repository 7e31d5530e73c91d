//! An exposition: the Prometheus text format, or OpenMetrics.
//!
//! Strict on purpose. A page that is cut short or is no exposition at all must be an error, since what is
//! missing from it would otherwise look like less load.

use scaling_core::units::Timestamp;

use super::line;
use crate::source::subject::Labels;

/// A sample of the metric that was looked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub labels: Labels,
    pub value: f64,
    /// The exporter's own time, which most leave out.
    pub at: Option<Timestamp>,
}

/// What an exposition holds of one metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `text/plain; version=0.0.4`
    Text,
    /// `application/openmetrics-text`
    OpenMetrics,
}

impl Format {
    pub fn of(content_type: &str) -> Self {
        if content_type.starts_with("application/openmetrics-text") { Self::OpenMetrics } else { Self::Text }
    }
}

/// All samples named `metric`. Every line is read, also those that are not looked for.
pub(super) fn points(text: &str, format: Format, metric: &str) -> Result<Vec<Point>, String> {
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line does not end: the page was cut short".to_owned());
    }
    let mut points = Vec::new();
    let mut ended = false;
    for (index, text) in text.lines().enumerate() {
        let text = text.trim();
        let wrong = |what: String| format!("line {}: {what}", index + 1);
        if ended {
            return Err(wrong("expected nothing after # EOF".to_owned()));
        }
        ended = text == "# EOF";
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let line = line::read(text).map_err(wrong)?;
        if line.name == metric {
            points.push(Point {
                at: line.time.map(|time| moment(time, format)),
                labels: line.labels,
                value: line.value,
            });
        }
    }
    if format == Format::OpenMetrics && !ended {
        return Err("there is no # EOF at the end: the page was cut short".to_owned());
    }
    Ok(points)
}

fn moment(time: f64, format: Format) -> Timestamp {
    let milliseconds = if format == Format::OpenMetrics { time * 1000.0 } else { time };
    Timestamp(milliseconds.max(0.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# HELP jobs Waiting, \"jobs\" {x}\n# TYPE jobs gauge\njobs{queue=\"a\"} 3\n\
        jobs{queue=\"b\"} 4 1700000000000\n\nother_total 9\n";

    fn values(text: &str, format: Format) -> Result<Vec<(f64, Option<u64>)>, String> {
        let points = points(text, format, "jobs")?;
        Ok(points.into_iter().map(|point| (point.value, point.at.map(|at| at.0))).collect())
    }

    #[test]
    fn samples_of_the_metric_are_found_with_their_times() {
        assert_eq!(values(PAGE, Format::Text), Ok(vec![(3.0, None), (4.0, Some(1_700_000_000_000))]));
        let open = "jobs 1 1700000000.5\n# EOF\n";
        assert_eq!(values(open, Format::OpenMetrics), Ok(vec![(1.0, Some(1_700_000_000_500))]));
    }

    #[test]
    fn a_page_cut_short_anywhere_is_an_error_or_holds_less_whole_lines_only() {
        for end in 1..PAGE.len() {
            if !PAGE[..end].ends_with('\n') {
                assert!(values(&PAGE[..end], Format::Text).is_err(), "{:?}", &PAGE[..end]);
            }
        }
        let cut = values("jobs 1\n", Format::OpenMetrics).unwrap_err();
        assert!(cut.contains("# EOF"), "{cut}");
    }

    #[test]
    fn a_page_of_html_is_an_error_with_its_line() {
        let said = values("<!doctype html>\n<p>Please sign in</p>\n", Format::Text).unwrap_err();
        assert_eq!(said, "line 1: expected a metric's name");
        assert!(values("jobs 1\n# EOF\njobs 2\n", Format::OpenMetrics).unwrap_err().starts_with("line 3"));
    }

    #[test]
    fn formats_are_told_by_their_content_type() {
        assert_eq!(Format::of("application/openmetrics-text; version=1.0.0; charset=utf-8"), Format::OpenMetrics);
        assert_eq!(Format::of("text/plain; version=0.0.4"), Format::Text);
    }
}
