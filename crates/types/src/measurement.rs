//! One number with its identity.

use serde::{Deserialize, Serialize};

use crate::{Origin, Status, Unit};

/// Names of the metrics vana computes; foreign formats may bring others.
pub mod metric {
    /// Completed requests per second of run.
    pub const REQUEST_RATE: &str = "request_rate";
    /// Statements per second of run, where requests are transactions.
    pub const QUERY_RATE: &str = "query_rate";
    /// What each request took, from sent to done.
    pub const SERVICE_TIME: &str = "service_time";
    /// What each request took from the time it was due: free of coordinated omission.
    pub const RESPONSE_TIME: &str = "response_time";
    /// From sent to the first byte of the response.
    pub const FIRST_BYTE_TIME: &str = "first_byte_time";
    /// Failed attempts over all attempts.
    pub const ERROR_RATIO: &str = "error_ratio";
    /// Bytes received per second of run.
    pub const TRANSFER_RATE: &str = "transfer_rate";
    /// Latency as wrk would have printed it.
    pub const WRK_LATENCY: &str = "wrk_latency";
    /// Requests per second and thread as wrk would have printed it (`Req/Sec`).
    pub const WRK_REQUEST_RATE: &str = "wrk_request_rate";
    /// Latency per event as sysbench would have printed it.
    pub const SYSBENCH_LATENCY: &str = "sysbench_latency";
    /// Latency as a publication or tool printed it, of unknown definition.
    pub const LATENCY: &str = "latency";
    /// Memory of the system in use, as its host sees it.
    pub const MEMORY: &str = "memory";
    /// Memory of the system in use, as its own kernel sees it.
    pub const GUEST_MEMORY: &str = "guest_memory";
    /// Processors that the system used, on average.
    pub const CPU: &str = "cpu";
    /// Processor time of the system for each request that was answered.
    pub const CPU_PER_REQUEST: &str = "cpu_per_request";
    /// Processors that the program which made the load used, on average.
    pub const CLIENT_CPU: &str = "client_cpu";
    /// Memory of the program which made the load.
    pub const CLIENT_MEMORY: &str = "client_memory";
    /// How long after they were due requests were sent.
    pub const SCHEDULE_LAG: &str = "schedule_lag";
    /// What one byte takes over the loopback and back, with nothing in between.
    pub const LOOPBACK_TIME: &str = "loopback_time";
    /// Time from start to first answer.
    pub const BOOT_TIME: &str = "boot_time";
    /// Time from start to the first connection that was accepted.
    pub const CONNECT_TIME: &str = "connect_time";
    /// Length of the run.
    pub const DURATION: &str = "duration";
    /// Wall time of a whole program.
    pub const RUN_TIME: &str = "run_time";
}

/// Names of statistics that are used across crates.
pub mod statistic {
    /// Arithmetic mean.
    pub const MEAN: &str = "mean";
    /// Number of values.
    pub const COUNT: &str = "count";
    /// Sample standard deviation (n − 1).
    pub const STDEV: &str = "stdev";
    /// Smallest value.
    pub const MIN: &str = "min";
    /// Largest value.
    pub const MAX: &str = "max";
    /// Median.
    pub const P50: &str = "p50";
    /// Share of the values within mean ± stdev, ends included.
    pub const WITHIN_STDEV: &str = "within_stdev";
    /// A single number that was used, as memory.
    pub const USED: &str = "used";
}

/// One number with its identity. Field order is column order in CSV and key order in JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// System under test.
    pub system: String,
    /// What was asked of it.
    pub workload: String,
    /// Number of concurrent clients.
    pub clients: Option<u32>,
    /// Repetition; `None` for what a publication printed over all of them.
    pub repetition: Option<u32>,
    /// What was measured.
    pub metric: String,
    /// Which statistic of it.
    pub statistic: String,
    /// The number in base units; `None` where it is lost.
    pub value: Option<f64>,
    /// The base unit.
    pub unit: Unit,
    /// Where the number comes from.
    pub origin: Origin,
    /// The operation it is restricted to; `None` for all.
    #[serde(default)]
    pub operation: Option<String>,
    /// How sure the reading of a published number is.
    #[serde(default = "read")]
    pub status: Status,
    /// The number as it was printed.
    #[serde(default)]
    pub printed: Option<String>,
    /// A remark of the source about this number.
    #[serde(default)]
    pub note: Option<String>,
}

fn read() -> Status {
    Status::Read
}
