#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guard exec: containers of Docker and podman, and one of no engine, run what their images contain, and nothing else.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
unset CONTAINERS_STORAGE_CONF STORAGE_DRIVER XDG_CONFIG_HOME XDG_DATA_HOME DOCKER_HOST
export HOME=$work XDG_RUNTIME_DIR=$work/run XDG_CACHE_HOME=$work/cache XDG_STATE_HOME=$work/state
mkdir -p run state
here=(--docker-root "$work/docker" --podman-root "$work/podman" --containerd-state "$work/none" --log "$work/log")
guard() { timeout 60 "$plimsoll" guard exec "${here[@]}" "$@"; }
wrong() { # NAME PATTERN ARGUMENT...
	local name=$1 pattern=$2
	shift 2
	guard "$@" >out 2>err
	check "$name" "3 1" "$? $(grep -cE -- "$pattern" err)"
}
wrong "no container" "a container is needed, or --all"
wrong "both" "not both" --all web
wrong "patience" "100 to 10000" --patience 5 --all
wrong "an assign file without its key" "--assign-key" --assign x --all
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$plimsoll" guard exec --all >out 2>err
	check "without CAP_SYS_ADMIN" "3 1" "$? $(grep -c CAP_SYS_ADMIN err)"
elif [ "$(id -u)" != 0 ]; then
	guard --all >out 2>err
	check "without CAP_SYS_ADMIN" "3 1" "$? $(grep -c CAP_SYS_ADMIN err)"
	echo "skipped: all that is live: only root is asked by the kernel"
	exit $failed
fi
guard none >out 2>err
status=$?
if grep -qE "fanotify|CAP_SYS_ADMIN|FAN_OPEN_EXEC_PERM" err; then
	echo "skipped: all that is live: $(cat err)"
	exit $failed
fi
check "no such container" "3 1" "$status $(grep -c "no container 'none'" err)"
wrong "no such runtime" "/no/runc" --runtime /no/runc --all
wrong "no such process" "there is no process 2147483646" pid:2147483646
wrong "a process of this machine" "in no container" "pid:$$"
"$plimsoll" key generate --no-passphrase --role assign --out key >out 2>err || cat out err
echo '{}' >assign.json
wrong "an assign file that nobody signed: the door does not open" "assign" --assign assign.json --assign-key key.pub --all

# A shell and a few programs of this machine, in two layers.
mkdir -p live/{bin,etc,tmp,srv,proc,dev,sys,lib64,vol,scratch} two/srv
for program in dash sleep cat cp mv rm chmod touch id ls chroot mkdir mount umount unshare; do
	cp "$(command -v $program)" live/bin/
	for library in $(ldd "$(command -v $program)" | grep -o '/[^ ]*'); do mkdir -p "live${library%/*}"; cp -Ln "$library" "live$library"; done
done
ln -s dash live/bin/sh
echo 'root:x:0:0::/:/bin/sh' >live/etc/passwd
printf '#!/bin/sh\necho old\n' >live/bin/hidden && chmod 755 live/bin/hidden
mkdir two/bin && printf '#!/bin/sh\necho new, and longer\n' >two/bin/hidden && chmod 755 two/bin/hidden
printf '#define _GNU_SOURCE\n#include <fcntl.h>\n#include <sys/mman.h>\n#include <unistd.h>\nint main(int n, char **a) { char b[65536], *args[] = { "cat", "/etc/passwd", 0 }; ssize_t k; int in = open(a[1], O_RDONLY), m = memfd_create("hidden", 0);\nwhile ((k = read(in, b, sizeof b)) > 0) write(m, b, k);\nreturn fexecve(m, args, (char *[]){ 0 }); }\n' >memory.c
"${CC:-cc}" -static -w -o live/bin/memory memory.c 2>/dev/null || no_memory="the compiler cannot make a static program"
echo '{"Cmd": ["/bin/sleep", "100000"], "Env": ["PATH=/bin"], "reference": "team/live:1"}' >live.json
"$root/tools/oci-image" live.docker.tar live.json live two

# In a container: each way, and whether something ran that way ("root:" is what it prints), or what the shell said of it.
cat >ways.sh <<'S'
try() { name=$1; shift; out=$("$@" 2>&1); case $out in root:*) echo "$name runs";; *ermitted*) echo "$name refused";; *) echo "$name: $out";; esac; }
evil() { cat /bin/cat >"$1"; echo evil >>"$1"; chmod 755 "$1"; }
try untouched /bin/cat /etc/passwd
evil /srv/added; try added /srv/added /etc/passwd
evil /tmp/new; mv /tmp/new /bin/touch; try replaced /bin/touch /etc/passwd
cp /bin/cat /bin/kept; mv /bin/cat /bin/renamed; try renamed /bin/renamed /etc/passwd; mv /bin/kept /bin/cat
chmod 755 /bin/cat; try "copied up" /bin/cat /etc/passwd
rm /bin/id; /bin/id 2>/dev/null; [ $? = 127 ] && echo "removed is gone"
cp /bin/cat /vol/same; try "the image's content in a volume" /vol/same /etc/passwd
evil /vol/evil; try "in a volume" /vol/evil /etc/passwd
cp /bin/cat /scratch/same; try "the image's content in tmpfs" /scratch/same /etc/passwd
evil /scratch/evil; try "in tmpfs" /scratch/evil /etc/passwd
printf '#!/bin/sh\ncat /etc/passwd\n' >/srv/script; chmod 755 /srv/script; try "a script by itself" /srv/script
try "by script" sh /srv/script
try "by loader" /lib64/ld-linux-x86-64.so.2 /srv/added /etc/passwd
try "in memory" /bin/memory /srv/added
printf '#!/bin/sh\necho old\n' >/srv/old; chmod 755 /srv/old; try "what a layer hides" /srv/old
cp /bin/cat /srv/writing; exec 3>>/srv/writing; try "open for writing" /srv/writing /etc/passwd; exec 3>&-
cp /bin/cat /srv/setuid; chmod 4755 /srv/setuid; try "with set-id bits" /srv/setuid /etc/passwd
mkdir /srv/jail; cp /bin/cat /srv/jail/cat; cp /srv/added /srv/jail/added; cp -r /lib /lib64 /usr /etc /srv/jail 2>/dev/null
try "chroot" chroot /srv/jail /cat /etc/passwd
try "chroot, added" chroot /srv/jail /added /etc/passwd
S
wanted() {
	cat <<W
untouched runs
added refused
replaced refused
renamed runs
copied up runs
removed is gone
the image's content in a volume runs
in a volume refused
the image's content in tmpfs runs
in tmpfs refused
a script by itself refused
by script runs
by loader runs
in memory ${no_memory:+was not tried}${no_memory-runs}
what a layer hides refused
open for writing refused
with set-id bits refused
chroot runs
chroot, added refused
W
}
unlike_here() { if [ -n "${no_memory:-}" ]; then sed 's/^in memory.*/in memory was not tried/'; else cat; fi; }

guards() { # ARGUMENT...: starts one and waits until it guards
	"$plimsoll" guard exec "${here[@]}" --patience 2000 "$@" >guard.log 2>&1 &
	watchdog=$!
	waits grep -q ' containers' guard.log || { cat guard.log; exit 1; }
}
children() { cat /proc/"$1"/task/*/children 2>/dev/null | tr -d ' '; }
is_gone() { ! kill -0 "$1"; }
end_guard() { [ -z "${watchdog:-}" ] || { kill "$watchdog"; waits is_gone "$watchdog"; } 2>/dev/null; watchdog=''; }
waits() { for _ in $(seq 100); do "$@" >>waits.log 2>&1 && return; sleep 0.1; done; return 1; }
stop_engines() {
	end_guard
	[ -z "${podman_runs:-}" ] || "${podman[@]}" rm --force --time 0 live >>podman.log 2>&1
	[ -z "${docker_runs:-}" ] || "${docker[@]}" rm --force live >>docker.log 2>&1
	[ -z "${dockerd:-}" ] || { kill "$dockerd"; wait "$dockerd"; } 2>/dev/null
	[ -z "${own:-}" ] || kill -9 "$own" 2>/dev/null
	umount "$work"/*/overlay "$work"/*/*/overlay "$work/own/merged" 2>/dev/null
	umount "$work/own" 2>/dev/null
}
trap "stop_engines; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT
logged() { jq -r 'select(.kind == "exec") | .fields | select(.path == "'"$1"'") | [.engine, .name, .process, .outcome, (.digest | length)] | join(" ")' log | tail -n 1; }

# What each engine is asked: NAME, and how to run something in its container.
engine_tests() {
	local name=$1
	shift
	"$@" /bin/sh -s <ways.sh >ways 2>&1
	check "$name: the ways" "$(wanted)" "$(unlike_here <ways)"
	check "$name: the log" "$name live sh refused 71" "$(logged /srv/added)"
	check "$name: what runs is not told" "" "$(logged /bin/renamed)$(logged /bin/cat)"
	check "$name: its digest" "sha256:$( (cat live/bin/cat; echo evil) | sha256sum | cut -d' ' -f1)" "$(jq -r 'select(.fields.path == "/srv/added") | .fields.digest' log | tail -n 1)"
	# Whoever is killed or stopped, nothing goes unasked.
	local listener
	kill -9 "$(children "$watchdog")"
	"$@" /srv/added /etc/passwd >out 2>&1
	check "$name: its listener was killed" "0" "$(grep -c ^root: out)"
	"$@" /bin/cat /etc/passwd >out 2>&1
	check "$name: another one answers" "1" "$(grep -c ^root: out)"
	kill -STOP "$(children "$watchdog")"
	timeout 20 "$@" /srv/added /etc/passwd >out 2>&1
	check "$name: its listener was stopped" "0 1" "$(grep -c ^root: out) $(grep -c 'did not answer' guard.log)"
	listener=$(children "$watchdog")
	disown "$watchdog"
	kill -9 "$watchdog"
	"$@" /srv/added /etc/passwd >out 2>&1
	check "$name: its watchdog was killed" "0" "$(grep -c ^root: out)"
	waits grep -q 'takes its place' guard.log
	watchdog=$listener
	kill -9 "$(children "$watchdog")"
	"$@" /srv/added /etc/passwd >out 2>&1
	check "$name: who took its place watches" "0" "$(grep -c ^root: out)"
	"$@" /bin/cat /etc/passwd >out 2>&1
	check "$name: and lets run what may" "1" "$(grep -c ^root: out)"
	end_guard
	"$@" /srv/added /etc/passwd >out 2>&1
	check "$name: without a guard everything runs" 1 "$(grep -c ^root: out)"
	rm -f log
	guards --dry-run live
	"$@" /srv/added /etc/passwd >out 2>&1
	check "$name: a dry run only tells" "1 dry run" "$(grep -c ^root: out) $(waits test -s log; jq -r 'select(.fields.path == "/srv/added") | .fields.outcome' log)"
	end_guard
	guards --allow '/srv/*' live
	"$@" /srv/added /etc/passwd >out 2>&1
	"$@" /vol/evil /etc/passwd >>out 2>&1
	check "$name: what is allowed" 1 "$(grep -c ^root: out)"
	end_guard
}

# One of no engine: an overlay, and a process that has it as its root.
mkdir own && mount -t tmpfs own own && mkdir own/{upper,work,merged,vol} && chmod 755 own
if mount -t overlay -o "lowerdir=$work/two:$work/live,upperdir=$work/own/upper,workdir=$work/own/work" own own/merged 2>err; then
	unshare --mount --pid --fork --kill-child sh -c "
		mount --bind '$work/own/vol' own/merged/vol && mount -t tmpfs x own/merged/scratch && mount -t proc x own/merged/proc && cd own/merged && mkdir -p .old &&
		pivot_root . .old && umount -l /.old; exec /bin/sleep 1000" >own.log 2>&1 &
	own=$!
	is_inside() { inner=$(children "$own") && grep -q " / / .*overlay" "/proc/$inner/mountinfo" && ! grep -q "/.old" "/proc/$inner/mountinfo"; }
	waits is_inside
	guards "pid:$inner"
	enter=(nsenter --target "$inner" --mount --root --wd=/)
	"${enter[@]}" /bin/sh -c "cd /; exec /bin/sh -s" <ways.sh >ways 2>err
	check "a container of no engine: the ways" "$(wanted)" "$(unlike_here <ways)"
	check "its log" "process  sh refused 71" "$(logged /srv/added)"
	"${enter[@]}" unshare --mount /bin/sh -c 'mount -t tmpfs x /srv/jail; cat /srv/added >/srv/jail/x; chmod 755 /srv/jail/x; /srv/jail/x /etc/passwd' >out 2>&1
	check "a tmpfs in a namespace of its own" "0 1" "$(grep -c ^root: out) $(grep -c 'not permitted' out)"
	"$work/own/merged/srv/added" /etc/passwd >out 2>&1
	check "from outside it is not run either" 0 "$(grep -c ^root: out)"
	cp "$work/own/merged/srv/added" "$work/own/vol/outside" && "$work/own/vol/outside" /etc/passwd >out 2>&1
	check "the machine runs what it likes of a volume" 1 "$(grep -c ^root: out)"
	end_guard
	{ kill -9 "$own"; wait "$own"; } 2>/dev/null
	own=
else
	echo "skipped: a container of no engine: $(cat err)"
fi
rm -f log

if command -v podman >/dev/null && command -v runc >/dev/null; then
	podman=(podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver overlay --cgroup-manager cgroupfs --runtime runc)
	if "${podman[@]}" load --quiet --input live.docker.tar >podman.log 2>&1 && podman_runs=1 && guards --all &&
		"${podman[@]}" run --detach --name live --network none --ulimit nofile=1000:1000 --ulimit nproc=1000:1000 --volume data:/vol --tmpfs /scratch:exec team/live:1 >>podman.log 2>&1; then
		engine_tests podman "${podman[@]}" exec --interactive live
	else
		echo "skipped: podman runs no containers here: $(tail -n 1 podman.log)"
	fi
	"${podman[@]}" rm --force --time 0 live >>podman.log 2>&1
	end_guard
else
	echo "skipped: podman or runc, which are not here"
fi
rm -f log
if command -v dockerd >/dev/null && command -v docker >/dev/null; then
	dockerd --host "unix://$work/docker.sock" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >docker.log 2>&1 &
	dockerd=$!
	docker=(docker --host "unix://$work/docker.sock")
	if waits "${docker[@]}" version && "${docker[@]}" load --quiet --input live.docker.tar >>docker.log 2>&1 && docker_runs=1 && guards --all &&
		"${docker[@]}" run --detach --name live --network none --mount type=volume,source=data,target=/vol --tmpfs /scratch:exec team/live:1 >>docker.log 2>&1; then
		engine_tests docker "${docker[@]}" exec --interactive live
		rm -f log
		guards --all
		"${docker[@]}" run --rm --network none --mount type=volume,source=data,target=/vol team/live:1 /vol/evil /etc/passwd >out 2>&1
		check "Docker: the first program of a new container" "0 1" "$(grep -c ^root: out) $(grep -c 'not permitted' out)"
		"${docker[@]}" run --rm --network none --init --mount type=volume,source=data,target=/vol team/live:1 /bin/cat /etc/passwd >out 2>&1
		check "Docker: its own init runs" 1 "$(grep -c ^root: out)"
		"${docker[@]}" restart --time 0 live >>docker.log 2>&1
		"${docker[@]}" exec live /srv/added /etc/passwd >out 2>&1
		check "Docker: after a restart" 0 "$(grep -c ^root: out)"
		end_guard

		# A broken glass.
		image=$("${docker[@]}" inspect --format '{{.Image}}' live)
		"$plimsoll" key generate --no-passphrase --role assign --out assign >>docker.log 2>&1
		cat >glass.yaml <<Y
plimsoll_assign: v1
rules:
  - {name: none, repositories: ["none/*"], keys: assign.pub}
break_glass:
  - {name: night, digests: ["$image"], owner: ops, reason: a test, until: $(date -d '1 day' +%F)}
Y
		"$plimsoll" assign sign --key assign.key glass.yaml >out 2>err || cat err
		guards --assign glass.yaml.signed --assign-key assign.pub live
		"${docker[@]}" exec live /srv/added /etc/passwd >out 2>&1
		check "Docker: a broken glass" "1 glass broken night" "$(grep -c ^root: out) $(waits grep -q night log; jq -r 'select(.fields.glass) | .fields | .outcome + " " + .glass' log | tail -n 1)"
		end_guard
	else
		echo "skipped: Docker runs no containers here: $(tail -n 1 docker.log)"
	fi
else
	echo "skipped: dockerd, which is not here"
fi
[ -z "${no_memory:-}" ] || echo "skipped: a program that was never in a file: $no_memory"
[ $failed = 0 ] || tail -n 20 guard.log docker.log podman.log
exit $failed
