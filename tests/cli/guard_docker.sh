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
python3 "$root/tests/cli/guard_docker.py" "$plimsoll" "$here" "$one" "$(number one.oci "$one")" "$two" "$(number two.oci "$two")" "$registry_control" || failed=1
registry_stop
exit $failed
