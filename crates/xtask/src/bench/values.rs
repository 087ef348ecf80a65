//! Results as programs wrote them, and whether they agree.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// How far two programs may differ, relative to the larger value: they add in another order.
const TOLERANCE: f64 = 1e-9;
/// The columns that say which number it is.
const KEY: [&str; 4] = ["system", "clients", "repetition", "statistic"];

/// Numbers by run and statistic.
#[derive(Debug, PartialEq)]
pub(super) struct Values(BTreeMap<String, f64>);

impl Values {
    /// Reads a CSV file with the columns of [`KEY`] and `value`, among others.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
        let place = |name: &str| {
            header.iter().position(|column| *column == name).context(format!("no column {name}"))
        };
        let key = KEY.into_iter().map(place).collect::<Result<Vec<usize>>>()?;
        let value = place("value")?;
        let mut values = BTreeMap::new();
        for line in lines {
            let fields: Vec<&str> = line.split(',').collect();
            let field =
                |place: usize| fields.get(place).copied().with_context(|| format!("short line: {line}"));
            let name = key.iter().map(|&place| field(place)).collect::<Result<Vec<_>>>()?.join(" ");
            values.insert(name, field(value)?.parse().with_context(|| line.to_owned())?);
        }
        Ok(Self(values))
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Fails at the first number that only one has or that differs.
    pub fn agree(&self, other: &Self) -> Result<()> {
        if let Some(name) = self.0.keys().find(|name| !other.0.contains_key(*name)) {
            bail!("{name} is missing");
        }
        for (name, theirs) in &other.0 {
            let ours = self.0.get(name).with_context(|| format!("{name} is new"))?;
            if (ours - theirs).abs() > TOLERANCE * ours.abs().max(theirs.abs()) {
                bail!("{name}: {ours} here, {theirs} there");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(rows: &str) -> Values {
        Values::parse(&format!("system,clients,repetition,statistic,value\n{rows}")).unwrap()
    }

    #[test]
    fn columns_are_found_by_name() {
        let text = "value,statistic,unit,repetition,clients,system\n0.5,p50,s,2,10,osv\n";
        assert_eq!(Values::parse(text).unwrap(), values("osv,10,2,p50,0.5"));
    }

    #[test]
    fn values_agree_to_the_last_digits_and_no_further() {
        let ours = values("osv,10,2,p50,0.5\n");
        assert!(ours.agree(&values("osv,10,2,p50,0.5000000001\n")).is_ok());
        assert!(ours.agree(&values("osv,10,2,p50,0.500000001\n")).is_err());
        assert!(ours.agree(&values("osv,10,2,p90,0.5\n")).is_err());
        assert!(ours.agree(&values("")).is_err());
        assert!(values("").agree(&ours).is_err());
    }
}
