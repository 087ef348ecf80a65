//! The columns of a trace. No other place spells their names.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef};

/// A column of `trace.parquet`, format 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// When the first byte of the request was handed to the kernel, nanoseconds since the run's start.
    Sent,
    /// From sent until the last byte of the response or until the failure was known, nanoseconds.
    Service,
    /// When the schedule wanted it sent, nanoseconds since the run's start; null in a closed loop.
    Due,
    /// Time to the first byte of the response, nanoseconds after sent.
    FirstByte,
    /// What was asked.
    Operation,
    /// How it ended.
    Outcome,
    /// HTTP status or SQL error number.
    Status,
    /// Bytes sent on the wire, headers included.
    BytesSent,
    /// Bytes received on the wire, headers included.
    BytesReceived,
    /// Thread of the load generator.
    Worker,
    /// Connection within the run.
    Connection,
}

impl Column {
    /// All columns in the order of the file.
    pub const ALL: [Self; 11] = [
        Self::Sent,
        Self::Service,
        Self::Due,
        Self::FirstByte,
        Self::Operation,
        Self::Outcome,
        Self::Status,
        Self::BytesSent,
        Self::BytesReceived,
        Self::Worker,
        Self::Connection,
    ];

    /// Its name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent_ns",
            Self::Service => "service_ns",
            Self::Due => "due_ns",
            Self::FirstByte => "first_byte_ns",
            Self::Operation => "operation",
            Self::Outcome => "outcome",
            Self::Status => "status",
            Self::BytesSent => "bytes_sent",
            Self::BytesReceived => "bytes_received",
            Self::Worker => "worker",
            Self::Connection => "connection",
        }
    }

    /// Its unit as it stands in the field's metadata; empty for none.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Sent | Self::Service | Self::Due | Self::FirstByte => "ns",
            Self::BytesSent | Self::BytesReceived => "B",
            _ => "",
        }
    }

    /// Whether a trace without it is no trace.
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Sent | Self::Service | Self::Operation | Self::Outcome)
    }

    /// Its type in memory and in vana's own files.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Operation | Self::Outcome => {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            }
            Self::Status | Self::Worker => DataType::UInt16,
            Self::Connection => DataType::UInt32,
            _ => DataType::Int64,
        }
    }

    fn field(self) -> Field {
        let field = Field::new(self.name(), self.data_type(), !self.is_required());
        if self.unit().is_empty() {
            field
        } else {
            field.with_metadata(HashMap::from([("unit".to_owned(), self.unit().to_owned())]))
        }
    }
}

/// The schema of vana's own files.
pub(crate) static SCHEMA: LazyLock<SchemaRef> =
    LazyLock::new(|| Arc::new(Schema::new(Column::ALL.map(Column::field).to_vec())));
