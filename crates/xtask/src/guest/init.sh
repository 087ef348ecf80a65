#!/bin/busybox sh
# The first process of the guest: mounts, loads drivers, configures the network, and starts the server, or the
# container that has it. Words of the kernel's command line change addresses:
#   vana.address=10.0.2.15/24 vana.gateway=10.0.2.2 vana.port=8080 vana.bytes=13
/bin/busybox mkdir -p /proc /sys /dev /run /tmp
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t tmpfs tmpfs /run
for module in /modules/*.ko; do
    /bin/busybox insmod "$module"
done

address=10.0.2.15/24
gateway=10.0.2.2
port=8080
bytes=13
for word in $(/bin/busybox cat /proc/cmdline); do
    case "$word" in
        vana.address=*) address=${word#*=} ;;
        vana.gateway=*) gateway=${word#*=} ;;
        vana.port=*) port=${word#*=} ;;
        vana.bytes=*) bytes=${word#*=} ;;
    esac
done
/bin/busybox ip link set lo up
card=
for try in 0 1 2 3 4 5 6 7 8 9; do
    for path in /sys/class/net/*; do
        [ "${path##*/}" = lo ] || card=${path##*/}
    done
    [ -n "$card" ] && break
    /bin/busybox usleep 50000
done
[ -n "$card" ] || echo "vana: there is no network card that this guest has a driver for"
/bin/busybox ip link set "$card" up
/bin/busybox ip address add "$address" dev "$card"
/bin/busybox ip route add default via "$gateway"
echo "vana: $card has $address"

if [ -e /container/config.json ]; then
    /bin/busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
    /bin/busybox sed -i "s/@PORT@/$port/; s/@BYTES@/$bytes/" /container/config.json
    cd /container && /bin/crun run --no-pivot server
else
    /bin/vana-server "0.0.0.0:$port" "$bytes"
fi
echo "vana: the server has ended"
/bin/busybox poweroff -f
