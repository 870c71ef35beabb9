#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is kept of a layer: content of files below /etc, extended attributes, digests for whoever asks; what was not kept is no clean answer.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
PYTHONPATH=$root/tests/cases/hostile python3 - <<'P'
import base64, pathlib
from parts import Layer, directory, entry, hardlink, layout_of, pax, symlink, tar
x = "SCHILY.xattr."
lower = tar(directory("etc/"), entry("etc/app.conf", "listen = 0.0.0.0\n"), entry("etc/gone.conf", "old\n"), entry("etc/shadow", "root:$6$secret:::::::\n"),
            entry("etc/key.pem", "-----BEGIN RSA PRIVATE KEY-----\nsecret\n"), entry("etc/bin", b"a\0b"), entry("etc/empty"), entry("opt/app.conf", "elsewhere"),
            symlink("etc/link.conf", "app.conf"), entry("etc/large.conf", "x" * 5000),
            pax((x + "user.note", "lower"), (x + "user.only", "lower")), entry("usr/tool", "t"))
upper = tar(entry("etc/app.conf", "listen = 127.0.0.1\n"), entry("etc/.wh.gone.conf"),
            pax((x + "user.note", "first"), (x + "user.note", "last"), (x + "security.selinux", "system_u:object_r:bin_t:s0\0"),
                (x + "user.bytes", b"\0\xff\1"), ("LIBARCHIVE.xattr.user.note", base64.b64encode(b"other")),
                ("LIBARCHIVE.xattr.user.theirs", base64.b64encode(b"theirs")),
                (x + "security.capability", b"\1\0\0\2\0\4\0\0" + bytes(12))), entry("usr/tool", "t"),
            hardlink("bin/tool", "usr/tool"), pax((x + "user.of.hard", "h"), (x + "security.capability", b"\1\0\0\2\1\0\0\0" + bytes(12))), hardlink("bin/other", "usr/other"), entry("usr/other"),
            entry("etc/aaa", "shared = yes\n"), hardlink("etc/zzz.conf", "etc/aaa"), hardlink("etc/out.conf", "opt/app.conf"),
            symlink("etc/more", "../opt/d"), entry("opt/d/in.conf", "in\n"), symlink("etc/loop", "."), symlink("etc/again", "d"), entry("etc/d/deep.conf", "deep\n"),
            pax((x + "user.of.dir", "d")), directory("srv/"), pax((x + "user.of.link", "l")), symlink("srv/l", "x"))
layout_of([Layer(lower), Layer(upper)]).write(pathlib.Path("kept.oci"))
P
ask() { "$plimsoll" query --output csv "$@" 2>&1 | tr -d '"\r'; }
for run in cold warm; do
	check "$run: content of the final files, under all their names, with its layer" "path,state,content,layer
/etc/aaa,kept,shared = yes|,1
/etc/again/deep.conf,kept,deep|,1
/etc/app.conf,kept,listen = 127.0.0.1|,1
/etc/d/deep.conf,kept,deep|,1
/etc/empty,kept,,0
/etc/link.conf,kept,listen = 127.0.0.1|,1
/etc/shadow,account,,0
/etc/zzz.conf,kept,shared = yes|,1" "$(ask oci:kept.oci "SELECT path, state, replace(content, char(10), '|') AS content, layer FROM config_file WHERE state IN ('kept', 'account') AND path <> '/etc/large.conf' ORDER BY path")"
	check "$run: what was not kept" "path,state
/etc/bin,binary
/etc/key.pem,secret
/etc/more/in.conf,elsewhere
/etc/out.conf,elsewhere" "$(ask oci:kept.oci "SELECT path, state FROM config_file WHERE state NOT IN ('kept', 'account') ORDER BY path")"
	check "$run: xattrs" "path,key,value,encoding,layer
/bin/other,user.of.hard,h,text,1
/bin/tool,security.selinux,system_u:object_r:bin_t:s0,text,1
/bin/tool,user.bytes,00ff01,hex,1
/bin/tool,user.note,last,text,1
/bin/tool,user.theirs,dGhlaXJz,base64,1
/srv,user.of.dir,d,text,1
/srv/l,user.of.link,l,text,1
/usr/tool,security.selinux,system_u:object_r:bin_t:s0,text,1
/usr/tool,user.bytes,00ff01,hex,1
/usr/tool,user.note,last,text,1
/usr/tool,user.theirs,dGhlaXJz,base64,1" "$(ask oci:kept.oci "SELECT path, key, value, encoding, layer FROM extended_attributes ORDER BY path, key")"
done
check "capabilities" "path,capability
/bin/other,cap_chown=ep
/bin/tool,cap_net_bind_service=ep
/usr/tool,cap_net_bind_service=ep" "$(ask oci:kept.oci "SELECT path, capability FROM file WHERE capability IS NOT NULL ORDER BY path")"
for file in bin key.pem more/in.conf out.conf; do
	check "content that was not kept fails the query: $file" "plimsoll query: /etc/$file: its content was not kept" "$(ask oci:kept.oci "SELECT path FROM config_file WHERE path = '/etc/$file' AND content LIKE '%a%'" | grep -o "^plimsoll query: /etc/$file: its content was not kept")"
done
small="--limit CONFIG_BODY_BYTES=4K"
check "too large to be kept: what does not need it is answered" "state
too_large" "$(ask $small oci:kept.oci "SELECT state FROM config_file WHERE path = '/etc/large.conf'")"
"$plimsoll" query $small oci:kept.oci "SELECT path FROM config_file WHERE path = '/etc/large.conf' AND content LIKE '%zz%'" >out 2>err
check "and what does is not" "3 /etc/large.conf: its content was not kept: too_large, limit CONFIG_BODY_BYTES" "$? $(grep -o '/etc/large.*CONFIG_BODY_BYTES' err)"
check "nor beyond what a layer may have in all" "path,state
/etc/large.conf,too_large" "$(ask --limit CONFIG_BYTES=100 oci:kept.oci "SELECT path, state FROM config_file WHERE state = 'too_large'")"
cat >rule.yaml <<'Y'
plimsoll: v1
name: t
rules: [{id: test/zz, severity: low, title: Zz, query: "SELECT path FROM config_file WHERE state = 'kept' AND content LIKE '%zz%'"}]
unknown: {data_age: {over: 36500d, is: warn}}
Y
"$plimsoll" check --policy rule.yaml oci:kept.oci >out 2>err
check "a rule on content passes" 0 $?
kind_of() { # PATH: the kind of unknown that a rule over its content comes to
	sed "s|state = 'kept'|path = '$1'|" rule.yaml >all.yaml
	"$plimsoll" check --policy all.yaml $small --output json oci:kept.oci >out 2>err
	echo "$? $(jq -r '[.unknown[].kind] | join(" ")' <out)"
}
check "and cannot tell of what was too large" "2 limit" "$(kind_of /etc/large.conf)"
check "nor of what is no text" "2 unreadable" "$(kind_of /etc/bin)"

# Links to each other multiply, without a file anywhere: 2^30 ways, walked up to a limit that fails whoever asks.
mkdir -p many/etc
for i in $(seq 0 29); do mkdir "many/etc/d$i"; ln -s "../d$((i + 1))" "many/etc/d$i/x"; ln -s "../d$((i + 1))" "many/etc/d$i/y"; done
mkdir many/etc/d30
timeout 20 "$plimsoll" query rootfs:many "SELECT path FROM config_file" >out 2>err
check "links without end" "3 CONFIG_NAME_COUNT" "$? $(grep -o CONFIG_NAME_COUNT err)"
timeout 20 "$plimsoll" query rootfs:many "SELECT count(*) FROM file" >out 2>err
check "and who does not ask has an answer" 0 $?
check "fewer names than there are" "plimsoll query: more names below /etc" "$(ask --limit CONFIG_NAME_COUNT=3 oci:kept.oci "SELECT path FROM config_file" | grep -o "^plimsoll query: more names below /etc")"

sum() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
digests="path,digest
/etc/app.conf,sha256:$(sum 'listen = 127.0.0.1
')
/opt/app.conf,"
check "digests, though the cache has the layers without" "$digests" "$(ask oci:kept.oci "SELECT path, digest FROM file WHERE filename = 'app.conf' ORDER BY path")"
check "and from the cache" "$digests" "$(ask oci:kept.oci "SELECT path, digest FROM file WHERE filename = 'app.conf' ORDER BY path")"
known="SELECT 'sha256:$(sum 'listen = 127.0.0.1
')' AS digest"
for join in "file JOIN ($known) USING (digest)" "file NATURAL JOIN ($known)" "($known) LEFT JOIN file USING (digest)" "(WITH f AS (SELECT * FROM file) SELECT * FROM f JOIN ($known) USING (digest))"; do
	check "by a join: ${join%%(*}" "path
/etc/app.conf" "$(ask oci:kept.oci "SELECT path FROM $join")"
done
check "of a file whose columns are not named" 1 "$(ask oci:kept.oci "SELECT * FROM file WHERE path = '/etc/app.conf'" | grep -c "sha256:$(sum 'listen = 127.0.0.1
')")"
cat >digest.yaml <<Y
plimsoll: v1
name: t
rules: [{id: test/digest, severity: low, title: Known, query: "SELECT path FROM file WHERE digest = 'sha256:$(sum 'listen = 127.0.0.1
')'"}]
unknown: {data_age: {over: 36500d, is: warn}}
Y
for cache in --no-cache ''; do
	"$plimsoll" check --policy digest.yaml $cache --output json oci:kept.oci >out 2>err
	check "a rule that asks for one finds it $cache" "1 /etc/app.conf" "$? $(jq -r '.findings[].evidence.path' <out)"
done
mkdir -p debs/etc debs/var/lib/dpkg/info
printf 'ID=debian\nVERSION_ID=12\n' >debs/etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n' >debs/var/lib/dpkg/status
printf '/.\n/etc\n/etc/os-release\n' >debs/var/lib/dpkg/info/a.list
check "lists of packages' files, for a query that reads them" "package,file
a,/etc
a,/etc/os-release" "$(ask rootfs:debs "SELECT package, file FROM package_file")"
check "for one that only counts them" "n
2" "$(ask rootfs:debs "SELECT count(*) AS n FROM package_file")"
cat >files.yaml <<'Y'
plimsoll: v1
name: t
rules: [{id: test/owned, severity: low, title: Owned, query: "SELECT file AS path FROM package_file WHERE file LIKE '%release'"}]
Y
"$plimsoll" check --policy files.yaml --output json rootfs:debs >out 2>err
check "for a rule that reads them" "1 /etc/os-release" "$? $(jq -r '.findings[].evidence.path' <out)"

"$plimsoll" query oci:kept.oci "SELECT path FROM nowhere" >out 2>err
check "a wrong statement" "3 no such table: nowhere" "$? $(grep -o 'no such table: nowhere' err)"

mkdir -p tree/etc
echo plain >tree/etc/conf; echo t >tree/tool
if python3 -c 'import os
os.setxattr("tree/tool", "user.note", b"hello"); os.setxattr("tree/etc", "user.dir", b"\0\1")' 2>/dev/null; then
	check "of a tree" "path,key,value,encoding
/etc,user.dir,0001,hex
/tool,user.note,hello,text" "$(ask rootfs:tree "SELECT path, key, value, encoding FROM extended_attributes ORDER BY path, key")"
else
	echo "no xattrs on this file system: those of a tree are not looked at"
fi
check "content of a tree" "content
plain|" "$(ask rootfs:tree "SELECT replace(content, char(10), '|') AS content FROM config_file")"
exit $failed
