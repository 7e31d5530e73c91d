#!/bin/sh
# A worker: takes jobs from the Redis list `jobs`, half a second of work each.
# Told to stop, it finishes the job in its hands. The set `workers` has those that are at work.
redis() { redis-cli -h 127.0.0.1 -p 16379 --raw "$@"; }

stopping=
trap 'stopping=yes' TERM INT
redis SADD workers $$ >/dev/null
while [ -z "$stopping" ]; do
  job=$(redis BLPOP jobs 1) || sleep 1
  [ -z "$job" ] || { sleep 0.5; redis INCR done >/dev/null; }
done
redis SREM workers $$ >/dev/null
