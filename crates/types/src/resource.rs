//! What a system and its client use while a run goes on: the rows of `resources.parquet`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Unit;

/// One reading.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceSample {
    /// When it was read, nanoseconds since the run's start, on the clock of the trace; negative before the first request.
    pub at_ns: i64,
    /// Of whom.
    pub source: ResourceSource,
    /// What.
    pub resource: Resource,
    /// How much, in the unit of the resource.
    pub value: f64,
}

/// Whose resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceSource {
    /// The program that makes the load.
    Client,
    /// The system under test as its host sees it, helpers included.
    System,
    /// The system under test as its own kernel sees it.
    Guest,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Processor time used so far, seconds of all processors together.
    CpuTime,
    /// Memory in use, bytes: of a cgroup what it is charged for, of a process its resident pages, of a guest what is not free.
    Memory,
    /// The most memory in use so far, bytes.
    MemoryPeak,
    /// Resident pages, those shared with others divided among them, bytes.
    MemoryPss,
    /// The longest that a request was sent after it was due, since the reading before, seconds.
    ScheduleLag,
    /// From writing to reading one byte over the loopback with nothing in between: the floor of every latency, seconds.
    LoopbackTime,
}

impl ResourceSource {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Client, Self::System, Self::Guest];

    /// As it stands in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::System => "system",
            Self::Guest => "guest",
        }
    }
}

impl Resource {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::CpuTime,
        Self::Memory,
        Self::MemoryPeak,
        Self::MemoryPss,
        Self::ScheduleLag,
        Self::LoopbackTime,
    ];

    /// As it stands in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CpuTime => "cpu_time",
            Self::Memory => "memory",
            Self::MemoryPeak => "memory_peak",
            Self::MemoryPss => "memory_pss",
            Self::ScheduleLag => "schedule_lag",
            Self::LoopbackTime => "loopback_time",
        }
    }

    /// The unit of its values.
    pub const fn unit(self) -> Unit {
        match self {
            Self::CpuTime | Self::ScheduleLag | Self::LoopbackTime => Unit::Seconds,
            Self::Memory | Self::MemoryPeak | Self::MemoryPss => Unit::Bytes,
        }
    }
}

impl fmt::Display for ResourceSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_files_are_those_of_serde() {
        let written = |value: &dyn fmt::Debug| {
            let mut name = String::new();
            for letter in format!("{value:?}").chars() {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.extend(letter.to_lowercase());
            }
            name
        };
        for source in ResourceSource::ALL {
            assert_eq!(source.name(), written(&source));
        }
        for resource in Resource::ALL {
            assert_eq!(resource.name(), written(&resource));
        }
    }
}
