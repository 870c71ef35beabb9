#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A whole check under strace: once it is confined, each process makes the calls that src/process/calls.def lists for it, and no other;
# secrets of the environment are in none of them; doctor and --require-sandbox tell the truth.
set -u
plimsoll=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
failed=0
check() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; printf '  wanted: %s\n  got:    %s\n' "$2" "$3"; failed=1; fi; }
"$plimsoll" doctor >"$work/doctor"
whole=$?
check "doctor names what confines" 5 "$(grep -cE '^(Landlock|seccomp|no new privileges|resource limits|What)' "$work/doctor")"
[ $whole = 0 ] || { echo "this kernel cannot confine: $(grep NO "$work/doctor")"; exit 77; }
command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null || { echo "strace cannot trace here"; exit 77; }
sanitized=$(grep -c sanitizer "$work/doctor")
[ "$sanitized" = 0 ] || echo "a sanitizer makes calls of its own: this build is neither traced nor looked into"

cd "$work" || exit 1
export XDG_CACHE_HOME=$work/cache PLIMSOLL_TEST_SECRET=hunter2-in-the-environment
mkdir -p one/etc one/var/lib/dpkg one/usr two/usr
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\n' >one/etc/passwd
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\n' >one/var/lib/dpkg/status
head -c 50000000 /dev/urandom >one/usr/noise; head -c 100000 /dev/urandom >two/usr/noise
echo '{"User": "1000"}' >config.json
"$root/tools/oci-image" image.oci config.json one two
"$root/tools/oci-image" image.docker.tar config.json one two
gzip -k image.docker.tar
mkdir -p tree && cp -r one/etc tree/
"$plimsoll" check --require-sandbox oci:image.oci >/dev/null 2>err; check "--require-sandbox is content" 1 "$(($? < 3))"

cat >judge.py <<'P'
import re, sys
letters = {"plimsoll-hasher": "H", "plimsoll-image": "W", "plimsoll-layer": "W", "plimsoll-feeds": "W", "plimsoll-reader": "W", "plimsoll-tree": "T", "plimsoll-assemble": "T", "plimsoll-judge": "J", "plimsoll-live": "L", "plimsoll-running": "L", "plimsoll-folder": "U", "plimsoll-unpack": "U"}
letters = {name[:15]: letter for name, letter in letters.items()}
allowed = {letter: set() for letter in "HWTJLU"}
for line in open(sys.argv[1]):
    if line.startswith("#if"):
        break
    entry = re.match(r"CALL(?:_WITHOUT)?\((\w+),(?: \d+, [\w |]+?,)?\s+([HWTJLU |]+),", line)
    for letter in re.findall("[HWTJLU]", entry.group(2)) if entry else ():
        allowed[letter].add(entry.group(1))
# A process that has begun may be told of before the call that began it has returned: whose it is comes first.
calls, halves, group, parent = [], {}, {}, {}
for line in open(sys.argv[2], errors="replace"):
    at = re.match(r"(\d+) +(?:<\.\.\. )?(\w+)(.*)", line)
    if not at:
        continue
    pid, call, rest = at.groups()
    if rest.endswith("<unfinished ...>"):
        halves[pid] = rest
    elif "resumed>" in line:
        rest = halves.pop(pid, "") + rest
    calls.append((pid, call, rest, "resumed>" in line))
    if call in ("clone", "clone3", "fork", "vfork") and (child := re.search(r"= (\d+)$", rest)):
        (group if "CLONE_THREAD" in rest else parent)[child.group(1)] = pid
name, confined, seen, wrong, opened, begun = {}, set(), set(), [], set(), False
for pid, call, rest, resumed in calls:
    leader = group.get(pid, pid)
    # Who executes a scanner has another filter, and that is tested where the scanner is; what it forks is the scanner.
    if name.get(group.get(parent.get(leader), parent.get(leader))) == "plimsoll-scan":
        name[leader] = "plimsoll-scan"
    if name.get(leader) == "plimsoll-scan":
        continue
    if call == "prctl" and (title := re.search(r'PR_SET_NAME, "([^"]+)"', rest)):
        name[leader] = title.group(1)
    if leader in confined and not resumed:
        letter = letters[name[leader]]
        seen.add(name[leader])
        if call not in allowed[letter] or ("PROT_EXEC" in rest and call in ("mmap", "mprotect")):
            wrong.append(f"{name[leader]}: {call}{rest}")
    elif leader in name and call.startswith("open") and not resumed:
        opened.add(f"{name[leader]}:" + re.sub("plimsoll-[A-Za-z0-9]{6}$", "plimsoll-X", re.search(r'"([^"]*)"', rest).group(1).split("/")[-1]))
    if call == "seccomp" and "SET_MODE_FILTER" in rest and leader in name:
        confined.add(leader)
    # Nobody speaks to anybody, the parent of all neither; the first execve is the program's own.
    if call in ("socket", "connect", "bind", "listen", "accept4") or (call.startswith("execve") and begun):
        wrong.append(f"{name.get(leader, 'the parent')}: {call}{rest}")
    begun |= call == "execve"
print("\n".join(wrong) if wrong else "only what is listed: " + " ".join(sorted(seen)) + "; opened before: " + " ".join(sorted(opened)))
P
# Before they are confined the zygote opens a null for all, and the judge the organisation's own database.
traced() { # LABEL PROCESSES OPENED ARGUMENTS...
	local label=$1 wanted="$2; opened before: $3"
	shift 3
	[ "$sanitized" = 0 ] || return
	strace -f -s 256 -o trace "$plimsoll" "$@" >out 2>err
	check "$label" "only what is listed: $wanted" "$(python3 judge.py "$root/src/process/calls.def" trace)"
}
traced "an OCI layout" "plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer" "plimsoll-judge:advisories.db plimsoll-zygote:null" check --no-cache oci:image.oci
traced "a docker archive" "plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer" "plimsoll-judge:advisories.db plimsoll-zygote:null" check --no-cache docker-archive:image.docker.tar
traced "a packed archive" "plimsoll-hasher plimsoll-image plimsoll-judge" "plimsoll-judge:advisories.db plimsoll-zygote:null" check docker-archive:image.docker.tar.gz
if [ "$(id -u)" = 0 ] && skopeo --insecure-policy copy --quiet oci:image.oci "containers-storage:[vfs@$work/store+$work/run]localhost/image:1" >/dev/null 2>&1; then
	traced "a store of containers" "plimsoll-assemb plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer" "plimsoll-judge:advisories.db plimsoll-zygote:null" \
		check --no-cache "containers-storage:[vfs@$work/store]image:1"
else
	echo "skipped: a store of containers, which skopeo cannot fill here"
fi
mkdir -p layer/bin && cp /bin/sh layer/bin/ && if [ "$(id -u)" = 0 ]; then
	python3 "$root/tests/cli/drift-fixture.py" docker "$work/docker" web layer >out
	traced "drift of a container" "plimsoll-assemb plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer plimsoll-runnin plimsoll-tree" "plimsoll-zygote:null" \
		drift --no-cache --docker-root "$work/docker" --engine docker web
else
	echo "skipped: drift, for stores are root's"
fi
traced "a tree" "plimsoll-judge plimsoll-tree" "plimsoll-judge:advisories.db plimsoll-zygote:null" check rootfs:tree
traced "a query" "plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer" "plimsoll-zygote:null" query --no-cache oci:image.oci "SELECT count(*) FROM file"
printf 'plimsoll: v1\nname: t\n' >policy.yaml
rm -rf cache
traced "a policy of one's own" "plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer" \
	"plimsoll-judge:. plimsoll-judge:advisories.db plimsoll-judge:policy.yaml plimsoll-judge:policy.yaml.approvals plimsoll-zygote:null" check --policy policy.yaml oci:image.oci
traced "a run that finds all layers kept" "plimsoll-hasher plimsoll-image plimsoll-judge" \
	"plimsoll-judge:. plimsoll-judge:advisories.db plimsoll-judge:policy.yaml plimsoll-judge:policy.yaml.approvals plimsoll-zygote:null" check --policy policy.yaml oci:image.oci
"$plimsoll" check --output json=verdict.json rootfs:tree
traced "a file of verdicts" "plimsoll-reader" "plimsoll-zygote:null" convert verdict.json
traced "feeds" "plimsoll-feeds" "plimsoll-zygote:null" db build --from "$root/advisories" --output a.db
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	cat >scap.xml <<'X'
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="xccdf_t_benchmark_a"><Profile id="xccdf_t_profile_a"><select idref="xccdf_t_rule_a" selected="true"/></Profile><Rule id="xccdf_t_rule_a" selected="false"><check system="d"><check-content-ref href="e" name="oval:f:def:1"/></check></Rule></Benchmark>
X
	printf 'plimsoll: v1\nname: t\nscap: {datastream: scap.xml, profile: a, scanner: oscap}\n' >policy.yaml
	mkdir -p scanner tmp && cp "$(type -P true)" scanner/oscap
	TMPDIR=$work/tmp PATH=$work/scanner:$PATH traced "a scanner" "plimsoll-folder plimsoll-hasher plimsoll-image plimsoll-judge plimsoll-layer plimsoll-unpack" \
		"plimsoll-folder:plimsoll-X plimsoll-folder:tmp plimsoll-judge:. plimsoll-judge:advisories.db plimsoll-judge:policy.yaml plimsoll-judge:policy.yaml.approvals plimsoll-judge:scap.xml plimsoll-zygote:null" \
		check --no-cache --policy policy.yaml oci:image.oci
fi

# Stopped in the act, no process but the parent has an environment, and the secret is nowhere in the memory of any.
cat >secret.py <<'P'
import sys
print(open(f"/proc/{sys.argv[1]}/comm").read().strip())
for pid in sys.argv[1:]:
    kind, read, found = open(f"/proc/{pid}/comm").read().strip(), 0, 0
    words = open(f"/proc/{pid}/environ", "rb").read().replace(b"\0", b"")
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in open(f"/proc/{pid}/maps"):
            span, mode = line.split()[:2]
            low, high = (int(x, 16) for x in span.split("-"))
            if mode.startswith("rw") and high - low < 1 << 28:
                try:
                    memory.seek(low)
                    body = memory.read(high - low)
                except OSError:
                    continue
                read, found = read + len(body), found + body.count(b"hunter2-in-the-environment")
    if words or found or read < 100000:
        print(f"{kind}: {found} times in {read} bytes, environment of {len(words)}")
P
if [ "$(id -u)" != 0 ]; then
	echo "only root looks into confined processes: their memory is not read"
elif [ "$sanitized" = 0 ]; then
	# Until all of them stand still: on a machine that does much else one may end before it is stopped.
	stopped() { for pid in $caught; do grep -q '^State:.*[tT]' "/proc/$pid/status" 2>/dev/null || return; done; }
	for _ in $(seq 50); do
		"$plimsoll" check --no-cache oci:image.oci >/dev/null 2>&1 &
		parent=$! caught=
		while kill -0 $parent 2>/dev/null; do
			zygote=$(pgrep -P $parent) && pgrep -P "$zygote" -x plimsoll-layer >/dev/null || continue
			caught="$zygote $(pgrep -P "$zygote" | tr '\n' ' ')"
			kill -STOP $caught 2>/dev/null
			sleep 0.02
			[ "$(wc -w <<<"$caught")" -ge 4 ] && stopped && break 2
			kill -CONT $caught 2>/dev/null
			caught=
		done
		wait $parent
	done
	check "hasher, judge, layer and zygote were caught" 1 "$(($(wc -w <<<"$caught") >= 4))"
	check "nobody's environment or memory holds the secret" plimsoll-zygote "$(python3 secret.py $caught 2>&1)"
	check "but the parent's, where it is found" 1 "$(python3 secret.py $parent | grep -c ': [1-9][0-9]* times')"
	kill -CONT $caught
	wait $parent
fi

# Where the kernel lacks one of them: another filter answers for it.
cat >without.py <<'P'
import ctypes, os, struct, sys
number = {"Landlock": 444, "seccomp": 317 if os.uname().machine == "x86_64" else 277}
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0
for lacking in sys.argv[1].split(" and "):
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, number[lacking]), (0x06, 0, 0, 0x00050000 | 38), (0x06, 0, 0, 0x7FFF0000)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("<HBBI", *step) for step in steps))
    head = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", len(steps), ctypes.addressof(program)))
    assert libc.prctl(22, 2, head, 0, 0) == 0
os.execv(sys.argv[2], sys.argv[2:])
P
"$plimsoll" check --no-cache --output json --at 2026-11-01 oci:image.oci >wanted.json 2>err
check "an undisturbed run does not warn" 0 "$(grep -c WARNING err)"
for lacking in Landlock seccomp "Landlock and seccomp"; do
	python3 without.py "$lacking" "$plimsoll" check --no-cache --output json --at 2026-11-01 oci:image.oci >out 2>err
	check "without $lacking: the same verdict" "" "$(diff out wanted.json)"
	check "without $lacking: a loud warning" 1 "$(grep -c "WARNING: this kernel lacks $lacking:" err)"
	python3 without.py "$lacking" "$plimsoll" check --require-sandbox oci:image.oci >out 2>err
	check "without $lacking: --require-sandbox fails" "3 1" "$? $(grep -c "this kernel lacks $lacking, and --require-sandbox asks for it" err)"
	check "without $lacking: and says nothing else" "" "$(cat out)"
	python3 without.py "$lacking" "$plimsoll" doctor >out 2>err
	status=$?
	check "without $lacking: doctor says NO" "1 $(wc -w <<<"${lacking/ and / }")" "$((status != 0)) $(grep -cE '^(Landlock|seccomp) .*NO' out)"
done
exit $failed
