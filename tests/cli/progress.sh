#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# On a terminal, a run that takes long says what it is doing, and nothing of it is left when the report is written; elsewhere it says nothing.
# A process of the run is stopped, and goes on once the line is there: what is waited for is the line, not a time.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache TERM=xterm
unset CI
mkdir -p one/etc one/usr two/usr feeds
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
head -c 40000000 /dev/urandom >one/usr/noise; head -c 30000000 /dev/urandom >two/usr/noise
echo '{"User": "1000", "Entrypoint": ["/usr/noise"]}' >config.json
"$root/tools/oci-image" image.docker.tar config.json one two
rm -r one two
cp "$root"/advisories/SAMPLE-2026-000[12].json feeds
{ echo '#model_version:v2026.01.01,score_date:2026-11-01T00:00:00+0000'; echo cve,epss,percentile; seq -f 'CVE-2020-%08.0f,0.1,0.2' 400000; } >"feeds/epss-$(printf '\303\244')scores.csv"

# Its command on a terminal of so many columns, standard output there too (both) or to a file.  The process of that name is stopped, where it is at
# what the words behind its name say.  What came on the terminal, escapes as \x1b, then the status.
cat >terminal.py <<'P'
import fcntl, os, pty, re, select, signal, struct, subprocess, sys, termios, time
mode, (stop, _, wanted), columns, command = sys.argv[1], sys.argv[2].partition(":"), int(sys.argv[3]), sys.argv[4:]
wanted = wanted.encode()

def children(pid):
    try:
        return open(f"/proc/{pid}/task/{pid}/children").read().split()
    except OSError:
        return []

def caught(parent):
    """The process of that name, stopped, once there is one; None where the run ended before."""
    while parent.poll() is None:
        for child in [grandchild for child in children(parent.pid) for grandchild in children(child)]:
            try:
                if open(f"/proc/{child}/comm").read().strip() == stop[:15]:
                    os.kill(int(child), signal.SIGSTOP)
                    return int(child)
            except OSError:
                pass

def begin(err):
    # A session of its own, whose terminal it is, as a shell gives it.
    lead = lambda: (os.setsid(), os.isatty(2) and fcntl.ioctl(2, termios.TIOCSCTTY, 0))
    return subprocess.Popen(command, stdout=err if mode == "both" else open("out", "w"), stderr=err, preexec_fn=lead)

def read_on(fd, said, until, process):
    end = time.monotonic() + 60
    while not re.search(until, bytes(said)) and time.monotonic() < end:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                return
            if not piece:
                return
            said += piece
        elif process.poll() is not None and until == b"(?!)":
            return

def attempt():
    """One run, its process, what it said; None where it was not caught at what it is wanted to say."""
    ours, theirs = os.pipe() if mode == "pipe" else pty.openpty()
    if mode != "pipe":
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    parent, said = begin(theirs), bytearray()
    os.close(theirs)
    child = caught(parent)
    if child and mode in ("line", "kill", "both"):
        read_on(ours, said, rb"\x1b\[K", parent)
    elif child:
        time.sleep(1.3)    # long enough for a line; longer does no harm
    good = child and (mode in ("pipe", "wait") or wanted in said)
    if child:
        try:
            os.kill(child, signal.SIGKILL if mode == "kill" and good else signal.SIGCONT)
        except ProcessLookupError:    # it was about to end when it was stopped
            good = False
    read_on(ours, said, b"(?!)", parent)
    parent.wait()
    os.close(ours)
    return (parent, said) if good else None

# It may have been caught too late, on a machine that does much else.
parent, said = next(filter(None, (attempt() for _ in range(50))), (None, None))
if parent is None:
    sys.exit("it was never caught")
print(bytes(said).decode().replace("\x1b", "\\x1b").replace("\r\n", "\n").replace("\r", "\\r"), end="")
print("status", parent.wait())
P
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >policy.yaml
run=("$plimsoll" check --policy "$work/policy.yaml" --no-cache --at 2026-11-01 "docker-archive:$work/image.docker.tar")
"${run[@]}" >wanted 2>err
check "with standard error elsewhere it says nothing" "" "$(cat err)"
terminal() { python3 terminal.py "$@" 2>&1; }

terminal line 'plimsoll-layer:reading layers' 80 "${run[@]}" >said
check "the first line tells what is read" 1 "$(head -n 1 said | grep -cE '^\\rreading layers  [0-9]+ %  [0-9.]+ [kM]?B of 70 MB  [01] of 2 layers  [0-9]+ s\\x1b\[K')"
check "it judges afterwards" 1 "$(grep -cE '\\rjudging  [0-9]+ s\\x1b\[K' said)"
check "in the end nothing is left, on one line" "1 status 2" "$(wc -l <said) $(sed 's/.*\\r\\x1b\[K//' said)"
check "the report is the same" "" "$(diff out wanted)"
terminal both 'plimsoll-layer:reading layers' 80 "${run[@]}" --color never >said
check "nothing is left when the report begins" "$(cat wanted)" "$(sed '1s/.*s\\x1b\[K\\r\\x1b\[K//; /^status 2$/d' said)"
terminal line 'plimsoll-layer:reading layers' 30 "${run[@]}" >said
check "it is no wider than the terminal" "" "$(sed 's/\\x1b\[K/\n/g; s/\\r//g' said | grep -v status | grep -E '.{30}')"
terminal kill plimsoll-hasher 80 "${run[@]}" >said
check "an error has a line of its own" 1 \
	"$(grep -cE 's\\x1b\[K\\r\\x1b\[Kplimsoll check: .*: the hasher ended by signal 9 \(Killed\)$' said)"
check "and the status is that of an error" "status 3" "$(tail -n 1 said)"
terminal line plimsoll-judge 80 "$plimsoll" query --no-cache docker-archive:image.docker.tar "SELECT version_id FROM os_version" >said
check "a query tells, too" 1 "$(grep -cE '^\\r(opening|reading|judging|preparing).*\\x1b\[K\\r\\x1b\[Kwarning: unreadable: no package database was found$' said)"
terminal line 'plimsoll-layer:reading layers' 80 "$plimsoll" diff --policy policy.yaml --no-cache docker-archive:image.docker.tar docker-archive:image.docker.tar >said
check "a comparison tells, and leaves nothing" "1 status 2" "$(grep -cE '^\\rreading layers  [0-9]+ %' said) $(sed 's/.*\\r\\x1b\[K//' said)"
terminal line 'plimsoll-layer:reading layers' 80 "$plimsoll" policy record --no-cache --output a.inventory docker-archive:image.docker.tar >said
check "a recording tells, and leaves nothing" "1 status 0" "$(grep -cE '^\\rreading layers  [0-9]+ %' said) $(tail -n 1 said | sed 's/.*\\r\\x1b\[K//')"
printf 'plimsoll_cases: v1\npolicy: policy.yaml\ntarget: docker-archive:image.docker.tar\nat: 2026-11-01\ncases: [{name: n, expect: {exit: 2}}]\n' >cases.yaml
terminal line 'plimsoll-layer:reading layers' 80 "$plimsoll" policy test --no-cache cases.yaml >said
check "cases tell, and leave nothing" "1 status 0" "$(grep -cE '^\\rreading layers  [0-9]+ %' said) $(sed 's/.*\\r\\x1b\[K//' said)"
terminal line 'plimsoll-feeds:reading feeds' 80 "$plimsoll" db build --from feeds --output a.db >said
check "feeds are counted" 1 "$(grep -cE '^\\rreading feeds  0 %  [0-9.]+ .?B of 10 MB  [0-2] of 3 files  [0-9]+ s' said)"
check "and compiled" 1 "$(grep -c 'compiling the database' said)"
check "in the end nothing is left of that" 1 "$(grep -cE '\\r\\x1b\[Kstatus 0$' said)"

(terminal pipe plimsoll-layer 80 "${run[@]}" >said.pipe) &
(mkdir quiet && cd quiet && ln -s ../* . && python3 terminal.py wait plimsoll-layer 80 "${run[@]}" --quiet >../said.quiet 2>&1) &
(mkdir dumb && cd dumb && ln -s ../* . && TERM=dumb python3 terminal.py wait plimsoll-layer 80 "${run[@]}" >../said.dumb 2>&1) &
(mkdir ci && cd ci && ln -s ../* . && CI=true python3 terminal.py wait plimsoll-layer 80 "${run[@]}" >../said.ci 2>&1) &
wait
check "on a pipe nothing" "status 2" "$(cat said.pipe)"
check "with --quiet nothing" "status 2" "$(cat said.quiet)"
check "on a dumb terminal nothing" "status 2" "$(cat said.dumb)"
check "in a pipeline nothing" "status 2" "$(cat said.ci)"
exit $failed
