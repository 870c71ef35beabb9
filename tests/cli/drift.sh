#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# drift: what changed in containers, from stores that lie here as plain directories, and in real containers of podman and Docker.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
[ "$(id -u)" = 0 ] || { echo "stores of containers are root's"; exit 77; }
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run
unset CONTAINERS_STORAGE_CONF STORAGE_DRIVER XDG_CONFIG_HOME XDG_DATA_HOME DOCKER_HOST
mkdir -p run

mkdir -p a/bin a/etc a/opt/old a/opt/tools a/srv/data a/var/lib/dpkg/info b/bin b/etc b/opt/new
printf '\177ELF the program' >a/bin/run
printf '#!/bin/sh\n' >b/bin/tool
printf '\177ELF another' >a/bin/other
printf '\177ELF third' >a/bin/third
chmod 755 a/bin/* b/bin/tool
echo gone >a/etc/gone
echo setting >a/etc/setting
echo 'root:x:0:0::/:/bin/sh' >a/etc/passwd
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >a/var/lib/dpkg/status
printf '/.\n/bin\n/bin/run\n/bin/other\n' >a/var/lib/dpkg/info/a.list
for i in 1 2 3; do echo "$i" >a/opt/old/$i; echo "data $i" >a/srv/data/$i; done
: >b/etc/.wh.gone

fixture() { python3 "$root/tests/cli/drift-fixture.py" "$@"; }
drift() { timeout 120 "$plimsoll" drift --docker-root "$work/docker" --podman-root "$work/${store:-podman}" --output json "$@" >out.json 2>err; }
# Of each change in one line: what, how bad, where; and from where, whose, copied from what.
changes() { jq -r '.containers[] | .changes[] | [.change, .class, .severity, .path, .from // empty, .same_as // empty, (.package.name // empty)] | join(" ")' out.json; }
unknown() { jq -r '.containers[] | .unknown[] | [.path // "-", .reason] | join(" ")' out.json; }
is() { check "$1" "$2" "$3 $(changes)"; }

read -r docker_id image docker_upper < <(fixture docker "$work/docker" web a b)
read -r podman_id _ podman_upper < <(fixture podman "$work/podman" pod a b)
read -r vfs_id _ vfs_upper < <(fixture podman-vfs "$work/podman-vfs" pod a b)

for target in docker:web podman:pod podman-vfs:pod; do
	store=podman engine=${target%%:*} name=${target#*:}
	[ "$engine" = podman-vfs ] && store=podman-vfs engine=podman
	of="${target%%:*}"
	drift --engine $engine $name
	is "$of: nothing changed" "0 " $?
	check "$of: the image is proved" "image sha256:$image" "$(jq -r '.containers[0] | .baseline + " " + .image.config_digest' out.json)"
	drift --engine $engine --full $name
	is "$of: nothing in any file either" "0 " $?
	drift --engine $engine --no-cache $name
	is "$of: nor without a cache" "0 " $?
done
store=podman

# What a container can do to its files; in an overlay what is removed leaves a mark.
mark() { python3 -c 'import os, sys; os.setxattr(sys.argv[3], "trusted.overlay." + sys.argv[1], sys.argv[2].encode())' "$@"; }
gone() { mknod "$1" c 0 0; }
gone_vfs() { rm -rf "$1"; }
change() { # UPPER GONE
	mkdir -p "$1"/{bin,etc,srv/data,opt/tools,usr/local/bin,root/.ssh,tmp,var/log}
	printf '\177ELF new' >"$1/usr/local/bin/new" && chmod 755 "$1/usr/local/bin/new"
	rm -f "$1/bin/run"; printf '\177ELF replaced' >"$1/bin/run" && chmod 755 "$1/bin/run"
	$2 "$1/bin/other"; cp a/bin/other "$1/bin/moved"
	cp a/etc/setting "$1/etc/setting"; touch -d 2001-01-01 "$1/etc/setting"
	cp -p a/bin/third "$1/bin/third"; chmod 4755 "$1/bin/third"
	cp b/bin/tool "$1/tmp/copy"; chmod 644 "$1/tmp/copy"
	$2 "$1/srv/data/1"
	cp a/srv/data/2 "$1/srv/data/2"; chown 1000:1000 "$1/srv/data/2"
	echo 'evil::0:0::/:' | cat a/etc/passwd - >"$1/etc/passwd"
	echo key >"$1/root/.ssh/authorized_keys"
	echo line >"$1/var/log/some.log"
	echo '{}' >"$1/opt/tools/in-path"
	mkdir -p "$1/opt/old" && echo other >"$1/opt/old/other"
}
change "$docker_upper" gone
change "$podman_upper" gone
change "$vfs_upper" gone_vfs
for upper in "$docker_upper" "$podman_upper"; do mark opaque y "$upper/opt/old"; done
rm -f "$vfs_upper"/opt/old/[123]
printf '\177ELF outside' >docker/volumes/v/_data/outside
for store in podman podman-vfs; do printf '\177ELF outside' >$store/volumes/v/outside; done
wanted='1 changed privilege critical /bin/third
changed account critical /etc/passwd
added account critical /root/.ssh/authorized_keys
renamed program high /bin/moved /bin/other a
changed program high /bin/run a
added program high /opt/tools/in-path
added program high /tmp/copy /bin/tool
added program high /usr/local/bin/new
outside program medium /vol/outside
removed data medium /opt/old/1
removed data medium /opt/old/2
removed data medium /opt/old/3
added data medium /opt/old/other
removed data medium /srv/data/1
changed data medium /srv/data/2
added transient low /var/log/some.log'
for target in docker:web podman:pod podman-vfs:pod; do
	store=podman engine=${target%%:*} name=${target#*:}
	[ "$engine" = podman-vfs ] && store=podman-vfs engine=podman
	of="${target%%:*}"
	drift --engine $engine $name
	is "$of: what changed" "$wanted" $?
	check "$of: nothing is unknown" "" "$(unknown)"
	cp out.json first.json
	drift --engine $engine $name
	check "$of: the same bytes" 0 "$(cmp out.json first.json >&2; echo $?)"
	drift --engine $engine --full $name
	is "$of: all files say the same" "$wanted" $?
done
store=podman
drift --engine docker web
check "details" '[{"new":"4755","old":"0755","what":"mode"}] [{"new":"1000:1000","old":"0:0","what":"owner"}] []' \
	"$(jq -c '.containers[0].changes | map({key: .path, value: .details}) | from_entries | .["/bin/third"], .["/srv/data/2"], .["/bin/moved"]' out.json | paste -sd ' ')"
check "what is mounted" '[{"kind":"directory","place":"/vol","programs":1}]' "$(jq -c '.containers[0].outside' out.json)"
check "without it" 0 "$(drift --engine docker --inside web; changes | grep -c outside)"
record=docker/containers/$docker_id/config.v2.json
cp "$record" record.json
sed -i 's,"Destination": "/vol","Destination": "/sys/vol",' "$record"
drift --engine docker web
check "a directory below /sys is no view of the kernel's" "outside program medium /sys/vol/outside" "$(changes | grep ^outside)"
cp record.json "$record"
sed -i 's,"Driver": "local","Driver": "nfs",' "$record"
drift --engine docker web
check "a volume that another driver keeps" "/vol its volume is kept elsewhere, and is not here while the container does not run" "$(unknown)"
mv record.json "$record"
echo '{}' >docker/volumes/v/opts.json
drift --engine docker web
check "a volume with options" "/vol its volume is kept elsewhere, and is not here while the container does not run" "$(unknown)"
rm docker/volumes/v/opts.json
"$plimsoll" drift --docker-root "$work/docker" --engine docker web >out 2>err
check "as text" "1 DRIFT docker:${docker_id:0:12} web (team/web:1)" "$? $(head -n 1 out | cut -d: -f1-3)"
check "text: whose file it was" "1 1" "$(grep -c 'was    /bin/other' out) $(grep -A3 '/bin/moved' out | grep -c 'of     a (deb)')"

# What it is worth.
drift --engine docker --severity critical web
check "as bad as asked for" 1 $?
drift --engine docker --severity high --ignore '/bin/**' --ignore '/etc/passwd' --ignore '/root/**' --ignore '/opt/tools/*' --ignore '/tmp/**' --ignore '/usr/**' web
check "what may change" "0 8" "$? $(changes | wc -l)"
check "it is counted" 8 "$(changes >left; drift --engine docker web; echo $(($(changes | wc -l) - $(wc -l <left))))"

# Which container.
drift --engine docker "${docker_id:0:6}"
check "by the beginning of its id" "1 $docker_id" "$? $(jq -r '.containers[0].id' out.json)"
drift --engine podman "$podman_id"
check "by its id" "1 pod" "$? $(jq -r '.containers[0].name' out.json)"
drift --all
check "all" "1 docker podman" "$? $(jq -r '[.containers[].engine] | join(" ")' out.json)"
drift web pod web
check "several, each once" "1 2" "$? $(jq '.containers | length' out.json)"
wrong() { # NAME PATTERN ARGUMENT...
	local name=$1 pattern=$2
	shift 2
	drift "$@"
	check "$name" "3 1" "$? $(grep -cE -- "$pattern" err)"
}
wrong "no such container" "no container 'none'" none
wrong "no such engine" "'lxc' is no engine" --engine lxc web
wrong "no such severity" "'bad' is no severity" --severity bad web
wrong "no container at all" "a container is needed" --full
wrong "both" "not both" --all web
wrong "an image for two" "there are 2" --image rootfs:a --all
wrong "no store there" "/nowhere" --docker-root /nowhere --engine docker web

# Of an engine that a user may not look into nobody knows what it has.
mkdir -m 711 place && mkdir -m 700 place/closed && mkdir -m 777 place/home && cp "$plimsoll" place/plimsoll && chmod 755 place/plimsoll "$work"
nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups env HOME="$work/place/home" XDG_DATA_HOME="$work/place/home" PLIMSOLL_LOG= "$work/place/plimsoll" drift "$@" >out 2>err; }
nobody --docker-root "$work/place/closed" web
check "an engine that is closed to its user" "3 1" "$? $(grep -c 'docker: .*/place/closed/containers: Permission denied' err)"
if [ -d /run/containerd ] && ! setpriv --reuid 65534 --regid 65534 --clear-groups ls /run/containerd >out 2>&1; then
	nobody --all
	check "all, but for those that are closed" "2 1" "$? $(grep -c '^UNKNOWN containerd:\*' out)"
else
	echo "skipped: /run/containerd is open to everybody here, or is not there"
fi

# What cannot be told is said, and is no pass.
cp -a docker docker.kept
again() { rm -rf docker && cp -a docker.kept docker; }
tells() { # NAME STATUS PATTERN ARGUMENT...
	local name=$1 status=$2 pattern=$3
	shift 3
	drift --engine docker "$@"
	check "$name" "$status 1" "$? $(unknown | grep -cE -- "$pattern")"
	again
}
clean() { find "$docker_upper" -mindepth 1 -delete; rm -f docker/volumes/v/_data/*; }
clean
rm -r docker/image/overlay2/imagedb
tells "the image is gone: the layers below stand for it" 2 "the image is not at hand" web
check "against which" layers "$(jq -r '.containers[0].baseline' out.json)"
rm -r docker/image/overlay2/imagedb
drift --engine docker web
check "and what changed against them is told" "1 changed program high /bin/run a" "$? $(changes | grep bin/run)"
again
clean
rm -r docker/image/overlay2/imagedb
drift --engine docker --layers web
check "who takes them for the image says so" "0 layers " "$? $(jq -r '.containers[0].baseline' out.json) $(unknown)"
again
"$root/tools/oci-image" other.oci <(echo '{}') a
tells "another image" 1 "made of another image, sha256:$image" --image oci:other.oci web
clean
tells "another image is none at hand" 2 "made of another image" --image oci:other.oci web
clean
mkdir -p "$docker_upper/bin" "$docker_upper/srv/data"
: >"$docker_upper/bin/run" && mark metacopy '' "$docker_upper/bin/run"
tells "content that is taken from elsewhere" 1 "^/bin/run the overlay takes its content from elsewhere" web
clean
mkdir "$docker_upper/srv" && mark redirect /old "$docker_upper/srv"
tells "names that are taken from elsewhere" 2 "^/srv the overlay takes its names from elsewhere" web
clean
rm -r "$docker_upper"
tells "its directory is gone" 2 "it is gone" web
record=docker/containers/$docker_id/config.v2.json
for bad in '{"ID":"x"}' '[]' '{' "$(sed 's/"Image": "sha256/"image": "sha256:0", "Image": "sha256/' $record)" "$(sed 's/"Image": "sha256:./"Image": "team/' $record)"; do
	printf '%s' "$bad" >$record
	tells "a record that is wrong: ${bad:0:20}" 2 "config.v2.json" "$docker_id"
done
printf '{' >$record
drift --all
check "the others are told all the same" "1 unknown fail" "$? $(jq -r '[.containers[].result] | join(" ")' out.json)"
again
clean
echo '../../../../../etc' >"docker/image/overlay2/layerdb/mounts/$docker_id/mount-id"
tells "a directory that leads out" 2 "no name of a directory" "$docker_id"
clean
echo 'l/../../../../../../../../etc' >"$(dirname "$docker_upper")/lower"
tells "layers that lead out stay in the store" 2 "it is gone" --full web
clean
ln -sfn /etc "$(dirname "$docker_upper")/diff.new" && rmdir "$docker_upper" && mv -T "$(dirname "$docker_upper")/diff.new" "$docker_upper"
tells "a writable directory that is a link out of it" 2 "it is gone|went away" web

# The layers on the disk: whoever changed them there changed the container, but not its writable directory.
lower=$(dirname "$(grep -l 'the program' docker/overlay2/*/diff/bin/run | head -n 1)")
clean
drift --engine docker web
is "before" "0 " $?
printf '\177ELF the proGram' >"$lower/run"
drift --engine docker web
is "what is below is taken as the image says" "0 " $?
drift --engine docker --full web
is "--full reads it" "1 changed program high /bin/run a" $?
tells "the image cannot be made of such layers" 2 "the file's content was changed" --no-cache web

# What containers leave to whoever looks.
clean
mkdir -p "$docker_upper/srv" "$docker_upper/many" && cd "$docker_upper/srv" || exit 3
ln -s /etc link-out && ln -s ../../../../../../../etc/passwd climb && mkfifo fifo && mknod device b 8 0 && mknod null c 1 3
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
printf x >$'esc\033[2Jape\nline' && printf x >$'\377bytes' && printf 'wh' >.wh.name && ln -s nowhere dangling
truncate -s 3G sparse
cd "$work" || exit 3
python3 -c 'import sys; [open(f"{sys.argv[1]}/{i:05}", "w").close() for i in range(30000)]' "$docker_upper/many"
drift --engine docker web
check "hostile files" '1 added device high /srv/device
added device high /srv/null
added data medium /srv/.wh.name
added data medium /srv/climb
added data medium /srv/dangling
added data medium /srv/esc\u001b[2Jape\nline
added data medium /srv/link-out
added data medium /srv/sparse
added data medium /srv/�bytes
added transient low /srv/fifo
added transient low /srv/socket' "$? $(jq -r '.containers[0].changes[] | select(.path | startswith("/srv")) | [.change, .class, .severity, (.path | tojson | .[1:-1])] | join(" ")' out.json)"
check "thirty thousand more" 30000 "$(changes | grep -c '^added data medium /many/')"
"$plimsoll" drift --docker-root "$work/docker" --engine docker --ignore '/many/**' web >out 2>err
check "no escapes in the text" "1 0 1" "$? $(grep -c "$(printf '\033')" out) $(grep -c 'esc.x1b' out)"
again

# Directories of fuse-overlayfs, whose marks are names too.
mkdir fuse
read -r _ _ fuse_upper < <(fixture docker-fuse "$work/fuse" web a b)
mkdir -p "$fuse_upper/bin" "$fuse_upper/opt/old"
: >"$fuse_upper/bin/.wh.tool"; : >"$fuse_upper/opt/old/.wh..wh..opq"
timeout 60 "$plimsoll" drift --docker-root "$work/fuse" --engine docker --output json web >out.json 2>err
is "fuse-overlayfs: what is gone" "1 removed program high /bin/tool
removed data medium /opt/old/1
removed data medium /opt/old/2
removed data medium /opt/old/3" $?

# Owners of a user name space that nobody knows while nothing runs in it: root alone is told from the directory itself.
clean
echo x >"$docker_upper/file" && mkdir "$docker_upper/dir" && cp a/etc/setting "$docker_upper/dir/"
chown -R 100000:100000 "$docker_upper" && chown 100033:100033 "$docker_upper/dir/setting"
drift --engine docker web
check "a user name space" "1 /file 0:0 1" "$? $(jq -r '.containers[0].changes[] | select(.path == "/file") | .path + " " + (.details[] | select(.what == "owner").new)' out.json) $(unknown | grep -c 'which ids its user name space has is not known while it does not run')"
again

# Targets of that store.
"$plimsoll" query --no-cache "docker-storage:[$work/docker]sha256:$image" --output csv "SELECT path FROM file WHERE path LIKE '/bin/%' ORDER BY path" >out 2>err
check "docker-storage: an image of Docker's, without it" "0 /bin/other /bin/run /bin/third /bin/tool" "$? $(tail -n +2 out | paste -sd ' ')"
"$plimsoll" query "docker-storage:[$work/docker]team/web:1" "SELECT 1" >out 2>err
check "docker-storage: by id only" "3 1" "$? $(grep -c "needs an image's id" err)"
printf '../../../../../etc/shadow' >"$(dirname "$(find docker/image/overlay2/layerdb/sha256 -name cache-id | head -n 1)")/cache-id"
"$plimsoll" query --no-cache "docker-storage:[$work/docker]$image" "SELECT 1" >out 2>err
check "docker-storage: a layer that leads out" "3 1" "$? $(grep -c "no name of a layer's directory" err)"
again

# containerd's state: a file among its name spaces is none, and those after it count.
mkdir -p containerd/io.containerd.runtime.v2.task/k8s.io/web
: >containerd/io.containerd.runtime.v2.task/a-file
drift --engine containerd --containerd-state "$work/containerd" --all
check "containerd: a file among the name spaces" "2 - config.json is not there" "$? $(unknown)"

# Real containers: a shell and a few programs of this machine.
mkdir -p live/{bin,etc,tmp,srv,proc,dev,sys,lib64,usr/local/bin}
for program in dash sleep cat cp mv rm chmod touch id; do
	cp "$(command -v $program)" live/bin/
	for library in $(ldd "$(command -v $program)" | grep -o '/[^ ]*'); do mkdir -p "live${library%/*}"; cp -Ln "$library" "live$library"; done
done
ln -s dash live/bin/sh
echo 'root:x:0:0::/:/bin/sh' >live/etc/passwd
echo '{"Cmd": ["/bin/sleep", "100000"], "Env": ["PATH=/bin"], "reference": "team/live:1"}' >live.json
"$root/tools/oci-image" live.docker.tar live.json live
printf '#define _GNU_SOURCE\n#include <fcntl.h>\n#include <sys/mman.h>\n#include <unistd.h>\nint main(int n, char **a) { char b[65536], *args[] = { "sleep", "5000", 0 }; ssize_t k; int in = open(a[1], O_RDONLY), m = memfd_create("hidden", 0);\nwhile ((k = read(in, b, sizeof b)) > 0) write(m, b, k);\nreturn fexecve(m, args, (char *[]){ 0 }); }\n' >memory.c
"${CC:-cc}" -static -w -o memory memory.c 2>/dev/null || { cp live/bin/cat memory; no_memory="the compiler cannot make a static program"; }
# Goes on in another thread when its first one, by which /proc names it, has ended.
printf '#include <pthread.h>\n#include <sys/syscall.h>\n#include <unistd.h>\nvoid *wait(void *x) { sleep(5000); return x; }\nint main(void) { pthread_t t; pthread_create(&t, 0, wait, 0); return (int)syscall(SYS_exit, 0); }\n' >threads.c
"${CC:-cc}" -static -w -o threads threads.c -pthread 2>/dev/null || { cp live/bin/cat threads; no_threads=1; }
cat >ways.sh <<'S'
cp /bin/cat /usr/local/bin/added
cp /bin/cat /tmp/new; echo more >>/tmp/new; mv /tmp/new /bin/touch
mv /bin/id /bin/renamed
cp /etc/passwd /tmp/same; cp /tmp/same /etc/passwd; rm /tmp/same
rm /bin/chmod
cp /bin/sleep /vol/volume; /vol/volume 5000 &
cp /bin/sleep /scratch/tmpfs; /scratch/tmpfs 5000 &
echo 'sleep 5000' >/srv/script; sh /srv/script &
cat /bin/sleep >/srv/loaded; /lib64/ld-linux-x86-64.so.2 /srv/loaded 5000 &
cp /bin/sleep /srv/deleted; /srv/deleted 5000 &
/srv/memory /bin/sleep &
/srv/threads &
sleep 1; rm /srv/deleted; echo done >/tmp/done; sleep 5000
S
seen() { jq -r '.containers[0].changes[] | [.change, .severity, .path, .from // empty, .same_as // empty, ([.processes[].via] | unique | join("+"))] | join(" ")' out.json | sed 's/ $//' | LC_ALL=C sort; }
ten() { # NAME OPTION...: an engine's container with all ten ways in it
	local name=$1
	shift
	drift "$@" live
	local status=$?
	check "$name: ten ways" "1 $(LC_ALL=C sort <<W
added critical /srv/loaded /bin/sleep mapped
added high /srv/memory
added $([ -z "${no_threads:-}" ] && echo critical /srv/threads run || echo high /srv/threads)
added high /tmp/ways.sh argument
added low /tmp/done
added medium /srv/script argument
added high /usr/local/bin/added /bin/cat
changed high /bin/touch
memory critical /srv/deleted run
${no_memory:+-}memory critical /memfd:hidden run
outside high /vol/volume run
outside high /scratch/tmpfs run
removed high /bin/chmod
renamed high /bin/renamed /bin/id
W
)" "$status $(seen)"
}

# Whoever may make a mount name space runs what nobody else sees, from what has no source at all; the process that stands for the container sees nothing of it.
cat >elsewhere.py <<'P'
import ctypes, os, shutil, sys
libc = ctypes.CDLL(None, use_errno=True)
def demand(failed):
    if failed:
        sys.exit(os.strerror(ctypes.get_errno()))
demand(libc.setns(os.open(f"/proc/{sys.argv[1]}/ns/mnt", os.O_RDONLY), 0x20000))
demand(libc.unshare(0x20000))
demand(libc.mount(None, b"/", None, 0x44000, None))
demand(libc.mount(b"/usr/local", b"/usr/local", None, 4096, None))
demand(libc.mount(b"", b"/srv", b"tmpfs", 0, None))
demand(libc.mount(b"none", b"/sys/kernel", b"tmpfs", 0, None))
demand(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
shutil.copy("/bin/sleep", "/tmp/astray")
begun, begins = os.pipe()
if os.fork() == 0:
    libc.prctl(1, 9, 0, 0, 0)
    os.execv("/tmp/astray", ["/tmp/astray", "5000"])
os.close(begins)
os.read(begun, 1)
demand(libc.umount2(b"/tmp", 2))
shutil.copy("/bin/sleep", "/srv/hidden")
shutil.copy("/bin/sleep", "/sys/kernel/hidden")
os.execv("/srv/hidden", ["/srv/hidden", "5000"])
P
# Its control group still tells whose process it is.
cat >root.py <<'P'
import ctypes, glob, os, platform, sys, time
libc = ctypes.CDLL(None, use_errno=True)
def demand(failed):
    if failed:
        sys.exit(os.strerror(ctypes.get_errno()))
joined = 0
for line in open(f"/proc/{sys.argv[1]}/cgroup").read().split():
    _, name, group = line.split(":", 2)
    for top in {"/sys/fs/cgroup/" + name.removeprefix("name="), "/sys/fs/cgroup/unified", "/sys/fs/cgroup"}:
        try:
            with open(f"{top}{group}/cgroup.procs", "w") as file:
                file.write(str(os.getpid()))
            joined += 1
        except OSError:
            pass
demand(not joined)
demand(libc.setns(os.open(f"/proc/{sys.argv[1]}/ns/mnt", os.O_RDONLY), 0x20000))
demand(libc.unshare(0x20000))
demand(libc.mount(None, b"/", None, 0x44000, None))
demand(libc.mount(b"none", b"/srv", b"tmpfs", 0, None))
os.chdir("/srv")
demand(libc.syscall(155 if platform.machine() == "x86_64" else 41, b".", b"."))
demand(libc.umount2(b".", 2))
libc.prctl(15, b"rooted", 0, 0, 0)
time.sleep(5000)
P
elsewhere() { # NAME PID OPTION...: an engine's container whose first process is PID
	local name=$1 first=$2 pid
	shift 2
	python3 elsewhere.py "$first" 2>elsewhere.log &
	pid=$!
	waits grep -qx hidden /proc/$pid/comm
	drift "$@" live
	kill $pid
	check "$name: a program in a mount name space of its own" "memory critical /astray run outside high /srv/hidden run outside medium /sys/kernel/hidden tmpfs" "$(seen | grep -e '/\(srv\|kernel\)/hidden' -e astray -e '^outside.*/usr' | paste -sd ' ') $(jq -r '.containers[0].outside[] | select(.place == "/srv").kind' out.json)"
	python3 root.py "$first" 2>root.log &
	pid=$!
	if waits grep -qx rooted /proc/$pid/comm; then
		drift "$@" live
		kill $pid
		check "$name: a root of its own" "process $pid of it has another root than the container's: what runs there is not known" "$(jq -r '.containers[0].unknown[].reason' out.json)"
	else
		echo "skipped: a root of its own: $(cat root.log)"
	fi
}

stop_engines() {
	[ -z "${podman_runs:-}" ] || "${podman[@]}" rm --force --time 0 live mapped >>podman.log 2>&1
	[ -z "${ctr_runs:-}" ] || { "${ctr[@]}" tasks kill --signal 9 live; sleep 0.3; "${ctr[@]}" tasks delete live; } >>ctr.log 2>&1
	[ -z "${docker_runs:-}" ] || docker --host "unix://$work/docker.sock" rm --force live >>docker.log 2>&1
	[ -z "${dockerd:-}" ] || { kill "$dockerd"; wait "$dockerd"; } 2>/dev/null
	umount "$work"/*/overlay "$work"/*/*/overlay 2>/dev/null
}
trap "stop_engines; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT
waits() { for _ in $(seq 200); do "$@" >>waits.log 2>&1 && return; sleep 0.1; done; return 1; }

if command -v podman >/dev/null && command -v runc >/dev/null; then
	podman=(podman --root "$work/live-podman" --runroot "$work/live-podman-run" --storage-driver overlay --cgroup-manager cgroupfs --runtime runc)
	if "${podman[@]}" load --quiet --input live.docker.tar >podman.log 2>&1 && podman_runs=1 &&
		"${podman[@]}" run --detach --name live --network none --ulimit nofile=1000:1000 --ulimit nproc=1000:1000 --volume data:/vol --tmpfs /scratch:exec team/live:1 >>podman.log 2>&1; then
		store=live-podman
		drift --engine podman live
		is "podman: nothing changed" "0 " $?
		"${podman[@]}" cp ways.sh live:/tmp/ways.sh && "${podman[@]}" cp memory live:/srv/memory && "${podman[@]}" cp threads live:/srv/threads && "${podman[@]}" exec --detach live sh /tmp/ways.sh >>podman.log 2>&1
		waits "${podman[@]}" exec live /bin/cat /tmp/done
		ten podman --engine podman
		elsewhere podman "$("${podman[@]}" inspect --format '{{.State.Pid}}' live)" --engine podman
		if "${podman[@]}" run --detach --name mapped --uidmap 0:100000:65536 --network none --ulimit nofile=1000:1000 --ulimit nproc=1000:1000 team/live:1 >>podman.log 2>&1; then
			"${podman[@]}" cp ways.sh mapped:/srv/file
			drift --engine podman mapped
			check "podman: owners of a user name space" "1 /srv/file 0:0 " "$? $(jq -r '.containers[0].changes[] | .path + " " + (.details[] | select(.what == "owner").new)' out.json) $(unknown)"
		else
			echo "skipped: podman maps no ids here: $(tail -n 1 podman.log)"
		fi
		"${podman[@]}" stop --time 0 live >>podman.log 2>&1
		drift --engine podman live
		check "podman: what ran in memory is gone with it" "1 false 0" "$? $(jq .containers[0].running out.json) $(changes | grep -c '^memory')"
		store=podman
	else
		echo "skipped: podman runs no containers here: $(tail -n 1 podman.log)"
	fi
else
	echo "skipped: podman or runc, which are not here"
fi
if command -v dockerd >/dev/null && command -v docker >/dev/null; then
	dockerd --host "unix://$work/docker.sock" --data-root "$work/live-docker" --exec-root "$work/live-docker-run" --pidfile "$work/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false >docker.log 2>&1 &
	dockerd=$!
	docker=(docker --host "unix://$work/docker.sock")
	if waits "${docker[@]}" version && "${docker[@]}" load --quiet --input live.docker.tar >>docker.log 2>&1 && docker_runs=1 &&
		"${docker[@]}" run --detach --name live --network none --volume data:/vol --tmpfs /scratch:exec team/live:1 >>docker.log 2>&1; then
		mv docker docker.fixture && ln -s live-docker docker
		drift --engine docker live
		is "Docker: nothing changed" "0 " $?
		"${docker[@]}" cp ways.sh live:/tmp/ways.sh >>docker.log 2>&1 && "${docker[@]}" cp memory live:/srv/memory >>docker.log 2>&1 && "${docker[@]}" cp threads live:/srv/threads >>docker.log 2>&1 && "${docker[@]}" exec --detach live sh /tmp/ways.sh
		waits "${docker[@]}" exec live /bin/cat /tmp/done
		ten Docker --engine docker
		elsewhere Docker "$("${docker[@]}" inspect --format '{{.State.Pid}}' live)" --engine docker
		drift --engine docker --full live
		check "Docker: every file" 1 $?
		# Its containerd, asked by nobody.
		ctr=(timeout 60 ctr --address "$work/live-docker-run/containerd/containerd.sock")
		containerd=(--engine containerd --containerd-state "$work/live-docker-run/containerd/daemon")
		if command -v ctr >/dev/null && "${ctr[@]}" images import live.docker.tar >ctr.log 2>&1 && ctr_runs=1 && "${ctr[@]}" run --detach docker.io/team/live:1 live >>ctr.log 2>&1; then
			drift "${containerd[@]}" live
			check "containerd: which image it was is not recorded" "2 layers 1" "$? $(jq -r '.containers[0].baseline' out.json) $(unknown | grep -c 'nobody recorded which it was')"
			drift "${containerd[@]}" --image docker-archive:live.docker.tar live
			is "containerd: nothing changed from the image that is named" "0 " $?
			drift "${containerd[@]}" --layers live
			is "containerd: nor from the layers below" "0 " $?
			"${ctr[@]}" tasks exec --exec-id one live /bin/cp /bin/cat /usr/local/bin/added >>ctr.log 2>&1
			drift "${containerd[@]}" --image docker-archive:live.docker.tar live
			is "containerd: a program was added" "1 added program high /usr/local/bin/added /bin/cat" $?
		else
			echo "skipped: containerd runs no containers here: $(tail -n 1 ctr.log)"
		fi
		"${docker[@]}" rm --force live >>docker.log 2>&1
		drift --engine docker live
		check "Docker: it went away" "3 1" "$? $(grep -c "no container 'live'" err)"
	else
		echo "skipped: Docker runs no containers here: $(tail -n 1 docker.log)"
	fi
else
	echo "skipped: dockerd, which is not here"
fi
[ -z "${no_memory:-}" ] || echo "skipped: a program that was never in a file: $no_memory"
exit $failed
