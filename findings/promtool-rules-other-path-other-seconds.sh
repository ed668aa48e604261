#!/bin/bash
# Package: prometheus (server and promtool) 2.42.0, Debian 12.
# Expected: `promtool tsdb create-blocks-from rules` over the same time, data and rule file writes the same samples, whichever way the path is written;
#   a second run then repeats the first.
# Happens: the seconds of the samples depend on the text of the path. The offset of a group within its interval is a hash of "path;group", as in the
#   server, and promtool
#   takes the path as it was typed: an absolute and a relative path of one file give two sets of samples, one between the other. After both, a series has
#   two samples in each interval, at other seconds than those of the server, unless the path was the one in rule_files.
# Source: measured; the hash is Group.hash() of Prometheus' rules/manager.go, https://github.com/prometheus/prometheus/blob/v2.42.0/rules/manager.go.
set -u
# First the pinned Debian package is unpacked in a temporary folder, and the rest runs with the programs in it.
if [ -z "${PINNED:-}" ]; then
  pinned=$(mktemp -d); trap 'rm -rf "$pinned"' EXIT
  (cd "$pinned" && { apt-get download prometheus=2.42.0+ds-5+deb12u1 || { apt-get update && apt-get download prometheus=2.42.0+ds-5+deb12u1; }; } && for d in ./*.deb; do dpkg -x "$d" . || exit 1; done) > /dev/null 2>&1 || { echo "prometheus=2.42.0+ds-5+deb12u1 cannot be had"; exit 1; }
  PINNED=1 PATH=$pinned/usr/bin:$pinned/usr/sbin:$PATH bash "$0"; exit $?
fi
version=$(promtool --version 2>&1 | head -1); echo "$version"
case $version in *"version 2.42.0"*) ;; *) echo "another version than 2.42.0"; exit 1 ;; esac
dir=$(mktemp -d); server=; trap '[ -z "$server" ] || { kill "$server"; wait "$server"; } 2> /dev/null; rm -rf "$dir"' EXIT; cd "$dir" || exit 1

# An hour of a gauge, a sample a minute, and a rule that copies it. The names of folder and file are fixed: the hash takes them.
for ((t = 1764320400; t <= 1764324000; t += 60)); do echo "x 1 $t"; done | { echo '# TYPE x gauge'; cat; echo '# EOF'; } > x.om
promtool tsdb create-blocks-from openmetrics -q x.om data || exit 1
printf 'groups:\n- name: copy\n  interval: 1m\n  rules:\n  - record: y\n    expr: x\n' > rules.yml
echo 'global: {}' > prometheus.yml
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
prometheus --config.file=prometheus.yml --storage.tsdb.path=data --storage.tsdb.retention.time=99y --web.listen-address=127.0.0.1:"$port" > server.log 2>&1 &
server=$!
for ((i = 0; i < 100; i++)); do (exec 3<> /dev/tcp/127.0.0.1/"$port") 2> /dev/null && grep -q 'ready to receive' server.log && break; sleep 0.1; done
seconds() { # PATH OF THE RULES: the second of the minute at which its samples stand
  rm -rf out; promtool tsdb create-blocks-from rules --start 1764320400 --end 1764324000 --url "http://127.0.0.1:$port" --output-dir out "$1" > promtool.log 2>&1 || return 1
  mkdir -p out/wal; promtool tsdb dump out | awk '{ print int($3 / 1000) % 60 }' | sort -un | tr '\n' ' '
}
relative=$(seconds rules.yml) && dotted=$(seconds ./rules.yml) && again=$(seconds rules.yml) || { cat promtool.log; exit 1; }
echo "rules.yml   -> samples at second $relative of each minute"
echo "./rules.yml -> samples at second $dotted of each minute"
echo "rules.yml   -> samples at second $again of each minute"
[ -n "$relative" ] && [ "$relative" = "$again" ] && [ "$relative" != "$dotted" ]
