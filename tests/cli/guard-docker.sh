#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Docker's authorization plugin: recorded requests and every known way round, before an engine that is played; then before a real one, where it runs.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/registry/registry.bash"
export XDG_CACHE_HOME=$work/cache HOME=$work XDG_RUNTIME_DIR=$work/run REGISTRY_AUTH_FILE=$work/auth.json
unset DOCKER_HOST LISTEN_FDS LISTEN_PID
echo '{}' >auth.json

mkdir -p a/etc a/bin
printf 'ID=debian\nVERSION_ID=12\n' >a/etc/os-release
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >one.json
echo '{"User": "1000", "Entrypoint": ["/bin/y"]}' >two.json
"$root/tools/oci-image" one.oci one.json a
"$root/tools/oci-image" two.oci two.json a
cat >p.yaml <<'Y'
plimsoll: v1
name: acme/prod
metadata: {user: {root: deny}}
Y
"$plimsoll" key generate --no-passphrase --out approve >out 2>err || cat err
"$plimsoll" key generate --no-passphrase --role assign --out assign >out 2>err || cat err
registry_start || exit 1
here=$registry_address
one=$(registry_put one.oci team/web:1) two=$(registry_put two.oci team/web:2)
"$plimsoll" attest --policy p.yaml --plain-http "$here" --key approve.key "docker://$here/team/web:1" >out 2>err || cat err
cat >assign.yaml <<Y
plimsoll_assign: v1
rules:
  - {name: team, repositories: ["$here/team/*"], keys: approve.pub}
Y
"$plimsoll" assign sign --key assign.key assign.yaml >out 2>err || cat err
number() { jq -r .config.digest "$1/blobs/${2/://}"; }
python3 "$root/tests/cli/guard-docker.py" "$plimsoll" "$here" "$one" "$(number one.oci "$one")" "$two" "$(number two.oci "$two")" "$registry_control" || failed=1

for list in '' ' ' privileged,sockets; do
	check "no list of refusals: '$list'" "3 1" "$(timeout 20 "$plimsoll" guard docker --listen "$work/x.sock" --refuse "$list" --assign assign.yaml.signed --assign-key assign.pub --no-log >out 2>err; echo "$? $(grep -c -- --refuse: err)")"
done

# As systemd starts it.
if command -v systemd-socket-activate >/dev/null; then
	systemd-socket-activate --listen "$work/active.sock" --setenv=HOME --setenv=XDG_CACHE_HOME "$plimsoll" guard docker --engine "$work/engine.sock" --assign assign.yaml.signed \
		--assign-key assign.pub --memory memory --no-log --listen "$work/unused.sock" 2>active.err &
	active=$!
	for _ in $(seq 50); do [ -S active.sock ] && break; sleep 0.1; done
	check "on a socket that systemd holds" '{"Implements":["authz"]} no' \
		"$(curl --silent --max-time 20 --request POST --unix-socket active.sock http://d/Plugin.Activate) $([ -e unused.sock ] && echo yes || echo no)"
	kill "$active"
	wait "$active"
	check "and ends when it is told to" 0 $?
else
	echo "skipped: systemd-socket-activate is not here"
fi
if command -v systemd-analyze >/dev/null; then
	mkdir units
	cp "$root/packaging/systemd/plimsoll-guard-docker.socket" units/
	sed "s|@plimsoll@|$plimsoll|" "$root/packaging/systemd/plimsoll-guard-docker.service.in" >units/plimsoll-guard-docker.service
	check "the units are such" "0 " "$(systemd-analyze verify --man=no units/plimsoll-guard-docker.service >out 2>&1; echo "$? $(grep plimsoll out)")"
else
	echo "skipped: systemd-analyze is not here"
fi
registry_stop
exit $failed
