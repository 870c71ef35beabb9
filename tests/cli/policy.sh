#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a policy may say: strict reading with the place shown, each key of metadata, exceptions, what an unknown is worth.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

# refused NAME POLICY-BODY WANTED: lint says exactly this, with exit status 1.
refused() {
	printf 'plimsoll: v1\nname: t\n%s\n' "$2" >p.yaml
	got=$("$plimsoll" policy lint p.yaml 2>&1)
	check "refused: $1" "1 plimsoll policy lint: $3" "$? $got"
}

refused "an unknown key" 'vulnerabilites: {}' "p.yaml:3:1: a policy has no key 'vulnerabilites'; did you mean 'vulnerabilities'?
  vulnerabilites: {}
  ^"
refused "an unknown key inside" 'metadata:
  user: {rot: deny}' "p.yaml:4:10: user has no key 'rot'; did you mean 'root'?
    user: {rot: deny}
           ^"
refused "a wrong word" 'metadata: {user: {root: allow}}' "p.yaml:3:25: 'allow' cannot stand here: it is deny
  metadata: {user: {root: allow}}
                          ^"
refused "a check that is none" 'configuration: {checks: [accounts/uid-zer]}' "p.yaml:3:26: 'accounts/uid-zer' is no check; did you mean 'accounts/uid-zero'?
  configuration: {checks: [accounts/uid-zer]}
                           ^"
refused "a glob that matches nothing" 'configuration: {checks: ["nothing/*"]}' "p.yaml:3:26: 'nothing/*' is no check
  configuration: {checks: [\"nothing/*\"]}
                           ^"
refused "an exception without an end" 'exceptions: [{rule: a, reason: b, owner: c}]' "p.yaml:3:15: an exception needs the key 'until'
  exceptions: [{rule: a, reason: b, owner: c}]
                ^"
refused "a date that is none" 'exceptions: [{rule: a, reason: b, owner: c, until: 2027-02-30}]' "p.yaml:3:52: a date is needed here, as 2027-01-31
  exceptions: [{rule: a, reason: b, owner: c, until: 2027-02-30}]
                                                     ^"
refused "a regular expression that is none" 'metadata: {environment: {deny: ["("]}}' "p.yaml:3:33: not a regular expression: missing closing parenthesis, at its byte 1
  metadata: {environment: {deny: [\"(\"]}}
                                  ^"
refused "a number that is none" 'vulnerabilities: {deny: [{severity: high, grace: soon}]}' "p.yaml:3:50: a number of days is needed here, as 14d
  vulnerabilities: {deny: [{severity: high, grace: soon}]}
                                                   ^"
refused "an entry that denies everything" 'vulnerabilities: {deny: [{action: warn}]}' "p.yaml:3:27: an entry without a condition would deny every vulnerability: write {severity: low}
  vulnerabilities: {deny: [{action: warn}]}
                            ^"
refused "a component without a name" 'components: {forbidden: [{reason: x}]}' "p.yaml:3:27: a component needs one of the keys 'name', 'purl', 'digest' and 'path'; 'path' may stand beside 'digest'
  components: {forbidden: [{reason: x}]}
                            ^"
refused "a package URL with a version" 'components: {forbidden: [{purl: pkg:deb/debian/a@1}]}' "p.yaml:3:33: a package URL without version is needed here, as pkg:deb/debian/openssl
  components: {forbidden: [{purl: pkg:deb/debian/a@1}]}
                                  ^"
refused "a list where none may be" 'components: []' "p.yaml:3:1: a mapping is needed here, not a list
  components: []
  ^"
refused "base generations that are not there" 'base_image: {approved: [{name: a, generations: no.json}]}' "p.yaml:3:48: the generations cannot be read: no.json: No such file or directory
  base_image: {approved: [{name: a, generations: no.json}]}
                                                 ^"
printf '{"plimsoll_base": 1, "name": "a", "generations": [{"date": "2026-01-01", "diff_ids": []}]}' >empty.json
refused "an empty generation" 'base_image: {approved: [{name: a, generations: empty.json}]}' "p.yaml:3:48: empty.json: generation 1: diff_ids: a list with at least one digest is needed
  base_image: {approved: [{name: a, generations: empty.json}]}
                                                 ^"
refused "SQL over a column that is not there" 'rules: [{id: a/b, title: t, query: "SELECT pth FROM file"}]' "p.yaml:3:44: a/b: no such column: pth
  rules: [{id: a/b, title: t, query: \"SELECT pth FROM file\"}]
                                             ^"
refused "SQL that writes" 'rules: [{id: a/b, title: t, query: "DROP TABLE file"}]' "p.yaml:3:36: a/b: not authorized: a query reads tables, and does nothing else
  rules: [{id: a/b, title: t, query: \"DROP TABLE file\"}]
                                     ^"
printf 'plimsoll: v2\nname: t\n' >p.yaml
got=$("$plimsoll" policy lint p.yaml 2>&1); check "refused: another version" "1 plimsoll policy lint: p.yaml:1:11: 'v2' cannot stand here: it is v1
  plimsoll: v2
            ^" "$? $got"
got=$("$plimsoll" policy lint missing.yaml 2>&1); check "a policy that is not there" 3 $?
got=$("$plimsoll" policy lint standrad 2>&1); check "a word that is no built-in policy" "3 plimsoll policy lint: policy: standrad: no such file, and no built-in policy of that name; there are: baseline, standard, strict, docker-cis-4, cis-image, cis-image-2, stig-container, nist-800-190, pci" "$? $got"
got=$("$plimsoll" policy lint baseline standard 2>&1); check "the built-in policies are sound" 0 $?

# Metadata.  judged NAME CONFIG POLICY WANTED: rules and settings of the findings, and the exit status.
mkdir -p tree/etc tree/bin tree/usr/bin tree/opt
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/false\ntoor:x:0:0::/:/bin/sh\n' >tree/etc/passwd
printf 'root:x:0:\napp:x:1000:\nteam:x:2000:\n' >tree/etc/group
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf '#!/bin/sh\n' | tee tree/usr/bin/tool tree/opt/mine >tree/usr/bin/data
printf 'shell' >tree/bin/sh
chmod 755 tree/usr/bin/tool tree/opt/mine tree/bin/sh
chmod 644 tree/usr/bin/data
chmod 777 tree/opt
ln -s tool tree/usr/bin/alias
mkdir -p tree/var/lib/dpkg
echo 'Package: base
Status: install ok installed
Version: 1' >tree/var/lib/dpkg/status

judged() {
	rm -rf image.oci
	printf '%s' "$2" >config.json
	"$root/tools/oci-image" image.oci config.json tree >/dev/null || return
	printf 'plimsoll: v1\nname: t\nmetadata: %s\n' "$3" >p.yaml
	"$plimsoll" check --policy p.yaml --at 2026-11-20 --output json oci:image.oci >v.json 2>err
	status=$?
	check "$1" "$4" "$(jq -r '[.findings[] | "\(.rule) \(.evidence.setting)" + (if .action == "warn" then " (warn)" else "" end)]
	                           + [.unknown[] | "? \(.kind) \(.subject)"] | join("; ")' v.json 2>&1) $status$(cat err)"
}

user='{user: {root: deny}}'
judged "no user is root" '{}' "$user" "metadata/user user 1"
judged "root by name" '{"User": "root"}' "$user" "metadata/user user 1"
judged "root by number" '{"User": "0:1000"}' "$user" "metadata/user user 1"
judged "root under another name" '{"User": "toor"}' "$user" "metadata/user user 1"
judged "a user that does not exist" '{"User": "nobody"}' "$user" "metadata/user user 1"
judged "a group that does not exist" '{"User": "app:none"}' "$user" "metadata/user user 1"
judged "a user by name" '{"User": "app:team"}' "$user" " 0"
judged "a user by number without account" '{"User": "4711"}' "$user" " 0"
judged "as a warning" '{}' '{user: {root: {is: deny, action: warn}}}' "metadata/user user (warn) 0"
judged "numeric" '{"User": "app"}' '{user: {numeric: require}}' "metadata/user-numeric user 1"
judged "numeric, and it is" '{"User": "1000:1000"}' '{user: {numeric: require}}' " 0"
judged "exists" '{"User": "4711"}' '{user: {exists: require}}' "metadata/user-exists user 1"

entry='{entrypoint: {required: true, form: exec, exists: true, executable: true, writable_by_user: deny}}'
judged "no command" '{"User": "app"}' "$entry" "metadata/entrypoint entrypoint 1"
judged "Cmd alone" '{"User": "app", "Cmd": ["/usr/bin/tool"]}' "$entry" " 0"
judged "Cmd as the argument of Entrypoint" '{"User": "app", "Entrypoint": ["/usr/bin/tool"], "Cmd": ["/nowhere"]}' "$entry" " 0"
judged "shell form" '{"User": "app", "Cmd": ["/bin/sh", "-c", "tool"]}' '{entrypoint: {form: exec}}' "metadata/entrypoint-form entrypoint 1"
judged "through PATH" '{"User": "app", "Entrypoint": ["tool"], "Env": ["PATH=/sbin:/usr/bin"]}' "$entry" " 0"
judged "not in PATH" '{"User": "app", "Entrypoint": ["tool"], "Env": ["PATH=/sbin"]}' "$entry" "metadata/entrypoint-exists entrypoint 1"
judged "through a link" '{"User": "app", "Entrypoint": ["/usr/bin/alias"]}' "$entry" " 0"
judged "relative to the working directory" '{"User": "app", "WorkingDir": "/usr", "Entrypoint": ["bin/tool"]}' "$entry" " 0"
judged "not executable" '{"User": "app", "Entrypoint": ["/usr/bin/data"]}' "$entry" "metadata/entrypoint-executable entrypoint 1"
judged "a directory" '{"User": "app", "Entrypoint": ["/usr/bin"]}' "$entry" "metadata/entrypoint-exists entrypoint 1"
judged "in a directory that anybody may write" '{"User": "app", "Entrypoint": ["/opt/mine"]}' "$entry" "metadata/entrypoint-writable entrypoint 1"
mkdir -p tree/srv/bin
cp tree/usr/bin/tool tree/srv/bin/tool
chmod 777 tree/srv
judged "in a directory below one that anybody may write" '{"User": "app", "Entrypoint": ["/srv/bin/tool"]}' "$entry" "metadata/entrypoint-writable entrypoint 1"
chmod 1777 tree/srv
judged "unless that is sticky" '{"User": "app", "Entrypoint": ["/srv/bin/tool"]}' "$entry" " 0"
judged "root may write everything" '{"Entrypoint": ["/usr/bin/tool"]}' "$entry" "metadata/entrypoint-writable entrypoint 1"

judged "labels" '{"Labels": {"a": "x1", "b": "no", "d": ""}}' '{labels: {required: {a: "^x", b: "^x", c: "^x"}, forbidden: [d*]}}' \
	"metadata/label label:b; metadata/label label:c; metadata/label label:d 1"
judged "labels by name" '{"Labels": {"a": ""}}' '{labels: {required: [a, b]}}' "metadata/label label:b 1"
judged "ports" '{"ExposedPorts": {"8080/tcp": {}, "53/udp": {}, "22": {}}}' '{ports: {allow: [8080]}}' \
	"metadata/port port:22/tcp; metadata/port port:53/udp 1"
judged "no port at all" '{"ExposedPorts": {"80/tcp": {}}}' '{ports: {allow: []}}' "metadata/port port:80/tcp 1"
judged "a protocol in capitals, and zeros" '{"ExposedPorts": {"022/TCP": {}}}' '{ports: {deny: [22]}}' "metadata/port port:22/tcp 1"
judged "a range that has a denied one" '{"ExposedPorts": {"1-1024/tcp": {}}}' '{ports: {deny: [22]}}' "metadata/port port:1-1024/tcp 1"
judged "by a glob too" '{"ExposedPorts": {"8000-9000": {}}}' '{ports: {deny: ["84?3/*"]}}' "metadata/port port:8000-9000/tcp 1"
judged "of another protocol" '{"ExposedPorts": {"1-1024/udp": {}}}' '{ports: {deny: [22, "1025-65535/udp"]}}' " 0"
judged "a range of the policy" '{"ExposedPorts": {"22": {}, "1025/tcp": {}}}' '{ports: {deny: [1-1024]}}' "metadata/port port:22/tcp 1"
judged "all of a range must be allowed" '{"ExposedPorts": {"80-90": {}, "80-91": {}}}' '{ports: {allow: [80-85, "8?", 90]}}' "metadata/port port:80-91/tcp 1"
judged "what is no port" '{"ExposedPorts": {"http/tcp": {}, "65536": {}, "9-1": {}}}' '{ports: {allow: ["*-*"]}}' "metadata/port port:65536/tcp; metadata/port port:http/tcp 1"
judged "more ports than limit PORT_COUNT" "$(jq -n '{ExposedPorts: ([range(20)] | map({"key": "0-65535/p\(.)", "value": {}}) | from_entries)}')" '{ports: {deny: [1/q]}}' "? limit ports 2"
judged "volumes as they are mounted" '{"Volumes": {"//etc": {}, "/etc/": {}, "/srv/../etc/./x": {}, "/": {}}}' '{volumes: {deny: [/etc, "/etc/x/", "//"]}}' \
	"metadata/volume volume:/; metadata/volume volume:/etc; metadata/volume volume:/etc; metadata/volume volume:/etc/x 1"
judged "volumes" '{"Volumes": {"/data": {}, "/etc/x": {}}}' '{volumes: {deny: ["/etc/**"]}}' "metadata/volume volume:/etc/x 1"
judged "environment" '{"Env": ["DB_PASSWORD=hunter2", "PATH=/bin"]}' '{environment: {deny: ["(?i)password="], required: {TZ: UTC}}}' \
	"metadata/environment env:DB_PASSWORD; metadata/environment-required env:TZ 1"
check "no value of a variable is shown" 0 "$(grep -c hunter2 v.json)"
judged "health check" '{"Healthcheck": {"Test": ["NONE"]}}' '{healthcheck: require}' "metadata/healthcheck healthcheck 1"
judged "health check denied" '{"Healthcheck": {"Test": ["CMD", "x"]}}' '{healthcheck: deny}' "metadata/healthcheck healthcheck 1"
judged "too old" '{}' '{max_age: 10d}' "metadata/max-age created 1"
judged "not too old" '{}' '{max_age: 19d}' " 0"
echo 'broken:x:zero:1::/:/bin/sh' >>tree/etc/passwd
judged "accounts that cannot be read leave open who a name is" '{"User": "app"}' "$user" "? unreadable /etc/passwd 2"
judged "root is root without them" '{"User": "0"}' "$user" "metadata/user user 1"
echo 'evil::0:0::/:/bin/sh' >>tree/etc/passwd
rm -rf image.oci
"$root/tools/oci-image" image.oci config.json tree >/dev/null
printf 'plimsoll: v1\nname: t\nconfiguration: {checks: [accounts/empty-password]}\n' >p.yaml
"$plimsoll" check --policy p.yaml --output json oci:image.oci >v.json
check "a damaged line hides neither itself nor the others" 'fail accounts/empty-password unreadable' \
	"$(jq -r '"\(.result) \(.findings[0].rule) \(.unknown[0].kind)"' v.json)"
sed -i '/^broken/d; /^evil/d' tree/etc/passwd

# Own rules, exceptions, and what unknowns are worth.
rm -rf image.oci
echo '{"User": "app", "Entrypoint": ["/usr/bin/tool"]}' >config.json
"$root/tools/oci-image" image.oci config.json tree >/dev/null
verdict() { # POLICY FILTER
	printf 'plimsoll: v1\nname: t\n%s\n' "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --at 2026-11-20 --output json oci:image.oci >v.json 2>err
	status=$?
	echo "$(jq -rc "$2" v.json 2>&1) $status$(cat err)"
}
rule='rules: [{id: own/opt, severity: low, title: T, query: "SELECT path, mode FROM file WHERE path LIKE '"'/opt/%'"'", fix: F}]'
check "an own rule" '[["own/opt","low","/opt/mine","mode=0755","F"]] 1' \
	"$(verdict "$rule" '[.findings[] | [.rule, .severity, .evidence.path, .evidence.detail, .fix.command]]')"
large="rules: [{id: own/large, severity: low, title: L, fix: F, query: \"WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 50000) SELECT printf('%0200d', n) AS a FROM i ORDER BY a DESC LIMIT 1 OFFSET 50000\"}]"
printf 'plimsoll: v1\nname: t\n%s\n' "$large" >large.yaml
"$plimsoll" check --limit QUERY_BYTES=4000000 --policy large.yaml --output json oci:image.oci >v.json 2>err || :
check "a query beyond its memory is unknown, never without rows" 'unknown limit the query was ended by limit QUERY_BYTES' \
	"$(jq -r '"\(.result) \(.unknown[0].kind) \(.unknown[0].reason)"' v.json)"
"$plimsoll" check --policy large.yaml --output json oci:image.oci >v.json 2>err || :
check "with room for it, it has none" 'pass null' "$(jq -r '"\(.result) \(.unknown[0].kind)"' v.json)"
wide() { # FORMAT VALUES -> what is told of a rule that prints so
	printf 'plimsoll: v1\nname: t\nrules: [{id: own/wide, title: L, query: "SELECT printf(%s) AS setting"}]\n' "$1" >wide.yaml
	timeout 5 "$plimsoll" check --policy wide.yaml --output json oci:image.oci 2>&1 >v.json | tail -n 1
	jq -r '"\(.result) \(.unknown[0].reason // .findings[0].evidence.setting)"' v.json
}
check "a width that takes half a minute" "unknown printf takes no width or precision of * or of more than 99999" "$(wide "'%.2000000000c', 'x'")"
check "... also where it stands beside" "unknown printf takes no width or precision of * or of more than 99999" "$(wide "'%.*c', 2000000000, 'x'")"
check "printf as SQLite has it" "fail   7|ab|01.50|100%|it''s" "$(wide "'%3d|%-2s|%05.2f|100%%|%q', 7, 'ab', 1.5, 'it''s'")"
check "an exception waives it" '[0,["ok"],[]] 0' \
	"$(verdict "$rule
exceptions: [{rule: own/*, path: /opt/**, reason: ok, owner: me, until: 2026-11-20}]" '[(.findings | length), [.waived[].exception.reason], .exceptions.unused]')"
check "an expired exception does not" '[1,0,["old"]] 1' \
	"$(verdict "$rule
exceptions: [{rule: own, reason: old, owner: me, until: 2026-11-19}]" '[(.findings | length), (.waived | length), [.exceptions.expired[].reason]]')"
check "an unused exception is told" '[1,["other"]] 1' \
	"$(verdict "$rule
exceptions: [{rule: own/opt, path: /usr/*, reason: other, owner: me, until: 2027-01-01}]" '[(.findings | length), [.exceptions.unused[].reason]]')"
deny='vulnerabilities: {deny: [{severity: high}]}'
export XDG_CACHE_HOME=$work/cache
check "no advisory data is unknown" '["unknown","no_data"] 2' "$(verdict "$deny" '[.areas.vulnerabilities, .unknown[0].kind]')"
check "unknown worth a failure" '["fail","fail"] 1' "$(verdict "$deny
unknown: {no_data: fail}" '[.areas.vulnerabilities, .unknown[0].action]')"
check "unknown worth a warning" '["pass","warn"] 0' "$(verdict "$deny
unknown: {no_data: warn}" '[.areas.vulnerabilities, .unknown[0].action]')"
check "what the policy does not speak of" '["not_required","not_required","not_required","not_required","pass","not_required","not_required"] 0' \
	"$(verdict 'metadata: {user: {root: deny}}' '.areas | [.base_image, .vulnerabilities, .components, .configuration, .metadata, .origin, .rules]')"
components='components: {minimum: [{name: demo, version: "2.0-1", reason: old}], forbidden: [{name: tel*}], required: [{name: ca-certificates}]}'
for package in "demo 1:1.9-3" "telnetd 1-1"; do
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n\n' ${package% *} "${package#* }"
done >tree/var/lib/dpkg/status
rm -rf image.oci
"$root/tools/oci-image" image.oci config.json tree >/dev/null
check "components" '["components/forbidden/tel*","components/minimum/demo","components/required/ca-certificates"] 1' \
	"$(verdict "$components" '[.findings[].rule]')"
check "an epoch does not make a version high; what the distribution mended in it is not known" '["unknown",["no_data","demo 1:1.9-3"]] 2' \
	"$(verdict 'components: {minimum: [{name: demo, version: "1.9.1"}]}' '[.areas.components, (.unknown[0] | [.kind, .subject])]')"
check "a revision of the wanted version is enough" '[] 0' \
	"$(verdict 'components: {minimum: [{name: demo, version: "1.9"}]}' '[.findings[].rule]')"
check "by package URL" '["components/forbidden/pkg:deb/debian/tel*","components/minimum/pkg:deb/debian/demo"] 1' \
	"$(verdict 'components: {minimum: [{purl: pkg:deb/debian/demo, version: "2-1"}, {purl: pkg:npm/demo, version: "9"}], forbidden: [{purl: pkg:deb/debian/tel*}]}' '[.findings[].rule]')"
mkdir -p urls/var/lib/dpkg urls/etc
printf 'ID=debian\nVERSION_ID=12\n' >urls/etc/os-release
printf 'Package: g++\nStatus: install ok installed\nArchitecture: amd64\nVersion: 4:1~rc.1+b2-3\n\n' >urls/var/lib/dpkg/status
check "a package URL is encoded but for the colon" 'purl
pkg:deb/debian/g%2B%2B@4:1~rc.1%2Bb2-3?arch=amd64&distro=debian-12' \
	"$("$plimsoll" query --output csv rootfs:urls 'SELECT purl FROM package')"
check "what is not read is unknown" '["unknown",["no_data","pkg:swid/demo","not all packages of type swid are found"]] 2' \
	"$(verdict 'components: {minimum: [{purl: pkg:swid/demo, version: "9"}]}' '[.areas.components, (.unknown[0] | [.kind, .subject, .reason])]')"
check "a minimum with epoch and revision" '["components/minimum/demo"] 1' \
	"$(verdict 'components: {minimum: [{name: demo, version: "1:1.9-4"}]}' '[.findings[].rule]')"
printf 'Package: demo\nStatus: install ok installed\nVersion: 1:1.9-3\n\nbroken line\n\n' >tree/var/lib/dpkg/status
rm -rf image.oci
"$root/tools/oci-image" image.oci config.json tree >/dev/null
check "a damaged package database is unknown, never a pass" '["unknown","unreadable"] 2' \
	"$(verdict 'components: {forbidden: [{name: telnetd}]}' '[.areas.components, .unknown[0].kind]')"
# Every kind of the manual is a key, and nothing else is.
kinds=$(sed -n 's/^PLIM_UNKNOWN([A-Z_]*, "\([a-z_]*\)".*/\1/p' "$root/src/policy/unknowns.def")
check "there are kinds of unknown" yes "$([ "$(wc -w <<<"$kinds")" -gt 8 ] && echo yes)"
for kind in $kinds; do
	worth=fail
	[ $kind = data_age ] && worth='{over: 1d, is: fail}'
	printf 'plimsoll: v1\nname: t\nunknown: {%s: %s}\n' $kind "$worth" >u.yaml
	check "the unknown $kind has a worth" "t: it demands nothing" "$("$plimsoll" policy lint u.yaml 2>&1 | head -n 1)"
done
check "a target is named once, as it was given" "plimsoll check: oci:$work/none.oci: no such file or directory: $work/none.oci" "$("$plimsoll" check "oci:$work/none.oci" 2>&1)"
mkdir -p "$work/sub/broken.oci" && echo '{"imageLayoutVersion": "1.0.0"}' >"$work/sub/broken.oci/oci-layout"
check "and so where its documents are wrong" "1" "$("$plimsoll" check "oci:$work/sub/broken.oci" 2>&1 | grep -o 'broken\.oci' | wc -l)"
# Aliases that double and double again are counted before they are made.
{ printf 'plimsoll: v1\nname: bomb\nx0: &x0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n'
	for i in 1 2 3 4 5 6 7 8 9; do printf 'x%s: &x%s [%s]\n' $i $i "$(printf "*x$((i - 1)), %.0s" 1 2 3 4 5 6 7 8)*x$((i - 1))"; done; } >bomb.yaml
check "aliases without end" "plimsoll policy lint: bomb.yaml:1:1: more than limit YAML_NODE_COUNT nodes after its aliases are expanded" "$(timeout 20 "$plimsoll" policy lint bomb.yaml 2>&1 | head -n 1)"
# What the built-in policies take for a secret by its name.
mkdir -p env-tree/etc && printf 'ID=debian\nVERSION_ID=12\n' >env-tree/etc/os-release
jq -n '{Env: ["PATH=/bin", "DB_PASSWORD=a", "AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=a", "API_TOKEN=a", "APIKEY=a", "TLS_PRIVATE_KEY=a", "TOKEN_FILE=/run/a", "EMPTY_SECRET=", "KEYBOARD=a", "PASSWORD_FILE=/a"]}' >env.json
"$root/tools/oci-image" env.oci env.json env-tree
for policy in baseline standard strict docker-cis-4 cis-image cis-image-2 stig-container nist-800-190 pci; do
	check "secrets in the environment: $policy" "env:APIKEY env:API_TOKEN env:AWS_ACCESS_KEY_ID env:AWS_SECRET_ACCESS_KEY env:DB_PASSWORD env:TLS_PRIVATE_KEY" \
		"$("$plimsoll" check --policy $policy --output json oci:env.oci 2>/dev/null | jq -r '[.findings[] | select(.rule == "metadata/environment" or .rule == "image/environment").evidence.setting] | sort | join(" ")')"
done
# Profiles of standards: a level has what the level below it has, and each requirement that a profile names has a check behind it.
selected() { "$plimsoll" check --policy "$1" --output json oci:env.oci 2>/dev/null | jq -r '.checks[].id' | sort; }
for pair in 'docker-cis-4 cis-image' 'cis-image cis-image-2'; do
	set -- $pair
	check "$2 has all of $1" "" "$(comm -23 <(selected $1) <(selected $2))"
	check "$2 has more than $1" yes "$([ -n "$(comm -13 <(selected $1) <(selected $2))" ] && echo yes)"
done
for policy in docker-cis-4 cis-image cis-image-2 stig-container nist-800-190 pci; do
	check "$policy: every entry has its requirement" "" "$(sed -n '/^configuration:/,/^[a-z]/{/^    - /{/ # [A-Z0-9]/!p}}' "$root/policies/$policy.yaml")"
	"$plimsoll" policy lint $policy >lint.out 2>&1; check "$policy is sound" "0 $policy" "$? $(head -n 1 lint.out | cut -d : -f 1)"
done
# Section 4 of the Docker benchmark: all twelve items are spoken of.
check "docker-cis-4 leaves no item out" "$(seq -f 4.%g 12)" "$(grep -oE '4\.[0-9]+' "$root/policies/docker-cis-4.yaml" | sort -Vu)"
exit $failed
