#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Approved bases: generations are added with the digests of their bytes, the longest one that begins an image counts, approvals
# end, and what was squashed cannot be told.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"

mkdir -p one/etc two/opt three/opt
printf 'ID=debian\nVERSION_ID=12\n' >one/etc/os-release
mkdir -p one/var/lib/dpkg
printf 'Package: base\nStatus: install ok installed\nVersion: 1\n' >one/var/lib/dpkg/status
echo 2 >two/opt/two
echo 3 >three/opt/three
echo '{}' >config.json
image() { "$root/tools/oci-image" "$@" >/dev/null; }
image base1.oci config.json one
image base2.oci config.json one two
image app.oci config.json one two three
image other.oci config.json three

add() { "$plimsoll" base add --file base.json "$@" 2>&1; }
check "a new file wants a name" "3 plimsoll base add: base.json does not exist yet: --name says what the base is called" "$(got=$(add oci:base1.oci); echo "$? $got")"
check "add" "2026-10-01  1 layer  linux/amd64" "$(add --name debian-12 --date 2026-10-01 oci:base1.oci)"
check "add the next generation" "2026-11-01  2 layers  linux/amd64" "$(add --date 2026-11-01 oci:base2.oci)"
check "the same layers again" "these layers are listed already" "$(add --date 2026-12-01 oci:base2.oci)"
check "another base's file" "3 plimsoll base add: base.json is the file of base 'debian-12'" "$(got=$(add --name other oci:base1.oci); echo "$? $got")"
check "a tree is no base" "3 plimsoll base add: rootfs:one: a base is an image with layers, not a tree" "$(got=$(add rootfs:one); echo "$? $got")"
check "a date that is none" 3 "$(add --date yesterday oci:base1.oci >/dev/null; echo $?)"
check "list" "debian-12
  2026-10-01  1 layer  linux/amd64
  2026-11-01  2 layers  linux/amd64" "$("$plimsoll" base list base.json)"
echo '{"reference": "reg.example/named:1"}' >named.json
image named.oci named.json three
"$plimsoll" base add --file named.json.bases --name named --date 2026-10-01 oci:named.oci >/dev/null
check "what it is called is kept" "reg.example/named:1" "$(jq -r '.generations[0].reference' named.json.bases)"
check "check: the longest generation" "linux/amd64: built on debian-12, generation of 2026-11-01  2 layers  linux/amd64
0" "$("$plimsoll" base check --file base.json oci:app.oci; echo $?)"
check "check: none" "linux/amd64: begins with no generation of debian-12
1" "$("$plimsoll" base check --file base.json oci:other.oci; echo $?)"
check "the digests are those of the bytes" "$(jq -r '.rootfs.diff_ids[0]' "base1.oci/blobs/$(jq -r '.config.digest' "base1.oci/blobs/$(jq -r '.manifests[0].digest' base1.oci/index.json | tr : /)" | tr : /)")" \
	"$(jq -r '.generations[0].diff_ids[0]' base.json)"

judged() { # TARGET APPROVED: result, note, findings and unknowns of the area
	printf 'plimsoll: v1\nname: t\nbase_image: {approved: %s}\n' "$2" >p.yaml
	"$plimsoll" check --policy p.yaml --at 2026-11-20 --output json "$1" >v.json 2>err
	jq -r '"\(.areas.base_image): \(.area_notes.base_image // "-") \([.findings[] | "\(.rule) \(.message)"] + [.unknown[].kind] | join("; "))"' v.json
	cat err
}
own='[{name: debian-12, generations: base.json}]'
check "approved" "pass: debian-12, generation of 2026-11-01 " "$(judged oci:app.oci "$own")"
check "what the base brought is the base's" "base application" \
	"$(printf 'plimsoll: v1\nname: t\nbase_image: {approved: %s}\nrules: [{id: t/t, title: t, query: "SELECT path FROM file WHERE path IN ('"'/opt/two','/opt/three'"')"}]\n' "$own" >p.yaml
	"$plimsoll" check --policy p.yaml --output json oci:app.oci | jq -r '[.findings | sort_by(.evidence.layer)[].evidence.origin] | join(" ")')"
check "not approved" "fail: - base_image/approved its first layers are those of no generation of debian-12" "$(judged oci:other.oci "$own")"
check "the last day counts" "pass: debian-12, generation of 2026-11-01 " "$(judged oci:app.oci '[{name: debian-12, generations: base.json, until: 2026-11-20}]')"
check "ended" "fail: debian-12, generation of 2026-11-01 base_image/ended debian-12 was approved until 2026-11-19" \
	"$(judged oci:app.oci '[{name: debian-12, generations: base.json, until: 2026-11-19, replaced_by: debian-13}]')"
check "what replaces it is said" "Build it from debian-13." "$(jq -r '.findings[0].fix.command' v.json)"
check "scratch is not this" "fail: - base_image/approved its first layers are those of no generation of scratch" "$(judged oci:app.oci '[{name: scratch}]')"
check "a tree has no base" "out_of_scope: a tree does not have it " "$(judged rootfs:one "$own")"
mkdir -p bare && printf 'x' >bare/tool && chmod 755 bare/tool
image bare.oci config.json bare
check "scratch" "pass: scratch " "$(judged oci:bare.oci '[{name: scratch}]')"

# One layer, several instructions that made it: squashed.
python3 - <<'P'
import hashlib, json, pathlib, shutil
shutil.copytree("base1.oci", "squashed.oci")
blobs = pathlib.Path("squashed.oci/blobs/sha256")
index = json.loads(pathlib.Path("squashed.oci/index.json").read_text())
read = lambda digest: json.loads((blobs / digest.split(":")[1]).read_text())
def write(value):
    data = json.dumps(value).encode()
    name = hashlib.sha256(data).hexdigest()
    (blobs / name).write_bytes(data)
    return {"digest": "sha256:" + name, "size": len(data)}
manifest = read(index["manifests"][0]["digest"])
config = read(manifest["config"]["digest"])
config["history"] = [{"created_by": "RUN a"}, {"created_by": "RUN b"}]
manifest["config"].update(write(config))
index["manifests"][0].update(write(manifest))
pathlib.Path("squashed.oci/index.json").write_text(json.dumps(index))
P
check "squashed" "unknown: - base" "$(judged oci:squashed.oci "[{name: scratch}]")"
# What later layers did to the base, and what moving on takes.
rm -f old.json new.json
package() { printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n\n' "$1" "$2"; }
rm -rf b1 b2 b3 top; mkdir -p b1/usr/bin b1/etc b1/var/lib/dpkg b2/var/lib/dpkg b3/var/lib/dpkg top/usr/bin top/etc/new
printf 'ID=debian\nVERSION_ID=12\n' >b1/etc/os-release
for name in ls cp mv rm; do echo $name >b1/usr/bin/$name; echo new >top/usr/bin/$name; done
chmod 755 b1/usr/bin/* top/usr/bin/*
echo a >b1/etc/a; echo a >b1/etc/gone; mkdir b1/etc/dir; echo a >b1/etc/dir/a
echo b >top/etc/a; echo >top/etc/.wh.gone; echo >top/etc/.wh.dir; echo n >top/etc/new/n
# As a text libc-bin@1 stands before libc@1, as a name behind it.
{ package libc 1; package libc-bin 1; package tool 1; package rest 1; } >b1/var/lib/dpkg/status
{ package libc 2; package libc-bin 1; package tool 1; package more 1; package most 1; } >b2/var/lib/dpkg/status
{ package libc 3; } >b3/var/lib/dpkg/status
image b1.oci config.json b1; image b2.oci config.json b1 b2; image b3.oci config.json b1 b3; image on1.oci config.json b1 top; image plain.oci config.json b1
"$plimsoll" base add --name old --file old.json --date 2026-10-01 oci:b1.oci >/dev/null
list='[{name: old, generations: old.json}]'
changed="; 5 of its files were replaced (4 executables: /usr/bin/cp, /usr/bin/ls, /usr/bin/mv, ...) and 2 removed by later layers"
check "what later layers did" "pass: old, generation of 2026-10-01$changed " "$(judged oci:on1.oci "$list")"
check "nothing was done" "pass: old, generation of 2026-10-01 " "$(judged oci:plain.oci "$list")"
check "packages are listed" "pkg:deb/debian/libc-bin@1 pkg:deb/debian/libc@1 pkg:deb/debian/rest@1 pkg:deb/debian/tool@1" "$(jq -r '.generations[0].packages | join(" ")' old.json)"
"$plimsoll" base add --file old.json --date 2026-11-01 oci:b2.oci >/dev/null
check "of the newest only" "0 5" "$(jq -r '[.generations[].packages | length] | join(" ")' old.json)"
check "a newer generation" "pass: old, generation of 2026-10-01; moving to old of 2026-11-01 changes 1 package, brings 2, removes 1 " "$(judged oci:plain.oci "$list")"
check "the newest generation" "pass: old, generation of 2026-11-01 " "$(judged oci:b2.oci "$list")"
mkdir -p broken/var/lib/dpkg; printf 'Package: libc\nStatus\n\nno package\n' >broken/var/lib/dpkg/status
image unread.oci config.json b1 broken
check "packages that cannot be read" "there is old of 2026-11-01; what moving to it changes cannot be told, for packages could not be read" "$(judged oci:unread.oci "$list" | grep -o 'there is old.*read')"
"$plimsoll" base add --name new --file new.json --date 2026-09-01 oci:b3.oci >/dev/null
both='[{name: old, generations: old.json, until: 2026-11-01, replaced_by: new}, {name: new, generations: new.json}]'
move="moving to new of 2026-09-01 changes 1 package, brings 0, removes 3"
check "its successor" "fail: old, generation of 2026-10-01; $move base_image/ended old was approved until 2026-11-01; $move" "$(judged oci:plain.oci "$both")"
jq 'del(.generations[].packages) | .plimsoll_base = 1' new.json >first.json && mv first.json new.json
check "a file of version 1" "fail: old, generation of 2026-10-01; there is new of 2026-09-01; its file does not tell its packages" "$(judged oci:plain.oci "$both" | sed 's/ base_image.*//')"
check "the first file of a folder" "2026-10-01  1 layer  linux/amd64" "$("$plimsoll" base add --name n --file new/n.json --date 2026-10-01 oci:b1.oci 2>&1)"
check "not of a folder without a folder" 3 "$("$plimsoll" base add --name n --file no/new/n.json oci:b1.oci >/dev/null 2>&1; echo $?)"

# A generation's own end.
rm -f old.json
"$plimsoll" base add --name old --file old.json --date 2026-10-01 oci:b1.oci >/dev/null
"$plimsoll" base add --file old.json --date 2026-11-01 --until 2027-01-31 --others-until 2026-11-20 oci:b2.oci >/dev/null
check "ends of generations" "old
  2026-10-01  1 layer  linux/amd64  until 2026-11-20
  2026-11-01  2 layers  linux/amd64  until 2027-01-31" "$("$plimsoll" base list old.json)"
check "its last day counts" pass "$(judged oci:plain.oci "$list" | sed 's/:.*//')"
sed -i 's/2026-11-20/2026-11-19/' old.json
check "a generation ended" "base_image/ended the generation of 2026-10-01 of old was approved until 2026-11-19; moving to old of 2026-11-01 changes 1 package, brings 2, removes 1" "$(judged oci:plain.oci "$list" | grep -o 'base_image/.*')"
check "which to build from" "Build it from old." "$(jq -r '.findings[0].fix.command' v.json)"
check "a later one did not" pass "$(judged oci:b2.oci "$list" | sed 's/:.*//')"
# Two bases of the same layers: which stands first does not matter.
cp old.json ended.json && sed -i 's/"name": "old"/"name": "ended"/' ended.json
jq 'del(.generations[].until) | .name = "lasting"' old.json >lasting.json
check "what lasts counts, behind" "pass: lasting" "$(judged oci:plain.oci '[{name: ended, generations: ended.json}, {name: lasting, generations: lasting.json}]' | sed 's/,.*//')"
check "what lasts counts, before" "pass: lasting" "$(judged oci:plain.oci '[{name: lasting, generations: lasting.json}, {name: ended, generations: ended.json}]' | sed 's/,.*//')"
refused() { jq "$2" old.json >bad.json; check "refused: $1" "bad.json: $3" "$("$plimsoll" base list bad.json 2>&1 | sed 's/^plimsoll base list: //')"; }
refused "another version" '.plimsoll_base = 3' "a base file of version 3; versions 1 to 2 are read here"
refused "packages out of order" '.generations[1].packages |= reverse' "generation 2: packages: entry 2 is not behind the one before it"
refused "packages that are none" '.generations[1].packages[0] = "libc"' "generation 2: packages: entry 1 is no package URL"
refused "an end that is none" '.generations[0].until = "soon"' "generation 1: until: a day as 2026-10-01 is needed"
refused "packages that are no list" '.generations[1].packages = {}' "generation 2: packages: a list is needed"
exit $failed
