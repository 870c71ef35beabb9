#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The image's own settings in depth: who the user is and was, what starts behind the entry point, and limits.
plimsoll=$1
. "$(dirname "$0")/compare.bash"

# judged NAME CONFIG POLICY WANTED [LAYER...]: rules and settings of the findings, unknowns, and the exit status.
judged() {
	local name=$1 wanted=$4 status
	rm -rf image.oci
	printf '%s' "$2" >config.json
	printf 'plimsoll: v1\nname: t\nmetadata: %s\n%s\n' "$3" "${more:-}" >p.yaml
	shift 4
	"$root/tools/oci-image" image.oci config.json "${@:-tree}" >/dev/null || return
	"$plimsoll" check ${limit:+--limit "$limit"} --policy p.yaml --at 2026-11-20 ${as:+--as "$as"} --output json oci:image.oci >v.json 2>err
	status=$?
	check "$name" "$wanted" "$(jq -r '[.findings[] | "\(.rule) \(.evidence.setting)" + (if .action == "warn" then " (warn)" else "" end)]
	                           + [.unknown[] | "? \(.kind) \(.subject)"] | join("; ")' v.json 2>&1) $status$(cat err)"
}
refused() { # NAME METADATA WANTED
	printf 'plimsoll: v1\nname: t\nmetadata: %s\n' "$2" >p.yaml
	check "refused: $1" "$3" "$("$plimsoll" policy lint p.yaml 2>&1 | head -n 1 | sed 's/^plimsoll policy lint: p.yaml://')"
}

mkdir -p tree/etc tree/usr/bin tree/var/lib/dpkg
cat >tree/etc/passwd <<'F'
root:x:0:0:root:/root:/bin/sh
app:x:1000:1000::/:/bin/false
web:x:1001:1001::/:/bin/false
adm:x:1002:1002::/:/bin/false
4711:x:0:0::/:/bin/sh
F
printf 'root:x:0:adm\ndocker:x:999:web,other\napp:x:1000:web\nweb:x:1001:\n' >tree/etc/group
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'Package: base\nStatus: install ok installed\nVersion: 1\n' >tree/var/lib/dpkg/status

# Numbers.
range='{user: {uid: {allow: [1000-65535]}, gid: {deny: 0}}}'
judged "in the range" '{"User": "1000:1000"}' "$range" " 0"
judged "by a name too" '{"User": "app"}' "$range" " 0"
judged "below the range" '{"User": "999:999"}' "$range" "metadata/user-uid user 1"
judged "above the range" '{"User": "65536:1"}' "$range" "metadata/user-uid user 1"
judged "not set is root" '{}' "$range" "metadata/user-gid user; metadata/user-uid user 1"
judged "a number without account has group 0" '{"User": "5000"}' "$range" "metadata/user-gid user 1"
judged "a number is an id, though an account has that name" '{"User": "4711"}' '{user: {root: deny}}' " 0"
judged "with a sign it is one" '{"User": "-0"}' '{user: {root: deny, numeric: require}}' "metadata/user user 1"
judged "a number that no runtime takes" '{"User": "4294967296"}' '{user: {root: deny}}' "metadata/user user 1"
judged "nobody" '{"User": "nobody"}' "$range" "metadata/user user 1"
judged "nobody, by the strongest of what is asked" '{"User": "ghost"}' '{user: {root: {is: deny, action: warn}, uid: {allow: ["1000-2000"]}}}' "metadata/user user 1"
judged "and by the weaker ones where nothing else is" '{"User": "ghost"}' '{user: {root: {is: deny, action: warn}, gid: {deny: 0, action: warn}}}' "metadata/user user (warn) 0"
elsewhere='{user: {root: {is: deny, scope: {image: "other/*"}}, uid: {allow: ["1000-2000"], action: warn}}}'
as=reg.example/x
judged "what speaks of other images does not count" '{"User": "ghost"}' "$elsewhere" "metadata/user user (warn) 0"
as=
judged "where it may, that is not known" '{"User": "ghost"}' "$elsewhere" "metadata/user user (warn); ? destination metadata/user 2"
judged "as a warning" '{"User": "999:999"}' '{user: {uid: {allow: 1000-65535, action: warn}}}' "metadata/user-uid user (warn) 0"
refused "a range that is none" '{user: {uid: {allow: [1000-10]}}}' "3:33: a number or a range is needed here, as 1000-65535"
refused "a name in the place of a number" '{user: {gid: {deny: [root]}}}' "3:32: a number or a range is needed here, as 1000-65535"
refused "a group that begins as a number" '{user: {groups: {deny: [10x]}}}' "3:35: a number or a range is needed here, as 1000-65535"

# Groups.
groups='{user: {groups: {deny: [root, dock*, 27]}}}'
judged "no such group" '{"User": "app"}' "$groups" " 0"
judged "one of its groups" '{"User": "web"}' "$groups" "metadata/user-group group:999 1"
judged "also where User names another one: containerd adds them all the same" '{"User": "web:web"}' "$groups" "metadata/user-group group:999 1"
judged "by its number" '{"User": "1001"}' "$groups" "metadata/user-group group:999 1"
judged "the primary one" '{"User": "app:docker"}' "$groups" "metadata/user-group group:999 1"
judged "the primary one of no account" '{"User": "5000"}' "$groups" "metadata/user-group group:0 1"
judged "a number without a group" '{"User": "app:27"}' "$groups" "metadata/user-group group:27 1"
judged "allowed ones only" '{"User": "web"}' '{user: {groups: {allow: [web, 1000]}}}' "metadata/user-group group:999 1"
mkdir -p tool && printf tool >tool/tool && chmod 755 tool/tool
mkdir -p many/etc && cp tree/etc/passwd many/etc/ && awk 'BEGIN { for (i = 0; i < 30; i++) print "root:x:0:app"; print "r:x:0:app\ndocker:x:7:app\nfoo:x:7:app\napp:x:1000:app" }' >many/etc/group
judged "a number once, however often it is told and whatever it is called" '{"User": "app"}' '{user: {groups: {deny: [root, r, docker, foo, app]}}}' \
	"metadata/user-group group:0; metadata/user-group group:1000; metadata/user-group group:7 1" many
limit=USER_GROUP_COUNT=2
judged "more groups than can be" '{"User": "app", "Entrypoint": ["/tool"]}' '{user: {groups: {deny: [root]}}, entrypoint: {writable_by_user: deny}}' \
	"metadata/user-group group:0; ? limit /etc/group; ? limit /tool 1" many tool
limit=
mkdir -p unreadable/etc && printf 'docker\n' >unreadable/etc/group
judged "groups that cannot be read" '{"User": "1000:1000"}' "$groups" "? unreadable /etc/group 2" tree unreadable
printf '#!/bin/sh\n' >tree/usr/bin/tool
chmod 775 tree/usr/bin/tool
writable='{entrypoint: {writable_by_user: deny}}'
judged "a group that it is not in may write the entry point" '{"User": "web", "Entrypoint": ["/usr/bin/tool"]}' "$writable" " 0"
judged "a group that lists it may" '{"User": "adm", "Entrypoint": ["/usr/bin/tool"]}' "$writable" "metadata/entrypoint-writable entrypoint 1"
chmod 755 tree/usr/bin/tool

# Accounts that a later layer changes.
mkdir -p upper/etc && sed 's/^app:x:1000:1000/app:x:0:1000/; /^web/d' tree/etc/passwd >upper/etc/passwd
mkdir -p other && echo other >other/file
stable='{user: {stable: require}}'
judged "the same in all layers" '{"User": "app"}' "$stable" " 0" tree other
judged "a later layer makes it root" '{"User": "app"}' "$stable" "metadata/user-stable user:uid 1" tree upper other
check "evidence is the file, and the layer that changed it" "/etc/passwd 1" "$(jq -r '.findings[0].evidence | "\(.path) \(.layer)"' v.json)"
judged "and back again" '{"User": "app"}' "$stable" "metadata/user-stable user:uid 1" tree upper tree
judged "a number stays what it is" '{"User": "1000:1000"}' "$stable" " 0" tree upper
judged "an account is gone" '{"User": "web"}' "$stable" "metadata/user-stable user:gid; metadata/user-stable user:uid 1" tree upper
mkdir -p regroup/etc && sed 's/^web:x:1001/web:x:0/' tree/etc/group >regroup/etc/group
judged "a group of another number" '{"User": "app:web"}' "$stable" "metadata/user-stable user:gid 1" tree regroup
mkdir -p linked/etc linked/usr/etc && sed 's/^app:x:1000/app:x:2000/' tree/etc/passwd >linked/usr/etc/passwd && ln -s ../usr/etc/passwd linked/etc/passwd
judged "what stands behind a link in a layer" '{"User": "app"}' "$stable" "? unreadable /etc/passwd 2" linked tree
judged "a number stays what it is behind it too" '{"User": "1000:1000"}' "$stable" " 0" linked tree
rm linked/etc/passwd && rmdir linked/etc && ln -s usr/etc linked/etc
mkdir -p etc/etc && cp tree/etc/passwd etc/etc/
judged "a folder that is one" '{"User": "app:1000"}' "$stable" "? unreadable /etc/passwd 2" linked etc
mkdir -p hard/etc && sed 's/^app:x:1000/app:x:2000/' tree/etc/passwd >hard/etc/accounts && ln hard/etc/accounts hard/etc/passwd
judged "a hard link" '{"User": "app"}' "$stable" "? unreadable /etc/passwd 2" hard tree
mkdir -p none/etc && : >none/etc/passwd
judged "no accounts at all" '{"User": "app"}' "$stable" " 0" none tree
"$root/tools/oci-image" base.oci config.json tree
"$plimsoll" base add --name known --file base.json --date 2026-11-01 oci:base.oci >/dev/null
more='base_image: {approved: [{name: known, generations: base.json}]}'
judged "of a known base its own accounts count" '{"User": "app"}' "$stable" " 0" tree upper tree
"$root/tools/oci-image" inner.oci config.json tree upper tree
"$plimsoll" base add --name inner --file inner.json --date 2026-11-01 oci:inner.oci >/dev/null
more='base_image: {approved: [{name: inner, generations: inner.json}]}'
judged "and the last ones that it has" '{"User": "app"}' "$stable" " 0" tree upper tree other
more='base_image: {approved: [{name: known, generations: base.json}]}'
judged "against those of the image" '{"User": "app"}' "$stable" "metadata/user-stable user:uid 1" tree upper other
more=

# Stop signal, triggers, platform.
stop='{stop_signal: {allow: [SIGTERM, int, 3]}}'
judged "without one it is SIGTERM" '{}' "$stop" " 0"
judged "an allowed one by number" '{"StopSignal": "2"}' "$stop" " 0"
judged "another one" '{"StopSignal": "SIGKILL"}' "$stop" "metadata/stop-signal stop_signal 1"
judged "one of real time" '{"StopSignal": "SIGRTMIN+3"}' '{stop_signal: {deny: [SIGKILL]}}' " 0"
judged "one that does not exist" '{"StopSignal": "SIGTREM"}' '{stop_signal: {deny: [SIGKILL]}}' "metadata/stop-signal stop_signal 1"
refused "a signal that is none" '{stop_signal: {allow: [SIGTREM]}}' "3:34: a signal is needed here, as SIGTERM"
judged "triggers" '{"OnBuild": ["RUN make TOKEN=x", "COPY . ."]}' '{onbuild: deny}' "metadata/onbuild onbuild 1"
check "what they run is not shown" "2 ONBUILD, the first is RUN" "$(jq -r '.findings[0].message' v.json)"
judged "none" '{"OnBuild": []}' '{onbuild: {is: deny, action: warn}}' " 0"
judged "a platform" '{}' '{platform: {allow: [linux/amd64, "linux/arm64*"]}}' " 0"
judged "another platform" '{"platform": "linux/s390x"}' '{platform: {allow: [linux/amd64, "linux/arm64*"]}}' "metadata/platform platform 1"
judged "a platform that nothing tells" '{"platform": "/"}' '{platform: {allow: [linux/amd64]}}' "? unreadable platform 2"

# What starts programs: of an image and of a tree the same.
printf '#!/usr/bin/env python3\n' >tree/usr/bin/script && chmod 755 tree/usr/bin/script && cp tree/usr/bin/script tree/usr/bin/text && chmod 644 tree/usr/bin/text
ask='SELECT format, interpreter, argument, path FROM interpreter ORDER BY path'
"$root/tools/oci-image" started.oci config.json tree
check "what starts a program" "format,interpreter,argument,path
script,/usr/bin/env,python3,/usr/bin/script
script,/bin/sh,,/usr/bin/tool" "$("$plimsoll" query --output csv oci:started.oci "$ask" | tr -d '"\r')"
check "of a tree the same" "$("$plimsoll" query --output csv oci:started.oci "$ask")" "$("$plimsoll" query --output csv rootfs:tree "$ask")"
rm tree/usr/bin/script tree/usr/bin/text

# What stands behind the entry point.
entry='{entrypoint: {form: exec, exists: true, executable: true, writable_by_user: deny}}'
program() { mkdir -p "tree/$(dirname "$1")" && printf "$2" >"tree/$1" && chmod 755 "tree/$1"; } # PATH CONTENT
runs() { judged "$1" "{\"User\": \"1000:1000\", \"WorkingDir\": \"/srv\", \"Env\": [\"PATH=/opt:/usr/bin\"], \"Entrypoint\": $2}" "$entry" "$3"; }
program bin/sh shell
program usr/bin/env env
program usr/bin/python3 python
program srv/start '#!/bin/sh -e\n'
runs "a script with its interpreter" '["/srv/start"]' " 0"
program srv/start '#!/bin/bash\n'
runs "a script without" '["/srv/start"]' "metadata/entrypoint-exists entrypoint:/bin/bash 1"
check "its words" "The interpreter of its entry point is missing: there is no file '/bin/bash' in the image, which is named by /srv/start" \
	"$(jq -r '.findings[0] | "\(.title): \(.message)"' v.json)"
program srv/start '#!/bin/sh\r\n'
runs "with the line ends of another system" '["/srv/start"]' "$(printf 'metadata/entrypoint-exists entrypoint:/bin/sh\r 1')"
program srv/start '#!\n'
runs "one that names none" '["/srv/start"]' "metadata/entrypoint-executable entrypoint 1"
program srv/start ''
runs "an empty file" '["/srv/start"]' "metadata/entrypoint-executable entrypoint 1"
check "its words" "The kernel does not start its entry point: it is empty" "$(jq -r '.findings[0] | "\(.title): \(.message)"' v.json)"
program srv/start '#!bin/tool\n'
runs "relative to the working directory" '["/srv/start"]' "metadata/entrypoint-exists entrypoint:bin/tool 1"
program srv/bin/tool tool
runs "where it is" '["/srv/start"]' " 0"
program srv/start '#!/usr/bin/env python3\n'
runs "by way of env" '["/srv/start"]' " 0"
program srv/start '#!/usr/bin/env -S A=b python3 -u\n'
runs "with options" '["/srv/start"]' " 0"
program srv/start '#!/usr/bin/env ruby\n'
runs "by way of env, and not in PATH" '["/srv/start"]' "metadata/entrypoint-exists entrypoint:ruby 1"
program srv/start '#!/usr/bin/env -i sh\n'
runs "in a way that is not told" '["/srv/start"]' "? unreadable /srv/start 2"
ln -s ../../srv/start tree/usr/bin/through
program srv/start '#!/opt/inter\n'
program opt/inter '#!/bin/sh\n'
runs "interpreters of interpreters" '["through"]' " 0"
chmod 666 tree/opt/inter
runs "one that may not be executed and be written" '["through"]' "metadata/entrypoint-executable entrypoint:/opt/inter; metadata/entrypoint-writable entrypoint:/opt/inter 1"
for i in 1 2 3 4 5 6; do program opt/i$i "#!/opt/i$((i + 1))\n"; done
program opt/i6 program
program srv/start '#!/opt/i2\n'
runs "four of them and a program" '["/srv/start"]' " 0"
program srv/start '#!/opt/i1\n'
runs "more than Linux follows" '["/srv/start"]' "metadata/entrypoint-executable entrypoint:/opt/i5 1"
program opt/i1 '#!/usr/bin/env i1\n'
runs "a circle" '["/srv/start"]' " 0"
for i in $(seq 26); do program opt/e$i "#!/usr/bin/env e$((i + 1))\n"; done
runs "a path without end" '["/opt/e1"]' "? unreadable entrypoint 2"
rm -r tree/opt
python3 - <<'P'
import struct
elf = bytearray(200)
elf[0:6], elf[16:18] = b"\177ELF\2\1", b"\2\0"
struct.pack_into("<Q", elf, 32, 64)
struct.pack_into("<HH", elf, 54, 56, 1)
struct.pack_into("<IIQ", elf, 64, 3, 4, 150)
struct.pack_into("<Q", elf, 96, 14)
elf[150:164] = b"/lib/ld.so.99\0"
open("tree/srv/linked", "wb").write(elf)
struct.pack_into("<Q", elf, 72, 5000)
open("tree/srv/far", "wb").write(elf)
P
chmod 755 tree/srv/linked tree/srv/far
runs "a program without its loader" '["/srv/linked"]' "metadata/entrypoint-exists entrypoint:/lib/ld.so.99 1"
runs "a loader that nobody read" '["/srv/far"]' "? unreadable /srv/far 2"
program lib/ld.so.99 loader
runs "with it" '["/srv/linked"]' " 0"

# Shells before it.
runs "shell form" '["/bin/sh", "-c", "python3 -u app"]' "metadata/entrypoint-form entrypoint 1"
runs "a shell that gives way" '["/bin/sh", "-ec", "A=1 exec python3 -u \"$@\""]' " 0"
runs "of a pipe it does not" '["/bin/sh", "-c", "exec python3 | cat"]' "metadata/entrypoint-form entrypoint 1"
runs "a program that is not there" '["/bin/sh", "-c", "exec ruby app"]' "metadata/entrypoint-exists entrypoint:ruby 1"
runs "a program that nobody can name" '["/bin/sh", "-c", "exec $RUBY app"]' "metadata/entrypoint-form entrypoint 1"
runs "something of the shell itself" '["/bin/sh", "-c", "cd /srv && ruby app"]' "metadata/entrypoint-form entrypoint 1"
runs "-c before other letters" '["/bin/sh", "-ce", "ruby"]' "metadata/entrypoint-exists entrypoint:ruby; metadata/entrypoint-form entrypoint 1"
runs "options behind -c" '["/bin/sh", "-c", "-e", "ruby"]' "metadata/entrypoint-exists entrypoint:ruby; metadata/entrypoint-form entrypoint 1"
runs "behind options" '["/bin/sh", "-eo", "pipefail", "-c", "ruby"]' "metadata/entrypoint-exists entrypoint:ruby; metadata/entrypoint-form entrypoint 1"
judged "the words of SHELL" '{"Shell": ["/usr/bin/python3", "-c"], "Cmd": ["/usr/bin/python3", "-c", "exec env"]}' '{entrypoint: {form: exec}}' " 0"
judged "the same, and it stays" '{"Shell": ["/usr/bin/python3", "-c"], "Cmd": ["/usr/bin/python3", "-c", "env"]}' '{entrypoint: {form: exec}}' "metadata/entrypoint-form entrypoint 1"
runs "a script is no shell before it" '["/srv/bin/tool"]' " 0"
runs "something of the shell itself, and then it gives way" '["/bin/sh", "-c", "cd /srv && exec python3 app"]' " 0"
runs "whatever the last one's words hold" '["/bin/sh", "-c", "set -e; exec python3 $(id -u | cat) $(date)"]' " 0"
form='metadata/entrypoint-form entrypoint 1'
runs "not the last one" '["/bin/sh", "-c", "cd /srv && exec python3 app & wait"]' "$form"
runs "in the background" '["/bin/sh", "-c", "cd /srv && exec python3 app &"]' "$form"
runs "beside something in the background" '["/bin/sh", "-c", "env & exec python3 app"]' "$form"
runs "at the end of a pipe" '["/bin/sh", "-c", "env | exec python3"]' "$form"
runs "at the beginning of one, behind a substitution" '["/bin/sh", "-c", "cd /; exec python3 $(id) | cat"]' "$form"
runs "the same, and it is the first" '["/bin/sh", "-c", "exec python3 $(id) | cat"]' "$form"
runs "in a subshell" '["/bin/sh", "-c", "cd / && (exec python3)"]' "$form"
runs "in a substitution" '["/bin/sh", "-c", "cd / && : $(exec python3)"]' "$form"
required='{entrypoint: {required: true}}'
judged "a first word that is empty" '{"Entrypoint": [""]}' "$required" "metadata/entrypoint entrypoint 1"
judged "a shell without a text" '{"Entrypoint": ["/bin/sh", "-c"]}' "$required" "metadata/entrypoint entrypoint 1"
judged "with an empty one" '{"Entrypoint": ["bash", "-ec", " "]}' "$required" "metadata/entrypoint entrypoint 1"
judged "with one" '{"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["env"]}' "$required" " 0"
judged "a shell that reads its input" '{"Cmd": ["/bin/sh", "-l"]}' "$required" " 0"

# PATH: what its user may not execute is passed over; what is not absolute leads nowhere.
program opt/one one && chmod 700 tree/opt/one && program usr/bin/one one
runs "the next one of PATH" '["one"]' " 0"
judged "an entry that is not absolute" '{"WorkingDir": "/srv/bin", "Env": ["PATH=.::bin"], "Entrypoint": ["tool"]}' '{entrypoint: {exists: true}}' "metadata/entrypoint-exists entrypoint 1"
judged "no PATH is that of engines" '{"Entrypoint": ["python3"]}' '{entrypoint: {exists: true}}' " 0"
judged "an empty one leads nowhere" '{"Env": ["PATH="], "Entrypoint": ["python3"]}' '{entrypoint: {exists: true}}' "metadata/entrypoint-exists entrypoint 1"

# What its user may put in the place of what is started: by a link in the middle, by a directory that is searched before.
program usr/local/bin/real real
mkdir -p tree/opt/w tree/app && chmod 777 tree/opt/w
ln -s /usr/local/bin/real tree/opt/w/mid && ln -s /opt/w/mid tree/usr/local/bin/srv && ln -s /usr/local/bin tree/opt/w/d && ln -s /opt/w/d tree/app/d
changes() { judged "$1" "{\"User\": \"1000:1000\", \"Env\": [\"PATH=$2:/usr/local/bin:/opt/w\"], \"Entrypoint\": [\"$3\"]}" "$writable" "$4"; }
yes="metadata/entrypoint-writable entrypoint 1"
changes "a link behind a link" /usr/bin /usr/local/bin/srv "$yes"
check "and its words" "mode 0755, owner 0:0; User is '1000:1000'; it may write in /opt/w" "$(jq -r '.findings[0].message' v.json)"
changes "a directory behind a link" /usr/bin /app/d/real "$yes"
changes "a directory that is left again by .." /usr/bin /opt/w/d/../bin/real "$yes"
changes "a directory that PATH has before" /opt/w real "$yes"
changes "one that is not there, and can be made" /opt/w/none real "$yes"
changes "one that cannot" /none real " 0"
changes "one that PATH has behind" /usr/bin real " 0"
chmod 1777 tree/opt/w
changes "what is another's in a sticky directory stays" /usr/bin /usr/local/bin/srv " 0"
changes "but something can be added to it" /opt/w real "$yes"
chmod 755 tree/opt/w
changes "links that are root's" /opt/w /usr/local/bin/srv " 0"

# Working directory.
mkdir -p tree/srv/app tree/srv/open && chmod 1777 tree/srv/open && ln -s app tree/srv/link
working='{working_dir: {required: true, exists: true, writable_by_others: deny, paths: {allow: ["/srv/**"]}}}'
judged "a working directory, through a link" '{"WorkingDir": "/srv/link"}' "$working" " 0"
judged "none" '{}' "$working" "metadata/working-dir working_dir; metadata/working-dir-path working_dir 1"
judged "a relative one" '{"WorkingDir": "srv/app"}' "$working" "metadata/working-dir working_dir 1"
judged "a relative one, by the strongest of what is asked" '{"WorkingDir": "srv"}' '{working_dir: {required: {is: true, action: warn}, exists: true}}' "metadata/working-dir working_dir 1"
judged "a missing one" '{"WorkingDir": "/srv/none"}' "$working" "metadata/working-dir-exists working_dir 1"
judged "a file" '{"WorkingDir": "/usr/bin/tool"}' '{working_dir: {exists: {is: true, action: warn}}}' "metadata/working-dir-exists working_dir (warn) 0"
judged "one that everybody may write" '{"WorkingDir": "/srv/open"}' "$working" "metadata/working-dir-writable working_dir 1"

# Sizes: a file that a later layer replaces counts in both.
head -c 700 /dev/zero >other/file
rm -rf plain && mkdir plain && head -c 500 /dev/zero >plain/file
judged "the size of all layers" '{}' '{max_size: 1199}' "metadata/max-size size 1" plain other
judged "the same in thousands" '{}' '{max_size: 1kB, max_layers: 2}' "metadata/max-size size 1" plain other
judged "and in 1024s" '{}' '{max_size: 2KiB, max_layer_size: 700}' " 0" plain other
judged "of each layer" '{}' '{max_layer_size: {is: 699, severity: low}}' "metadata/max-layer-size layer:1 1" plain other
judged "layers" '{}' '{max_layers: 1}' "metadata/max-layers layers 1" plain other
refused "a size that is none" '{max_size: 10XB}' "3:22: a size is needed here, as 500MB or 2GiB"
refused "a number that is none" '{max_layers: 0}' "3:24: a number is needed here, as 20"
check "the same by tables" '["ONBUILD"] 700' "$(sed -i 's/{/{"OnBuild": ["ONBUILD"]/' config.json; rm -rf image.oci; "$root/tools/oci-image" image.oci config.json plain other
	"$plimsoll" query --output json oci:image.oci 'SELECT on_build, (SELECT size FROM layer WHERE layer = 1) AS size FROM image' | jq -r '.[] | "\(.on_build) \(.size)"')"
exit $failed
