//! Instances at a UniK daemon, by its REST interface as it really is: bodies of JSON under the type text/plain, errors
//! of plain text, 500 for whatever is unknown.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

use crate::LaunchError;
use crate::recipe::Instance;

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
pub(crate) fn begin(instance: &Instance) -> Result<Running, LaunchError> {
    let url = format!("{}/instances/run", instance.daemon);
    let (status, text) = ask("POST", &url, Some(&instance.body))?;
    let fail = |why: &str| LaunchError::Daemon(format!("POST {url}: {why}"));
    if status != 201 {
        return Err(fail(&format!("status {status}: {}", text.trim())));
    }
    let answer: Value = serde_json::from_str(&text).map_err(|error| fail(&error.to_string()))?;
    let text = |key: &str| answer[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let provider = text("Infrastructure").unwrap_or_default();
    let local = matches!(provider.as_str(), "QEMU" | "UKVM");
    let pid = text("Id").filter(|_| local).and_then(|id| id.parse().ok());
    let attributes = BTreeMap::from([("unik_provider".to_owned(), provider)]);
    Ok(Running { pid, address: text("IpAddress"), attributes })
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
