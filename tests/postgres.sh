#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own; the server and its files are gone afterwards.
set -euo pipefail

initdb=$(command -v initdb || find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
if [ -z "$initdb" ]; then
    echo "PostgreSQL is missing. Install it, on Debian with: apt-get install postgresql" >&2
    exit 1
fi
programs=$(dirname "$(readlink -f "$initdb")")
folder=$(mktemp -d)
mkdir "$folder/socket"

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
    user=$(id -un postgres 2>/dev/null || echo nobody)
    chown -R "$user" "$folder"
    as=(runuser -u "$user" --)
fi

server=""
stop() {
    if [ -f "$folder/data/postmaster.pid" ]; then
        kill -INT "$(head -n 1 "$folder/data/postmaster.pid")" 2>/dev/null || true
    fi
    if [ -n "$server" ]; then
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$folder"
}
trap stop EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd "$folder"
"${as[@]}" "$programs/initdb" --pgdata="$folder/data" --username=tallystick --auth=trust \
    --encoding=UTF8 --locale=C --no-sync >/dev/null
"${as[@]}" "$programs/postgres" -D "$folder/data" -k "$folder/socket" -p "$port" \
    -c listen_addresses=127.0.0.1 -c max_connections=100 -c fsync=off -c full_page_writes=off >"$folder/log" 2>&1 &
server=$!
cd - >/dev/null

for _ in $(seq 100); do
    "$programs/pg_isready" --quiet --host=127.0.0.1 --port="$port" && break
    if ! kill -0 "$server" 2>/dev/null; then
        cat "$folder/log" >&2
        exit 1
    fi
    sleep 0.1
done
"$programs/postgres" --version
TALLYSTICK_TEST_POSTGRES="postgres://tallystick@127.0.0.1:$port/postgres" "$@"
