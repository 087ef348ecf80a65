//! Builders of traces, studies and other tools' files, for tests and benchmarks alone.
//!
//! A [`Load`] turns a seed into an endless stream of plausible requests; [`write_trace`], [`StudyPlan`], [`CleanStudy`],
//! [`write_jtl`] and [`write_k6`] put such a stream on disk in bounded memory. The same seed gives the same bytes on
//! the same machine (between machines, `ln` and `exp` may differ in their last bit). What a request costs a real
//! server is none of this crate's knowledge.
//!
//! ```
//! use vana_testkit::{Load, write_k6};
//!
//! let mut text = Vec::new();
//! write_k6(&mut text, Load::default().requests().take(3))?;
//! assert_eq!(text.iter().filter(|&&byte| byte == b'\n').count(), 3);
//! # Ok::<(), std::io::Error>(())
//! ```

mod completions;
mod jtl;
mod k6;
mod load;
mod planted;
mod random;
mod study;
mod trace;

pub use completions::Completions;
pub use jtl::write_jtl;
pub use k6::write_k6;
pub use load::{Load, Request, Requests};
pub use planted::{CleanStudy, printed_run, write_printed_study};
pub use random::SplitMix64;
pub use study::StudyPlan;
pub use trace::write_trace;
