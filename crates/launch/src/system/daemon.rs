//! Instances at a UniK daemon, by its REST interface as it really is: bodies of JSON under the type text/plain, errors
//! of plain text, 500 for whatever is unknown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::cgroup::list;
use crate::process::pin;
use crate::recipe::Instance;
use crate::{LIMITS_NOTE, LaunchError};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// An instance that the daemon has started.
pub(crate) struct Running {
    pub pid: Option<i32>,
    /// Where the daemon says it is; it often does not know.
    pub address: Option<String>,
    pub attributes: BTreeMap<String, String>,
}

impl Instance {
    /// The address of the instance at the daemon.
    pub fn address(&self) -> String {
        format!("{}/instances/{}", self.daemon, self.name)
    }
}

/// Status and body of an answer, whatever the status.
pub(crate) fn ask(method: &str, url: &str, body: Option<&Value>) -> Result<(u16, String), LaunchError> {
    let fail = |error: &dyn std::fmt::Display| LaunchError::Daemon(format!("{method} {url}: {error}"));
    let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
    let agent = Agent::new_with_config(config);
    let response = match (method, body) {
        ("POST", Some(body)) => agent.post(url).content_type("application/json").send(body.to_string()),
        ("POST", None) => agent.post(url).send_empty(),
        ("DELETE", _) => agent.delete(url).call(),
        _ => agent.get(url).call(),
    };
    let mut response = response.map_err(|error| fail(&error))?;
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(|error| fail(&error))?;
    Ok((status, text))
}

/// Starts it. 201 is success; the guest may not run yet.
pub(crate) fn begin(instance: &Instance, cores: &[u16]) -> Result<Running, LaunchError> {
    let url = format!("{}/instances/run", instance.daemon);
    let (status, text) = ask("POST", &url, Some(&instance.body))?;
    let fail = |why: &str| LaunchError::Daemon(format!("POST {url}: {why}"));
    if status != 201 {
        return Err(fail(&format!("status {status}: {}", text.trim())));
    }
    let answer: Value = serde_json::from_str(&text).map_err(|error| fail(&error.to_string()))?;
    let text = |key: &str| answer[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let provider = text("Infrastructure").unwrap_or_default();
    // These two call an instance by the number of its process, which is one of the machine that the daemon runs on.
    let is_here = matches!(provider.as_str(), "QEMU" | "UKVM") && is_here(&instance.daemon);
    let pid = text("Id").filter(|_| is_here).and_then(|id| id.parse().ok());
    let mut attributes = BTreeMap::from([("unik_provider".to_owned(), provider)]);
    attributes.extend(limit(pid, cores).map(|note| (LIMITS_NOTE.to_owned(), note)));
    Ok(Running { pid, address: text("IpAddress"), attributes })
}

/// Keeps an instance to its cores, since the daemon takes none (`RunInstanceRequest` in pkg/daemon/api.go has no field
/// for them); why not, where it cannot be done.
fn limit(pid: Option<i32>, cores: &[u16]) -> Option<String> {
    if cores.is_empty() {
        return None;
    }
    let why = match pid.map(|pid| pin(pid, cores)) {
        // QEMU and ukvm give a guest one processor unless they are told otherwise, and UniK does not tell them.
        Some(Ok(())) if cores.len() == 1 => return None,
        Some(Ok(())) => "gives a guest one processor".to_owned(),
        Some(Err(error)) => format!("takes no cores, and its process could not be kept to them: {error}"),
        None => "takes no cores, and its instance is no process of this machine that could be kept to them"
            .to_owned(),
    };
    Some(format!("The plan gives it the cores {}, but UniK {why}.", list(cores)))
}

/// Whether a daemon runs on this machine, as far as its address says.
fn is_here(daemon: &str) -> bool {
    let host = daemon.split_once("://").map_or(daemon, |(_, rest)| rest);
    ["127.", "localhost", "[::1]"].iter().any(|start| host.starts_with(start))
}

/// Stops and deletes it. Stopping makes the QEMU provider forget it, and deleting then fails: both are as they should be.
pub(crate) fn remove(address: &str) {
    let _ = ask("POST", &format!("{address}/stop"), None);
    let _ = ask("DELETE", &format!("{address}?force=true"), None);
}

/// Whether the daemon still lists it. A daemon that is gone lists nothing.
pub(crate) fn exists(address: &str) -> bool {
    ask("GET", address, None).is_ok_and(|(status, _)| status == 200)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_kept_to_its_cores_or_it_is_said_why_not() {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = Some(child.id() as i32);
        assert_eq!((limit(pid, &[]), limit(None, &[]), limit(pid, &[0])), (None, None, None));
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        assert!(text.lines().any(|line| line == "Cpus_allowed_list:\t0"), "{text}");
        let two = limit(pid, &[0, 1]).unwrap();
        assert_eq!(two, "The plan gives it the cores 0,1, but UniK gives a guest one processor.");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(limit(pid, &[0]).unwrap().contains("could not be kept to them"));
        assert!(limit(None, &[0]).unwrap().contains("no process of this machine"));
    }

    #[test]
    fn a_daemon_elsewhere_names_processes_of_elsewhere() {
        let here =
            ["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000", "http://10.0.0.9:3000"];
        assert_eq!(here.map(is_here), [true, true, true, false]);
    }
}
