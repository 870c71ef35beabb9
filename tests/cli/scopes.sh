#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Entries that speak of some images, paths, layers or ecosystems only, and where an image may live.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
package() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n\n' "$1" "$2"; }
mkdir -p base/etc base/var/lib/dpkg layer/opt/tool layer/var/lib/dpkg/status.d layer/srv
printf 'ID=debian\nVERSION_ID=12\n' >base/etc/os-release
{ package old 1.0-1; package telnet 1; } >base/var/lib/dpkg/status
{ package young 1.0-1; } >layer/var/lib/dpkg/status.d/young
echo x >layer/opt/tool/a; echo x >layer/srv/a
chmod 666 layer/opt/tool/a layer/srv/a
mkdir feeds bases
for name in old young; do
	cat >feeds/$name.json <<J
{"id": "CVE-2026-$name", "published": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"]}},
 "affected": [{"package": {"ecosystem": "Debian:12", "name": "$name"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}
J
done
"$plimsoll" db build --from feeds --output a.db >build.txt || cat build.txt
echo '{"User": "1000", "Entrypoint": ["/bin/x"]}' >config.json
"$root/tools/oci-image" base.oci config.json base
"$root/tools/oci-image" web.oci config.json base layer
"$plimsoll" base add --name b --file bases/b.json --date 2026-11-01 oci:base.oci >/dev/null
base='base_image: {approved: [{name: b, generations: bases/b.json}]}'

# verdict POLICY-LINES [OPTION...]: what fails, warns and cannot be told, and the exit status.
verdict() {
	printf 'plimsoll: v1\nname: t\nunknown: {data_age: {over: 36500d, is: warn}, %s}\n%s\n' "${worth:-os: unknown}" "$1" >p.yaml
	"$plimsoll" check --policy p.yaml --db a.db --at 2026-11-20 --output json "${@:2}" "${target:-oci:web.oci}" >v.json 2>err
	local status=$?
	[ -s v.json ] || { grep -m 1 -o 'p.yaml:.*' err; return; }
	jq -r '[(.findings[] | "\(.action):\(.rule)" + (if .evidence.path then ":" + .evidence.path else "" end)), (.unknown[] | "?\(.kind):\(.subject)")] | join(" ")' v.json | tr '\n' ' '
	echo "= $status"
}
deny() { printf 'vulnerabilities: {deny: [{severity: high, scope: {%s}}]}' "$1"; }
old=fail:vulnerabilities/CVE-2026-old:/var/lib/dpkg/status
young=fail:vulnerabilities/CVE-2026-young:/var/lib/dpkg/status.d/young
check "vulnerabilities: without a scope both" "$old $young = 1" "$(verdict 'vulnerabilities: {deny: [{severity: high}]}')"
check "vulnerabilities: by path" "$young = 1" "$(verdict "$(deny 'path: /var/lib/dpkg/status.d/*')")"
check "vulnerabilities: by ecosystem" "$old $young = 1" "$(verdict "$(deny 'ecosystem: [deb, npm]')")"
check "vulnerabilities: another ecosystem" " = 0" "$(verdict "$(deny 'ecosystem: npm')")"
check "layers: of the application" "$young = 1" "$(verdict "$base
$(deny 'layer: application')")"
check "layers: of the base" "$old = 1" "$(verdict "$base
$(deny 'layer: base')")"
check "layers: without a base nobody can tell" "?base:CVE-2026-old in old 1.0-1 ?base:CVE-2026-young in young 1.0-1 = 2" "$(verdict "$(deny 'layer: application')")"
diff_id=$(jq -r '.subject.diff_ids[1]' v.json)
check "layers: by diff id" "$young = 1" "$(verdict "$(deny "layer: \"$diff_id\"")")"
check "layers: a tree has none" "?base:CVE-2026-old in old 1.0-1 ?base:CVE-2026-young in young 1.0-1 = 2" "$(mkdir -p tree; cp -a base/. layer/. tree/; target=rootfs:tree verdict "$(deny 'layer: base')")"
check "layers: by diff id a tree has none either" "?base:CVE-2026-old in old 1.0-1 ?base:CVE-2026-young in young 1.0-1 = 2" "$(target=rootfs:tree verdict "$(deny "layer: \"$diff_id\"")")"
check "images: named" "$old $young = 1" "$(verdict "$(deny 'image: registry.example.com/prod/*')" --as registry.example.com/prod/team/web:1.2)"
check "images: others" " = 0" "$(verdict "$(deny 'image: registry.example.com/prod/*')" --as registry.example.com/dev/web)"
check "images: not told" "?destination:CVE-2026-old in old 1.0-1 ?destination:CVE-2026-young in young 1.0-1 = 2" "$(verdict "$(deny 'image: registry.example.com/prod/*')")"
check "images: not told, worth a warning" "?destination:CVE-2026-old in old 1.0-1 ?destination:CVE-2026-young in young 1.0-1 = 0" "$(worth='destination: warn' verdict "$(deny 'image: registry.example.com/prod/*')")"
forbidden() { printf 'components: {forbidden: [{name: telnet, scope: {%s}}]}' "$1"; }
check "components: in scope" "fail:components/forbidden/telnet:/var/lib/dpkg/status = 1" "$(verdict "$(forbidden 'path: /var/**')")"
check "components: out of scope" " = 0" "$(verdict "$(forbidden 'path: /usr/**')")"
check "components: not told" "?destination:components/forbidden/telnet = 2" "$(verdict "$(forbidden 'image: a.example/*')")"
required='components: {required: [{name: ca-certificates, scope:'
check "components: what is not there has no path" "p.yaml:4:57: a scope has no key 'path'; it has image" "$(verdict "$required {path: /usr/**}}]}")"
check "components: required of some images" "fail:components/required/ca-certificates = 1" "$(verdict "$required {image: a.example/*}}]}" --as a.example/x)"
id=$(printf 'plimsoll: v1\nname: t\nconfiguration: {checks: [filesystem/*]}\n' >p.yaml; "$plimsoll" check --policy p.yaml --output json oci:web.oci | jq -r '.findings[].rule' | sort -u | head -n 1)
checks() { printf 'configuration: {checks: [{id: %s, scope: {%s}}]}' "$id" "$1"; }
check "checks: all rows" "fail:$id:/opt/tool/a fail:$id:/srv/a = 1" "$(verdict "configuration: {checks: [$id]}")"
check "checks: some rows" "fail:$id:/srv/a = 1" "$(verdict "$(checks 'path: /srv/**')")"
check "checks: not told is said once" "?destination:$id = 2" "$(verdict "$(checks 'image: a.example/*')")"
check "checks: of other images are not evaluated" " = 2" "$(verdict "$(checks 'image: a.example/*')" --as b.example/x)"
check "rules: not applicable" "0 out_of_scope" "$(verdict "rules: [{id: t/a, title: a, query: SELECT path FROM file, scope: {image: a.example/*}}]" --as b.example/x >/dev/null; jq -r '.findings | length' v.json; )$(jq -r '" " + (if .areas.rules == "pass" then "1" else .areas.rules end)' v.json)"
check "metadata: a demand of some images" "fail:metadata/user-exists = 1" "$(verdict 'metadata: {user: {exists: {is: require, scope: {image: a.example/*}}}}' --as a.example/x)"
check "metadata: of others" " = 0" "$(verdict 'metadata: {user: {exists: {is: require, scope: {image: a.example/*}}}}' --as b.example/x)"
check "bases: of others" "out_of_scope" "$(verdict "base_image: {approved: [{name: scratch}], scope: {image: a.example/*}}" --as b.example/x >/dev/null; jq -r .areas.base_image v.json)"
check "bases: of some" "fail:base_image/approved = 1" "$(verdict "base_image: {approved: [{name: scratch}], scope: {image: a.example/*}}" --as a.example/x)"
except() { printf 'components: {forbidden: [{name: telnet}]}\nexceptions: [{rule: components/**, reason: r, owner: o, until: 2027-01-01, scope: {%s}}]' "$1"; }
check "exceptions: of this image" " = 0" "$(verdict "$(except 'image: a.example/*')" --as a.example/x)"
check "exceptions: of others, and not unused" "fail:components/forbidden/telnet:/var/lib/dpkg/status = 1 0" "$(verdict "$(except 'image: a.example/*')" --as b.example/x) $(jq '.exceptions.unused | length' v.json)"
check "exceptions: not told" "fail:components/forbidden/telnet:/var/lib/dpkg/status = 1" "$(verdict "$(except 'image: a.example/*')")"
check "an empty list of images" "p.yaml:4:51: an empty list: name something, or leave it out" "$(verdict "$(deny 'image: []')")"
check "an empty list of registries" "p.yaml:4:10: an empty list: name something, or leave it out" "$(verdict 'origin: {registries: []}')"
check "an empty list of ids" "p.yaml:4:27: an empty list: name something, or leave it out" "$(verdict 'vulnerabilities: {deny: [{id: []}]}')"
check "a mistyped layer" "p.yaml:4:58: 'base', 'application' or a diff id, sha256:..., is needed here" "$(verdict "$(deny 'layer: applicaton')")"
check "a glob of a word" "p.yaml:4:65: 'base', 'application' or a diff id, sha256:..., is needed here" "$(verdict "$(deny 'layer: [base, "app*"]')")"
check "a rule whose rows have no path" "p.yaml:4:72: t/a: the scope names paths, and its rows have no column 'path': it would find nothing" "$(verdict 'rules: [{id: t/a, title: a, query: SELECT username FROM users, scope: {path: /etc/*}}]')"
check "a check whose rows have no package" "p.yaml:4:53: history/sudo: the scope names ecosystems, and its rows have no column 'package': it would find nothing" "$(verdict 'configuration: {checks: [{id: history/sudo, scope: {ecosystem: deb}}]}')"
check "an empty scope" "p.yaml:4:43: an empty scope speaks of everything: leave it out" "$(verdict "$(deny '')")"

# where it will live
check "origin: there" " = 0" "$(verdict 'origin: {registries: ["registry.example.com/*", "b.example/x"]}' --as registry.example.com/a/b)"
check "origin: elsewhere" "fail:origin/registry = 1" "$(verdict 'origin: {registries: ["registry.example.com/*"]}' --as registry.example.com.evil.example/a/b)"
check "origin: a warning" "warn:origin/registry = 0" "$(verdict 'origin: {registries: "registry.example.com/*", action: warn}' --as b.example/a)"
check "origin: not told" "?destination:repository = 2" "$(verdict 'origin: {registries: ["registry.example.com/*"]}')"
check "origin: a tree has none" "out_of_scope" "$(target=rootfs:base verdict 'origin: {registries: ["registry.example.com/*"]}' >/dev/null; jq -r .areas.origin v.json)"
check "the verdict names the repository" "registry.example.com/a/b" "$(verdict 'origin: {registries: "**"}' --as registry.example.com/a/b:1 >/dev/null; jq -r .subject.repository v.json)"

# names of repositories
as() { "$plimsoll" check --policy p.yaml --as "$1" oci:web.oci >/dev/null 2>err; [ $? = 3 ] && grep -o "'.*" err || echo taken; }
for name in localhost/a 127.0.0.1:5000/a/b-c.d__e REG.example/a:Tag_1.x "a.example/b@sha256:$(printf 'x' | sha256sum | cut -d ' ' -f 1)"; do check "a name: $name" taken "$(as "$name")"; done
for name in web team/web a.example; do
	check "no registry: $name" "'$name' does not begin with a registry: write registry.example.com/team/web" "$(as "$name")"
done
why() { as "$1" | sed "s/^'.*' is no reference to an image: //"; }
check "no port" "the port of its registry is no number from 1 to 65535" "$(why a.example:0/b)"
check "no host" "the name of its registry is none" "$(why :5000/b)"
check "no path" "there is no name behind the registry" "$(why a.example/)"
check "upper case" "its path must be in lower case" "$(why a.example/B)"
for name in a.example//b a.example/b/; do check "no repository: $name" "a part of its path is empty" "$(why "$name")"; done
for name in a.example/b..c a.example/b___c a.example/-b "a.example/b c"; do check "no repository: $name" "its path may hold" "$(why "$name" | cut -c1-17)"; done
check "no tag" "its tag is empty" "$(why a.example/b:)"
check "no such tag" "its tag may hold" "$(why a.example/b:-x | cut -c1-16)"
check "no digest" "behind '@' must stand" "$(why a.example/b@sha256:12 | cut -c1-21)"
exit $failed
