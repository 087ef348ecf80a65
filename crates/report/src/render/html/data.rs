//! What the scripts of a page read: JSON in which nothing can end its element.

use serde_json::json;

use super::measurements::Wide;
use super::{Budget, packed, palette};
use crate::render::RenderError;
use crate::view::View;

/// The JSON, with `<`, `>` and `&` escaped.
pub fn draw(view: &View<'_>, wide: &Wide<'_>, budget: Budget) -> Result<String, RenderError> {
    let packed = packed::draw(view, wide, budget).map_err(|source| RenderError::Packing { source })?;
    let data = json!({
        "version": 1,
        "systems": view.all_systems().map(|name| &name.full).collect::<Vec<_>>(),
        "workloads": view.workloads.iter().map(|name| &name.full).collect::<Vec<_>>(),
        "systemIds": view.all_systems().map(|name| &name.id).collect::<Vec<_>>(),
        "workloadIds": view.workloads.iter().map(|name| &name.id).collect::<Vec<_>>(),
        "palette": { "light": palette::LIGHT, "dark": palette::DARK, "dashes": palette::DASHES },
        "windows": budget.windows,
        "hasTraces": view.results.runs.iter().any(|run| run.pulse.is_some()),
        "packed": packed,
    });
    Ok(escape(&data.to_string()))
}

fn escape(text: &str) -> String {
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_not_end_the_data() {
        let name = "</script><!-- & -->";
        let escaped = escape(&json!([name]).to_string());
        assert!(!escaped.contains(['<', '>', '&']), "{escaped}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), [name]);
    }
}
