//! Virtual machines of the guest that `cargo run -p xtask -- guest` makes.

mod support;

use std::path::PathBuf;
use std::time::Duration;

use support::{Desk, answers, free_address, guest, is_root, made, processes_with, ready, skip};
use toml::Table;
use vana_types::ResourceSource;

const APPEND: &str = "console=ttyS0 quiet panic=-1 no_timer_check";

fn settings(pairs: &[(&str, &str)]) -> Table {
    let text = |value: &str| toml::Value::String(value.to_owned());
    let mut settings: Table = pairs.iter().map(|(key, value)| ((*key).to_owned(), text(value))).collect();
    settings.insert("port".to_owned(), toml::Value::Integer(8080));
    settings
}

/// Starts it, reads it, stops it; how long it took to connect and to answer, and what the guest says it uses.
fn boot(kind: &str, settings: &Table) -> (Option<Duration>, Duration, Option<f64>) {
    let desk = Desk::new();
    let recipe = desk.recipe(kind, settings);
    let mut started = recipe.start().unwrap_or_else(|error| panic!("{error}"));
    let address = started.address().to_owned();
    let times = ready(&mut started);
    let attributes = started.attributes();
    assert_eq!(attributes["accel"], "tcg");
    assert!(attributes["image_bytes"].parse::<u64>().unwrap() > 1_000_000);
    let mut sampler = started.sampler();
    let tells = settings.contains_key("guest_memory");
    let mut guest = None;
    support::await_that("the guest does not tell what it uses", || {
        let readings = sampler.sample(0);
        guest =
            readings.iter().find(|sample| sample.source == ResourceSource::Guest).map(|sample| sample.value);
        let outside = readings.iter().find(|sample| sample.source == ResourceSource::System).unwrap();
        assert!(outside.value > 0.0);
        guest.is_some() == tells
    });
    started.stop().unwrap();
    assert_eq!(processes_with(&desk.path().display().to_string()), [0; 0]);
    // The address of a tap is another's outside its network.
    assert!(settings.contains_key("network") || !answers(&address));
    (times.first_connect, times.first_answer, guest)
}

#[test]
fn a_machine_with_virtio_answers() {
    let (Some(kernel), Some(initrd)) = (guest("cloud-kernel"), guest("virtio-initrd.img")) else { return };
    let address = free_address();
    let pairs = [("kernel", &kernel[..]), ("initrd", &initrd), ("append", APPEND), ("address", &address)];
    // Behind a forwarder the first connection says nothing of the guest.
    assert_eq!(boot("qemu", &settings(&pairs)).0, None);
}

#[test]
fn a_machine_with_e1000_answers() {
    let (Some(kernel), Some(initrd)) = (guest("generic-kernel"), guest("e1000-initrd.img")) else { return };
    let address = free_address();
    let pairs = [
        ("kernel", &kernel[..]),
        ("initrd", &initrd),
        ("append", APPEND),
        ("address", &address),
        ("nic", "e1000"),
    ];
    assert_eq!(boot("qemu", &settings(&pairs)).0, None);
}

#[test]
fn a_linuxkit_image_answers() {
    let Some(kernel) = guest("linuxkit-kernel") else { return };
    let address = free_address();
    let image = kernel.trim_end_matches("-kernel");
    assert_eq!(boot("linuxkit", &settings(&[("image", image), ("address", &address)])).0, None);
}

#[test]
fn a_machine_at_a_tap_has_an_address_of_its_own() {
    let (Some(kernel), Some(initrd)) = (guest("cloud-kernel"), guest("virtio-initrd.img")) else { return };
    if !is_root() {
        return skip("a network of its own takes root");
    }
    let pairs = [
        ("kernel", &kernel[..]),
        ("initrd", &initrd),
        ("append", APPEND),
        ("network", "tap"),
        ("gateway", "10.0.2.2/24"),
        ("address", "10.0.2.15:8080"),
    ];
    let mut settings = settings(&pairs);
    settings.insert("guest_memory".to_owned(), true.into());
    let (first_connect, first_answer, guest) = boot("qemu", &settings);
    assert!(first_connect.unwrap() <= first_answer);
    // A kernel takes some megabytes, and not all that the machine has.
    assert!((5e6..9e8).contains(&guest.unwrap()), "{guest:?}");
    let taps: Vec<_> = made().into_iter().filter(|path| path.starts_with("/run/netns")).collect();
    assert_eq!(taps, Vec::<PathBuf>::new());
}
