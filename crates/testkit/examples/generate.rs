//! Writes what benchmarks read: `generate study DIR REQUESTS`, `generate jtl FILE REQUESTS`, `generate k6 FILE REQUESTS`.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use vana_testkit::{Load, StudyPlan, write_jtl, write_k6};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, path, requests] = arguments.as_slice() else {
        return Err("usage: generate study|jtl|k6 PATH REQUESTS".into());
    };
    let (path, requests) = (Path::new(path), requests.parse()?);
    let load = Load { clients: 100, ..Load::default() };
    match kind.as_str() {
        "study" => StudyPlan { requests: requests as u64, ..StudyPlan::default() }.write(path)?,
        "jtl" => {
            let mut out = BufWriter::new(File::create(path)?);
            write_jtl(&mut out, load.requests().take(requests))?;
            out.flush()?;
        }
        "k6" => {
            let mut out = BufWriter::new(File::create(path)?);
            write_k6(&mut out, load.requests().take(requests))?;
            out.flush()?;
        }
        other => return Err(format!("nothing known to generate as {other}").into()),
    }
    Ok(())
}
