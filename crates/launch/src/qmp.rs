//! QEMU's own protocol: a line of JSON each way over a Unix socket.
//! Source: QEMU, docs/interop/qmp-spec.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

/// How long QEMU may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The device that tells what a guest uses.
pub(crate) const BALLOON: &str = "bal0";

/// A connection that may give orders.
pub(crate) struct Qmp(BufReader<UnixStream>);

impl Qmp {
    /// Connects and shakes hands.
    pub fn connect(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut qmp = Self(BufReader::new(stream));
        qmp.read()?;
        qmp.execute("qmp_capabilities", &json!({}))?;
        Ok(qmp)
    }

    /// Gives an order; what it returns. Events in between are left out.
    pub fn execute(&mut self, command: &str, arguments: &Value) -> io::Result<Value> {
        let line = json!({ "execute": command, "arguments": arguments });
        writeln!(self.0.get_mut(), "{line}")?;
        loop {
            let mut answer = self.read()?;
            if let Some(error) = answer.get("error") {
                return Err(io::Error::other(format!("{command}: {error}")));
            }
            if let Some(value) = answer.get_mut("return") {
                return Ok(value.take());
            }
        }
    }

    fn read(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        serde_json::from_str(&line).map_err(io::Error::other)
    }

    /// Bytes that the guest's kernel says are in use: all but the available ones, as `free` shows them in its column
    /// `used` since procps 4. `None` until the guest has told, which takes its balloon driver.
    pub fn guest_memory_bytes(&mut self) -> Option<u64> {
        let path = format!("/machine/peripheral/{BALLOON}");
        let answer = self.execute("qom-get", &json!({ "path": path, "property": "guest-stats" })).ok()?;
        let read = |name: &str| answer["stats"][name].as_u64().filter(|bytes| *bytes != u64::MAX);
        read("stat-total-memory")?.checked_sub(read("stat-available-memory")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    /// A QEMU that says these lines, the greeting first, each after one order.
    fn fake(lines: &'static [&'static str]) -> (tempfile::TempDir, std::thread::JoinHandle<Vec<String>>) {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("qmp")).unwrap();
        let thread = std::thread::spawn(move || {
            let mut stream = BufReader::new(listener.accept().unwrap().0);
            let mut orders = Vec::new();
            for line in lines {
                stream.get_mut().write_all(line.as_bytes()).unwrap();
                let mut order = String::new();
                stream.read_line(&mut order).unwrap();
                orders.push(order);
            }
            orders
        });
        (folder, thread)
    }

    #[test]
    fn what_a_guest_uses_is_all_but_what_is_available() {
        let (folder, thread) = fake(&[
            "{\"QMP\": {}}\n",
            "{\"return\": {}}\n",
            "{\"event\": \"RESUME\"}\n{\"return\": {\"stats\": {\"stat-total-memory\": 1000, \
             \"stat-available-memory\": 700, \"stat-free-memory\": 600}, \"last-update\": 1}}\n",
            "{\"return\": {\"stats\": {\"stat-total-memory\": 18446744073709551615, \
             \"stat-available-memory\": 18446744073709551615}, \"last-update\": 0}}\n",
        ]);
        let mut qmp = Qmp::connect(&folder.path().join("qmp")).unwrap();
        assert_eq!((qmp.guest_memory_bytes(), qmp.guest_memory_bytes()), (Some(300), None));
        drop(qmp);
        let orders = thread.join().unwrap();
        assert_eq!(orders[0], "{\"execute\":\"qmp_capabilities\",\"arguments\":{}}\n");
        let asked = "{\"execute\":\"qom-get\",\"arguments\":{\"path\":\"/machine/peripheral/bal0\",\"property\":\"guest-stats\"}}\n";
        assert_eq!(orders[1..3], [asked, asked]);
    }

    #[test]
    fn an_order_that_is_refused_is_an_error() {
        let (folder, _thread) =
            fake(&["{\"QMP\": {}}\n", "{\"return\": {}}\n", "{\"error\": {\"class\": \"X\"}}\n", ""]);
        let mut qmp = Qmp::connect(&folder.path().join("qmp")).unwrap();
        let error = qmp.execute("quit", &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "quit: {\"class\":\"X\"}");
    }
}
