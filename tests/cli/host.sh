#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Hosts: the same tree as an image, as a directory and as a machine's root has the same findings; what is mounted below a host's root is left out and
# told; what vanishes or may not be read is unknown by its name; the running machine has tables of its own.
plimsoll=$(realpath "$1")
# Owners and mounts are part of it: without root this needs namespaces of its own.
inside=(unshare --mount --pid --net --fork --kill-child)
[ "$(id -u)" = 0 ] || inside+=(--map-root-user)
"${inside[@]}" true 2>/dev/null || { echo "skipped: this machine gives no namespaces"; exit 77; }
[ "${2:-}" = inside ] || exec "${inside[@]}" bash "$0" "$plimsoll" inside
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
# A leak checker looks into /proc, which is not there in some of the roots.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
umask 022
trap 'kill $(jobs -p) 2>/dev/null; umount -l "machine/mnt/far away" machine/{proc,run,mnt/disk,mnt,etc/ssh} box/{dev/null,dev,proc} 2>/dev/null; rm -rf --one-file-system "$work"' EXIT

mkdir -p tree/etc/ssh tree/root tree/usr/bin tree/var/lib/dpkg tree/tmp
chmod 1777 tree/tmp
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'root:x:0:0::/root:/bin/sh\nevil::0:0::/root:/bin/sh\n' >tree/etc/passwd
printf 'root:*:19000:0:99999:7:::\nevil::19000:0:99999:7:::\n' >tree/etc/shadow
printf 'root:x:0:\nshadow:x:42:\n' >tree/etc/group
chmod 666 tree/etc/passwd
printf 'PermitEmptyPasswords yes\n' >tree/etc/ssh/sshd_config
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n\nPackage: telnetd\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >tree/var/lib/dpkg/status
printf '#!/bin/sh\n' >tree/usr/bin/root-shell && chmod 4755 tree/usr/bin/root-shell
echo x >tree/etc/writable && chmod 666 tree/etc/writable
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >config.json
cat >policy.yaml <<'P'
plimsoll: v1
name: acme/both
configuration: {checks: ["*/*"]}
components: {forbidden: [{name: telnetd}]}
metadata: {user: {root: deny}}
rules: [{id: acme/setuid, severity: high, title: A set-uid program, query: SELECT path FROM file WHERE mode LIKE '4%'}]
P
"$root/tools/oci-image" image.oci config.json tree
"$root/tools/oci-image" image.docker.tar config.json tree

judge() { "$plimsoll" check --policy "${policy:-policy.yaml}" --output json "$@" >v.json 2>err; echo $? >status; [ -s v.json ] || cat err; }
# What is found, and what came of each check, but where only an image can answer.
results() {
	judge "$@"
	[ -e of-images ] || jq '[.checks[] | select(.result == "out_of_scope").id]' v.json >of-images
	jq -r --slurpfile of_images of-images '
		(.findings[] | select(.area != "metadata" and (.rule | IN($of_images[0][]) | not)) | "\(.id) \(.rule) \(.evidence.path // .evidence.package)"),
		(.checks[] | select(.id | IN($of_images[0][]) | not) | "\(.id): \(.result)")' v.json | sort
}
of_tree=$(results rootfs:tree)
check "a tree: what is broken is found" "accounts/empty-password accounts/uid-zero acme/setuid files/passwd-mode components/forbidden/telnetd" \
	"$(for rule in accounts/empty-password accounts/uid-zero acme/setuid files/passwd-mode components/forbidden/telnetd; do jq -r --arg r $rule '[.findings[] | select(.rule | startswith($r))][0].rule // empty' v.json; done | tr '\n' ' ' | sed 's/ $//')"
check "a host has what the tree has" "$of_tree" "$(results host:tree)"
check "a host: kind, scope and status" '["host","out_of_scope","a host does not have it",[]] 1' "$(jq -c '[.subject.kind, .areas.metadata, .area_notes.metadata, .inventory.left_out]' v.json) $(cat status)"
check "an OCI layout has what the tree has" "$of_tree" "$(results oci:image.oci)"
check "a docker archive has what the tree has" "$of_tree" "$(results docker-archive:image.docker.tar)"
check "kinds of others" "image" "$(jq -r .subject.kind v.json)"
check "the table of hosts" '[{"path":"/","live":null}]' "$("$plimsoll" query --output json host:tree 'SELECT path, live FROM host' | jq -c .)"
check "no row of a tree" '[]' "$("$plimsoll" query --output json rootfs:tree 'SELECT path, live FROM host' | jq -c .)"

# What is mounted below the root.
cp -a tree machine
mkdir -p machine/{proc,run,dev,mnt/disk,home} machine/var/lib/docker/overlay2/x/merged/etc machine/home/me/.local/share/containers/storage
echo x >machine/var/lib/docker/overlay2/x/merged/etc/shell && chmod 4755 machine/var/lib/docker/overlay2/x/merged/etc/shell
mount -t proc none machine/proc && mount -t tmpfs none machine/run && mount -t tmpfs none machine/mnt/disk || exit 1
cp -a tree/usr/bin/root-shell machine/run/; mkdir machine/run/app; echo x >machine/run/app/token
check "mounts are left out, each with what it is" "$(printf '/home/me/.local/share/containers/storage null\n/mnt/disk tmpfs\n/proc proc\n/run tmpfs\n/var/lib/docker null')" \
	"$(judge host:machine; jq -r '.inventory.left_out[] | "\(.path) \(.type)"' v.json)"
check "nothing of them is found" "/usr/bin/root-shell" "$(jq -r '.findings[] | select(.rule == "acme/setuid") | .evidence.path' v.json)"
check "people are told" "/home/me/.local/share/containers/storage, /mnt/disk (tmpfs), /proc (proc), /run (tmpfs), /var/lib/docker" \
	"$("$plimsoll" check --policy policy.yaml host:machine | sed -n '/left out/,/policy/p' | sed '/ policy /d; s/ *left out *//' | tr '\n' ' ' | tr -s ' ' | sed 's/ $//')"
check "a query tells it, too" "warning: left out (table left_out): /home/me/.local/share/containers/storage, /mnt/disk (tmpfs), /proc (proc), /run (tmpfs), /var/lib/docker" \
	"$("$plimsoll" query host:machine 'SELECT 1' 2>&1 >/dev/null)"
# osquery would look there, and nothing found would be nothing there.
while IFS='|' read -r where place; do
	check "osquery_file WHERE $where" "plimsoll query: ${place:+$place: the walk over this host left it out}" \
		"$("$plimsoll" query --no-cache --quiet host:machine "SELECT count(*) FROM osquery_file WHERE $where" 2>&1 | grep -v ^warning)"
done <<'Q'
path = '/mnt/disk/none'|/mnt/disk/none
path LIKE '/mnt/disk/%'|/mnt/disk/
path LIKE '/mnt/%/none'|/mnt/disk/
path LIKE '/mnt/%%'|/mnt/disk
directory = '/mnt/disk'|/mnt/disk
directory LIKE '/mnt/%'|/mnt/disk/
Q
check "the place itself is there" "/mnt/disk/" "$("$plimsoll" query --no-cache --quiet --output csv host:machine "SELECT path FROM osquery_file WHERE path LIKE '/mnt/%'" 2>/dev/null | tail -1)"
check "a tree has what is mounted in it" "/run/root-shell /usr/bin/root-shell" "$(judge rootfs:machine; jq -r '[.findings[] | select(.rule == "acme/setuid") | .evidence.path | select(startswith("/var") | not)] | join(" ")' v.json)"
mount -t tmpfs none machine/etc/ssh
check "a check that needs a file there is unknown" "unknown: services/ssh-root-login needs /etc/ssh/sshd_config, which could not be read: it is kept in memory only, and is another one after every start" \
	"$(judge host:machine; jq -r '.checks[] | select(.id == "services/ssh-root-login") | "\(.result): \(.reason)"' v.json)"
umount machine/proc machine/run machine/mnt/disk machine/etc/ssh

# A server that never answers, as one of a network that is gone: whoever asks its file system anything waits for ever.
cat >dead.py <<'P'
import ctypes, os, sys, time
fuse = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0".encode()
if ctypes.CDLL(None).mount(b"dead", sys.argv[1].encode(), b"fuse", 0, options):
    sys.exit(1)
print("mounted", flush=True)
time.sleep(1000)
P
mkdir -p 'machine/mnt/far away' machine/mnt/hidden
coproc dead { exec python3 dead.py 'machine/mnt/far away' 2>/dev/null; }
if read -r said <&"${dead[0]}" && [ "$said" = mounted ]; then
	check "it is left out unasked" "/mnt/far away fuse its files are another machine's, or another program's" \
		"$(timeout -s KILL 60 "$plimsoll" query --quiet --no-cache --output jsonl host:machine "SELECT path, type, reason FROM left_out WHERE path LIKE '/mnt/%'" 2>/dev/null | jq -r '"\(.path) \(.type) \(.reason)"')"
	mount -t tmpfs none machine/mnt && mkdir -p 'machine/mnt/far away'
	check "what is mounted above it hides it" "/mnt tmpfs" \
		"$(timeout -s KILL 60 "$plimsoll" query --quiet --no-cache --output jsonl host:machine "SELECT path, type FROM left_out WHERE path GLOB '/mnt*'" 2>/dev/null | jq -r '"\(.path) \(.type)"')"
	umount machine/mnt
else
	echo "skip: no FUSE here: a server that never answers"
fi
kill "$dead_PID" 2>/dev/null; umount -l 'machine/mnt/far away' 2>/dev/null

# What nobody but root may read, and what is gone when it is looked at.
cp -a tree closed
mkdir closed/root/.ssh closed/home && chmod 700 closed/root && echo x >closed/etc/secret.conf && chmod 600 closed/etc/secret.conf
chmod 755 "$work"; chmod 644 policy.yaml
nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/nonexistent XDG_STATE_HOME=/nonexistent XDG_CACHE_HOME=/nonexistent "$@"; }
if nobody true 2>/dev/null; then
	nobody "$plimsoll" check --no-cache --policy policy.yaml --output json host:closed >v.json 2>err; status=$?
	check "nobody: no abort" "1" "$status$( [ -s v.json ] || cat err)"
	check "nobody: what could not be read is named" "/etc/secret.conf /root" "$(jq -r '[.unknown[] | select(.kind == "unreadable") | .subject | select(startswith("/"))] | unique | join(" ")' v.json)"
	check "nobody: a check that needs it is unknown, one that does not is not" "unknown fail pass" \
		"$(jq -r '[(.checks[] | {key: .id, value: .result})] | from_entries | "\(.["files/home-trust"]) \(.["accounts/uid-zero"]) \(.["accounts/duplicate-name"])"' v.json)"
fi
gone=
for _ in 1 2 3 4 5 6 7 8; do
	mkdir -p closed/srv/many; (cd closed/srv/many && seq -f 'f%05.0f' 20000 | xargs touch)
	rm -rf closed/srv/many & judge host:closed; wait
	[ -s v.json ] || { gone="no verdict: $(cat err)"; break; }
	gone=$(jq -r '[.unknown[] | select(.subject == "/srv/many" or .subject == "/srv") | .reason] | first // empty' v.json)
	[ -z "$gone" ] || break
done
check "what vanished meanwhile is unknown, by its name" "NAME: No such file or directory" "$(sed -E 's/^(f[0-9]{5}|many|open directory):/NAME:/' <<<"$gone")"

# The running machine: a root of its own, whose processes and network are those of this script.
ip link set lo up 2>/dev/null
mount -t proc none /proc
cp -a tree box && mkdir -p box/{proc,dev,cache} box/etc/sysctl.d box/usr/lib/sysctl.d
for program in "$plimsoll" "$(type -P cat)"; do
	cp "$program" "box/${program##*/}"
	ldd "$program" | grep -o '/[^ ]*' | while read -r library; do mkdir -p "box$(dirname "$library")"; cp -L "$library" "box$library"; done
done
if "$plimsoll" doctor | grep -q sanitizer; then
	echo "skipped: a sanitizer needs /proc"
else
	check "a root without /dev/null" "0 1" "$(chroot box "/${plimsoll##*/}" query --no-cache --output csv rootfs:/etc "SELECT 1" >out 2>err; echo "$? $(tail -n 1 out)")"
	check "nor with what was closed is anything written that nobody reads" 3 "$(chroot box "/${plimsoll##*/}" query --no-cache rootfs:/etc "SELECT 1" 2>/dev/null >&-; echo $?)"
fi
mount -t proc none box/proc && mount -t tmpfs none box/dev && : >box/dev/null && mount --bind /dev/null box/dev/null || exit 1
live() { chroot box "/${plimsoll##*/}" "$@"; }
rows() { live query --output json host: "$@" 2>err | jq -c .; [ -s err ] && grep -v 'left out' err >&2; return 0; }
check "the running machine is one" '[{"live":1}]' "$(rows 'SELECT live FROM host')"
# Every column that is told of them is there.
for table in kernel_info kernel_modules listening_ports mounts processes system_control system_controls system_info uptime; do
	told=$("$plimsoll" query --output json .schema $table | jq -r '.[].column' | paste -sd,)
	there=$(live query --output csv host: "SELECT * FROM $table LIMIT 0" 2>/dev/null)
	[ "$told" = "$there" ] || check "columns of $table" "$told" "$there"
done
judge_live() { cp "$1" box/live.yaml; live check --policy /live.yaml --output json --no-cache host: >v.json 2>err; [ -s v.json ] || cat err; }
judge_live policy.yaml
check "its files are judged by the same policy" "/usr/bin/root-shell" "$(jq -r '.findings[] | select(.rule == "acme/setuid") | .evidence.path' v.json)"

# Another's scanner that takes too long about it
mkdir -p box/slow box/tmp
cat >box/scap.xml <<'X'
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2" id="a"><Profile id="b"><select idref="c" selected="true"/></Profile>
<Rule id="c" selected="false"><check system="d"><check-content-ref href="e" name="oval:f:def:1"/></check></Rule></Benchmark>
X
printf 'plimsoll: v1\nname: t\nscap: {datastream: scap.xml, profile: b, scanner: oscap}\n' >box/scap.yaml
if printf '#include <stdio.h>\n#include <unistd.h>\nint main(int n, char **v) { (void)v; if (n == 2) return puts("oscap 1.4.9") < 0; fork(); for (;;) pause(); }\n' | cc -x c -o box/slow/oscap - 2>err; then
	chroot=$(type -P chroot)
	PATH=/slow "$chroot" box "/${plimsoll##*/}" check --policy /scap.yaml --output json --no-cache --limit SCAN_S=1 host: >v.json 2>err
	check "a scanner of it that takes too long" "oscap was asked in vain: oscap took longer than limit SCAN_S (1)" "$(jq -r '.checks[].reason' v.json; grep -v 'left out' err)"
	check "is ended, and what it began" "" "$(pgrep -x oscap)"
else
	echo "skipped: without a compiler there is no scanner"
fi

cp "$(type -P sleep)" gone-sleep
./gone-sleep 1000 & gone=$!
(exec -a $'odd\n\e[31mname' sleep 1000) & odd=$!
cat >listen.py <<'P'
import os, socket, sys, time
held = []
for family, kind, address in ((socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 2323)), (socket.AF_INET6, socket.SOCK_STREAM, ("::1", 2324)),
                              (socket.AF_INET, socket.SOCK_DGRAM, ("0.0.0.0", 5353)), (socket.AF_INET6, socket.SOCK_DGRAM, ("::", 5354)),
                              (socket.AF_UNIX, socket.SOCK_STREAM, "box.socket"), (socket.AF_UNIX, socket.SOCK_DGRAM, "post.socket")):
    held.append(socket.socket(family, kind))
    if family == socket.AF_INET6:
        held[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    held[-1].bind(address)
    if kind == socket.SOCK_STREAM:
        held[-1].listen()
busy = socket.create_connection(("127.0.0.1", 2323))
quiet = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
quiet.connect(("127.0.0.1", 5353))
sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sender.connect("post.socket")
open("ready", "w").close()
time.sleep(1000)
P
python3 listen.py & listener=$!
while [ ! -e ready ] && kill -0 $listener; do sleep 0.1; done
rm gone-sleep
check "processes are those of ps" "$(ps -o pid=,ppid=,stat=,ruid=,euid=,rgid=,comm= -p "$gone,$listener" | awk '{print $1, $2, substr($3, 1, 1), $4, $5, $6, $7}')" \
	"$(rows "SELECT pid, parent, state, uid, euid, gid, name FROM processes WHERE pid IN ($gone, $listener) ORDER BY pid" | jq -r '.[] | "\(.pid) \(.parent) \(.state) \(.uid) \(.euid) \(.gid) \(.name)"')"
ps -e -o pid= | tr -d ' ' | sort >before
rows 'SELECT pid FROM processes' | jq '.[].pid' | sort >seen
ps -e -o pid= | tr -d ' ' | sort | comm -12 before - >steady
check "all that were there all the time" "yes " "$([ "$(wc -l <steady)" -ge 4 ] && echo yes) $(comm -23 steady seen)"
check "one whose program was removed" "[{\"path\":\"$work/gone-sleep\",\"on_disk\":0}]" "$(rows "SELECT path, on_disk FROM processes WHERE pid = $gone")"
check "arguments are whatever a process wants" '[{"cmdline":"odd\n\u001b[31mname 1000","on_disk":1}]' "$(rows "SELECT cmdline, on_disk FROM processes WHERE pid = $odd")"
check "ports are those of ss" "$(ss -H -ltnu | awk '{print $1, $5}' | sed -E 's/\[|\]//g' | sort)" \
	"$(rows 'SELECT DISTINCT protocol, address, port FROM listening_ports WHERE port != 0' | jq -r '.[] | "\(if .protocol == 6 then "tcp" else "udp" end) \(.address):\(.port)"' | sort)"
check "who holds them" "6 box.socket post.socket" "$(rows "SELECT count(*) AS n, min(path) || ' ' || max(path) AS path FROM listening_ports WHERE pid = $listener" | jq -r '.[] | "\(.n) \(.path)"')"
check "mounts are those of the kernel" "$(chroot box /cat /proc/mounts | awk '{print $1, $2, $3, $4}')" "$(rows 'SELECT device, path, type, flags FROM mounts' | jq -r '.[] | "\(.device) \(.path) \(.type) \(.flags)"')"
check "the kernel" "$(uname -r)" "$(rows 'SELECT version FROM kernel_info' | jq -r '.[].version')"
check "the machine" "$(uname -n) $(nproc --all)" "$(rows 'SELECT hostname, cpu_logical_cores FROM system_info' | jq -r '.[] | "\(.hostname) \(.cpu_logical_cores)"')"
check "modules" "$(lsmod 2>/dev/null | sed 1d | awk '{print $1, $2}' | sort)" "$(rows 'SELECT name, size FROM kernel_modules' | jq -r '.[] | "\(.name) \(.size)"' | sort)"
up=$(cut -d. -f1 /proc/uptime); was=$(rows 'SELECT total_seconds AS n FROM uptime' | jq '.[0].n')
check "since when" "yes" "$([ $((was - up)) -ge 0 ] && [ $((was - up)) -lt 60 ] && echo yes || echo "$up $was")"
# What changes while one looks, and what takes several lines, apart.
steady='^(net\.ipv[46]|vm|kernel\.(yama|printk|kptr|dmesg|perf|unprivileged|randomize|sysrq|core_pattern)|fs\.(suid|protected))'
sysctl -a 2>/dev/null | grep -E "$steady" | grep -vE 'stat_refresh|tcp_metrics|ip_conntrack_count' | tr -s ' \t' ' ' | sort >theirs
rows 'SELECT name, current_value FROM system_controls WHERE current_value IS NOT NULL' | jq -r '.[] | "\(.name) = \(.current_value)"' | tr -s ' \t' ' ' | sort >ours
if [ -s theirs ]; then check "settings of the kernel are those of sysctl" "" "$(comm -23 theirs ours | grep -E '^net|^vm|^kernel|^fs' | head -5)"; fi

# What files say of the kernel, as systemd-sysctl resolves them: by their names, /etc before /run before /usr; the last of a name counts, wildcards where there
# is none (sysctl.d(5), CONFIGURATION DIRECTORIES AND PRECEDENCE, and its examples).
mkdir -p control/etc/sysctl.d control/run/sysctl.d control/usr/lib/sysctl.d control/usr/lib/systemd && cp -a tree/. control/
touch control/usr/lib/systemd/systemd-sysctl
printf 'kernel.early = usr-10\nkernel.twice = 10\nnet.ipv4.conf.*.rp_filter = 2\nnet/ipv4/conf/eth0.1/forwarding = 1\n' >control/usr/lib/sysctl.d/10-a.conf
printf 'kernel.hidden = usr\nkernel.hidden_only = usr\n' >control/usr/lib/sysctl.d/50-b.conf
printf 'kernel.hidden = etc\n' >control/etc/sysctl.d/50-b.conf
printf 'kernel.masked = usr\n' >control/usr/lib/sysctl.d/60-c.conf
ln -s /dev/null control/etc/sysctl.d/60-c.conf
printf '; a comment\n# another\nkernel.twice = 70\n-kernel.may_fail = 1\n-net.ipv4.conf.lo.rp_filter\nnet.ipv4.conf.eth1.rp_filter=0\n' >control/run/sysctl.d/70-d.conf
printf 'kernel.twice = none of these\n' >control/etc/sysctl.d/80-e.txt
printf 'kernel.twice = conf\n' >control/etc/sysctl.conf
settings() { "$plimsoll" query --output json "$1" "SELECT name, config_value FROM system_controls WHERE config_value IS NOT NULL" 2>err | jq -r '.[] | "\(.name) = \(.config_value)"' | sort; }
resolved="kernel.early = usr-10
kernel.hidden = etc
kernel.may_fail = 1
net.ipv4.conf.*.rp_filter = 2
net.ipv4.conf.eth0/1.forwarding = 1
net.ipv4.conf.eth1.rp_filter = 0"
check "settings in files: systemd leaves sysctl.conf out" "$(printf '%s\nkernel.twice = 70' "$resolved" | sort)" "$(settings rootfs:control)"
printf '/kernel/twice = 70\n' >control/etc/sysctl.d/97-y.conf && printf 'kernel.twice = hidden\n' >control/etc/sysctl.d/.99.conf
check "settings in files: a slash in front is none of the name, and a hidden file no file" "$(printf '%s\nkernel.twice = 70' "$resolved" | sort)" "$(settings rootfs:control)"
rm control/etc/sysctl.d/97-y.conf control/etc/sysctl.d/.99.conf
ln -s ../sysctl.conf control/etc/sysctl.d/99-sysctl.conf
check "settings in files: but where a name leads to it" "$(printf '%s\nkernel.twice = conf' "$resolved" | sort)" "$(settings host:control)"
rm control/etc/sysctl.d/99-sysctl.conf control/usr/lib/systemd/systemd-sysctl
check "settings in files: without systemd it comes last" "$(printf '%s\nkernel.twice = conf' "$resolved" | sort)" "$(settings rootfs:control)"
mkdir control/srv && printf 'kernel.elsewhere = 1\n' >control/srv/x && ln -s /srv/x control/etc/sysctl.d/95-x.conf
check "settings in files: one behind a link" "kernel.elsewhere = 1" "$(settings rootfs:control | grep elsewhere)"
rm control/etc/sysctl.d/95-x.conf && printf 'kernel.elsewhere = 1\n' >control/etc/login.defs && ln -s ../login.defs control/etc/sysctl.d/95-x.conf
check "settings in files: one that is something else, too" "kernel.elsewhere = 1" "$(settings rootfs:control | grep elsewhere)"
rm control/etc/sysctl.d/95-x.conf && printf 'kernel.damaged = 1\n\0' >control/etc/sysctl.d/96-y.conf
check "settings in files: a damaged one" "/etc/sysctl.d/96-y.conf: it is among the files of sysctl.d, and was not read" "$(settings rootfs:control; grep -o '/etc/sysctl.d/96-y.conf: it is.*' err)"
cp -a control/etc/sysctl.d/50-b.conf box/etc/sysctl.d/; printf 'net.ipv4.conf.*.rp_filter = 2\n-net.ipv4.conf.lo.rp_filter\nnet.ipv4.conf.default.rp_filter = 1\n' >box/usr/lib/sysctl.d/10.conf
check "settings in files: what wildcards mean here" "all 2 /usr/lib/sysctl.d/10.conf, default 1 /usr/lib/sysctl.d/10.conf, lo null null" \
	"$(rows "SELECT name, config_value, config_path FROM system_controls WHERE name IN ('net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.lo.rp_filter') ORDER BY name" |
		jq -r '[.[] | "\(.name | split(".")[3]) \(.config_value) \(.config_path)"] | join(", ")')"
printf 'net.ipv4.conf.a*.rp_filter = 0\nnet.ipv4.conf.*.rp_filter = 2\n' >box/usr/lib/sysctl.d/20.conf
check "settings in files: a setting that is repeated keeps its place" "all 0 /usr/lib/sysctl.d/20.conf, default 1 /usr/lib/sysctl.d/10.conf, lo null null" \
	"$(rows "SELECT name, config_value, config_path FROM system_controls WHERE name IN ('net.ipv4.conf.all.rp_filter', 'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.lo.rp_filter') ORDER BY name" |
		jq -r '[.[] | "\(.name | split(".")[3]) \(.config_value) \(.config_path)"] | join(", ")')"
rm box/usr/lib/sysctl.d/20.conf
check "settings in files: one that this kernel does not have" '[{"name":"kernel.hidden","current_value":null,"config_value":"etc"}]' "$(rows "SELECT name, current_value, config_value FROM system_controls WHERE name = 'kernel.hidden'")"

# Only a machine that runs has them: elsewhere a rule about them is out of scope, never passed.
cat >machine.yaml <<'P'
plimsoll: v1
name: acme/machine
rules:
  - {id: acme/telnet, severity: high, title: Telnet listens, query: SELECT port FROM listening_ports WHERE port = 2323}
  - {id: acme/nothing, severity: high, title: Nothing runs, query: SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM processes)}
  - {id: acme/gone, severity: low, title: A program was removed, query: SELECT path FROM processes WHERE on_disk = 0}
P
judge_live machine.yaml
check "rules about the machine" "acme/telnet: fail acme/nothing: pass acme/gone: fail" "$(jq -r '[.checks[] | "\(.id): \(.result)"] | join(" ")' v.json)"
live policy record --output /box.inventory host: >out 2>&1
printf 'plimsoll_cases: v1\npolicy: machine.yaml\nat: 2026-11-20\ncases: [{name: it was recorded, inventory: box/box.inventory, expect: {findings: [acme/telnet, acme/gone]}}]\n' >cases.yaml
check "a stored inventory has them" "ok 1 - cases.yaml: it was recorded" "$("$plimsoll" policy test cases.yaml | sed -n 2p)"
for target in rootfs:tree host:tree oci:image.oci; do
	policy=machine.yaml judge $target
	kind=$(jq -r .subject.kind v.json)
	check "$kind: out of scope" "out_of_scope out_of_scope out_of_scope, area out_of_scope" "$(jq -r '([.checks[].result] | join(" ")) + ", area " + .areas.rules' v.json)"
	check "$kind: why" "only the running machine (host:) has listening_ports" "$(jq -r '.checks[] | select(.id == "acme/telnet").reason | split(",")[0]' v.json)"
done
check "a query elsewhere is an error" "3 plimsoll query: only the running machine (host:) has processes, and the target is an image" \
	"$("$plimsoll" query oci:image.oci 'SELECT * FROM processes' 2>err; echo "$? $(cat err)")"
if chroot --userspec=65534:65534 box /cat /etc/os-release >/dev/null 2>&1; then
	env XDG_CACHE_HOME=/none XDG_STATE_HOME=/none chroot --userspec=65534:65534 box "/${plimsoll##*/}" check --no-cache --policy /live.yaml --output json host: >v.json 2>err
	check "nobody: what only root may see is unknown" "acme/telnet: fail acme/nothing: pass acme/gone: unknown" \
		"$(jq -r '[.checks[] | "\(.id): \(.result)"] | join(" ")' v.json; [ -s v.json ] || cat err)"
	asks() { env XDG_CACHE_HOME=/none XDG_STATE_HOME=/none chroot --userspec=65534:65534 box "/${plimsoll##*/}" query --output json host: "$1" 2>err | jq -c .; grep -o 'only root may read it' err; }
	check "nobody: a setting that everybody may read" '[{"current_value":"Linux"}]' "$(asks "SELECT current_value FROM system_controls WHERE name = 'kernel.ostype'")"
	check "nobody: settings that only root may read" "only root may read it" "$(asks "SELECT name FROM system_controls WHERE current_value = 'no such value'")"
	if mount -t proc -o hidepid=2 none box/proc 2>/dev/null && grep -q hidepid /proc/mounts; then
		env XDG_CACHE_HOME=/none XDG_STATE_HOME=/none chroot --userspec=65534:65534 box "/${plimsoll##*/}" check --no-cache --policy /live.yaml --output json host: >v.json 2>err
		check "nobody: processes that are hidden" "acme/nothing: unknown" "$(jq -r '.checks[] | select(.id == "acme/nothing") | "\(.id): \(.result)"' v.json; [ -s v.json ] || cat err)"
		umount box/proc
	fi
fi
kill $gone $odd $listener; wait 2>/dev/null

exit $failed
