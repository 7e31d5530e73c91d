//! A quantile of a histogram, as Prometheus' `histogram_quantile` computes it.

/// The quantile `rank` (0 to 1) of what was counted in cumulative buckets, each with its upper bound
/// `le`, sorted, the last of them infinite. Linear within a bucket, as if the lowest began at zero.
///
/// `None`: nothing was counted, or there is no infinite bucket.
pub(super) fn quantile(rank: f64, buckets: &[(f64, f64)]) -> Option<f64> {
    let (last_bound, _) = *buckets.last()?;
    let counts = never_falling(buckets);
    let total = *counts.last()?;
    if last_bound != f64::INFINITY || total <= 0.0 || buckets.len() < 2 {
        return None;
    }
    let wanted = rank * total;
    let found = counts.iter().position(|&count| count >= wanted)?;
    if found == buckets.len() - 1 {
        return Some(buckets[found - 1].0);
    }
    let upper = buckets[found].0;
    let (lower, below) = match found {
        0 if upper <= 0.0 => return Some(upper),
        0 => (0.0, 0.0),
        _ => (buckets[found - 1].0, counts[found - 1]),
    };
    let within = counts[found] - below;
    let share = if within > 0.0 { (wanted - below) / within } else { 0.0 };
    Some(lower + (upper - lower) * share)
}

/// Cumulative counts; where parts were read at different moments a lower bucket may have got ahead.
fn never_falling(buckets: &[(f64, f64)]) -> Vec<f64> {
    let raise = |most: &mut f64, &(_, count): &(f64, f64)| {
        *most = most.max(count);
        Some(*most)
    };
    buckets.iter().scan(0.0, raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INF: f64 = f64::INFINITY;

    #[test]
    fn as_prometheus_computes_it() {
        let buckets = [(0.1, 10.0), (0.5, 30.0), (1.0, 40.0), (INF, 40.0)];
        let cases = [(0.0, 0.0), (0.25, 0.1), (0.5, 0.3), (0.75, 0.5), (0.875, 0.75), (1.0, 1.0)];
        for (rank, expected) in cases {
            let got = quantile(rank, &buckets).unwrap();
            assert!((got - expected).abs() < 1e-12, "{rank}: {got}");
        }
    }

    #[test]
    fn beyond_the_last_finite_bound_that_bound_is_all_we_know() {
        assert_eq!(quantile(0.99, &[(1.0, 1.0), (INF, 100.0)]), Some(1.0));
    }

    #[test]
    fn negative_bounds_do_not_begin_at_zero() {
        assert_eq!(quantile(0.5, &[(-1.0, 10.0), (INF, 10.0)]), Some(-1.0));
    }

    #[test]
    fn nothing_counted_is_nothing_known() {
        assert_eq!(quantile(0.5, &[]), None);
        assert_eq!(quantile(0.5, &[(1.0, 0.0), (INF, 0.0)]), None);
        assert_eq!(quantile(0.5, &[(1.0, 5.0), (2.0, 6.0)]), None, "no infinite bucket");
        assert_eq!(quantile(0.5, &[(INF, 6.0)]), None, "no finite bucket");
    }

    #[test]
    fn a_bucket_that_fell_behind_is_lifted() {
        assert_eq!(quantile(1.0, &[(1.0, 10.0), (2.0, 9.0), (INF, 10.0)]), Some(1.0));
    }
}
