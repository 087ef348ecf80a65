use super::*;

/// Files of a made-up machine.
fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    root
}

const UNIFIED: &str = "\
25 1 0:22 / / rw - ext4 /dev/sda rw
31 25 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
";

const HYBRID: &str = "\
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

#[test]
fn a_unified_machine_is_limited_and_read() {
    let top = "sys/fs/cgroup";
    let root = machine(&[
        (&format!("{top}/cgroup.controllers"), "cpuset cpu io memory pids\n"),
        (&format!("{top}/cgroup.subtree_control"), ""),
        (&format!("{top}/cpuset.cpus.effective"), "0-3\n"),
        (&format!("{top}/cpuset.mems.effective"), "0\n"),
        (&format!("{top}/vana-a/cpu.max"), "max 100000\n"),
        (&format!("{top}/vana-a/memory.max"), "max\n"),
        (&format!("{top}/vana-a/memory.swap.max"), "max\n"),
        (&format!("{top}/vana-a/memory.current"), "4096\n"),
        (&format!("{top}/vana-a/memory.peak"), "8192\n"),
        (&format!("{top}/vana-a/memory.events"), "low 0\noom 1\noom_kill 1\n"),
        (&format!("{top}/vana-a/cpu.stat"), "usage_usec 1500\nuser_usec 1000\n"),
        (&format!("{top}/vana-a/cgroup.procs"), "12\n7\n"),
    ]);
    let groups = Layout::of(UNIFIED, root.path()).planned("vana-a", "0::/user.slice\n");
    let folder = root.path().join(top).join("vana-a");
    assert_eq!(groups.folders(), std::slice::from_ref(&folder));
    groups.create(&Limits { cores: vec![1, 3], memory_bytes: Some(1 << 30) }).unwrap();
    let written = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(
        ["cpuset.cpus", "cpuset.mems", "cpu.max", "memory.max", "memory.swap.max"].map(written),
        ["1,3", "0", "200000 100000", "1073741824", "0"],
    );
    assert_eq!((groups.memory_bytes(), groups.memory_peak_bytes()), (Some(4096), Some(8192)));
    assert_eq!(
        (groups.cpu_time_ns(), groups.kills(), groups.version()),
        (Some(1_500_000), Some(1), Some("cgroup v2"))
    );
    assert_eq!(groups.pids(), [7, 12]);
}

#[test]
fn a_hybrid_machine_is_read_where_its_controllers_are() {
    let root = machine(&[
        ("sys/fs/cgroup/unified/cgroup.controllers", "\n"),
        ("sys/fs/cgroup/memory/a/vana-a/memory.usage_in_bytes", "100\n"),
        ("sys/fs/cgroup/memory/a/vana-a/memory.max_usage_in_bytes", "200\n"),
        ("sys/fs/cgroup/memory/a/vana-a/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n"),
        ("sys/fs/cgroup/cpuacct/vana-a/cpuacct.usage", "77\n"),
        ("sys/fs/cgroup/cpu/vana-a/cgroup.procs", ""),
    ]);
    let layout = Layout::of(HYBRID, root.path());
    let top = root.path().join("sys/fs/cgroup");
    let groups = layout.planned("vana-a", "4:memory:/a\n2:cpuacct:/\n1:cpu:/gone\n0::/\n");
    let expected = ["cpu/vana-a", "cpuacct/vana-a", "memory/a/vana-a"].map(|name| top.join(name));
    assert_eq!(groups.folders(), expected);
    assert_eq!((groups.memory_bytes(), groups.memory_peak_bytes()), (Some(100), Some(200)));
    assert_eq!(
        (groups.cpu_time_ns(), groups.kills(), groups.version()),
        (Some(77), Some(2), Some("cgroup v1"))
    );
    groups.create(&Limits { cores: vec![0], memory_bytes: None }).unwrap();
    let quota = std::fs::read_to_string(top.join("cpu/vana-a/cpu.cfs_quota_us")).unwrap();
    assert_eq!(quota, "100000");
}

#[test]
fn without_control_groups_there_is_nothing_to_read() {
    let groups = Layout::of("", Path::new("/")).planned("vana-a", "");
    assert_eq!((groups.folders(), groups.memory_bytes(), groups.version()), (vec![], None, None));
    groups.create(&Limits { cores: vec![0], memory_bytes: Some(1) }).unwrap();
}

#[test]
fn a_group_that_is_gone_is_removed() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("a");
    std::fs::create_dir(&folder).unwrap();
    remove(&folder).unwrap();
    remove(&folder).unwrap();
    assert!(!folder.exists());
}
