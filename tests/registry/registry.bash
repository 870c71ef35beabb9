# SPDX-License-Identifier: Apache-2.0
# Sourced by tests, after compare.bash: starts the tests' registry, puts images into it, reads its log.  Nothing of it outlives the test.
#   registry_start [OPTION...]     as `server.py --help` tells; sets registry_address (HOST:PORT), registry_port, registry_url,
#                                  registry_storage and registry_plain (HOST:PORT of the storage host, and of one without TLS),
#                                  registry_realm (URL of the token endpoint), registry_log (a file, lines of JSON)
#   registry_put LAYOUT NAME:TAG   puts an OCI layout directory, past authentication; prints the digest the tag has
#   registry_misbehave [WAY...]    from now on in these ways only, as --misbehave takes them; without any it behaves
#   registry_asked [FILTER]        the log as lines "METHOD PATH STATUS" of what FILTER (jq) selects
#   registry_forget                empties the log
#   registry_stop                  stops the one started last (all that were started end with the shell)
# registry_server, where it is set, is another server that takes the same options and says the same of itself.
# Not in a subshell: what is started there ends there.
registry_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
registry_pids=()

registry_end() { [ ${#registry_pids[@]} = 0 ] || { kill "${registry_pids[@]}"; wait "${registry_pids[@]}"; registry_pids=(); } 2>/dev/null; }
trap "registry_end; $(trap -p EXIT | sed "s/^trap -- '//; s/' EXIT\$//")" EXIT

registry_start() {
	local folder ready tries
	folder=$(mktemp -d "$work/.registry.XXXXXX") || return
	registry_folder=$folder registry_log=$folder/log registry_control=$folder/control ready=$folder/ready
	: >"$registry_log"
	python3 "${registry_server:-$registry_here/server.py}" --with-parent --ready "$ready" --log "$registry_log" --control "$registry_control" "$@" 2>"$folder/errors" &
	registry_pid=$!
	registry_pids+=("$registry_pid")
	for ((tries = 0; tries < 600; tries++)); do
		[ -e "$ready" ] && { . "$ready"; return 0; }
		kill -0 "$registry_pid" 2>/dev/null || break
		sleep 0.05
	done
	echo "the registry did not start:" >&2
	cat "$folder/errors" >&2
	return 1
}

registry_stop() {
	local pid others=()
	for pid in "${registry_pids[@]}"; do [ "$pid" = "$registry_pid" ] || others+=("$pid"); done
	registry_pids=("${others[@]}")
	kill "$registry_pid" && wait "$registry_pid"
	return 0
} 2>/dev/null

registry_misbehave() {
	curl --silent --show-error --fail-with-body --unix-socket "$registry_control" --data-binary "$(printf '%s\n' "$@")" http://control/misbehave
}

registry_asked() { jq -r "select(.method != null and (${1:-true})) | \"\(.method) \(.path) \(.status)\"" "$registry_log"; }
registry_forget() { : >"$registry_log"; }

registry_put() { # LAYOUT NAME:TAG
	curl --silent --show-error --fail-with-body --unix-socket "$registry_control" --request POST --get --data-urlencode "layout=$(realpath "$1")" \
		--data-urlencode "name=${2%:*}" --data-urlencode "tag=${2##*:}" http://control/
}
