#!/bin/bash
# Package: pyspf 2.0.14 and Mail::SPF 2.9.0 (Debian 12), mailauth 7.1.0 (npm). Needs apt-get, dpkg, python3, perl, node and npm; not root.
# Expected: an SPF record that is right for mail over IPv4 is right for mail over IPv6, and evaluators agree on a record without a fault.
#   Hosts that exist are no "void lookups": those are for names that do not exist.
# Happens: a receiver looks up addresses of the family that the mail came over. Over IPv6 each a: and each MX host without an AAAA record
#   is void, and the third is a permerror (RFC 7208 4.6.4 allows two). So a: for three IPv4 hosts, or mx with three, before
#   ip6: passes over IPv4 and is broken over IPv6, though the ip6: that follows names the address. Mail::SPF and pyspf say permerror,
#   mailauth says pass. With ip6: in front all say pass. With 11 MX records pyspf says permerror, the other two pass if an
#   earlier one of them matches.
# For users: "SPF is fine" of one checker from an IPv4 address does not show why IPv6 mail is refused. Put ip4: and ip6: in front of
#   a and mx. Mailflow's check warns of it (src/Mailflow/Enrich/DomainCheck.cs).
# Source: measured; RFC 7208 sections 4.6.4, 5.3 and 5.4.
set -u
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
for need in python3 perl node npm; do command -v $need > /dev/null || { echo "$need is missing"; exit 1; }; done
debs="python3-spf=2.0.14-3 python3-dnspython=2.3.0-1+deb12u1 libmail-spf-perl=2.9.0-5 libnet-dns-perl=1.36-1+deb12u1 libnetaddr-ip-perl=4.079+dfsg-2+b1
  liberror-perl=0.17029-2 liburi-perl=5.17-1"
{ apt-get download $debs || { apt-get update && apt-get download $debs; }; } > /dev/null 2>&1 || { echo "$debs: not all can be had"; exit 1; }
for d in ./*.deb; do dpkg -x "$d" . || exit 1; done
npm install --silent --no-audit --no-fund mailauth@7.1.0 > npm.txt 2>&1 || { cat npm.txt; exit 1; }
# A case: its name, the address that the mail comes from, the SPF record. All hosts have an A record alone; mx4 has 4 MX records, mx11 has 11.
cat > cases <<'C'
three a, over IPv4|192.0.2.3|v=spf1 a:h1.test a:h2.test a:h3.test ip6:2001:db8::25 -all
two a, over IPv6|2001:db8::25|v=spf1 a:h1.test a:h2.test ip6:2001:db8::25 -all
three a, over IPv6|2001:db8::25|v=spf1 a:h1.test a:h2.test a:h3.test ip6:2001:db8::25 -all
three a after ip6, over IPv6|2001:db8::25|v=spf1 ip6:2001:db8::25 a:h1.test a:h2.test a:h3.test -all
four MX, over IPv4|192.0.2.3|v=spf1 mx:mx4.test ip6:2001:db8::25 -all
four MX, over IPv6|2001:db8::25|v=spf1 mx:mx4.test ip6:2001:db8::25 -all
eleven MX, over IPv4|192.0.2.3|v=spf1 mx:mx11.test -all
C
cat > py.py <<'P'
import sys
sys.path.insert(0, "usr/lib/python3/dist-packages")
import spf
def lookup(name, kind, *others, **more):
    name = name.lower().rstrip(".")
    if kind == "TXT" and name == "d.test":
        found = [(record.encode(),)]
    elif kind == "A" and name[0] == "h":
        found = ["192.0.2." + name[1:].split(".")[0]]
    elif kind == "MX" and name.startswith("mx"):
        found = [(10, "h%d.test" % i) for i in range(1, 1 + int(name[2:].split(".")[0]))]
    else:
        found = []
    return [((name, kind), value) for value in found]
spf.DNSLookup = lookup
for line in open("cases"):
    what, address, record = line.rstrip("\n").split("|")
    print(spf.check2(i=address, s="postmaster@d.test", h="h.test")[0])
P
cat > perl.pl <<'P'
use strict; use warnings; use Mail::SPF; use Net::DNS;
our $record;
package Zone; sub new { bless {}, shift } sub errorstring { "NOERROR" } sub udppacketsize { }
sub send {
  my (undef, $name, $type) = @_; $name = lc $name =~ s/\.$//r;
  my @found = $type eq "TXT" && $name eq "d.test" ? { txtdata => [$main::record] } : $type eq "A" && $name =~ /^h(\d+)/ ? { address => "192.0.2.$1" }
    : $type eq "MX" && $name =~ /^mx(\d+)/ ? map { { preference => 10, exchange => "h$_.test" } } 1 .. $1 : ();
  my $answer = Net::DNS::Packet->new($name, $type); $answer->header->qr(1); $answer->header->rcode("NOERROR");
  $answer->push(answer => map { Net::DNS::RR->new(owner => $name, type => $type, ttl => 60, %$_) } @found); return $answer;
}
package main;
open my $cases, "<", "cases" or die;
while (<$cases>) {
  chomp; (undef, my $address, $record) = split /\|/;
  my $server = Mail::SPF::Server->new(dns_resolver => Zone->new, hostname => "receiver.test");
  my %mail = (scope => "mfrom", identity => 'postmaster@d.test', ip_address => $address, helo_identity => "h.test");
  print $server->process(Mail::SPF::Request->new(%mail))->code, "\n";
}
P
cat > node.mjs <<'P'
import fs from 'node:fs';
import { spf } from 'mailauth/lib/spf/index.js';
for (const line of fs.readFileSync('cases', 'utf8').trim().split('\n')) {
  const [, ip, record] = line.split('|');
  const resolver = async (name, type) => {
    const [, host, count] = /^(h|mx|)(\d*)/.exec(name.toLowerCase());
    if (type === 'TXT' && name === 'd.test') return [[record]];
    if (type === 'A' && host === 'h') return [`192.0.2.${count}`];
    if (type === 'MX' && host === 'mx') return Array.from({ length: count }, (_, i) => ({ priority: 10, exchange: `h${i + 1}.test` }));
    throw Object.assign(new Error('no data'), { code: 'ENODATA' });
  };
  console.log((await spf({ ip, sender: 'postmaster@d.test', helo: 'h.test', mta: 'receiver.test', resolver })).status.result);
}
P
python3 py.py > one || exit 1
perl -I usr/share/perl5 -I usr/lib/x86_64-linux-gnu/perl5/5.36 perl.pl > two || exit 1
node node.mjs > three || exit 1
paste -d '|' cases one two three | awk -F '|' '{ printf "%s: pyspf %s, Mail::SPF %s, mailauth %s\n", $1, $4, $5, $6 }' > out.txt
cat out.txt
cat > expected.txt <<'P'
three a, over IPv4: pyspf pass, Mail::SPF pass, mailauth pass
two a, over IPv6: pyspf pass, Mail::SPF pass, mailauth pass
three a, over IPv6: pyspf permerror, Mail::SPF permerror, mailauth pass
three a after ip6, over IPv6: pyspf pass, Mail::SPF pass, mailauth pass
four MX, over IPv4: pyspf pass, Mail::SPF pass, mailauth pass
four MX, over IPv6: pyspf permerror, Mail::SPF permerror, mailauth pass
eleven MX, over IPv4: pyspf permerror, Mail::SPF pass, mailauth pass
P
diff out.txt expected.txt
