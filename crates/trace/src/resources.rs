//! What system and client used while a run went on: `resources.parquet`, one reading a row.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use vana_types::{Resource, ResourceSample, ResourceSource};

use crate::{TraceError, small_table};

/// The name of the file in a run's folder.
pub const RESOURCES_FILE: &str = "resources.parquet";

const AT: &str = "at_ns";
const SOURCE: &str = "source";
const RESOURCE: &str = "resource";
const VALUE: &str = "value";

/// Writes readings in the order given.
pub fn write_resources(path: &Path, samples: &[ResourceSample]) -> Result<(), TraceError> {
    let names = |name: fn(&ResourceSample) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(samples.iter().map(name)))
    };
    let table = RecordBatch::try_from_iter([
        (AT, Arc::new(Int64Array::from_iter_values(samples.iter().map(|sample| sample.at_ns))) as ArrayRef),
        (SOURCE, names(|sample| sample.source.name())),
        (RESOURCE, names(|sample| sample.resource.name())),
        (VALUE, Arc::new(Float64Array::from_iter_values(samples.iter().map(|sample| sample.value)))),
    ]);
    small_table::write(path, table)
}

/// Reads readings in the order of the file; those of sources and resources that this vana does not know are passed
/// over, so that more may come.
pub fn read_resources(path: &Path) -> Result<Vec<ResourceSample>, TraceError> {
    let mut samples = Vec::new();
    small_table::read(path, |rows| {
        let (at, value) = (rows.column(AT, &DataType::Int64)?, rows.column(VALUE, &DataType::Float64)?);
        let (source, resource) =
            (rows.column(SOURCE, &DataType::Utf8)?, rows.column(RESOURCE, &DataType::Utf8)?);
        for row in 0..rows.len() {
            let number = value.as_primitive::<Float64Type>().value(row);
            if [&at, &value, &source, &resource].iter().any(|column| column.is_null(row))
                || !number.is_finite()
            {
                return Err(rows.wrong(row, "a reading needs at_ns, source, resource and a finite value"));
            }
            let (source, resource) =
                (source.as_string::<i32>().value(row), resource.as_string::<i32>().value(row));
            let source = ResourceSource::ALL.into_iter().find(|known| known.name() == source);
            let resource = Resource::ALL.into_iter().find(|known| known.name() == resource);
            if let (Some(source), Some(resource)) = (source, resource) {
                let at_ns = at.as_primitive::<Int64Type>().value(row);
                samples.push(ResourceSample { at_ns, source, resource, value: number });
            }
        }
        Ok(())
    })?;
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(RESOURCES_FILE);
        let sample = |at_ns, source, resource, value| ResourceSample { at_ns, source, resource, value };
        let samples = [
            sample(-5, ResourceSource::Client, Resource::CpuTime, 0.25),
            sample(9, ResourceSource::System, Resource::Memory, 1e9),
            sample(9, ResourceSource::Guest, Resource::Memory, 2.8e7),
        ];
        for samples in [&samples[..], &[]] {
            write_resources(&path, samples).unwrap();
            assert_eq!(read_resources(&path).unwrap(), samples);
        }
    }
}
