# What the scripts beside it have in common; sourced, not run. Sets WORK, PORT and `client`; NODE is the running node.
# The script has set NAME, and may set WRAP (what the node is run with, say strace) and SETTINGS (more of --set).
HERE="$(cd "$(dirname "$0")" && pwd)"
MILLRACE="${MILLRACE:-$HERE/../dist/target/millrace}"
WRAP=() SETTINGS=() NODE=

skip() { echo "$NAME: skipped: $1"; exit 3; }
failed() { echo "$NAME: FAILED: $1"; tail -15 "$WORK/node.log" 2>/dev/null; exit 1; }
step() { echo "$NAME: $1"; }

JAVA="${JAVA_HOME:+$JAVA_HOME/bin/}java"
[ -x "$MILLRACE/bin/millrace" ] || skip "there is no distribution in $MILLRACE: mvn package, or set MILLRACE"
"$JAVA" -version 2>&1 | grep -q '"2[5-9]' || skip "JAVA_HOME must be a JDK 25 for the client"

WORK="$(mktemp -d)"
PORT=$((20000 + RANDOM % 10000))
HTTP=$((30000 + RANDOM % 10000))
mkdir "$WORK/disk" "$WORK/classes"
"$JAVA"c -d "$WORK/classes" -cp "$MILLRACE/lib/*" "$HERE/Workload.java"

cleanup() {
    [ -n "$NODE" ] && kill -9 "$(node_pid)" 2>/dev/null || true
    wait 2>/dev/null || true
    mountpoint -q "$WORK/disk" && umount "$WORK/disk"
    if [ -n "${KEEP:-}" ]; then echo "kept: $WORK"; else rm -rf "$WORK"; fi
}
trap cleanup EXIT

client() {
    local what="$1"; shift
    "$JAVA" -cp "$WORK/classes:$MILLRACE/lib/*" -Xmx256m -Dtinylog.level=off Workload "$what" "127.0.0.1:$PORT" "$@" \
        2>>"$WORK/client.log"
}

# A loop-mounted ext4 of this size at $WORK/disk.
mount_disk() {
    [ "$(id -u)" = 0 ] || skip "it needs root, to mount a file system"
    for tool in losetup mkfs.ext4; do command -v "$tool" >/dev/null || skip "there is no $tool"; done
    truncate -s "$1" "$WORK/image"
    mkfs.ext4 -q -F -m 0 "$WORK/image"
    mount -o loop "$WORK/image" "$WORK/disk" 2>/dev/null || skip "a file system in a file cannot be mounted here"
}

# The JVM: the node itself, or the child of what it was run with.
node_pid() { pgrep -P "$NODE" -f millrace | head -1 | grep . || echo "$NODE"; }

start_node() {
    "${WRAP[@]}" "$MILLRACE/bin/millrace" start --data "$WORK/disk/data" --set "listeners=PLAINTEXT://127.0.0.1:$PORT" \
        --set "http.listen=127.0.0.1:$HTTP" "${SETTINGS[@]}" >>"$WORK/node.log" 2>&1 &
    NODE=$!
    for _ in $(seq 900); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then return; fi
        kill -0 "$NODE" 2>/dev/null || failed "the node ended"
        sleep 0.1
    done
    failed "the node did not become ready"
}

kill_node() { kill -9 "$(node_pid)" 2>/dev/null || true; wait "$NODE" 2>/dev/null || true; NODE=; }
stop_node() { kill "$(node_pid)"; wait "$NODE" 2>/dev/null || true; NODE=; }
is_up() { kill -0 "$(node_pid)" 2>/dev/null; }
metric() { curl -s "http://127.0.0.1:$HTTP/metrics" | grep "^$1" || true; }
