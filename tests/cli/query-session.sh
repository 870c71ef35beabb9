#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Several statements on one reading: from standard input, and at a terminal, where a wrong one ends nothing and Ctrl-C only what runs.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
printf 'ID=debian\nVERSION_ID=12\n' | put etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' | put var/lib/dpkg/status
printf 'x\n' | put etc/app.conf
session() { "$plimsoll" query --output csv "$@" rootfs:tree 2>&1 | tr -d '\r'; }

check "statements one after another, a semicolon in a text and in a comment, the last one without" "a
1
b
;
table,column,type,meaning
port,port,TEXT,8080/tcp
name
a" "$(printf "SELECT 1 AS a; SELECT ';' AS b\n -- c;\n;\n.schema port\nSELECT name\nFROM package" | session)"
check "commands of osqueryi's: the form of rows, part of names, and the end" "csv
jsonl
{\"a\":1}
table         meaning
------------  --
osquery_hash  of" "$(printf '.mode\n.mode jsonl\n.mode\nSELECT 1 AS a;\n.mode pretty\n.tables query_ha\n.exit\nSELECT 2 AS b;\n' | session | sed 's/^\(------------  --\).*/\1/; s/^\(osquery_hash  o\).*/\1f/; s/ *$//')"
check "what they are" ".tables .schema .mode .help .exit SELECT" "$(printf '.help;\n.quit\n' | session | cut -d' ' -f1 | paste -sd' ')"
check "another form ends it" "plimsoll query: there is no format 'xml': table, line, json, jsonl or csv" "$(printf '.mode xml\nSELECT 1;\n' | session)"
check "and so does another command" "plimsoll query: '.dump': there are .tables [PART] and .schema [TABLE], and in a session .mode FORMAT, .help and .exit" "$(printf '.dump\nSELECT 1;\n' | session)"
check "part of names without a target" "osquery_file osquery_hash osquery_os_version" "$("$plimsoll" query --output csv .tables osquery_ | tr -d '\r' | sed 1d | cut -d, -f1 | paste -sd' ')"
check "nothing is nothing" "" "$(printf ' \n;\n' | session)"
check "a wrong one is the last" "a
1
plimsoll query: near \"SELEC\": syntax error" "$(printf 'SELECT 1 AS a; SELEC; SELECT 2;' | session | head -3)"
printf 'SELEC;' | "$plimsoll" query rootfs:tree >/dev/null 2>&1; check "and so is its status" 3 $?
check "digests and lists are there, whatever was asked first" "path
/etc/app.conf
n
0" "$(printf "SELECT 1 AS path WHERE 0; SELECT path FROM file WHERE digest IS NOT NULL AND path = '/etc/app.conf'; SELECT count(*) AS n FROM timeless_digest WHERE 0;" | session | sed 1d)"
check "a target that cannot be read" "plimsoll query: rootfs:none" "$(echo 'SELECT 1;' | "$plimsoll" query rootfs:none 2>&1 | grep -o '^plimsoll query: rootfs:none')"

cat >play.py <<'P'
# A person at a terminal: what is typed when what is seen.
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "vt100"
    os.execv(sys.argv[1], [sys.argv[1], "query", "--limit", "QUERY_STEPS=1000000000000", "--limit", "QUERY_MS=600000", "--output", "line", "rootfs:tree"])
seen = b""
def until(pattern):
    global seen
    end = time.time() + 60
    while not re.search(pattern, seen, re.S):
        if time.time() > end or not select.select([fd], [], [], 60)[0]:
            sys.exit("waited in vain for %r in %r" % (pattern, seen))
        try:
            seen += os.read(fd, 65536)
        except OSError:
            sys.exit("it ended before %r in %r" % (pattern, seen))
    seen = re.split(pattern, seen, 1, re.S)[-1] if isinstance(pattern, bytes) else seen
for line in open(sys.argv[2], "rb").read().splitlines():
    what, text = line.split(b" ", 1)
    if what == b"see":
        until(text)
        print("saw", text.decode())
    elif what == b"wait":
        time.sleep(float(text))
    else:
        # Nobody types before he has read: what comes while the terminal changes its mode is lost.
        time.sleep(0.5)
        os.write(fd, text.decode("unicode_escape").encode())
while True:
    # What is typed while the terminal changes its mode may be lost: who sees no end types it again.
    if not select.select([fd], [], [], 5)[0]:
        os.write(fd, b"\x04")
        continue
    try:
        if not os.read(fd, 65536):
            break
    except OSError:
        break
print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
P
mkdir alone && cp "$plimsoll" alone/
cat >script <<'S'
see plimsoll> 
type SELEC;\n
see syntax error
see plimsoll> 
type SELECT 'one'\n
see \.\.\.> 
type || 'two' AS both;\n
see both = onetwo
see plimsoll> 
type WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c;\n
wait 1
type \x03
see interrupted
see plimsoll> 
type SELECT name FROM package;\n
see name = a
see plimsoll> 
type \x04
S
played() { grep ^see "$1" | sed 's/^see /saw /'; echo "status 0"; } # SCRIPT: what the play prints where all is seen
check "a person types" "$(played script)" "$(timeout 200 python3 play.py "$plimsoll" script 2>&1)"
check "without the program that edits lines" "$(played script)" "$(timeout 200 python3 play.py "$work/alone/plimsoll" script 2>&1)"

[ -x "$(dirname "$plimsoll")/plimsoll-prompt" ] || { echo "plimsoll-prompt was not built: no completion"; exit $failed; }
cat >script <<'S'
see plimsoll> 
type SELECT 'dropped'\n
see \.\.\.> 
type || 'x\x03
see \^C\r\n.*plimsoll> 
type SELECT count(*) > 0 AS several FROM os_rel\t;\n
see several = 1
see plimsoll> 
type SELECT 'list' AS x, os_release.vers\t\t
see os_release\.version  os_release\.version_id
type \x03
see plimsoll> 
type .sche\t port\n
see column = port
see plimsoll> 
type .mod\t csv\n
see plimsoll> 
type SELECT 7 AS seven;\n
see seven\r\n7
see plimsoll> 
type .exit\n
S
check "TAB completes, Ctrl-C drops what has begun" "$(played script)" "$(timeout 100 python3 play.py "$plimsoll" script 2>&1)"
cat >script <<'S'
see plimsoll> 
type \x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\n
see several = 1
see plimsoll> 
type \x04
S
check "another session remembers" "$(played script)" "$(timeout 100 python3 play.py "$plimsoll" script 2>&1)"
cat >script <<'S'
see plimsoll> 
type SELECT length('\xe9') AS letters, hex('\xe9') AS bytes;\n
see letters = 1\r\n *bytes = C3A9\r
see plimsoll> 
type \x04
S
for locale in C C.UTF-8; do
	check "a letter beyond ASCII is itself, locale $locale" "$(played script)" "$(LC_ALL=$locale timeout 100 python3 play.py "$plimsoll" script 2>&1)"
done
check "in a file that is nobody else's" 600 "$(stat -c %a "$XDG_STATE_HOME/plimsoll/query-history")"
check "it is started by plimsoll alone" 3 "$("$(dirname "$plimsoll")/plimsoll-prompt" 2>/dev/null 3>&-; echo $?)"
exit $failed
