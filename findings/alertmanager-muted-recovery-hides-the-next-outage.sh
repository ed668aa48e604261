#!/bin/bash
# Package: prometheus-alertmanager 0.25.0, Debian 12. Needs apt-get, dpkg and perl; not root.
# Expected: a silence, or an inhibition, keeps quiet what happens while it lasts. When it is over, an alert that fires is notified like any
#   other, after group_wait.
# Happens: an alert that was notified and is resolved while it is silenced or inhibited never gets its "resolved": not at that time and not
#   when the silence ends. Alertmanager still takes it for notified. The next outage with the same labels, which nothing silences, is
#   notified only when repeat_interval since the first notification is over (4 hours by default), and not at all if it is shorter.
# For users: somebody silences "failures on EX01" while they repair it, it recovers, the silence ends, and the next failure reaches
#   nobody. Mailflow's own example inhibits the mail alerts while Mailflow is absent, when they resolve. End a silence before the recovery,
#   or keep repeat_interval short where somebody must be called (docs/monitoring.md).
# Source: measured; github.com/prometheus/alertmanager issue 226 asks for the "resolved".
set -u
version=0.25.0-1+b4
dir=$(mktemp -d); pids=(); trap 'kill "${pids[@]}" 2> /dev/null; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
command -v perl > /dev/null || { echo "perl is missing"; exit 1; }
{ apt-get download "prometheus-alertmanager=$version" || { apt-get update && apt-get download "prometheus-alertmanager=$version"; }; } \
  > /dev/null 2>&1 && dpkg -x ./*.deb . || { echo "prometheus-alertmanager=$version cannot be had"; exit 1; }
cat > webhook.pl <<'P'
use IO::Socket::INET; my $file = shift; $| = 1;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 0, Listen => 9) or die; print $server->sockport, "\n";
while (my $client = $server->accept) {
  my $length = 0; while (my $line = <$client>) { $length = $1 if $line =~ /^content-length: (\d+)/i; last if $line =~ /^\r?\n/ }
  read $client, my $body, $length; print $client "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"; close $client;
  open my $out, ">>", $file; print $out "$2 $1\n" if $body =~ /"status":"(\w+)".*?"way":"(\w+)"/s; close $out }
P
perl webhook.pl heard > hook 2> /dev/null & pids+=($!)
for _ in $(seq 40); do [ -s hook ] && break; sleep 0.1; done
touch heard
cat > config.yml <<C
route: { receiver: hook, group_by: [way], group_wait: 0s, group_interval: 1s, repeat_interval: 1h,
  routes: [{ receiver: none, matchers: [ alertname="Absent" ] }] }
receivers: [{ name: none }, { name: hook, webhook_configs: [{ url: "http://127.0.0.1:$(cat hook)/" }] }]
inhibit_rules: [{ source_matchers: [ alertname="Absent" ], target_matchers: [ way="inhibition" ] }]
C
for _ in 1 2 3; do   # until a port is free
  port=$((20000 + RANDOM % 30000)); url=http://127.0.0.1:$port
  usr/bin/prometheus-alertmanager --config.file=config.yml --storage.path=data --web.listen-address="127.0.0.1:$port" \
    --cluster.listen-address= > log 2>&1 & pids+=($!)
  for _ in $(seq 40); do usr/bin/amtool --alertmanager.url="$url" alert > /dev/null 2>&1 && break 2; sleep 0.25; done
done
tool() { usr/bin/amtool --alertmanager.url="$url" "$@" > tool 2>&1 || { cat tool log; exit 1; }; }
hear() { for _ in $(seq 40); do [ "$(grep -c "$1 $2" heard)" -ge "$3" ] && return; sleep 0.25; done; }   # way, state, times; at most ten seconds
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
ways="none silence inhibition"
for way in $ways; do tool alert add Failures way=$way; done
for way in $ways; do hear $way firing 1; done
tool silence add way=silence --duration=1h --comment=repair --author=admin; silence=$(cat tool)
tool alert add Absent; sleep 1
for way in $ways; do tool alert add Failures way=$way --end="$(now)"; done
hear none resolved 1; sleep 3
tool silence expire "$silence"; tool alert add Absent --end="$(now)"; sleep 3
for way in $ways; do tool alert add Failures way=$way; done
hear none firing 2; sleep 5
for way in $ways; do echo "muted by $way: notified $(awk -v way=$way '$1 == way { printf "%s%s", s, $2; s = ", " }' heard)"; done > out.txt
echo "active in the end, silenced or inhibited: $(usr/bin/amtool --alertmanager.url="$url" alert query --active Failures | grep -c Failures), $(
  usr/bin/amtool --alertmanager.url="$url" alert query --silenced --inhibited Failures | grep -c Failures)" >> out.txt
cat out.txt
cat > expected.txt <<'P'
muted by none: notified firing, resolved, firing
muted by silence: notified firing
muted by inhibition: notified firing
active in the end, silenced or inhibited: 3, 0
P
diff out.txt expected.txt
