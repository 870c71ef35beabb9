#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks by images: each state of a check in its cell, with the reason; what no check stands for in the rows of areas; totals that count every row.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
umask 022

tree() { # DIR
	mkdir -p "$1"/etc "$1"/var/lib/dpkg
	printf 'ID=debian\nVERSION_ID=12\n' >"$1/etc/os-release"
	printf 'root:x:0:0::/root:/usr/sbin/nologin\n' >"$1/etc/passwd"
	printf 'root:x:0:\n' >"$1/etc/group"
	printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >"$1/var/lib/dpkg/status"
}
tree good; tree bad
printf 'toor:x:0:0::/:/usr/sbin/nologin\nevil"<b>:x:0:0::/:/usr/sbin/nologin\n' >>bad/etc/passwd
chmod 666 bad/etc/group
mkdir bad/etc/ssh && printf 'PermitEmptyPasswords yes\nPermitRootLogin yes\n' >bad/etc/ssh/sshd_config
printf 'a\0b\n' >bad/etc/sudoers
cat >policy.yaml <<'P'
plimsoll: v1
name: acme/matrix
configuration:
  checks:
    - accounts/uid-zero
    - files/passwd-mode
    - privilege/sudo-nopasswd
    - services/ssh-empty-passwords
    - {id: services/ssh-root-login, action: warn}
    - history/cd
components: {forbidden: [{name: b}]}
rules: [{id: acme/rule, severity: high, title: 'A rule, "quoted"', query: "SELECT path FROM file WHERE path = '/etc/ssh'"}]
exceptions: [{rule: services/ssh-empty-passwords, reason: until the move, owner: team, until: 2026-12-31}]
P
printf 'plimsoll: v1\nname: acme/other\nconfiguration: {checks: [accounts/uid-zero, accounts/primary-group]}\n' >other.yaml
judge() { "$plimsoll" check --policy "$1" --at 2026-11-01 --output json="$2.json" "rootfs:${3:-$2}"; }
judge policy.yaml good; judge policy.yaml bad; judge other.yaml other good
"$plimsoll" convert --output matrix-csv=m.csv --output matrix-html=m.html good.json bad.json other.json
check "it is worth the worst of them" 1 $?

python3 - >rows 2>err <<'P' || cat err
import csv
for row in csv.reader(open("m.csv", newline="")):
    print("|".join([row[0], row[2]] + row[6:]))
P
check "each state in its cell" "row|id|rootfs:good|rootfs:bad|rootfs:good
result||pass|fail|pass
area|components|pass|pass|not asked
area|configuration|pass|fail|pass
area|rules|pass|fail|not asked
check|accounts/primary-group|not asked|not asked|pass
check|accounts/uid-zero|pass|fail|pass
check|files/passwd-mode|pass|fail|not asked
check|history/cd|out of scope|out of scope|not asked
check|privilege/sudo-nopasswd|not applicable|unknown|not asked
check|services/ssh-empty-passwords|not applicable|waived|not asked
check|services/ssh-root-login|not applicable|warn|not asked
rule|acme/rule|pass|fail|not asked
total|pass|3|0|2
total|warn|0|1|0
total|fail|0|3|0
total|waived|0|1|0
total|unknown|0|1|0
total|not applicable|3|0|0
total|out of scope|1|1|0" "$(cat rows)"
check "controls, titles and references" 'check|acct-uid0|accounts/uid-zero|An account other than root has user id 0|critical|accounts_no_uid_except_zero; no_shelllogin_for_systemaccounts
rule||acme/rule|A rule, "quoted"|high|' "$(python3 -c 'import csv
for row in csv.reader(open("m.csv", newline="")):
    if row[2] in ("accounts/uid-zero", "acme/rule"):
        print("|".join(row[:6]))')"

# The same cells in HTML, each with why.
python3 - >cells 2>err <<'P' || cat err
import html.parser
class Cells(html.parser.HTMLParser):
    row, inside, title = None, None, ""
    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        if tag == "tr":
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.inside, self.title = "", a.get("title", "")
    def handle_data(self, data):
        if self.inside is not None:
            self.inside += data
    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.inside is not None:
            self.row.append(self.inside + (f" [{self.title}]" if self.title else ""))
            self.inside = None
        elif tag == "tr":
            print("|".join(self.row))
            self.row = None
Cells().feed(open("m.html", encoding="utf-8").read())
P
row() { grep "^$1" cells | sed 's/^[^|]*|//'; }
check "reasons of findings" 'acct-uid0|critical|accounts_no_uid_except_zero, no_shelllogin_for_systemaccounts|1 of 3|pass|fail [2 findings, first: /etc/passwd (line=2, username=toor, uid=0)]|pass' "$(row accounts/uid-zero)"
check "of an exception" 'not applicable [/etc/ssh/sshd_config is missing]|waived [until the move (team, until 2026-12-31)]|–' "$(row services/ssh-empty | cut -d '|' -f 5-)"
check "of what is unknown" "unknown [privilege/sudo-nopasswd needs /etc/sudoers, which could not be read: line 1: a NUL byte]" "$(row privilege/sudo | cut -d '|' -f 6 | sed 's/offset [0-9]*/line 1/')"
check "of what is out of scope" "out of scope [a tree does not have it]" "$(row history/cd | cut -d '|' -f 5)"
check "of areas" "pass [1 check evaluated, 0 not applicable]" "$(row 'All of the area configuration' | cut -d '|' -f 7 | sed 's/2 checks/1 check/')"
check "totals" "3|0|2" "$(row 'Checks: pass')"

# What the columns were judged by; the same bytes each time; of several images in one file a column each.
check "policies" "acme/matrix acme/matrix acme/other" "$(grep -o '</dt><dd>[^ ]*' m.html | sed 's/.*>//' | xargs)"
"$plimsoll" convert --output matrix-csv=again.csv --output matrix-html=again.html good.json bad.json other.json
check "deterministic" "$(cat m.csv m.html | sha256sum)" "$(cat again.csv again.html | sha256sum)"
"$plimsoll" convert --output json good.json bad.json other.json >all.json
check "one file of all" "$(sha256sum <m.csv)" "$("$plimsoll" convert --output matrix-csv all.json | sha256sum)"
check "check writes it too" "$("$plimsoll" convert --output matrix-csv bad.json | sha256sum)" "$("$plimsoll" check --policy policy.yaml --at 2026-11-01 --output matrix-csv rootfs:bad | sha256sum)"
exit $failed
