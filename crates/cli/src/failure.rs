//! How a command fails: a message, an advice, an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
    code: u8,
}

impl Failure {
    /// Done, and a gate asked for on the command line failed: exit code 1.
    pub fn gate(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 1 }
    }

    /// Bad usage or bad input: exit code 2.
    pub fn input(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 2 }
    }

    /// The machine could not do it: exit code 3.
    pub fn machine(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code: 3 }
    }

    /// What it says.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same failure with advice.
    pub fn hint(mut self, hint: Option<&str>) -> Self {
        self.hint = hint.map(str::to_owned);
        self
    }

    /// Says so on stderr and gives the exit code. A reader that went away is no failure.
    pub fn report(self) -> ExitCode {
        if self.code == 0 {
            return ExitCode::SUCCESS;
        }
        say(&format!("error: {}", self.message));
        if let Some(hint) = self.hint {
            say(&format!("hint: {hint}"));
        }
        ExitCode::from(self.code)
    }
}

/// A line on stderr, or several. Nobody may be listening any more, and that is no failure.
pub(crate) fn say(lines: &str) {
    let lines: Vec<String> = lines.split('\n').map(harmless).collect();
    let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
}

/// A text in which control characters are written out: names of files may hold what moves a terminal's cursor, or a line
/// break and a line that vana never said.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() && letter != '\t' {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    shown
}

impl From<io::Error> for Failure {
    /// What goes wrong when results are written.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self { message: String::new(), hint: None, code: 0 };
        }
        Self::machine(format!("cannot write the result: {error}"))
    }
}

impl From<vana_ingest::IngestError> for Failure {
    fn from(error: vana_ingest::IngestError) -> Self {
        let failure =
            if error.is_io() { Self::machine(error.to_string()) } else { Self::input(error.to_string()) };
        failure.hint(error.hint())
    }
}

impl From<vana_trace::StudyError> for Failure {
    fn from(error: vana_trace::StudyError) -> Self {
        use vana_trace::{StudyError, TraceError};
        let (is_io, hint) = match &error {
            StudyError::Io { source, .. }
                if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                (false, Some("a study is a folder; vana ingest makes one"))
            }
            StudyError::Io { .. } | StudyError::Interrupted(_) | StudyError::Trace(TraceError::Io { .. }) => {
                (true, None)
            }
            StudyError::Empty(_) => (false, Some("add runs with: vana ingest FILE... --study DIR")),
            _ => (false, None),
        };
        let failure = if is_io { Self::machine(error.to_string()) } else { Self::input(error.to_string()) };
        failure.hint(hint)
    }
}

impl From<vana_reduce::ReduceError> for Failure {
    fn from(error: vana_reduce::ReduceError) -> Self {
        use vana_reduce::ReduceError;
        use vana_trace::TraceError;
        match error {
            ReduceError::Trace(TraceError::Io { .. }) | ReduceError::Sort(_) => {
                Self::machine(error.to_string())
            }
            _ => Self::input(error.to_string()),
        }
    }
}

impl From<vana_analysis::CompareError> for Failure {
    fn from(error: vana_analysis::CompareError) -> Self {
        Self::input(error.to_string())
    }
}

impl From<vana_analysis::AnalysisError> for Failure {
    fn from(error: vana_analysis::AnalysisError) -> Self {
        use vana_analysis::AnalysisError;
        match error {
            AnalysisError::Reduce(error) => error.into(),
            AnalysisError::Study(error) => error.into(),
            AnalysisError::Compare(error) => error.into(),
            AnalysisError::Claims(error) => error.into(),
            AnalysisError::Reading(error) => Self::input(error.to_string()),
        }
    }
}

impl From<vana_analysis::ClaimsError> for Failure {
    fn from(error: vana_analysis::ClaimsError) -> Self {
        use vana_analysis::ClaimsError;
        match error {
            ClaimsError::Io { .. } => Self::machine(error.to_string()),
            ClaimsError::Missing { .. } => Self::input(error.to_string()).hint(Some(SMALLEST_CLAIM)),
            ClaimsError::Malformed { .. } | ClaimsError::Reading(_) => Self::input(error.to_string()),
        }
    }
}

/// What a study without claims is told.
const SMALLEST_CLAIM: &str = r#"a claim is a query and what it must give, as in
[[claims]]
id = "fast"
statement = "The server answers more than 1000 requests per second."
query = "SELECT MIN(value) FROM cells WHERE metric = 'request_rate' AND statistic = 'mean'"
expect = { min = 1000 }"#;
