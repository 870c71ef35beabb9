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
umask 022

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
	jq -r '(.findings[] | select(.area != "metadata") | "\(.id) \(.rule) \(.evidence.path // .evidence.package)"), (.checks[] | select(.id | startswith("history/") or IN($image_only[]) | not) | "\(.id): \(.result)")' \
		--argjson image_only '["secrets/buried", "secrets/environment", "secrets/history"]' v.json | sort
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
check "a tree has what is mounted in it" "/run/root-shell /usr/bin/root-shell" "$(judge rootfs:machine; jq -r '[.findings[] | select(.rule == "acme/setuid") | .evidence.path | select(startswith("/var") | not)] | join(" ")' v.json)"
umount machine/proc machine/run machine/mnt/disk

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

exit $failed
