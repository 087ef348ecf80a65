//! What the scripts of a page read: JSON in which nothing can end its element.

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use super::measurements::Wide;
use super::{Budget, packed, palette};
use crate::render::RenderError;
use crate::view::View;

/// Most bytes of an overview that is not packed. Unpacking takes turns with reading the rest of the page, and comes last: with 1,400
/// cells the first chart is there after 0.4 s, and after 0.2 s without it.
const MOST_PLAIN: usize = 100_000;

/// What every script needs and the overview draws: JSON with `<`, `>` and `&` escaped.
pub fn draw(view: &View<'_>, budget: Budget) -> Result<String, RenderError> {
    let overview = packed::overview(view, budget);
    let overview = if overview.to_string().len() > MOST_PLAIN { pack(&overview)?.into() } else { overview };
    let data = json!({
        "version": 1,
        "systems": view.all_systems().map(|name| &name.full).collect::<Vec<_>>(),
        "workloads": view.workloads.iter().map(|name| &name.full).collect::<Vec<_>>(),
        "systemIds": view.all_systems().map(|name| &name.id).collect::<Vec<_>>(),
        "workloadIds": view.workloads.iter().map(|name| &name.id).collect::<Vec<_>>(),
        "palette": { "light": palette::LIGHT, "dark": palette::DARK, "dashes": palette::DASHES },
        "windows": budget.windows,
        "hasTraces": view.results.runs.iter().any(|run| run.pulse.is_some()),
        "overview": overview,
    });
    Ok(escape(&data.to_string()))
}

/// Everything else, as one word of letters, digits, `+`, `/` and `=`.
pub fn packed(view: &View<'_>, wide: &Wide<'_>, budget: Budget) -> Result<String, RenderError> {
    pack(&packed::everything(view, wide, budget))
}

/// JSON, gzip, base64. The header of the gzip holds neither name nor time, and says nothing of the machine.
fn pack(value: &Value) -> Result<String, RenderError> {
    let mut gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let written = gzip.write_all(value.to_string().as_bytes()).and_then(|()| gzip.finish());
    Ok(STANDARD.encode(written.map_err(|source| RenderError::Packing { source })?))
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
