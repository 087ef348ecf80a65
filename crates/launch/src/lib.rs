//! Starts a system under test, knows when it is ready, measures it and stops it.
//!
//! The settings of a system become a [`Recipe`]: what is to be done, down to every command line, and what is in its way.
//! A recipe becomes a [`Started`] system, which is stopped when it is dropped, and which a watcher clears away if this
//! process is killed. The crate knows nothing of loads, plans or studies.
//!
//! ```no_run
//! use std::{path::Path, sync::atomic::AtomicBool, time::Duration};
//! use vana_launch::{Acceleration, Limits, Place, Probe, system};
//!
//! let place = Place {
//!     name: "static".to_owned(),
//!     limits: Limits { cores: vec![0], memory_bytes: Some(1 << 30) },
//!     acceleration: Acceleration::Any,
//!     folder: "/run/user/1000/vana".into(),
//!     relay: "/usr/bin/vana".into(),
//! };
//! let settings = toml::toml! { command = ["server", "127.0.0.1:8080"]
//!                              address = "127.0.0.1:8080" };
//! let recipe = system("process").unwrap().recipe(&settings, &place).unwrap();
//! assert!(recipe.problems().is_empty());
//! let mut started = recipe.start().unwrap();
//! let probe = Probe::Http { path: "/".to_owned() };
//! let ready = started.await_ready(&probe, Duration::from_secs(10), &AtomicBool::new(false)).unwrap();
//! println!("answers after {:?}", ready.first_answer);
//! let samples = started.sampler().sample(0);
//! started.stop().unwrap();
//! ```

mod acceleration;
mod cgroup;
mod child;
mod command;
mod console;
mod image;
mod network;
mod problem;
mod process;
mod qmp;
mod readiness;
mod recipe;
mod sampler;
mod settings;
mod started;
mod state;
mod system;
mod teardown;

pub use acceleration::Acceleration;
pub use child::{BecameChild, become_child};
pub use problem::{LIMITS_NOTE, LaunchError, Problem};
pub use readiness::{Probe, Readiness};
pub use recipe::{Limits, Place, Recipe};
pub use sampler::Sampler;
pub use started::Started;
pub use state::{Leftover, leftovers};
pub use system::{SYSTEMS, System, system};
