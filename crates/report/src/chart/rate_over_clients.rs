//! What is done per second, over the number of clients.

use vana_types::Unit;

use super::over_clients;
use crate::figure::Figure;
use crate::view::View;

/// One figure per workload and rate.
pub fn draw(view: &View<'_>) -> Vec<Figure> {
    over_clients::draw(view, &[Unit::PerSecond, Unit::BytesPerSecond])
}
