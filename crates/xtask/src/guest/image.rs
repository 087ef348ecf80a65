//! The server as an image for `docker load`: one layer with one file, as `FROM scratch` makes it.

use std::path::Path;

use anyhow::{Context, Result};

use crate::command::{answer, command, run};

/// What the image is called.
const NAME: &str = "vana-server:latest";

/// Packs `server` into `out`.
pub(super) fn pack(server: &Path, out: &Path) -> Result<()> {
    let folder = out.with_extension("parts");
    let root = folder.join("root");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&root).with_context(|| root.display().to_string())?;
    std::fs::copy(server, root.join("vana-server"))?;
    tar(&folder.join("layer.tar"), &root, &["vana-server"])?;
    let layer = digest(&folder.join("layer.tar"))?;
    let config = format!(
        r#"{{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z","config":{{"Entrypoint":["/vana-server"],"Cmd":["0.0.0.0:8080","13"],"ExposedPorts":{{"8080/tcp":{{}}}}}},"rootfs":{{"type":"layers","diff_ids":["sha256:{layer}"]}},"history":[{{"created":"1970-01-01T00:00:00Z"}}]}}"#
    );
    std::fs::write(folder.join("config.json"), config)?;
    let manifest = format!(r#"[{{"Config":"config.json","RepoTags":["{NAME}"],"Layers":["layer.tar"]}}]"#);
    std::fs::write(folder.join("manifest.json"), manifest)?;
    tar(out, &folder, &["manifest.json", "config.json", "layer.tar"])?;
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// Packs files of a folder, with nothing in the archive that differs from one machine to the next.
fn tar(out: &Path, folder: &Path, names: &[&str]) -> Result<()> {
    let fixed = ["--format=ustar", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=0755"];
    run(command("tar", fixed)
        .arg("--create")
        .arg("--file")
        .arg(out)
        .arg("--directory")
        .arg(folder)
        .args(names))
}

fn digest(path: &Path) -> Result<String> {
    let line = answer("sha256sum", &[&path.to_string_lossy()]).context("sha256sum is not there")?;
    Ok(line.chars().take_while(char::is_ascii_hexdigit).collect())
}
