#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docker-daemon: images that an engine has, Docker or podman, asked for through its socket.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run
unset DOCKER_HOST
started=()
end_started() { for pid in "${started[@]}"; do kill "$pid"; wait "$pid"; done 2>/dev/null; started=(); }
trap "end_started; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT

mkdir -p a/etc a/var/lib/dpkg b/srv other/srv
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
printf 'Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n' >a/var/lib/dpkg/status
seq 200000 >b/srv/numbers
seq 200000 | tr 1 2 >other/srv/numbers
echo '{"User": "1000", "Entrypoint": ["/bin/x"], "reference": "team/web:1"}' >config.json
"$root/tools/oci-image" one.docker.tar config.json a b
"$root/tools/oci-image" one.oci config.json a b
"$root/tools/oci-image" other.docker.tar config.json a other
config=$(tar -xOf one.docker.tar manifest.json | jq -r '.[0].Config' | sed 's/\.json$//; s|.*/||')
cat >p.yaml <<'Y'
plimsoll: v1
name: t
metadata: {user: {root: deny}}
components: {forbidden: [{path: /srv/numbers, reason: none}]}
unknown: {os: warn}
Y
judge() { timeout 120 "$plimsoll" check --policy p.yaml --at 2026-11-20 --output json "$@" >v.json 2>err; }
findings() { jq -cS '[.findings, .areas, .inventory.packages]' "$1"; }
judge oci:one.oci && exit 1
findings v.json >wanted

registry_start --unix "$work/engine" --engine-image team/web:1=one.docker.tar || exit 1
here=(--docker-host "unix://$work/engine" docker-daemon:team/web:1)
judge "${here[@]}"
check "an engine's image" "1 docker-daemon:team/web:1 team/web:1 sha256:$config" \
	"$? $(jq -r '[.subject.target, .subject.reference, .subject.config] | join(" ")' v.json)"
check "its findings are those of its layout" "$(cat wanted)" "$(findings v.json)"
check "what is asked for: by name once, then by id" "GET /images/team/web:1/json 200
GET /images/sha256:$config/get 200
GET /images/sha256:$config/get 200" "$(registry_asked)"
judge --docker-host "$work/engine" "docker-daemon:${config:0:12}"
check "by the beginning of its id" "1 ${config:0:12}" "$? $(jq -r .subject.reference v.json)"
judge --docker-host engine docker-daemon:team/web:1
check "a relative path" 1 $?
DOCKER_HOST=unix://$work/engine judge docker-daemon:team/web:1
check "DOCKER_HOST" 1 $?
DOCKER_HOST=unix:///nowhere judge "${here[@]}"
check "--docker-host goes before" 1 $?
"$plimsoll" query "${here[@]}" --output csv "SELECT count(*) FROM file WHERE path = '/srv/numbers'" >out 2>err
check "a query" "0 1" "$? $(tail -n 1 out)"
"$plimsoll" diff --policy p.yaml --at 2026-11-20 "${here[@]}" oci:one.oci >out 2>err
check "a comparison with a layout" "0 COMPARED" "$? $(grep -o COMPARED out)$(grep '^  files.*changed' out)"
printf 'plimsoll: v1\nname: t\norigin: {registries: ["team/*", "localhost/team/*"]}\nunknown: {os: warn}\n' >origin.yaml
"$plimsoll" check --policy origin.yaml "${here[@]}" >out 2>err
check "where it will live is not known of it" "2 1" "$? $(grep -c -e --as out)"
"$plimsoll" check --policy origin.yaml --as localhost/team/web "${here[@]}" >out 2>err
check "unless somebody says so" 0 $?

told() { # NAME PATTERN ARGUMENT...
	local name=$1 pattern=$2
	shift 2
	judge "$@"
	check "$name" "3  1" "$? $(cat v.json) $(grep -cE -- "$pattern" err)"
}
told "no such image" "$work/engine: the engine answered 404: No such image: team/none" "${here[@]:0:2}" docker-daemon:team/none
told "no reference" "docker-daemon: needs" docker-daemon:
told "a way out of the path" 'docker-daemon:../../info' "${here[@]:0:2}" docker-daemon:../../info
told "a question in the path" 'docker-daemon:a\?b' "${here[@]:0:2}" 'docker-daemon:a?b'
told "nobody listens" 'nowhere: no engine listens there: No such file' --docker-host /nowhere docker-daemon:a
told "not by TCP" '--docker-host: .* not by tcp://' --docker-host tcp://127.0.0.1:2375 docker-daemon:a
DOCKER_HOST=ssh://x@y told "not by ssh" 'DOCKER_HOST: .* not by ssh://' docker-daemon:a
DOCKER_HOST=/a/b told "DOCKER_HOST has a scheme" 'DOCKER_HOST: write unix://' docker-daemon:a
if [ -S /var/run/docker.sock ] || [ -S /run/podman/podman.sock ]; then
	echo "skipped: the usual places, for an engine listens at one of them here"
else
	told "the usual places" "none of /var/run/docker.sock, $work/run/podman/podman.sock, /run/podman/podman.sock" docker-daemon:team/web:1
	mkdir -p run/podman && ln -s "$work/engine" run/podman/podman.sock
	judge docker-daemon:team/web:1
	check "the user's own podman is found" 1 $?
fi

# What engines do wrong ends in an error that says so, never in a verdict.
wrong() { # NAME PATTERN WAY...
	local name=$1 pattern=$2
	shift 2
	registry_misbehave "$@"
	told "$name" "$pattern" "${here[@]}"
	registry_misbehave
}
for nth in first second; do
	[ $nth = first ] && at=on=archive || at=on=archive,skip=1
	wrong "a stream that breaks off: $nth export" 'broke off after [0-9]+ bytes|the engine' "truncated,$at"
	wrong "half a chunk: $nth export" 'broke off after [0-9]+ bytes' "half-chunk,$at"
	wrong "all of it but its end: $nth export" 'broke off after [0-9]+ bytes' "no-last-chunk,$at"
	wrong "a reset: $nth export" 'broke off after [0-9]+ bytes' "reset-body,$at"
	wrong "an end that nobody tells: $nth export" 'how it tells the end' "no-length,$at"
	wrong "half of it as the whole: $nth export" 'end|cut|early' "short-body,$at"
	wrong "nothing: $nth export" 'docker-daemon:team/web:1' "empty-body,$at"
	here+=(--limit ARCHIVE_BYTES=10M)
	wrong "zeros for ever: $nth export" 'limit ARCHIVE_BYTES' "endless-chunks,$at"
	here=("${here[@]:0:3}")
	wrong "packed on the way: $nth export" 'Content-Encoding' "gzip,$at"
	wrong "no answer: $nth export" 'engine: ' "no-answer,$at"
	wrong "an error: $nth export" 'the engine answered 500' "status=500,$at"
	wrong "it is gone: $nth export" 'the engine answered 404' "status=404,$at"
	wrong "a login page: $nth export" 'docker-daemon:team/web:1' "html,$at"
done
wrong "another image than was found" "exports another image than sha256:$config" "file=$work/other.docker.tar,on=archive"
wrong "replaced between the exports" 'sha256|changed' "file=$work/other.docker.tar,on=archive,skip=1"

answers() { # NAME PATTERN JSON
	printf '%s' "$3" >answer.json
	wrong "an answer $1" "$2" "file=$work/answer.json,on=inspect"
}
answers "without Id" "no text 'Id'" '{}'
answers "whose Id is a number" "no text 'Id'" '{"Id": 5}'
answers "whose Id is none" "no sha256:HEX" '{"Id": "team/web:1"}'
answers "whose Id leads elsewhere" "no sha256:HEX" '{"Id": "../../containers"}'
answers "with two Ids" "twice|duplicate" "{\"Id\": \"sha256:$config\", \"Id\": \"sha256:$config\"}"
answers "with an Id in two cases" "upper and lower case" "{\"Id\": \"sha256:$config\", \"ID\": \"sha256:$config\"}"
answers "that is a list" "no text 'Id'" "[\"sha256:$config\"]"
answers "that is cut off" "line 1" '{"Id": "sha256:'
answers "that is deep" "engine: " "$(printf '%0100000d' 0 | tr 0 '[')"
answers "of another image's Id" "the engine answered 404" '{"Id": "sha256:0000000000000000000000000000000000000000000000000000000000000000"}'
wrong "an answer without end" "limit DOCUMENT_BYTES" endless-chunks,on=inspect
wrong "another protocol" "engine: " not-http,on=inspect
printf '{"message": "\033[2Jok"}' >answer.json
registry_misbehave status=500,on=inspect
judge "${here[@]}"
check "no escapes out of messages" 0 "$(grep -c "$(printf '\033')" err)"
registry_stop

# Real ones.
waits_for() { for _ in $(seq 300); do curl --silent --fail --output /dev/null --unix-socket "$1" http://localhost/_ping && return; sleep 0.1; done; return 1; }
same() { # NAME SOCKET REFERENCE
	judge --docker-host "$2" "docker-daemon:$3"
	check "$1" "1 $3 sha256:$config" "$? $(jq -r '[.subject.reference, .subject.config] | join(" ")' v.json)"
	check "$1: its findings are those of its layout" "$(cat wanted)" "$(findings v.json)"
	judge --docker-host "$2" "docker-daemon:${config:0:12}"
	check "$1: by id" 1 $?
	told "$1: no such image" "$2: the engine answered 404: " --docker-host "$2" docker-daemon:team/none
}
[ "$(id -u)" = 0 ] && root_here=1 || root_here=
if [ -n "$root_here" ] && command -v podman >/dev/null; then
	podman=(podman --root "$work/podman" --runroot "$work/podman-run" --storage-driver vfs)
	"${podman[@]}" load --quiet --input one.docker.tar >podman.log 2>&1
	"${podman[@]}" system service --time 0 "unix://$work/podman.sock" >>podman.log 2>&1 &
	started+=($!)
	if waits_for podman.sock; then
		same "podman" "$work/podman.sock" localhost/team/web:1
		same "podman: a short name" "$work/podman.sock" team/web:1
	else
		echo "skipped: podman does not serve here: $(tail -n 1 podman.log)"
	fi
else
	echo "skipped: podman, which needs root and is not here"
fi
if [ -n "$root_here" ] && command -v dockerd >/dev/null; then
	dockerd --host "unix://$work/docker.sock" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" \
		--bridge none --iptables=false --ip6tables=false --storage-driver vfs >docker.log 2>&1 &
	started+=($!)
	if waits_for docker.sock; then
		curl --silent --unix-socket docker.sock --header 'Content-Type: application/x-tar' --data-binary @one.docker.tar http://localhost/images/load >>docker.log
		same "Docker" "$work/docker.sock" team/web:1
		same "Docker: a whole name" "$work/docker.sock" docker.io/team/web:1
	else
		echo "skipped: dockerd does not run here: $(tail -n 1 docker.log)"
	fi
else
	echo "skipped: dockerd, which needs root and is not here"
fi
end_started
exit $failed
