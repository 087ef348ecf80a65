//! Script, styles and licences that stand in every page, as they lie in `assets/`.

/// The chart library, uPlot 1.6.32, as npm has it.
const UPLOT_SCRIPT: &str = include_str!("../../../assets/uplot/uPlot.iife.min.js");
const UPLOT_STYLE: &str = include_str!("../../../assets/uplot/uPlot.min.css");
/// Its licence.
pub const UPLOT_LICENCE: &str = include_str!("../../../assets/uplot/LICENSE");
const STYLE: &str = include_str!("../../../assets/page/page.css");

/// Our own script: parts of one scope, each using only what stands before it.
const PARTS: [&str; 11] = [
    include_str!("../../../assets/page/dom.js"),
    include_str!("../../../assets/page/data.js"),
    include_str!("../../../assets/page/state.js"),
    include_str!("../../../assets/page/quantity.js"),
    include_str!("../../../assets/page/chart.js"),
    include_str!("../../../assets/page/overview.js"),
    include_str!("../../../assets/page/run.js"),
    include_str!("../../../assets/page/distribution.js"),
    include_str!("../../../assets/page/provenance.js"),
    include_str!("../../../assets/page/tables.js"),
    include_str!("../../../assets/page/main.js"),
];

/// Everything that runs.
pub fn script() -> String {
    format!("{UPLOT_SCRIPT}\n(() => {{\n\"use strict\";\n{}}})();\n", PARTS.concat())
}

/// Everything about looks.
pub fn style() -> String {
    format!("{UPLOT_STYLE}\n{STYLE}")
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn the_chart_library_is_the_one_that_was_checked() {
        let sums = include_str!("../../../assets/uplot/SHA256SUMS");
        let files =
            [("uPlot.iife.min.js", UPLOT_SCRIPT), ("uPlot.min.css", UPLOT_STYLE), ("LICENSE", UPLOT_LICENCE)];
        let line = |(name, text): &(&str, &str)| {
            let digest = Sha256::digest(text.as_bytes());
            let digits = digest.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            format!("{digits}  {name}\n")
        };
        assert_eq!(files.iter().map(line).collect::<String>(), sums);
    }

    #[test]
    fn no_script_ends_its_element_or_makes_markup() {
        let own = PARTS.concat();
        for word in
            ["</script", "<!--", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("]
        {
            assert!(!own.contains(word), "{word}");
        }
        assert!(!script().contains("</script") && !style().contains("</style"));
    }
}
