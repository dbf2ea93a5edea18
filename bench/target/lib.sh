# Sourced by the scripts of the targets: one node for the benchmark harness, from the unpacked distribution.
#
# A target sets OPTIONS to what it starts with beyond the settings here, and NAME to the name of its scratch folder.
# BENCH_STATE is the folder for data, logs and the files `pids` and `bootstrap`; BENCH_PORT the port (19192).
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
MILLRACE="$ROOT/dist/target/millrace/bin/millrace"
BENCH_DIR="${BENCH_DIR:-/tmp/bench}"
PORT="${BENCH_PORT:-19192}"

need_build() {
  [ -x "$MILLRACE" ] && return
  echo "no build at $MILLRACE: run mvn -DskipTests package first" >&2
  exit 1
}

# start_single STATE [--keep]: spawns one node on empty data, or with --keep on what is there.
start_single() {
  local state=$1
  need_build
  [ "${2:-}" = --keep ] || rm -rf "$state"
  mkdir -p "$state"
  setsid nohup "$MILLRACE" start --data "$state/data" --listen "127.0.0.1:$PORT" --http 127.0.0.1:0 \
    --set offsets.topic.num.partitions=4 --set auto.create.topics.enable=false \
    --set group.initial.rebalance.delay.ms=0 --set log.segment.delete.delay.ms=1000 "${OPTIONS[@]}" \
    >>"$state/broker.log" 2>&1 </dev/null &
  echo $! >"$state/pids"
  echo "127.0.0.1:$PORT" >"$state/bootstrap"
}

# stop STATE: asks the node recorded in STATE, and no other process, to end; waits; kills what does not.
stop() {
  local state=$1 pid
  [ -e "$state/pids" ] || return 0
  ours() { [ -r "/proc/$1/cmdline" ] && tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "$state/data"; }
  while read -r pid; do
    ours "$pid" && kill "$pid"
    for _ in $(seq 300); do
      ours "$pid" || break
      sleep 0.1
    done
    ours "$pid" && kill -9 "$pid"
  done <"$state/pids"
  rm -f "$state/pids"
}
