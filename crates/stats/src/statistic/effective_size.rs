use vana_types::Unit;

use super::Statistic;
use crate::{Distribution, QuantileType};

/// Effective sample size: how many independent values would pin down the mean as well.
pub(super) struct EffectiveSize;

impl Statistic for EffectiveSize {
    fn name(&self) -> &'static str {
        "n_eff"
    }

    fn about(&self) -> &'static str {
        "Effective sample size: how many independent values would pin down the mean as well."
    }

    fn source(&self) -> &'static str {
        "Geyer, Practical Markov Chain Monte Carlo, Statistical Science 7 (1992) 473–483, initial positive sequence"
    }

    fn unit(&self, _values: Unit) -> Unit {
        Unit::One
    }

    fn compute(&self, run: &dyn Distribution, _kind: QuantileType) -> Option<f64> {
        run.effective_size()
    }
}
