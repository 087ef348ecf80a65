//! A guest of our own: one application as a process, as a container and in virtual machines, made from Debian's kernel
//! packages, busybox, crun and `vana-server`. The same bytes each time, as long as the packages are the same.

mod cpio;
mod image;
mod packages;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use crate::command::{command, run};
use crate::setup::Provision;
use crate::workspace::target;
use cpio::Archive;

const INIT: &str = include_str!("init.sh");
const CONTAINER: &str = include_str!("config.json");
/// Where the server is built to; it is linked with everything it needs.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";
/// The console is seen, a panic ends the machine, and the test of the timer, which fails on an emulated processor that has
/// to wait for its host, is left out.
const COMMAND_LINE: &str = "console=ttyS0 quiet panic=-1 no_timer_check\n";
/// What is written when everything else is there.
const LAST: &str = "linuxkit-cmdline";
/// crun and every package with a library that it needs.
const CRUN: &[&str] = &[
    "crun",
    "libc6",
    "libcap2",
    "libgcrypt20",
    "libgpg-error0",
    "liblz4-1",
    "liblzma5",
    "libseccomp2",
    "libsystemd0",
    "libyajl2",
    "libzstd1",
];

/// A kernel of Debian and the drivers that a guest loads into it, in the order in which they need each other.
struct Kernel {
    package: &'static str,
    file: &'static str,
    modules: &'static [&'static str],
}

/// Small, with nothing but virtio.
const CLOUD: Kernel = Kernel {
    package: "linux-image-cloud-amd64",
    file: "cloud-kernel",
    modules: &[
        "virtio_ring",
        "virtio",
        "virtio_pci_legacy_dev",
        "virtio_pci_modern_dev",
        "virtio_pci",
        "failover",
        "net_failover",
        "virtio_net",
        "virtio_balloon",
    ],
};

/// With the card that QEMU emulates; the cloud kernel has no driver for it.
const GENERIC: Kernel = Kernel {
    package: "linux-image-amd64",
    file: "generic-kernel",
    modules: &[
        "virtio_ring",
        "virtio",
        "virtio_pci_legacy_dev",
        "virtio_pci_modern_dev",
        "virtio_pci",
        "virtio_balloon",
        "e1000",
    ],
};

/// Makes the guest for the tests, once.
pub(crate) fn provide() -> Provision {
    let out = target().join("guest");
    if out.join(LAST).exists() {
        return Provision::Present;
    }
    Provision::tried(make(&[]), &out.display().to_string())
}

/// Makes the guest in `--out DIR`, or in `guest` of the target folder.
pub(crate) fn make(words: &[&str]) -> Result<()> {
    let out = match words {
        [] => target().join("guest"),
        ["--out", folder] => std::path::absolute(folder)?,
        _ => bail!("only --out DIR is known"),
    };
    let parts = out.join("parts");
    std::fs::create_dir_all(&parts).with_context(|| parts.display().to_string())?;
    let server = server(&parts)?;
    copy(&server, &out.join("vana-server"))?;
    image::pack(&server, &out.join("vana-server-image.tar"))?;
    packages::unpack(&parts, &["busybox-static"])?;
    packages::unpack(&parts, CRUN)?;
    for (kernel, card) in [(&CLOUD, "virtio"), (&GENERIC, "e1000")] {
        let package = packages::kernel(kernel.package)?;
        packages::unpack(&parts, &[&package])?;
        let folder = parts.join(&package);
        let image = packages::find(&folder, &|name| name.starts_with("vmlinuz-"));
        copy(&image.context("the kernel's package has no vmlinuz")?, &out.join(kernel.file))?;
        let mut archive = base(&parts)?;
        add_modules(&mut archive, &folder, kernel)?;
        let mut plain = archive;
        plain.program("bin/vana-server", read(&server)?);
        write(&out.join(format!("{card}-initrd.img")), &plain)?;
        let mut archive = base(&parts)?;
        add_modules(&mut archive, &folder, kernel)?;
        add_container(&mut archive, &parts, &server)?;
        write(&out.join(format!("container-{card}-initrd.img")), &archive)?;
    }
    // LinuxKit runs its services as containers, so what has its shape has one too.
    copy(&out.join(CLOUD.file), &out.join("linuxkit-kernel"))?;
    copy(&out.join("container-virtio-initrd.img"), &out.join("linuxkit-initrd.img"))?;
    std::fs::write(out.join(LAST), COMMAND_LINE)?;
    println!("the guest is in {}", out.display());
    Ok(())
}

/// Builds the server; it is linked statically, so that it runs where there is nothing else.
fn server(parts: &Path) -> Result<PathBuf> {
    let folder = parts.join("build");
    let root = crate::workspace::root();
    let flags =
        format!("-C target-feature=+crt-static -C strip=symbols --remap-path-prefix={}=.", root.display());
    let words = ["build", "--release", "--locked", "--package", "vana-server", "--target", TRIPLE];
    run(command("cargo", words).env("RUSTFLAGS", flags).env("CARGO_TARGET_DIR", &folder))?;
    Ok(folder.join(TRIPLE).join("release/vana-server"))
}

/// What every guest has: busybox and the first process.
fn base(parts: &Path) -> Result<Archive> {
    let mut archive = Archive::default();
    archive.console();
    for folder in ["proc", "sys", "run", "tmp", "modules"] {
        archive.folder(folder);
    }
    archive.program("init", INIT.into());
    archive.program("bin/busybox", read(&parts.join("busybox-static/bin/busybox"))?);
    archive.link("bin/sh", "busybox");
    Ok(archive)
}

/// The drivers, numbered, so that they are loaded in order.
fn add_modules(archive: &mut Archive, package: &Path, kernel: &Kernel) -> Result<()> {
    for (number, module) in kernel.modules.iter().enumerate() {
        let file = format!("{module}.ko");
        let path = packages::find(package, &|name| name == file);
        let path = path.with_context(|| format!("{} has no {file}", kernel.package))?;
        archive.file(&format!("modules/{number:02}-{file}"), read(&path)?);
    }
    Ok(())
}

/// crun with the libraries it needs, and a container with the server in it.
fn add_container(archive: &mut Archive, parts: &Path, server: &Path) -> Result<()> {
    let crun = parts.join("crun/usr/bin/crun");
    archive.program("bin/crun", read(&crun)?);
    let folders = CRUN.iter().flat_map(|name| {
        ["lib", "usr/lib"].map(|folder| parts.join(name).join(folder).join("x86_64-linux-gnu"))
    });
    let folders: Vec<PathBuf> = folders.filter(|folder| folder.exists()).collect();
    let loader = parts.join("libc6/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
    archive.program("lib64/ld-linux-x86-64.so.2", read(&loader)?);
    let mut list = command(&loader.to_string_lossy(), ["--list", "--library-path"]);
    let output = list.arg(std::env::join_paths(&folders)?).arg(&crun).output()?;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Some((name, _)) = line.trim().split_once(" => ") else { continue };
        let path = folders.iter().map(|folder| folder.join(name)).find(|path| path.exists());
        let path = path.with_context(|| format!("no package of the list has crun's library {name}"))?;
        archive.program(&format!("lib/x86_64-linux-gnu/{name}"), read(&path)?);
    }
    archive.program("container/rootfs/vana-server", read(server)?);
    for folder in ["dev", "proc"] {
        archive.folder(&format!("container/rootfs/{folder}"));
    }
    archive.file("container/config.json", CONTAINER.into());
    Ok(())
}

/// Writes an archive, compressed without a name or time in it.
fn write(path: &Path, archive: &Archive) -> Result<()> {
    let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
    let mut gzip = command("gzip", ["--no-name", "-9"]);
    let mut child = gzip.stdin(Stdio::piped()).stdout(file).spawn().context("gzip")?;
    child.stdin.take().context("gzip reads nothing")?.write_all(&archive.bytes())?;
    if !child.wait()?.success() {
        bail!("gzip failed at {}", path.display());
    }
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    let _ = std::fs::remove_file(to);
    std::fs::copy(from, to).with_context(|| format!("{} to {}", from.display(), to.display()))?;
    Ok(())
}
