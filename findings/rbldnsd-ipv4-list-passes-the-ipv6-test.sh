#!/bin/bash
# Package: rbldnsd 1.0~20210120, Debian 12 (the server of many DNS blocklists). Needs apt-get, dpkg and perl; not root.
# Expected: RFC 5782 has a test entry for each kind of list: 127.0.0.2 for IPv4, ::FFFF:7F00:2 for IPv6. A zone whose data is an ip4set
#   holds no IPv6, so it answers "no such name" for ::FFFF:7F00:2, and a check learns that the list says nothing of IPv6 addresses.
# Happens: rbldnsd takes the IPv4 address out of IPv6 names of two forms, ::FFFF:a.b.c.d and 2002:AABB:CCDD::/48 (6to4), and looks it up
#   in the IPv4 data (ip4set and ip4trie). ::FFFF:7F00:2 is 127.0.0.2 in the first form. So a list of IPv4 alone passes the IPv6 test both
#   ways, and every real IPv6 address is "not listed". A list of IPv6 passes it in the same way.
# For users: "it passes its test, and our address is not on it" means nothing for IPv6. Only the list's documentation says whether it
#   holds IPv6. Mailflow has that in its table of lists, and asks one that the table does not have about IPv4 alone.
# Source: measured; RFC 5782 sections 2.4 and 5.
set -u
version=1.0~20210120-2
dir=$(mktemp -d); pid=; trap '[ -z "$pid" ] || kill "$pid" 2> /dev/null; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
command -v perl > /dev/null || { echo "perl is missing"; exit 1; }
{ apt-get download "rbldnsd=$version" || { apt-get update && apt-get download "rbldnsd=$version"; }; } > /dev/null 2>&1 && dpkg -x ./*.deb . \
  || { echo "rbldnsd=$version cannot be had"; exit 1; }
printf '$SOA 3600 ns.list.test admin.list.test 0 600 300 86400 300\n:127.0.0.2:$ is listed\n127.0.0.2\n192.0.2.0/24\n' > v4
printf '$SOA 3600 ns.list.test admin.list.test 0 600 300 86400 300\n:127.0.0.2:$ is listed\n::ffff:7f00:2\n2001:db8:1::/48\n' > v6
cat > ask.pl <<'P'
use strict; use IO::Socket::INET; use Socket qw(AF_INET6 inet_pton);
my $port = shift;
sub ask {
  my ($name, $type) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port, Proto => "udp") or die;
  $socket->send(pack("n6", 7, 0, 1, 0, 0, 0) . join("", map { pack("C/a", $_) } split /\./, $name) . pack("Cnn", 0, $type, 1));
  my $ready = ""; vec($ready, fileno($socket), 1) = 1;
  return unless select($ready, undef, undef, 2) && defined $socket->recv(my $answer, 512);
  my ($flags, $count) = (unpack "n6", $answer)[1, 3];
  return (qw(NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED))[$flags & 15] unless $count;
  my $data = substr $answer, 12 + length($name) + 2 + 4 + 2 + 8;   # header, question, pointer to the name, type, class and TTL
  my $length = unpack "n", $data;
  return $type == 1 ? join ".", unpack "x2C4", $data : unpack "x2C/a", $data;
}
for (1 .. 40) { last if defined ask("2.0.0.127.set.test", 1); select undef, undef, undef, .25; $_ == 40 and die "rbldnsd does not answer\n" }
for my $zone (qw(set trie six)) {
  for my $address (qw(127.0.0.2 ::ffff:7f00:2 ::ffff:7f00:1 192.0.2.9 2002:c000:209::1 2001:db8:1::9)) {
    my $name = $address =~ /:/ ? join ".", reverse split //, unpack "H*", inet_pton(AF_INET6, $address) : join ".", reverse split /\./, $address;
    my $a = ask("$name.$zone.test", 1);
    print "$zone $address: $a", $a =~ /^127/ ? " \"" . ask("$name.$zone.test", 16) . "\"" : "", "\n";
  }
}
P
as=(); if [ "$(id -u)" = 0 ]; then chmod 755 "$dir"; as=(-u nobody:nogroup); fi   # it does not run as root
for _ in 1 2 3; do   # until a port is free
  port=$((20000 + RANDOM % 30000))
  usr/sbin/rbldnsd -n "${as[@]}" -b "127.0.0.1/$port" -w "$dir" set.test:ip4set:v4 trie.test:ip4trie:v4 six.test:ip6trie:v6 \
    > log 2>&1 & pid=$!
  sleep 1; kill -0 "$pid" 2> /dev/null && break
done
perl ask.pl "$port" > out.txt || { cat out.txt log; exit 1; }
cat out.txt
cat > expected.txt <<'P'
set 127.0.0.2: 127.0.0.2 "127.0.0.2 is listed"
set ::ffff:7f00:2: 127.0.0.2 "127.0.0.2 is listed"
set ::ffff:7f00:1: NXDOMAIN
set 192.0.2.9: 127.0.0.2 "192.0.2.9 is listed"
set 2002:c000:209::1: 127.0.0.2 "192.0.2.9 is listed"
set 2001:db8:1::9: NXDOMAIN
trie 127.0.0.2: 127.0.0.2 "127.0.0.2 is listed"
trie ::ffff:7f00:2: 127.0.0.2 "127.0.0.2 is listed"
trie ::ffff:7f00:1: NXDOMAIN
trie 192.0.2.9: 127.0.0.2 "192.0.2.9 is listed"
trie 2002:c000:209::1: 127.0.0.2 "192.0.2.9 is listed"
trie 2001:db8:1::9: NXDOMAIN
six 127.0.0.2: NXDOMAIN
six ::ffff:7f00:2: 127.0.0.2 "::ffff:7f00:2 is listed"
six ::ffff:7f00:1: NXDOMAIN
six 192.0.2.9: NXDOMAIN
six 2002:c000:209::1: NXDOMAIN
six 2001:db8:1::9: 127.0.0.2 "2001:db8:1::9 is listed"
P
diff out.txt expected.txt
