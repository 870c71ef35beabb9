#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whose files are what: owners by lists, what was changed since, what nobody has, and databases that a later layer took away.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
PYTHONPATH=$root/tests/cases/hostile python3 - <<'P'
import base64, hashlib, pathlib
from parts import Layer, directory, entry, hardlink, layout_of, symlink, tar
md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
script = "#!/bin/sh\necho %s\n"
debian = "PRETTY_NAME=Debian\nID=debian\nVERSION_ID=12\n"
status = "".join(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: M <m@example.org>\nVersion: {version}\n{more}\n"
                 for name, version, more in (("tool", "1.0-1", f"Pre-Depends: libc6 (>= 2.34)\nDepends: libtool:any (>= 1) | other, third\nConffiles:\n /etc/tool.conf {md5('a = 1')}\n /etc/same.conf {md5('b')}\n"),
                                             ("libtool", "2:3.0-1", "")))
base = tar(directory("usr/"), directory("usr/bin/"), symlink("bin", "usr/bin"), directory("etc/"), entry("etc/os-release", debian),
           entry("var/lib/dpkg/status", status),
           entry("var/lib/dpkg/info/tool.list", "/.\n/bin\n/bin/tool\n/bin/helper\n/etc\n/etc/tool.conf\n/etc/same.conf\n/usr\n/usr/share\n/usr/share/doc\n/usr/share/doc/tool\n/usr/bin/gone\n"),
           entry("var/lib/dpkg/info/tool.md5sums", f"{md5(script % 'tool')}  bin/tool\n{md5(script % 'helper')}  bin/helper\n{md5('gone')}  usr/bin/gone\n"),
           entry("var/lib/dpkg/info/tool.postinst", script % "post", mode=0o755),
           entry("var/lib/dpkg/info/libtool:amd64.list", "/.\n/usr\n/usr/lib\n/usr/lib/libtool.so.3.0\n/usr/lib/libtool.so.3\n"),
           entry("var/lib/dpkg/info/libtool:amd64.md5sums", f"{md5('library')}  usr/lib/libtool.so.3.0\n"),
           entry("usr/bin/tool", script % "tool", mode=0o755), entry("usr/bin/helper", script % "helper", mode=0o755),
           entry("usr/lib/libtool.so.3.0", "library"), symlink("usr/lib/libtool.so.3", "libtool.so.3.0"),
           entry("etc/tool.conf", "a = 1"), entry("etc/same.conf", "b"))
tampered = tar(entry("usr/bin/tool", script % "trojan", mode=0o755), entry("etc/tool.conf", "a = 2"))
copied = tar(entry("opt/server", script % "server", mode=0o755), entry("opt/plug.so.1.2", "x"), entry("opt/app.jar", b"PK\5\6" + bytes(18)), entry("opt/data.txt", "data", mode=0o755),
             entry("usr/bin/second", script % "second", mode=0o755), hardlink("usr/bin/third", "usr/bin/second"))
layout_of([Layer(base), Layer(tampered), Layer(copied)]).write(pathlib.Path("deb.oci"))
hidden = tar(entry("var/lib/dpkg/.wh.status"))
emptied = tar(entry("var/lib/dpkg/status", ""))
layout_of([Layer(base), Layer(tampered), Layer(hidden)]).write(pathlib.Path("hidden.oci"))
layout_of([Layer(base), Layer(emptied)]).write(pathlib.Path("emptied.oci"))
cached = tar(entry("srv/a", "aaaa", uid=7), hardlink("srv/z", "srv/a"), entry("srv/b", "bb"), entry("srv/kept", "k"), hardlink("srv/kept2", "srv/kept"), entry("srv/dir/c", "ccc", mode=0o600), symlink("srv/l", "a"),
             entry("root/.cache/pip/http/x", "xyz"), entry("root/.cache/pipx", "xyz"), entry("root/.cache/a/pip/y", "ab"), entry("root/.cache/pip/empty", ""), entry("var/cache/apt/archives/demo_1_amd64.deb", "d"), entry("var/lib/apt/lists/x_dists_bookworm_InRelease", "12"))
cleaned = tar(entry("srv/.wh.b"), entry("srv/a", "new"), entry("srv/dir/.wh..wh..opq"), entry("srv/.wh.l"), entry("srv/.wh.kept"), entry("root/.wh..cache"), entry("var/cache/apt/archives/.wh.demo_1_amd64.deb"),
              entry("root/.npm/_cacache/y", "y"), entry("home/.cache/b/uv/z", "z"))
again = tar(entry("srv/dir/c", "back"), entry("srv/dir/c", "twice"))
layout_of([Layer(cached), Layer(cleaned), Layer(again)]).write(pathlib.Path("layers.oci"))
q1 = lambda text: "Q1" + base64.b64encode(hashlib.sha1(text.encode()).digest()).decode()
installed = ("P:tool\nV:1.0-r0\nA:x86_64\nL:MIT\nD:musl>=1.2 so:libc.musl-x86_64.so.1 !old busybox\nF:bin\nR:tool\na:0:0:755\n" + f"Z:{q1(script % 'tool')}\nR:sh\na:0:0:777\nZ:{q1('/bin/tool')}\nR:other\na:0:0:777\nZ:{q1('/bin/x')}\n"
             f"F:etc\nR:mode\na:0:0:600\nZ:{q1('m')}\nR:none\nZ:{q1('n')}\n\n")
alpine = tar(entry("etc/os-release", "ID=alpine\nVERSION_ID=3.20.3\n"), entry("lib/apk/db/installed", installed), entry("bin/tool", script % "tool", mode=0o755),
             symlink("bin/sh", "/bin/tool"), symlink("bin/other", "/bin/tool"), entry("etc/mode", "m", mode=0o644))
layout_of([Layer(alpine)]).write(pathlib.Path("apk.oci"))
P
PYTHONPATH=$root/tests/cases/hostile:$root/tests/cases python3 - <<'P'
# What a distribution brought, what was laid over it, and a list without its package.
import json, pathlib
from parts import Layer, directory, entry, layout_of, tar
from programs.parts import linked
built = lambda version: linked(package={"type": "rpm", "name": "zstd", "version": version, "os": "fedora", "osVersion": "38"})
busybox = lambda version: b"\177ELF\2\1\1" + bytes(93) + b"BusyBox v" + version.encode() + b" (x)\0"
npm = lambda name, version: json.dumps({"name": name, "version": version})
package = lambda name: f"Package: {name}\nStatus: install ok installed\nArchitecture: all\nVersion: 1-1\n\n"
base = tar(entry("etc/os-release", "ID=debian\nVERSION_ID=12\n"), entry("var/lib/dpkg/status", package("node-a") + package("node-b") + package("busybox")),
           entry("var/lib/dpkg/info/node-a.list", "/usr/share/nodejs/a/package.json\n"), entry("var/lib/dpkg/info/node-b.list", "/usr/share/nodejs/b/package.json\n"),
           entry("var/lib/dpkg/info/busybox.list", "/bin/busybox\n/bin/zstd\n"), entry("bin/zstd", built("1.5.5-4"), mode=0o755), entry("var/lib/dpkg/info/ghost.list", "/opt/ghost\n/usr/share/nodejs/g/package.json\n"),
           entry("usr/share/nodejs/a/package.json", npm("a", "1.0.0")), entry("usr/share/nodejs/b/package.json", npm("b", "1.0.0")),
           entry("usr/share/nodejs/g/package.json", npm("g", "1.0.0")), entry("bin/busybox", busybox("1.35.0"), mode=0o755), entry("opt/ghost", "#!/bin/sh\n", mode=0o755),
           entry("var/lib/dpkg/info/busybox.postinst", "#!/bin/sh\n", mode=0o755), entry("var/lib/dpkg/info/gone.postinst", "#!/bin/sh\n", mode=0o755),
           entry("var/lib/dpkg/info/busybox.tool", "#!/bin/sh\n", mode=0o755))
over = tar(entry("usr/share/nodejs/b/package.json", npm("b", "0.9.0")), entry("bin/busybox", busybox("1.20.0"), mode=0o755),
           entry("bin/zstd", built("1.4.4-1"), mode=0o755))
touched = tar(entry("usr/share/nodejs/a/package.json", npm("a", "1.0.0"), mode=0o600))
layout_of([Layer(base), Layer(over), Layer(touched)]).write(pathlib.Path("over.oci"))
P
ask() { "$plimsoll" query --output csv "$@" 2>&1 | tr -d '"\r'; }
for run in cold warm; do
	check "$run: what was changed, by which layer" "package,file,kind,state,path,layer
tool,/bin/tool,,modified,/usr/bin/tool,1
tool,/etc/tool.conf,config,modified,/etc/tool.conf,1
tool,/usr/bin/gone,,missing,," "$(ask oci:deb.oci "SELECT package, file, kind, state, path, layer FROM package_file WHERE state NOT IN ('same', 'unrecorded') AND file NOT LIKE '/usr/share%' ORDER BY file")"
	check "$run: what is as it was" "file
/bin/helper
/etc/same.conf
/usr/lib/libtool.so.3.0" "$(ask oci:deb.oci "SELECT file FROM package_file WHERE state = 'same' ORDER BY file")"
	check "$run: what nobody has" "path,kind,layer
/opt/app.jar,java,2
/opt/plug.so.1.2,library,2
/opt/server,script,2
/usr/bin/second,script,2
/usr/bin/third,script,2" "$(ask oci:deb.oci "SELECT path, kind, layer FROM unaccounted_file ORDER BY path")"
	check "$run: whose file it is" "path,owner_type,owner
/etc/tool.conf,deb,tool
/opt/server,,
/usr/bin/helper,deb,tool
/usr/bin/tool,deb,tool
/usr/lib/libtool.so.3,deb,libtool
/usr/lib/libtool.so.3.0,deb,libtool" "$(ask oci:deb.oci "SELECT path, owner_type, owner FROM file WHERE path IN ('/usr/bin/tool', '/usr/bin/helper', '/opt/server', '/usr/lib/libtool.so.3', '/usr/lib/libtool.so.3.0', '/etc/tool.conf') ORDER BY path")"
done
check "what was laid over a package's file is not that package's" "type,name,version,layer,owner
generic,busybox,1.20.0,1,
npm,a,1.0.0,0,node-a
npm,b,0.9.0,1,
npm,g,1.0.0,0,
rpm,zstd,1.4.4-1,1," "$(ask oci:over.oci "SELECT type, name, version, layer, owner FROM package WHERE type <> 'deb' ORDER BY type, name")"
check "a list without its package accounts for nothing, scripts that dpkg keeps are its packages'" "path
/opt/ghost
/var/lib/dpkg/info/busybox.tool
/var/lib/dpkg/info/gone.postinst" "$(ask oci:over.oci "SELECT path FROM unaccounted_file ORDER BY path")"
check "and have an owner" "path,owner
/var/lib/dpkg/info/busybox.postinst,busybox" "$(ask oci:over.oci "SELECT path, owner FROM file WHERE path LIKE '/var/lib/dpkg/info/%inst' AND owner IS NOT NULL")"
check "a table alone says what is as it is" "n
1" "$(ask oci:deb.oci "SELECT count(*) AS n FROM package_file WHERE file = '/bin/tool'")"
for image in hidden emptied; do
	layer=$([ $image = hidden ] && echo 2 || echo 1)
	check "$image: packages stay visible" "name,version,scope,layer
libtool,2:3.0-1,hidden,0
tool,1.0-1,hidden,0" "$(ask oci:$image.oci "SELECT name, version, scope, layer FROM package WHERE type = 'deb' ORDER BY name" | grep -v ^warning)"
	check "$image: the verdict says so and fails by it" "a package database of this layer is gone or emptied in the final image
1" "$("$plimsoll" check --policy standard --at 2026-01-01 --output json oci:$image.oci 2>/dev/null | jq -r '.. | .unknown? // empty | .[] | select(.kind == "hidden_database" and .area == "vulnerabilities") | .reason'; "$plimsoll" check --policy standard --at 2026-01-01 oci:$image.oci >/dev/null 2>&1; echo $?)"
done
check "the verdict counts what nobody has" 5 "$("$plimsoll" check --policy baseline --at 2026-01-01 --output json oci:deb.oci 2>/dev/null | jq '.. | .unaccounted_files? // empty')"
check "apk: digests of files and links, modes" "file,state,mode_differs
/bin/other,replaced,0
/bin/sh,same,0
/bin/tool,same,0
/etc/mode,same,1
/etc/none,missing,0" "$(ask oci:apk.oci "SELECT file, state, mode_differs FROM package_file WHERE digest IS NOT NULL ORDER BY file")"
check "what packages need" "busybox musl|libc6 libtool third" "$(echo $(ask oci:apk.oci "SELECT dependencies FROM package" | tail -n +2 | sort)"|"$(ask oci:deb.oci "SELECT dependencies FROM package WHERE name = 'tool'" | tail -n +2 | sort))"
check "apk: everything is accounted for" "path" "$(ask oci:apk.oci "SELECT path FROM unaccounted_file")"
limit() { # WHAT, ITS YAML
	printf 'plimsoll: v1\nname: t\ncomponents: {unaccounted: %s}\n' "$1" >limit.yaml
	"$plimsoll" check --policy limit.yaml --at 2026-01-01 --output json oci:deb.oci 2>/dev/null | jq -r '.result, (.findings[] | "\(.evidence.path // .message) \(.evidence.layer)")'
}
check "none may be: each is a finding" "fail
/opt/app.jar 2
/opt/plug.so.1.2 2
/opt/server 2
/usr/bin/second 2
/usr/bin/third 2" "$(limit 0)"
check "some are allowed" "fail
/usr/bin/second 2
/usr/bin/third 2" "$(limit '{is: 0, allow: [/opt/**]}')"
check "so many and not one more" "fail
5 files; the policy takes 4 null
pass" "$(limit 4; limit 5)"
cat >parent.yaml <<'P'
plimsoll: v1
name: parent
components: {unaccounted: {is: 2, allow: [/opt/*]}}
P
child() { printf 'plimsoll: v1\nname: t\nextends: [parent.yaml]\ncomponents: {unaccounted: %s}\n' "$1" >child.yaml; "$plimsoll" policy lint child.yaml >/dev/null 2>&1; echo $?; }
check "a child may ask for fewer, not take more" "0 1 1 0" "$(echo $(child 1; child 3; child '{is: 2, allow: [/srv/*]}'; child '{is: 2, allow: [/opt/*]}'))"
cat >policy.yaml <<'P'
plimsoll: v1
name: t
rules:
  - {id: test/modified, severity: high, title: A file is not as its package had it, query: "SELECT path, package, layer FROM package_file WHERE state IN ('modified', 'replaced') AND kind IS NULL"}
P
check "a rule that asks gets the digests" "test/modified /usr/bin/tool tool 1" "$("$plimsoll" check --policy policy.yaml --at 2026-01-01 --output json oci:deb.oci 2>/dev/null | jq -r '.. | .findings? // empty | .[] | "\(.rule) \(.evidence.path) \(.evidence.package) \(.evidence.layer)"')"

# Many of one kind cost no more than as many of several: with a step for each pair this takes minutes.
mkdir -p many/a many/var/lib/dpkg
{ echo 'version = 3'; yes $'[[package]]\nname = "a"\nversion = "1.0.0"\n' | head -n 320000; } >many/a/Cargo.lock
seq 80000 | sed 's/.*/Package: p&\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n/' >many/var/lib/dpkg/status
check "a lock file and a database of very many rows" "80000 80000" \
	"$(timeout 10 "$plimsoll" query --no-cache --output csv rootfs:many "SELECT sum(type = 'cargo') || ' ' || sum(type = 'deb') FROM package" 2>/dev/null | tail -n 1 | tr -d '\r"')"

# Rows that are found by what a query asks are those that a look at all of them finds.
for image in deb.oci apk.oci over.oci; do
	for condition in "differs = 'content'" "differs = 'mode'" "differs IS NOT NULL" "differs IS NULL" "state = 'modified'" "state = 'same'" "state = 'missing'" "state = 'unrecorded'" "mode_differs = 1" \
		"mode_differs = 0" "state = 'modified' AND mode_differs = 1" "state = 'modified' OR mode_differs = 1" "state IN ('modified', 'same')" "differs = NULL" "state <> 'modified'"; do
		check "$image: $condition" "$(ask $image "SELECT * FROM (SELECT * FROM package_file LIMIT -1) WHERE $condition ORDER BY type, package, file")" \
			"$(ask $image "SELECT * FROM package_file WHERE $condition ORDER BY type, package, file")"
	done
	check "$image: one row for each file of a package" "n
0" "$(ask $image "SELECT count(*) AS n FROM (SELECT 1 FROM package_file GROUP BY type, package, file HAVING count(*) > 1)")"
done
# In the order of the layers. /srv/a is there by its other name; an entry that another of its own layer replaces was never seen, and is in the layer all the same.
check "files of lower layers that are not shown" "path,type,mode,uid,size,state,layer
/srv/b,regular,0644,0,2,removed,0
/srv/dir/c,regular,0600,0,3,replaced,0
/srv/l,symlink,0777,0,0,removed,0
/root/.cache/pip/http/x,regular,0644,0,3,removed,0
/root/.cache/pipx,regular,0644,0,3,removed,0
/root/.cache/a/pip/y,regular,0644,0,2,removed,0
/root/.cache/pip/empty,regular,0644,0,0,removed,0
/var/cache/apt/archives/demo_1_amd64.deb,regular,0644,0,1,removed,0
/srv/dir/c,regular,0644,0,4,replaced,2" "$(ask oci:layers.oci "SELECT path, type, mode, uid, size, state, layer FROM hidden_file" | grep -v ^warning)"
check "a name of their own, and its directory" "directory,filename
/srv/dir,c
/srv/dir,c" "$(ask oci:layers.oci "SELECT directory, filename FROM hidden_file WHERE directory = '/srv/dir'" | grep -v ^warning)"
check "caches, shown or not" "path,size,shown,layer
/home/.cache/b/uv/z,1,1,1
/root/.cache/a/pip/y,2,0,0
/root/.cache/pip/http/x,3,0,0
/root/.npm/_cacache/y,1,1,1
/var/cache/apt/archives/demo_1_amd64.deb,1,0,0
/var/lib/apt/lists/x_dists_bookworm_InRelease,2,1,0" "$(ask oci:layers.oci "SELECT path, size, shown, layer FROM package_cache ORDER BY path" | grep -v ^warning)"
check "a tree hides nothing" "count(*)
0" "$(mkdir -p plain/etc && echo ID=debian >plain/etc/os-release && ask rootfs:plain "SELECT count(*) FROM hidden_file" | grep -v ^warning)"
check "differs says what state and mode_differs say" "file,differs
/bin/tool,content
/etc/tool.conf,content
file,differs
/bin/other,kind
/etc/mode,mode" "$(for image in deb.oci apk.oci; do ask $image "SELECT file, differs FROM package_file WHERE differs IS NOT NULL ORDER BY file"; done)"
# One directory asked about alone, and all: by other ways.
for image in deb.oci over.oci; do
	paths=$("$plimsoll" query --output csv $image "SELECT path FROM file" | tail -n +2 | tr -d '"\r')
	check "$image: owners one by one" "$("$plimsoll" query --output csv $image "SELECT path, owner, owner_type FROM file ORDER BY path" | tail -n +2 | sort)" \
		"$(sed "s/.*/SELECT path, owner, owner_type FROM file WHERE path = '&';/" <<<"$paths" | while read -r one; do "$plimsoll" query --output csv $image "$one" | tail -n +2; done | sort)"
done
exit $failed
