//! Containers through the command line that Docker and Podman share.

use std::collections::BTreeMap;

use crate::LaunchError;
use crate::command::{run, words};
use crate::process::parent_named;
use crate::recipe::Container;

/// What keeps a container's first process alive and is outside its groups: containerd's shim, Podman's conmon.
const HELPERS: [&str; 2] = ["containerd-shim", "conmon"];
/// Lines of the console that are shown.
const LINES: &str = "12";

/// A container that runs.
pub(crate) struct Running {
    pub address: String,
    pub pid: i32,
    pub helper: Option<i32>,
    pub attributes: BTreeMap<String, String>,
}

impl Container {
    fn call<const N: usize>(&self, arguments: [&str; N]) -> Vec<String> {
        [&self.program[..], &words(arguments)].concat()
    }

    fn inspect(&self, template: &str) -> Result<String, LaunchError> {
        run(&self.call(["inspect", "-f", template, &self.name]))
    }

    /// Removes it, running or not.
    pub fn removal(&self) -> Vec<String> {
        self.call(["rm", "-f", &self.name])
    }

    /// Prints its name as long as it exists.
    pub fn proof(&self) -> Vec<String> {
        let filter = format!("name=^/?{}$", self.name);
        self.call(["ps", "--all", "--filter", &filter, "--format", "{{.Names}}"])
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<String> {
        let state = self.inspect("{{.State.Running}} {{.State.ExitCode}} {{.State.OOMKilled}}");
        match state.as_deref().map(|state| state.split(' ').collect::<Vec<_>>()).as_deref() {
            Ok(["true", ..]) => None,
            Ok(["false", _, "true"]) => Some("out of memory".to_owned()),
            Ok(["false", code, _]) => Some(format!("exit status: {code}")),
            Ok(_) => Some("not understood".to_owned()),
            Err(error) => Some(error.to_string()),
        }
    }

    /// The last lines of its console.
    pub fn console(&self) -> String {
        // Its standard error comes back as ours, so a shell-free merge takes both.
        let Some((program, rest)) = self.program.split_first() else { return String::new() };
        let mut command = std::process::Command::new(program);
        command.args(rest).args(["logs", "--tail", LINES, &self.name]);
        let Ok(output) = command.output() else { return String::new() };
        let text = [output.stdout, output.stderr].concat();
        String::from_utf8_lossy(&text).trim_end().to_owned()
    }
}

/// Starts it and finds its own address.
pub(crate) fn begin(container: &Container) -> Result<Running, LaunchError> {
    run(&[&container.program[..], &container.run].concat())?;
    let said = container.inspect(
        "{{.State.Pid}} {{.NetworkSettings.IPAddress}} {{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}",
    )?;
    let mut fields = said.split_whitespace();
    let pid = fields.next().and_then(|text| text.parse::<i32>().ok()).filter(|pid| *pid > 0);
    let Some(pid) = pid else {
        let how = container.ended().unwrap_or_else(|| "no process".to_owned());
        return Err(LaunchError::Ended { how, console: container.console() });
    };
    // A container in the host's network has no address.
    let host = fields.next().unwrap_or("127.0.0.1");
    let mut attributes = BTreeMap::new();
    if let Ok(bytes) = run(&container.call(["image", "inspect", "-f", "{{.Size}}", &container.image])) {
        attributes.insert("image_bytes".to_owned(), bytes);
    }
    Ok(Running {
        address: format!("{host}:{}", container.port),
        pid,
        helper: parent_named(pid, &HELPERS),
        attributes,
    })
}
