//! Whether virtual machines run on the processor itself.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::Problem;

/// What may run a virtual machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Acceleration {
    /// The processor's own virtualization, or not at all.
    #[default]
    Kvm,
    /// QEMU's translation.
    Tcg,
    /// KVM where it works, else translation.
    Any,
}

/// What was chosen, and why not the better one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub kvm: bool,
    pub note: Option<String>,
}

impl Chosen {
    /// As QEMU and attributes call it.
    pub fn name(&self) -> &'static str {
        if self.kvm { "kvm" } else { "tcg" }
    }
}

impl Acceleration {
    /// The names of all.
    pub const NAMES: [&str; 3] = ["kvm", "tcg", "any"];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Kvm, Self::Tcg, Self::Any]
            .into_iter()
            .zip(Self::NAMES)
            .find(|(_, known)| *known == name)
            .map(|(one, _)| one)
    }

    /// What is used here with this QEMU. With `Kvm` it is KVM whether it works or not: [`Acceleration::problem`] says so.
    pub(crate) fn choose(self, program: &str) -> Chosen {
        match self {
            Self::Kvm => Chosen { kvm: true, note: None },
            Self::Tcg => Chosen { kvm: false, note: None },
            Self::Any => match kvm(program) {
                Ok(()) => Chosen { kvm: true, note: None },
                Err(why) => Chosen { kvm: false, note: Some(why.clone()) },
            },
        }
    }

    /// What keeps the chosen one from being used.
    pub(crate) fn problem(self, program: &str) -> Option<Problem> {
        let why = match self {
            Self::Kvm => kvm(program).as_ref().err()?,
            Self::Tcg | Self::Any => return None,
        };
        Some(
            Problem::here(format!("KVM cannot be used: {why}")).hint(
                "accel = \"any\" lets QEMU translate instead, which is slower and is said in every result",
            ),
        )
    }
}

/// Whether guests run under KVM here, tried once.
fn kvm(program: &str) -> &'static Result<(), String> {
    static KVM: OnceLock<Result<(), String>> = OnceLock::new();
    KVM.get_or_init(|| {
        open()?;
        try_guest(program, "kvm", Duration::from_secs(5))
    })
}

fn open() -> Result<(), String> {
    let file = std::fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
    file.map(|_| ()).map_err(|error| format!("/dev/kvm: {error}"))
}

/// What keeps KVM from being used, as far as that can be seen without a QEMU.
pub(crate) fn unopened() -> Option<Problem> {
    open().err().map(|why| Problem::here(format!("KVM cannot be used: {why}")))
}

/// The exit code of QEMU when the guest below wrote its byte: twice the byte and one.
const GUEST_DONE: i32 = 33;

/// Boots a disk of one sector that does nothing but write 16 to the port that ends QEMU. A `/dev/kvm` that can be
/// opened, and even a machine that says it is running, prove nothing: inside another virtual machine guests may stand
/// still.
fn try_guest(program: &str, accel: &str, patience: Duration) -> Result<(), String> {
    let mut disk = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    // mov al, 16; out 0xf4, al; hlt
    let mut sector = [0_u8; 512];
    sector[..5].copy_from_slice(&[0xb0, 0x10, 0xe6, 0xf4, 0xf4]);
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    disk.write_all(&sector).map_err(|error| error.to_string())?;
    let drive = format!("file={},format=raw,if=ide", disk.path().display());
    let mut child = Command::new(program)
        .args(["-accel", accel, "-m", "16", "-nodefaults", "-display", "none", "-no-reboot"])
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-drive", &drive])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let begin = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.code() == Some(GUEST_DONE) => return Ok(()),
            Ok(Some(status)) => return Err(format!("{program} -accel {accel} ended with {status}")),
            Ok(None) if begin.elapsed() < patience => std::thread::sleep(Duration::from_millis(10)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("/dev/kvm is there, but a guest does not run".to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::write_script;

    const LONG: Duration = Duration::from_secs(120);

    #[test]
    fn names_are_those_of_plans() {
        let known = Acceleration::NAMES.map(Acceleration::from_name);
        assert_eq!(known, [Acceleration::Kvm, Acceleration::Tcg, Acceleration::Any].map(Some));
        assert_eq!(Acceleration::from_name("hvf"), None);
    }

    #[test]
    fn the_tiny_guest_ends_a_real_qemu() {
        match try_guest("qemu-system-x86_64", "tcg", LONG) {
            Err(why) if why.contains("No such file") && std::env::var_os("CI").is_none() => {
                eprintln!("skipped: {why}");
            }
            result => assert_eq!(result, Ok(())),
        }
    }

    #[test]
    fn a_machine_whose_guests_stand_still_has_no_kvm() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str, script: &str| write_script(&folder.path().join(name), script);
        let still = try_guest(&program("still", "exec sleep 3600"), "kvm", Duration::from_millis(50));
        assert_eq!(still, Err("/dev/kvm is there, but a guest does not run".to_owned()));
        let refused = program("refused", "exit 1");
        let expected = format!("{refused} -accel kvm ended with exit status: 1");
        assert_eq!(try_guest(&refused, "kvm", LONG), Err(expected));
        assert_eq!(try_guest(&program("done", "exit 33"), "kvm", LONG), Ok(()));
    }
}
