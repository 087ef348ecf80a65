//! Starts a system under test, knows when it is ready, measures it and stops it.
