#!/bin/bash
# Package: mtail 3.0.0~rc50, Debian 12. Needs apt-get and dpkg; not root.
# Expected: what a regular expression captured is text, and a label holds it as the log has it. TLS1.0 gives v="1.0"; 1.10 and 1.1,
#   the ends of the codes 5.1.10 and 5.1.1 (two different reasons), are two series.
# Happens: mtail takes the type from the expression. A group that matches digits with one dot is a float, one of digits an integer, and
#   a label shows the number: TLS 1.0 becomes v="1", the detail 1.10 is counted as 1.1, the site 007 as 7. There is no warning, and
#   adding "" to the value comes too late. An alternative that is no number (|none) keeps the group text.
# For users: counters of an mtail program and of Mailflow over the same log differ in series and sums. Mailflow keeps codes and TLS
#   versions as text.
# Source: measured.
set -u
version=3.0.0~rc50-1+b6
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
{ apt-get download "mtail=$version" || { apt-get update && apt-get download "mtail=$version"; }; } > /dev/null 2>&1 && dpkg -x ./*.deb . \
  || { echo "mtail=$version cannot be had"; exit 1; }
cat > log <<'L'
2026-11-28T10:00:00Z,007,TLS1.0,5.1.10
2026-11-28T10:00:01Z,7,TLS1.2,5.1.1
2026-11-28T10:00:02Z,12,TLS1.3,5.1.1
L
cat > lines.mtail <<'M'
counter site by v
counter tls by v
counter tls_text by v
counter detail by v
counter detail_added by v
counter detail_text by v
counter code by v
/,(?P<site>\d+),TLS(?P<tls>\d\.\d),5\.(?P<detail>\d\.\d+)$/ {
  site[$site]++
  tls[$tls]++
  detail[$detail]++
  detail_added[$detail + ""]++
}
/,TLS(?P<tls>\d\.\d|none),5\.(?P<detail>\d\.\d+|none)$/ {
  tls_text[$tls]++
  detail_text[$detail]++
}
/,(?P<code>\d\.\d\.\d+)$/ {
  code[$code]++
}
M
usr/bin/mtail --progs lines.mtail --logs "$dir/log" --one_shot --one_shot_format=prometheus > all.txt 2> err.txt || { cat all.txt err.txt; exit 1; }
grep -v '^#' all.txt | sed 's/prog="lines.mtail",//; s/,prog="lines.mtail"//' | sort > out.txt
cat out.txt
cat > expected.txt <<'P'
code{v="5.1.10"} 1
code{v="5.1.1"} 2
detail_added{v="1.1"} 3
detail_text{v="1.10"} 1
detail_text{v="1.1"} 2
detail{v="1.1"} 3
site{v="12"} 1
site{v="7"} 2
tls_text{v="1.0"} 1
tls_text{v="1.2"} 1
tls_text{v="1.3"} 1
tls{v="1"} 1
tls{v="1.2"} 1
tls{v="1.3"} 1
P
diff <(sort out.txt) <(sort expected.txt)
