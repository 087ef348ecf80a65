#!/bin/sh
# The data set loopback-mariadb: MariaDB with InnoDB and with MyISAM, read-only and read-write, on the loopback interface.
#   loopback-mariadb.sh VANA STUDY [ROWS [SECONDS [REPETITIONS [CLIENTS]]]]
# Each repetition is a block in which engines and workloads come in an order of its own; the server and its data are
# made in a temporary folder and removed. A quiet machine, please: client and server share its processors.
set -eu
vana=$1 study=$2 rows=${3:-500k} seconds=${4:-10s} repetitions=${5:-6} clients=${6:-1,8}
folder=$(mktemp -d)
# A server that begins removes what it takes for left behind in its folder of temporary tables, others' too.
mkdir "$folder/tmp"
mariadb-install-db --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" --user=root --skip-test-db \
    --auth-root-authentication-method=normal > /dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
mariadbd --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" --socket="$folder/socket" \
    --pid-file="$folder/pid" --port="$port" --bind-address=127.0.0.1 --user=root --innodb-buffer-pool-size=512M \
    --key-buffer-size=128M --innodb-flush-log-at-trx-commit=2 2> "$folder/log" &
server=$!
trap 'kill "$server"; wait "$server" || true; rm -rf "$folder"' EXIT
# Not every shell ends by way of EXIT when a signal ends it.
trap 'exit 130' INT TERM
until mariadb --no-defaults --socket="$folder/socket" -uroot -e 'CREATE DATABASE innodb; CREATE DATABASE myisam' \
    2> /dev/null; do
    kill -0 "$server"
    sleep 0.2
done
for engine in innodb myisam; do
    "$vana" load sql "mysql://root@127.0.0.1:$port/$engine" --prepare --rows "$rows" --engine "$engine"
done
block=1
while [ "$block" -le "$repetitions" ]; do
    for cell in $(python3 -c "
import random
cells = [f'{e}/{w}' for e in ('innodb', 'myisam') for w in ('oltp_read_only', 'oltp_read_write')]
random.Random($block).shuffle(cells)
print(*cells)"); do
        engine=${cell%%/*}
        "$vana" load sql "mysql://root@127.0.0.1:$port/$engine" --workload "${cell#*/}" --engine "$engine" \
            --clients "$clients" --duration "$seconds" --seed "$block" --study "$study" --system "mariadb-$engine"
    done
    block=$((block + 1))
done
