#!/usr/bin/env bash
# Shows Trimtab scale real workers, and cleans up behind itself.
#
#   ./start.sh               by the length of a Redis list
#   ./start.sh prometheus    by a query to Prometheus
#
# Ends with 0 if the workers became more than one, did all the jobs, and became one again.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")"

kind=${1:-redis}
jobs=100
deadline=120 # seconds
config=trimtab-$kind.toml
trimtab=${TRIMTAB:-../../target/debug/trimtab}

say() { printf '%s\n' "$*"; }
fail() { say "start.sh: $*" >&2; exit 1; }

[ -f "$config" ] || fail "no $config; say redis or prometheus"
[ ! -e state ] || fail "there is a folder state/ of an earlier run; look at it and remove it"
for program in redis-server redis-cli $([ "$kind" = prometheus ] && echo prometheus); do
  command -v "$program" >/dev/null || fail "$program is missing; ../../tests/install-lab installs it"
done
[ -x "$trimtab" ] || (cd ../.. && cargo build)

scratch=$(mktemp -d)
children=()
# stop PID: asks it to end, and ends it if it has not after ten seconds.
stop() {
  local tries=100
  kill "$1" 2>/dev/null
  while kill -0 "$1" 2>/dev/null; do
    [ $((tries--)) -gt 0 ] || kill -KILL "$1" 2>/dev/null
    sleep 0.1
  done
}
# Trimtab goes first. Workers outlive it, so that its restart harms nobody: they are told to go, and then the rest goes.
clean_up() {
  set +e
  local at worker
  for ((at = ${#children[@]} - 1; at > 0; at--)); do stop "${children[at]}"; done
  for worker in $(redis SMEMBERS workers 2>/dev/null); do stop "$worker"; done
  [ ${#children[@]} -eq 0 ] || stop "${children[0]}"
  rm -rf "$scratch" state
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# start LOG PROGRAM ARGUMENTS...
start() {
  "${@:2}" >"$scratch/$1.log" 2>&1 &
  children+=($!)
}

redis() { redis-cli -h 127.0.0.1 -p 16379 --raw "$@"; }
answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

give_up() { tail -n 20 "$scratch"/*.log >&2; fail "$*"; }
# until_true WHAT COMMAND...: looks until it is so.
until_true() {
  local what=$1 child
  shift
  until "$@"; do
    for child in "${children[@]}"; do
      kill -0 "$child" 2>/dev/null || give_up "a program that it needs has ended, before this: $what"
    done
    [ $SECONDS -lt $deadline ] || give_up "waited $deadline s, and not yet: $what"
    sleep 0.2
  done
}

for port in 16379 19180 19121 19090; do
  ! answers $port || fail "port $port is in use, and this example wants it"
done

start redis redis-server --bind 127.0.0.1 --port 16379 --save '' --dir "$scratch"
until_true "Redis answers" answers 16379
if [ "$kind" = prometheus ]; then
  start exporter ./queue-exporter
  start prometheus prometheus --config.file=prometheus.yml --storage.tsdb.path="$scratch/tsdb" \
    --web.listen-address=127.0.0.1:19090 --log.level=warn
  until_true "Prometheus answers" answers 19090
fi
start trimtab "$trimtab" serve --config "$config"

workers() { redis SCARD workers; }
has_first_worker() { [ "$(workers)" -eq 1 ]; }
until_true "the first worker is there" has_first_worker

say "one worker, and now $jobs jobs"
redis RPUSH jobs $(seq $jobs) >/dev/null
most=1
is_over() {
  local now
  now=$(workers)
  if [ "$now" -gt "$most" ]; then most=$now; fi
  if [ "$now" -ne "${shown:-0}" ]; then
    shown=$now
    say "$SECONDS s: $(redis LLEN jobs) jobs wait, $now workers"
  fi
  [ "$(redis GET done)" = "$jobs" ] && [ "$now" -eq 1 ]
}
until_true "all jobs are done and one worker is left" is_over
[ "$most" -gt 1 ] || fail "the jobs are done, and it was always one worker: see $config"

say
"$trimtab" explain worker --config "$config"
say
say "done: $jobs jobs, at most $most workers, one again"
