#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Docker's authorization plugin before Docker Engine itself: what was approved runs, nothing else does, and without the plugin nothing new.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
[ "$(id -u)" = 0 ] || { echo "skipped: dockerd needs root"; exit 77; }
for program in dockerd docker gcc; do command -v $program >/dev/null || { echo "skipped: $program is not here"; exit 77; }; done
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json DOCKER_HOST=unix://$work/docker.sock DOCKER_CONFIG=$work
echo '{}' >auth.json
name=plimsoll-test-$$ plugin=/run/docker/plugins/plimsoll-test-$$.sock
engine='' guard=''
end() { # PID
	[ -z "$1" ] || { kill "$1"; wait "$1"; } 2>/dev/null
}
# Containers first, for which the engine needs the plugin.
clean() {
	[ -z "$engine" ] || for container in $(docker ps --all --quiet 2>/dev/null); do docker rm --force "$container"; done >/dev/null 2>&1
	end "$engine"
	end "$guard"
	rm -f "$plugin"
	umount "$work"/docker-run/netns/* "$work/docker"
	engine='' guard=''
} 2>/dev/null
trap "clean; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT

waits_for() { for _ in $(seq 300); do curl --silent --fail --output /dev/null --unix-socket "$@" && return; sleep 0.1; done; return 1; }
engine_start() { # [OPTIONS]
	dockerd --host "$DOCKER_HOST" --data-root "$work/docker" --exec-root "$work/docker-run" --pidfile "$work/docker.pid" --bridge none --iptables=false \
		--ip6tables=false --storage-driver vfs "$@" >>docker.log 2>&1 &
	engine=$!
	waits_for docker.sock http://localhost/_ping
}
guard_start() {
	"$plimsoll" guard docker --listen "$plugin" --engine "$work/docker.sock" --assign assign.yaml.signed --assign-key assign.pub --memory memory --plain-http "$here" \
		--log "$work/log" --status "$work/status.sock" "$@" 2>>guard.err &
	guard=$!
	waits_for status.sock http://localhost/readyz
}

mkdir -p a/bin b/bin
echo 'int pause(void); int main(void) { for (;;) pause(); }' >pause.c
gcc -static -O2 -o a/bin/pause pause.c && cp a/bin/pause b/bin/ && echo other >b/other
echo '{"User": "1000", "Entrypoint": ["/bin/pause"]}' >config.json
"$root/tools/oci-image" one.oci config.json a
"$root/tools/oci-image" two.oci config.json b
printf 'plimsoll: v1\nname: acme/prod\nmetadata: {user: {root: deny}}\n' >p.yaml
"$plimsoll" key generate --no-passphrase --out approve >out 2>err || cat err
"$plimsoll" key generate --no-passphrase --role assign --out assign >out 2>err || cat err
registry_start || exit 1
here=$registry_address
registry_put one.oci team/web:1 >/dev/null && registry_put two.oci team/web:2 >/dev/null
"$plimsoll" attest --policy p.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
printf 'plimsoll_assign: v1\nrules:\n  - {name: team, repositories: ["%s/team/*"], keys: approve.pub}\n' "$here" >assign.yaml
"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err

engine_start || { echo "skipped: dockerd does not run here: $(tail -n 1 docker.log)"; engine=''; exit 77; }
docker pull --quiet "$here/team/web:1" >out 2>&1 && docker pull --quiet "$here/team/web:2" >out 2>&1 || { echo "the engine cannot pull:"; cat out; exit 1; }
run() { docker run --detach --network none --name "$@" >out 2>&1; }
run probe "$here/team/web:1" || { echo "skipped: dockerd runs no containers here: $(tail -n 1 out)"; exit 77; }
docker rm -f probe >/dev/null
run old "$here/team/web:2"
docker create --network none --name waiting "$here/team/web:2" >/dev/null
docker create --network none --privileged --name mighty "$here/team/web:1" >/dev/null
old=$(docker inspect --format '{{.State.Pid}}' old)
guard_start || { cat guard.err; exit 1; }
end "$engine"
engine_start --live-restore --authorization-plugin "$name" || { echo "the engine does not take the plugin:"; tail -n 3 docker.log; exit 1; }
docker rm -f old >/dev/null

said() { # PATTERN COMMAND...: its status, and whether it says so
	"${@:2}" >out 2>&1
	echo "$? $(grep -cE -- "$1" out)"
}
state() { local is; is=$(docker inspect --format '{{.State.Running}}' "$1" 2>/dev/null) && echo "$is" || echo none; }
api() { curl --silent --max-time 60 --unix-socket docker.sock --output api.out --write-out '%{http_code}' "$@"; }

run good "$here/team/web:1"
check "what was approved runs" "0 true" "$? $(state good)"
check "what nobody approved does not, and the user hears why" "125 1 none" "$(said "authorization denied by plugin $name: plimsoll: .*team/web:2: " docker run --detach --network none --name bad "$here/team/web:2") $(state bad)"
check "nor by its number" "125 1" "$(said 'authorization denied' docker run --detach --network none "$(docker images --no-trunc --quiet "$here/team/web:2")")"
check "nor what was created before" "1 1 false" "$(said 'authorization denied' docker start waiting) $(state waiting)"
check "nor by a restart" "1 1 false" "$(said 'authorization denied' docker restart waiting) $(state waiting)"
docker tag "$here/team/web:2" "$here/team/web:1"
check "nor under another's tag" "125 1" "$(said 'authorization denied' docker run --detach --network none "$here/team/web:1")"
docker pull --quiet "$here/team/web:1" >/dev/null
docker stop --time 0 good >/dev/null
check "a stopped one starts again" "0 true" "$(docker start good >/dev/null 2>&1; echo $?) $(state good)"
docker rename good better
check "under another name, too" "0 true" "$(docker restart --time 0 better >/dev/null 2>&1; echo $?) $(state better)"
docker rename better good
number=$(docker inspect --format '{{.Id}}' waiting)
docker rename good "${number:0:4}"
check "by a name that is the beginning of the number of what nobody approved" "1 1" "$(said 'authorization denied' docker restart --time 0 "${number:0:4}")"
docker rename "${number:0:4}" good
check "privileged" "125 1" "$(said 'refuse privileged' docker run --privileged --network none "$here/team/web:1")"
check "privileged, created before" "1 1 false" "$(said 'refuse privileged' docker start mighty) $(state mighty)"
check "with the engine's socket" "125 1" "$(said 'refuse socket' docker run --network none --volume /var/run/docker.sock:/s "$here/team/web:1")"
check "by another runtime" "125 1" "$(said 'refuse runtime' docker run --network none --runtime runc "$here/team/web:1")"
check "a privileged command" "1 1" "$(said 'refuse privileged' docker exec --privileged good /bin/pause)"
check "a build" 403 "$(api --request POST http://d/v1.41/build)"
check "a plugin" 403 "$(api --request POST 'http://d/v1.41/plugins/pull?remote=x')"

# The ways round, by the engine's own socket.
json=(--header 'Content-Type: application/json' --request POST)
web1=$(jq -n --arg i "$here/team/web:1" '$i') web2=$(jq -n --arg i "$here/team/web:2" '$i')
api "${json[@]}" --data "{\"Image\": $web1}" 'http://d/v1.41/containers/create?name=fine' >/dev/null
check "a plain request is one" fine "$(docker ps --all --format '{{.Names}}' | grep fine)"
check "two keys" "403 none" "$(api "${json[@]}" --data "{\"Image\": $web1, \"image\": $web2}" 'http://d/v1.41/containers/create?name=round') $(state round)"
check "percent signs" "403 none" "$(api "${json[@]}" --data "{\"Image\": $web2}" 'http://d/v1.41/%63ontainers/create?name=round') $(state round)"
check "percent signs at the start" "403 false" "$(api --request POST http://d/v1.41/containers/waiting/%73tart) $(state waiting)"
check "a whole address" "403 false" "$(api --request POST --request-target http://d/v1.41/containers/waiting/start http://d/) $(state waiting)"
check "no version" "403 false" "$(api --request POST http://d/containers/waiting/start) $(state waiting)"
check "a body in chunks" "403 none" "$(api "${json[@]}" --header 'Transfer-Encoding: chunked' --data "{\"Image\": $web2}" 'http://d/v1.41/containers/create?name=round') $(state round)"
head -c 1100000 /dev/zero | tr '\0' x >long
check "a body that is too long" "403 none" "$(api "${json[@]}" --data-binary @<(printf '{"Image": %s, "Labels": {"a": "%s"}}' "$web2" "$(cat long)") 'http://d/v1.41/containers/create?name=round') $(state round)"
check "another type" "403 none" "$(api --header 'Content-Type: text/plain' --data "{\"Image\": $web2}" 'http://d/v1.41/containers/create?name=round') $(state round)"
check "settings at the start" "403 false" "$(api "${json[@]}" --data '{"Privileged": true}' http://d/v1.23/containers/fine/start) $(state fine)"
check "the same in chunks" "403 false" "$(api "${json[@]}" --header 'Transfer-Encoding: chunked' --data '{"Privileged": true}' http://d/v1.23/containers/fine/start) $(state fine)"
check "settings outside of HostConfig" "403 none" "$(api "${json[@]}" --data "{\"Image\": $web1, \"Privileged\": true}" 'http://d/v1.41/containers/create?name=round') $(state round)"
check "two slashes" "301 false" "$(api --request POST http://d//v1.41/containers/waiting/start) $(state waiting)"

# A name that changes hands while it is started: whichever of the two ran, it is never the one that nobody approved.
for _ in $(seq 20); do
	docker stop --time 0 good >/dev/null 2>&1
	api --request POST http://d/v1.41/containers/good/start >/dev/null &
	api --request POST 'http://d/v1.41/containers/good/rename?name=away' >/dev/null
	api --request POST 'http://d/v1.41/containers/waiting/rename?name=good' >/dev/null
	wait $!
	[ "$(docker ps --quiet --filter "ancestor=$here/team/web:2")" = "" ] || { check "a race for a name" "nothing" "$(docker ps)"; break; }
	for back in "good waiting" "away good"; do
		[ "$(docker inspect --format '{{.Config.Image}}' "${back% *}" 2>/dev/null)" = "$here/team/web:$([ "${back#* }" = good ] && echo 1 || echo 2)" ] && docker rename $back
	done
done
check "a race for a name" "false" "$(state waiting)"

began=$(date +%s%N)
for _ in $(seq 20); do api --request POST http://d/v1.41/containers/good/restart?t=0 >/dev/null; done
echo "twenty restarts: $(((($(date +%s%N) - began)) / 20000000)) ms each"

# Without the plugin.
docker restart --time 0 good >/dev/null
pid=$(docker inspect --format '{{.State.Pid}}' good)
kill -9 "$guard"
wait "$guard" 2>/dev/null
check "killed: nothing starts" "500 1" "$(api --request POST http://d/v1.41/containers/fine/start) $(grep -c "plugin $name failed" api.out)"
check "what runs keeps running" 0 "$(kill -0 "$pid" 2>/dev/null; echo $?)"
guard_start
check "once it is back" "0 true true" "$(docker start fine >/dev/null 2>&1; echo $?) $(state fine) $(state good)"
check "still nothing else" "1 1 false" "$(said 'authorization denied' docker start waiting) $(state waiting)"
deciders=$(pgrep -P "$(pgrep -P "$guard" | head -n 1)")
kill -STOP $deciders
check "while those who decide hang, what is known is told" "0" "$(docker restart --time 0 fine >/dev/null 2>&1; echo $?)"
kill -CONT $deciders
check "the log has both" "true true" "$(jq -s -r '[any(.[]; .fields.does == "admits"), any(.[]; .fields.does == "refuses")] | map(tostring) | join(" ")' log)"
clean
exit $failed
