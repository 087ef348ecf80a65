//! Every launcher's command line as a whole, against its contract.

use toml::Table;

use super::system;
use crate::{Acceleration, Limits, Place};

/// One core and 1 GiB under the name `a` in `/v`, translated.
fn place() -> Place {
    Place {
        name: "a".to_owned(),
        limits: Limits { cores: vec![1], memory_bytes: Some(1 << 30) },
        acceleration: Acceleration::Tcg,
        folder: "/v".into(),
        relay: "vana".into(),
    }
}

/// The command lines, with the words that are made of folder and name put back: `TAP` and `MAC`.
fn lines(kind: &str, settings: &Table) -> Vec<String> {
    let place = place();
    let recipe = system(kind).unwrap().recipe(settings, &place).unwrap();
    let plain = |line: String| line.replace(&place.label(), "TAP").replace(&place.mac(), "MAC");
    recipe.command_lines().into_iter().map(plain).collect()
}

/// The last of them, which starts the system.
fn line(kind: &str, settings: &Table) -> String {
    lines(kind, settings).pop().unwrap()
}

const INSIDE: &str = "nsenter --net=/run/netns/TAP ";

#[test]
fn names_are_short_enough_for_devices() {
    assert_eq!(
        (place().label(), place().mac()),
        ("vana-c80642d6".to_owned(), "52:54:00:06:42:d6".to_owned())
    );
}

#[test]
fn qemu_with_a_kernel_and_a_forwarded_port() {
    let settings = toml::toml! {
        kernel = "k" initrd = "i" append = "console=ttyS0 a,b" address = "127.0.0.1:9000" port = 8080 nic = "e1000"
    };
    let expected = "qemu-system-x86_64 -accel tcg -smp 1 -m 1024 -display none -nodefaults -no-reboot -serial \
                    file:/v/a.serial -qmp unix:/v/a.qmp,server=on,wait=off -pidfile /v/a.pid -kernel k -initrd i \
                    -append 'console=ttyS0 a,b' -netdev \
                    user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:9000-:8080 -device e1000,netdev=n0,mac=MAC";
    assert_eq!(lines("qemu", &settings), [expected]);
}

#[test]
fn qemu_with_a_disk_at_a_tap() {
    let settings = toml::toml! {
        disk = "d.img" network = "tap" address = "10.0.0.2:80" guest_memory = true machine = "q35" cpu = "max"
        options = ["-s"]
    };
    let expected = [
        "ip netns add TAP",
        "ip -n TAP link set lo up",
        "ip -n TAP tuntap add TAP mode tap",
        "ip -n TAP address add 10.0.0.1/24 dev TAP",
        "ip -n TAP link set TAP up",
        "ip -n TAP neighbour replace 10.0.0.2 lladdr MAC nud permanent dev TAP",
        "nsenter --net=/run/netns/TAP qemu-system-x86_64 -accel tcg -smp 1 -m 1024 -M q35 -cpu max -display none \
         -nodefaults -no-reboot -serial file:/v/a.serial -qmp unix:/v/a.qmp,server=on,wait=off -pidfile /v/a.pid \
         -drive file=d.img,if=none,id=hd0,snapshot=on -device virtio-blk-pci,drive=hd0,bootindex=0 -netdev \
         tap,id=n0,ifname=TAP,script=no,downscript=no -device virtio-net-pci,netdev=n0,mac=MAC -device \
         virtio-balloon-pci,id=bal0,guest-stats-polling-interval=1 -s",
    ];
    assert_eq!(lines("qemu", &settings), expected);
}

#[test]
fn linuxkit_images_through_qemu() {
    let settings = toml::toml! { image = "/i/n" nic = "e1000" address = "127.0.0.1:9000" port = 80 };
    let expected = "qemu-system-x86_64 -smp 1 -m 1024 -pidfile /v/a.pid -machine q35,accel=tcg -object \
                    rng-random,id=rng0,filename=/dev/urandom -device virtio-rng-pci,rng=rng0 -kernel /i/n-kernel \
                    -initrd /i/n-initrd.img -append '$(cat /i/n-cmdline)' -device e1000,netdev=t0,mac=MAC -netdev \
                    user,id=t0,hostfwd=tcp:127.0.0.1:9000-:80 -nographic -qmp unix:/v/a.qmp,server=on,wait=off";
    assert_eq!(lines("linuxkit", &settings), [expected]);
}

#[test]
fn linuxkit_images_through_linuxkit() {
    let user = toml::toml! { image = "n" launcher = "linuxkit" address = "127.0.0.1:9000" port = 80 };
    let start = "linuxkit run qemu -cpus 1 -mem 1024 --accel tcg --networking";
    let end = "--state /v/a.linuxkit --kernel n";
    assert_eq!(line("linuxkit", &user), format!("{start} user --publish 9000:80/tcp {end}"));
    let tap = toml::toml! { image = "n" launcher = "linuxkit" network = "tap" address = "10.0.0.2:80" };
    assert_eq!(line("linuxkit", &tap), format!("{INSIDE}{start} tap,TAP {end}"));
}

#[test]
fn osv_through_its_script() {
    let settings =
        toml::toml! { launcher = "run.py" image = "u.img" command = "/srv 80" address = "127.0.0.1:9000" };
    let start = "scripts/run.py -i u.img -m 1024M -c 1 -p qemu";
    let expected = format!("{start} --forward tcp::9000-:9000 -e '/srv 80' --mac MAC --novnc --nogdb");
    assert_eq!(line("osv", &settings), expected);
    let settings = toml::toml! {
        launcher = "run.py" image = "u.img" loader = "l.elf" network = "tap" address = "10.0.0.2:80"
    };
    let network = "-n -t TAP --ip eth0,10.0.0.2,255.255.255.0";
    let expected = format!("{INSIDE}{start} {network} --mac MAC --novnc --nogdb -k --kernel-path l.elf");
    assert_eq!(line("osv", &settings), expected);
}

#[test]
fn osv_through_qemu() {
    let settings = toml::toml! {
        image = "usr.img" loader = "loader.elf" rootfs = "rofs" command = "/srv 8080" address = "10.0.0.2:8080"
        network = "tap"
    };
    let expected = "qemu-system-x86_64 -m 1024 -smp 1 --nographic -kernel loader.elf -append \
                    '--ip=eth0,10.0.0.2,255.255.255.0 --defaultgw=10.0.0.1 --rootfs=rofs /srv 8080' -device \
                    virtio-blk-pci,id=blk0,drive=hd0,scsi=off,bootindex=0 -drive \
                    file=usr.img,if=none,id=hd0,cache=none,aio=native -netdev \
                    tap,id=un0,ifname=TAP,script=no,downscript=no -device virtio-net-pci,netdev=un0,mac=MAC -device \
                    virtio-rng-pci -chardev stdio,mux=on,id=stdio,signal=off -mon chardev=stdio,mode=readline \
                    -device isa-serial,chardev=stdio";
    assert_eq!(line("osv", &settings), format!("{INSIDE}{expected}"));
    let settings = toml::toml! { image = "usr.img" address = "127.0.0.1:9000" port = 80 };
    let netdev =
        "-netdev user,id=un0,net=192.168.122.0/24,host=192.168.122.1,hostfwd=tcp:127.0.0.1:9000-:80 -device";
    assert!(line("osv", &settings).contains(netdev));
}

#[test]
fn osv_through_capstan() {
    let settings = toml::toml! { launcher = "capstan" image = "srv" address = "127.0.0.1:9000" port = 80 };
    let expected = "capstan run -i srv -p qemu -m 1024M -c 1 -n nat -f 9000:80 --mac MAC TAP";
    assert_eq!(lines("osv", &settings), [expected]);
}

#[test]
fn rumprun_through_its_script() {
    let settings = toml::toml! {
        image = "srv.bin" address = "10.0.0.2:80" arguments = ["-p", "80"] blocks = ["data.img,/data"]
        environment = { LANG = "C" }
    };
    let made = lines("rumprun", &settings);
    // The script makes up a MAC, so nothing is said of neighbours.
    assert_eq!(made.len(), 6);
    let expected = "rumprun qemu -i -M 1024 -N TAP -e LANG=C -b data.img,/data -I \
                    'net0,vioif,-net tap,script=no,ifname=TAP' -W net0,inet,static,10.0.0.2/24,10.0.0.1 -- srv.bin -p \
                    80";
    assert_eq!(made[5], format!("{INSIDE}{expected}"));
    let settings = toml::toml! { image = "srv.bin" network = "user" address = "127.0.0.1:9000" port = 80 };
    let expected = "rumprun qemu -i -M 1024 -N TAP -I 'net0,vioif,-net user,hostfwd=tcp:127.0.0.1:9000-:80' -W \
                    net0,inet,dhcp -- srv.bin";
    assert_eq!(lines("rumprun", &settings), [expected]);
}

#[test]
fn includeos_through_qemu() {
    let start = format!("{INSIDE}qemu-system-x86_64");
    let end = "netdev=net0,mac=MAC -netdev tap,id=net0,ifname=TAP,script=no,downscript=no -m 1024 -nographic";
    let settings = toml::toml! { image = "srv" chainloader = "c" arguments = "x y" address = "10.0.0.42:80" };
    let expected = format!("{start} -kernel c -append 'x y' -initrd 'srv x y' -device virtio-net,{end}");
    assert_eq!(line("includeos", &settings), expected);
    let settings = toml::toml! { image = "srv" nic = "vmxnet3" address = "10.0.0.42:80" };
    assert_eq!(line("includeos", &settings), format!("{start} -kernel srv -append '' -device vmxnet3,{end}"));
    let settings = toml::toml! { image = "srv.img" disk = true nic = "e1000" address = "10.0.0.42:80" };
    let drive = "-drive file=srv.img,format=raw,if=ide,media=disk";
    assert_eq!(line("includeos", &settings), format!("{start} {drive} -device e1000,{end}"));
}

#[test]
fn includeos_through_boot() {
    let settings = toml::toml! { launcher = "boot" image = "srv" arguments = "x y" address = "10.0.0.42:80" };
    assert_eq!(lines("includeos", &settings), ["boot -j /v/a.vm.json --create-bridge srv x y"]);
}

#[test]
fn solo5_under_each_tender() {
    let of = |tender: &str| {
        let mut settings = toml::toml! { image = "srv" net = "service" address = "10.0.0.2:8080" };
        settings.insert("tender".to_owned(), tender.into());
        settings.insert("blocks".to_owned(), Table::from_iter([("data".to_owned(), "d.img".into())]).into());
        line("solo5", &settings)
    };
    let tended = "--mem=1024 --net:service=TAP --net-mac:service=MAC --block:data=d.img -- srv --ipv4=10.0.0.2/24 \
                  --ipv4-gateway=10.0.0.1";
    assert_eq!(of("spt"), format!("{INSIDE}solo5-spt {tended}"));
    assert_eq!(of("hvt"), format!("{INSIDE}solo5-hvt {tended}"));
    let old = "ukvm-bin --net=TAP --disk=d.img srv --ipv4=10.0.0.2/24 --ipv4-gateway=10.0.0.1";
    assert_eq!(of("ukvm"), format!("{INSIDE}{old}"));
    let virtio = "qemu-system-x86_64 -cpu Westmere -m 1024 -nodefaults -machine acpi=off -display none -serial stdio \
                  -netdev tap,id=n0,ifname=TAP,script=no,downscript=no -device virtio-net,netdev=n0,mac=MAC -drive \
                  file=d.img,if=virtio,format=raw,id=b0 -device isa-debug-exit -kernel srv -append \
                  '--ipv4=10.0.0.2/24 --ipv4-gateway=10.0.0.1'";
    assert_eq!(of("virtio"), format!("{INSIDE}{virtio}"));
}

#[test]
fn unikraft_is_told_its_address_as_its_release_wants() {
    let line = |parameters: &str| {
        let mut settings =
            toml::toml! { kernel = "k" arguments = "-p 80" address = "10.0.0.2:80" share = "/www" };
        settings.insert("parameters".to_owned(), parameters.into());
        line("unikraft", &settings)
    };
    let of = |append: &str| {
        format!(
            "{INSIDE}qemu-system-x86_64 -accel tcg -smp 1 -m 1024 -cpu max -display none -nodefaults -no-reboot \
             -serial file:/v/a.serial -qmp unix:/v/a.qmp,server=on,wait=off -pidfile /v/a.pid -kernel k -append \
             '{append}-- -p 80' -netdev tap,id=n0,ifname=TAP,script=no,downscript=no -device \
             virtio-net-pci,netdev=n0,mac=MAC -fsdev local,id=fs0,path=/www,security_model=none,readonly=on -device \
             virtio-9p-pci,fsdev=fs0,mount_tag=fs0"
        )
    };
    assert_eq!(line("netdev.ip"), of("netdev.ip=10.0.0.2/24:10.0.0.1 "));
    let old = "netdev.ipv4_addr=10.0.0.2 netdev.ipv4_gw_addr=10.0.0.1 netdev.ipv4_subnet_mask=255.255.255.0 ";
    assert_eq!(line("netdev.ipv4_addr"), of(old));
    assert_eq!(line("none"), of(""));
}

#[test]
fn an_image_that_is_missing_is_a_problem_and_no_error() {
    let settings = toml::toml! { image = "/nonexistent/n" address = "127.0.0.1:9000" };
    let recipe = system("linuxkit").unwrap().recipe(&settings, &place()).unwrap();
    let said: Vec<_> = recipe.problems.iter().chain(&recipe.problems()).map(ToString::to_string).collect();
    let files = ["kernel", "initrd.img", "cmdline"];
    let expected =
        files.map(|name| format!("image: /nonexistent/n-{name}: No such file or directory (os error 2)"));
    let images: Vec<_> = said.into_iter().filter(|text| text.starts_with("image")).collect();
    assert_eq!(images, expected);
}
