#!/bin/sh
# Three presses report ten times a second in total. Usage: sensors.sh [host] [port] [readings per press]
host=${1:-localhost}
port=${2:-1883}
readings=${3:-600}

press() {
  n=0
  while [ "$n" -lt "$readings" ]; do
    n=$((n + 1))
    printf '{"temperature": %d.%d, "cycle_ms": %d, "ok": %s}\n' \
      $((60 + $1 * 2 + n % 7)) $((n % 10)) $((900 + (n * 37) % 200)) "$([ $((n % 50)) -eq 0 ] && echo false || echo true)"
    sleep 0.3
  done | mosquitto_pub -h "$host" -p "$port" -q 1 -t "line/$1/press" -l
}

press 1 &
press 2 &
press 3 &
wait
