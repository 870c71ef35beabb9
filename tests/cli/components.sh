#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Forbidden and required software: by name, package URL, range of versions, path and digest of a file; what cannot be told is unknown.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

mkdir -p tree/etc tree/var/lib/dpkg tree/usr/bin tree/usr/lib tree/opt/app
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >tree/etc/os-release
for package in "libdemo 1:2.4.1+really2.3-2" "demo-tool 1.5-1" "odd 1.0~~:x"; do
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n' ${package% *} "${package#* }"
done >tree/var/lib/dpkg/status
echo '#!/bin/sh' >tree/usr/bin/tool
chmod 755 tree/usr/bin/tool
cp tree/usr/bin/tool tree/opt/app/tool.sh
ln tree/usr/bin/tool tree/usr/bin/tool-2
{ printf 'PK\005\006'; head -c 18 /dev/zero; } >tree/usr/lib/libdemo.jar    # an archive of nothing
: >tree/opt/app/empty
ln -s usr/bin tree/bin
ln -s nowhere tree/usr/bin/dangling
digest() { sha256sum "$1" | sed 's/ .*//; s/^/sha256:/'; }
tool=$(digest tree/usr/bin/tool) jar=$(digest tree/usr/lib/libdemo.jar) empty=$(digest /dev/null) none=sha256:$(printf '0%.0s' {1..64})
echo '{"User": "1000"}' >config.json
"$root/tools/oci-image" image.oci config.json tree >/dev/null

limit=()
judged() { # COMPONENTS [TARGET]: findings as RULE PATH-OR-PACKAGE, unknowns, exit status
	printf 'plimsoll: v1\nname: t\ncomponents: {%s}\n' "$1" >p.yaml
	"$plimsoll" check --no-cache "${limit[@]}" --policy p.yaml --at 2026-11-20 --output json "${2:-oci:image.oci}" >v.json 2>err
	status=$?
	echo "$(jq -r '[(.findings[] | (.rule | sub("components/"; "")) + " " + (.evidence.package // .evidence.path // "-")),
	                (.unknown[] | "? " + .kind + " " + .subject + ": " + .reason)] | join("; ")' v.json) $status$(cat err)"
}

# Ranges of versions.
check "below a bound" "forbidden/libdemo libdemo 1" "$(judged 'forbidden: [{name: libdemo, versions: "<2.4"}]')"
check "at a bound" " 0" "$(judged 'forbidden: [{name: libdemo, versions: "<2.3"}]')"
check "bounds that must all hold" "forbidden/* demo-tool 1" "$(judged 'forbidden: [{name: "*", type: deb, versions: ">=1.5, <2"}, {name: odd, versions: "!=1, =2"}]' | sed 's/?.*; //; s/; ? .* / /')"
check "either bound fails" " 0" "$(judged 'forbidden: [{name: demo-tool, versions: ">1.5"}, {name: demo-tool, versions: ">=1,<1.5"}]')"
check "a bound with revision" "forbidden/demo-tool demo-tool 1" "$(judged 'forbidden: [{name: demo-tool, versions: "<1.5-2"}]')"
check "by package URL, within a range" "forbidden/pkg:deb/debian/* demo-tool 1" "$(judged 'forbidden: [{purl: "pkg:deb/debian/*", versions: "=1.5-1"}]' | sed 's/; ? .* / /')"
check "required, and in range" " 0" "$(judged 'required: [{name: libdemo, versions: ">=2.3"}]')"
check "required, and out of range" "required/libdemo libdemo 1" "$(judged 'required: [{name: libdemo, versions: ">=2.4"}]')"
check "the title says the range" "libdemo >=2.4 is required and is not there" "$(jq -r '.findings[0].title' v.json)"
odd="? unreadable odd: version 1.0~~:x cannot be compared with <2:"
check "a version without order is unknown" "$odd" "$(judged 'forbidden: [{name: odd, versions: "<2"}]' | cut -c 1-${#odd})"
check "and does not satisfy a demand" "$odd" "$(judged 'required: [{name: odd, versions: "<2"}]' | cut -c 1-${#odd})"
check "what is not read is unknown, not missing" "? no_data pkg:swid/demo: not all packages of type swid are found 2" "$(judged 'required: [{purl: pkg:swid/demo}]')"

check "nor is what programs need not tell that they have" "? no_data pkg:cargo/demo: not all packages of type cargo are found; ? no_data serde: not all packages of type cargo are found 2" \
	"$(judged 'minimum: [{purl: pkg:cargo/demo, version: 1}], forbidden: [{name: serde, type: cargo}]')"

# Packages of languages, whose hyphens are no distribution's.
mkdir -p app/node_modules/demo
cp -r tree/etc tree/var app
echo '{"name": "demo", "version": "2.0.0-rc.1"}' >app/node_modules/demo/package.json
check "a pre-release is below its release" "minimum/demo demo 1" "$(judged 'minimum: [{name: demo, type: npm, version: 2.0.0}]' rootfs:app)"
check "and above what came before" " 0" "$(judged 'minimum: [{name: demo, type: npm, version: 2.0.0-beta}]' rootfs:app)"
check "in a range" "forbidden/demo demo 1" "$(judged 'forbidden: [{name: demo, type: npm, versions: ">=1.0.0, <2.0.0"}]' rootfs:app)"
odd="? unreadable demo: version 2.0.0-rc.1 cannot be compared with 2:"
check "beside what npm takes for no version" "$odd" "$(judged 'minimum: [{name: demo, type: npm, version: 2}]' rootfs:app | cut -c 1-${#odd})"

# Files.
check "a file by path" "forbidden//usr/bin/tool /usr/bin/tool 1" "$(judged 'forbidden: [{path: /usr/bin/tool}]')"
check "through a link among its parents" "forbidden//bin/tool /usr/bin/tool 1" "$(judged 'forbidden: [{path: /bin/tool}]')"
check "a link to nothing is there" "forbidden//usr/bin/dangling /usr/bin/dangling 1" "$(judged 'forbidden: [{path: /usr/bin/dangling}]')"
check "but is not what is required" "required//usr/bin/dangling /usr/bin/dangling 1" "$(judged 'required: [{path: /usr/bin/dangling}]')"
check "a glob of paths" "forbidden//usr/bin/tool* /usr/bin/tool; forbidden//usr/bin/tool* /usr/bin/tool-2 1" "$(judged 'forbidden: [{path: "/usr/bin/tool*"}]')"
check "a directory is no file" " 0" "$(judged 'forbidden: [{path: /opt/app}, {path: "/opt/*"}]')"
check "no such file" " 0" "$(judged 'forbidden: [{path: /usr/bin/gcc}, {path: "/usr/bin/gcc*"}]')"
check "required, and there" " 0" "$(judged 'required: [{path: /bin/tool}, {path: "/opt/**/empty"}]')"
check "required, and not there" "required//etc/motd /etc/motd 1" "$(judged 'required: [{path: /etc/motd}]')"
check "a glob that nothing matches" "required//etc/*.crt - 1" "$(judged 'required: [{path: "/etc/*.crt"}]')"
check "a digest, wherever it is" "forbidden/$tool /opt/app/tool.sh; forbidden/$tool /usr/bin/tool; forbidden/$tool /usr/bin/tool-2 1" \
	"$(judged "forbidden: [{digest: '$tool'}]")"
check "a digest of what is no program" "forbidden/$jar /usr/lib/libdemo.jar 1" "$(judged "forbidden: [{digest: '$jar'}]")"
check "a digest in one place" "forbidden/$tool /opt/app/tool.sh 1" "$(judged "forbidden: [{digest: '$tool', path: '/opt/**'}]")"
check "a digest that no file has" " 0" "$(judged "forbidden: [{digest: '$none'}]")"
check "an empty file" "forbidden/$empty /opt/app/empty 1" "$(judged "forbidden: [{digest: '$empty'}]")"
check "required by digest" " 0" "$(judged "required: [{digest: '$jar'}, {digest: '$tool', path: /bin/tool}]")"
check "another content in its place" "required/$jar /usr/bin/tool 1" "$(judged "required: [{digest: '$jar', path: /usr/bin/tool}]")"
check "the same of a tree" "forbidden/$jar /usr/lib/libdemo.jar; required/$jar /usr/bin/tool 1" \
	"$(judged "required: [{digest: '$jar', path: /usr/bin/tool}], forbidden: [{digest: '$jar'}]" rootfs:tree)"
check "a warning with its reason" "warn known to be bad 0" \
	"$(judged "forbidden: [{path: /usr/bin/tool, reason: known to be bad, action: warn}]" >/dev/null; jq -r '"\(.findings[0].action) \(.findings[0].message)"' v.json) $(judged "forbidden: [{path: /usr/bin/tool, action: warn}]" | sed "s/.* //")"

# A policy that asks for digests finds none in a cache that was filled without, and takes them.
export XDG_CACHE_HOME=$work/cache
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: telnetd}]}\n' >p.yaml
"$plimsoll" check --policy p.yaml oci:image.oci >/dev/null 2>&1
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{digest: "%s"}]}\n' "$jar" >p.yaml
check "beside a cache without digests" "/usr/lib/libdemo.jar" "$("$plimsoll" check --policy p.yaml --output json oci:image.oci | jq -r '.findings[].evidence.path')"
check "and again" "/usr/lib/libdemo.jar" "$("$plimsoll" check --policy p.yaml --output json oci:image.oci | jq -r '.findings[].evidence.path')"

# What could not be read.
as_nobody() { # COMPONENTS: of the tree, by a user who may not read all of it
	printf 'plimsoll: v1\nname: t\ncomponents: {%s}\n' "$1" >p.yaml
	local who=()
	[ "$(id -u)" != 0 ] || who=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	XDG_CACHE_HOME=$work/none "${who[@]}" "$plimsoll" check --no-cache --policy p.yaml --output json rootfs:tree 2>err | jq -r '.result, (.unknown[] | "? " + .kind + " " + .reason)'
}
chmod 755 .
cp "$plimsoll" plimsoll && plimsoll=$work/plimsoll
chmod 000 tree/usr/lib/libdemo.jar
check "a file that cannot be read" "unknown
? unreadable open: Permission denied
? unreadable the digest of /usr/lib/libdemo.jar is not known" "$(as_nobody "forbidden: [{digest: '$jar'}]")"
chmod 644 tree/usr/lib/libdemo.jar
chmod 000 tree/opt/app
hidden="unknown
? unreadable open directory: Permission denied"
check "a directory that cannot be listed" "$hidden" "$(as_nobody "forbidden: [{digest: '$none'}]")"
check "what is required may be in it" "$hidden" "$(as_nobody 'required: [{path: "/opt/**/x"}]')"
chmod 755 tree/opt/app
limit=(--limit LAYER_BYTES=2K)
gap=$(judged 'forbidden: [{name: nothing}]')
check "a layer that is not read to its end is unknown" "? unreadable layer" "${gap:0:18}"
check "what is not found may be in it" "$gap" "$(judged "forbidden: [{digest: '$jar'}, {path: /usr/bin/tool}]")"
check "nor is anything missing" "$gap" "$(judged "required: [{digest: '$jar'}, {path: /usr/bin/tool}]")"

refused() { # NAME COMPONENTS MESSAGE
	printf 'plimsoll: v1\nname: t\ncomponents: {%s}\n' "$2" >p.yaml
	check "refused: $1" "$3" "$("$plimsoll" policy lint p.yaml 2>&1 | sed -n '1s/^plimsoll policy lint: p.yaml:3:[0-9]*: //p')"
}
range="a range of versions is needed here, as '>=2.0, <2.17.1'"
for bad in 2.0 '>' '<1,' '<1,,>2' '~1' '<1 2,x'; do
	refused "the range $bad" "forbidden: [{name: a, versions: \"$bad\"}]" "$range"
done
one="a component needs one of the keys 'name', 'purl', 'digest' and 'path'; 'path' may stand beside 'digest'"
refused "a name and a digest" "forbidden: [{name: a, digest: \"$none\"}]" "$one"
refused "a package URL and a path" 'required: [{purl: pkg:deb/debian/a, path: /a}]' "$one"
refused "none" 'required: [{reason: x}]' "$one"
refused "a digest of another kind" 'forbidden: [{digest: "sha1:00"}]' "a SHA-256 digest is needed here, as sha256: and 64 hexadecimal digits"
refused "a relative path" 'forbidden: [{path: usr/bin/tool}]' "an absolute path is needed here"
refused "versions of a file" 'forbidden: [{path: /a, versions: "<2"}]' "a file has neither 'type' nor 'versions'"
refused "the type of a file" "required: [{digest: \"$none\", type: deb}]" "a file has neither 'type' nor 'versions'"
refused "a minimum by digest" "minimum: [{digest: \"$none\", version: 1}]" "a minimum version has no key 'digest'; it has name, purl, type, reason, action, enforce_from, severity, scope, version, upstream"
exit $failed
