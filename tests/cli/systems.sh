#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages of systems that have neither dpkg, apk nor rpm: their databases, whose files are what, and what is broken.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
sum() { printf '%s' "$1" | sha256sum | cut -d' ' -f1; }
md5() { printf '%s' "$1" | md5sum | cut -d' ' -f1; }
put() { mkdir -p "$(dirname "$1")"; cat >"$1"; } # FILE, from standard input
os() { printf '%s\n' "${@:2}" | put "$1/etc/os-release"; } # ROOT LINE...
program() { mkdir -p "$(dirname "$1")"; printf '#!/bin/sh\n' >"$1"; chmod 755 "$1"; }
ask() { "$plimsoll" query --output csv "rootfs:$1" "$2" 2>&1 | tr -d '"\r'; }
columns="type, name, version, arch, source, vendor, license"

# Arch
os arch ID=arch 'NAME="Arch Linux"'
put arch/var/lib/pacman/local/ALPM_DB_VERSION <<<9
put 'arch/var/lib/pacman/local/tool-lib-2:1.0-3/desc' <<'F'
%NAME%
tool-lib

%VERSION%
2:1.0-3

%BASE%
tool

%DESC%
NAME of a thing

%ARCH%
x86_64

%PACKAGER%
A Packager <a@example.org>

%LICENSE%
MIT
BSD-3-Clause

%DEPENDS%
glibc>=2.39
libz.so=1-64
sh
F
put 'arch/var/lib/pacman/local/tool-lib-2:1.0-3/files' <<F
%FILES%
etc/
etc/tool.conf
usr/
usr/bin/
usr/bin/tool
usr/bin/a tool

%BACKUP%
etc/tool.conf	$(md5 old)
F
gzip -c <<F >'arch/var/lib/pacman/local/tool-lib-2:1.0-3/mtree'
#mtree
/set type=file uid=0 gid=0 mode=644
./.PKGINFO time=1.0 size=1 sha256digest=$(sum x)
./etc time=1.0 mode=755 type=dir
./etc/tool.conf time=1.0 size=3 sha256digest=$(sum old)
./usr/bin/tool time=1.0 mode=755 size=10 md5digest=$(md5 x) sha256digest=$(sum $'#!/bin/sh\n')
./usr/bin/a\040tool time=1.0 mode=755 size=10 sha256digest=$(sum other)
F
program arch/usr/bin/tool; program "arch/usr/bin/a tool"; program arch/usr/bin/nobodys; printf new >arch/etc/tool.conf
check "pacman" "type,name,version,arch,source,vendor,license,epoch,dependencies,purl
alpm,tool-lib,2:1.0-3,x86_64,tool,A Packager <a@example.org>,MIT AND BSD-3-Clause,2,glibc
sh,pkg:alpm/arch/tool-lib@2:1.0-3?arch=x86_64&distro=arch" "$(ask arch "SELECT $columns, epoch, dependencies, purl FROM package")"
check "pacman: files" "file,mode,kind,state
/etc,,,unrecorded
/etc/tool.conf,,config,modified
/usr,,,unrecorded
/usr/bin,,,unrecorded
/usr/bin/a tool,755,,modified
/usr/bin/tool,755,,same" "$(ask arch "SELECT file, mode, kind, state FROM package_file ORDER BY file")"
check "pacman: nobody's" "path
/usr/bin/nobodys" "$(ask arch "SELECT path FROM unaccounted_file")"

# Gentoo
os gentoo ID=gentoo NAME=Gentoo
db=gentoo/var/db/pkg
put $db/dev-libs/foo-bar-1.2.3_p4-r1/PF <<<foo-bar-1.2.3_p4-r1
put $db/dev-libs/foo-bar-1.2.3_p4-r1/LICENSE <<<'|| ( MIT GPL-2 ) BSD'
put $db/dev-libs/foo-bar-1.2.3_p4-r1/CONTENTS <<F
dir /usr
obj /usr/bin/a tool $(md5 $'#!/bin/sh\n') 1700000000
obj /usr/bin/tool $(md5 x) 1700000000
sym /usr/lib/libfoo.so -> libfoo.so.1 1700000000
what
F
put $db/sys-libs/zlib-1.3/PF <<<zlib-1.3
program "gentoo/usr/bin/a tool"; program gentoo/usr/bin/tool
check "portage" "warning: unreadable: /var/db/pkg/dev-libs/foo-bar-1.2.3_p4-r1/CONTENTS: line 5: no kind and absolute path
type,name,version,arch,source,vendor,license,purl
ebuild,dev-libs/foo-bar,1.2.3_p4-r1,,dev-libs/foo-bar,,(MIT OR GPL-2) AND BSD,pkg:ebuild/dev-libs/foo-bar@1.2.3_p4-r1
ebuild,sys-libs/zlib,1.3,,sys-libs/zlib,,,pkg:ebuild/sys-libs/zlib@1.3" "$(ask gentoo "SELECT $columns, purl FROM package")"
check "portage: files" "file,state
/usr,unrecorded
/usr/bin/a tool,same
/usr/bin/tool,modified
/usr/lib/libfoo.so,missing" "$(ask gentoo "SELECT file, state FROM package_file ORDER BY file" | grep -v ^warning)"

# OpenWrt
os openwrt ID=openwrt VERSION_ID=23.05.5
put openwrt/usr/lib/opkg/status <<F
Package: busybox
Version: 1.36.1-1
Depends: libc
Status: install user installed
Architecture: mips_24kc
Conffiles:
 /etc/busybox.conf $(sum one)
Installed-Time: 1

Package: gone
Version: 1
Status: deinstall user not-installed
Architecture: mips_24kc

Package: uci
Version: 2:2023-1
Status: install hold installed
Architecture: mips_24kc
F
put openwrt/usr/lib/opkg/info/busybox.control <<F
Package: busybox
Version: 1.36.1-1
License: GPL-2.0
F
printf '/bin/tool\n/etc/busybox.conf\t0644\n' | put openwrt/usr/lib/opkg/info/busybox.list
program openwrt/bin/tool; printf one >openwrt/etc/busybox.conf
check "opkg" "type,name,version,arch,source,vendor,license,epoch
opkg,busybox,1.36.1-1,mips_24kc,busybox,,GPL-2.0,
opkg,uci,2:2023-1,mips_24kc,uci,,,2" "$(ask openwrt "SELECT $columns, epoch FROM package")"
check "opkg: files" "package,file,kind,state
busybox,/bin/tool,,unrecorded
busybox,/etc/busybox.conf,config,same" "$(ask openwrt "SELECT package, file, kind, state FROM package_file ORDER BY file")"
check "opkg: owner" "owner
busybox" "$(ask openwrt "SELECT owner FROM file WHERE path = '/bin/tool'")"

# Void
os void ID=void NAME=Void
put void/var/db/xbps/pkgdb-0.38.plist <<F
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- > -->
<plist version="1.0">
<dict>
	<key>_XBPS_ALTERNATIVES_</key>
	<dict/>
	<key>libfoo-devel</key>
	<dict>
		<key>architecture</key><string>x86_64</string>
		<key>automatic-install</key><true/>
		<key>license</key><string>MIT, BSD-3-Clause</string>
		<key>maintainer</key><string>A &amp; B &lt;ab@example.org&gt;</string>
		<key>pkgver</key><string>libfoo-devel-2.0_3</string>
		<key>run_depends</key>
		<array>
			<string>zlib&gt;=1.2_1</string>
			<string>base-files-1.0_2</string>
		</array>
		<key>state</key><string>installed</string>
		<key>filename-sha256</key><string>$(sum p)</string>
	</dict>
	<key>removed</key>
	<dict><key>pkgver</key><string>removed-1_1</string><key>state</key><string>not-installed</string></dict>
</dict>
</plist>
F
put void/var/db/xbps/.libfoo-devel-files.plist <<F
<plist version="1.0"><dict>
<key>files</key><array><dict><key>file</key><string>/usr/bin/tool</string><key>sha256</key><string>$(sum $'#!/bin/sh\n')</string><key>size</key><integer>1</integer></dict></array>
<key>conf_files</key><array><dict><key>file</key><string>/etc/tool.conf</string><key>sha256</key><string>$(sum x)</string></dict></array>
<key>dirs</key><array><dict><key>file</key><string>/usr/bin</string></dict></array>
</dict></plist>
F
program void/usr/bin/tool
check "xbps" "type,name,version,arch,source,vendor,license,dependencies,checksum,purl
xbps,libfoo-devel,2.0_3,x86_64,libfoo-devel,A & B <ab@example.org>,MIT AND BSD-3-Clause,zlib
base-files,sha256:$(sum p),pkg:xbps/void/libfoo-devel@2.0_3?arch=x86_64&distro=void" "$(ask void "SELECT $columns, dependencies, checksum, purl FROM package")"
check "xbps: files" "file,kind,state
/etc/tool.conf,config,missing
/usr/bin,,unrecorded
/usr/bin/tool,,same" "$(ask void "SELECT file, kind, state FROM package_file ORDER BY file")"

# Azure Linux without rpm
os azure ID=azurelinux VERSION_ID=3.0
printf '%s\t%s\t1\t1\tMicrosoft Corporation\t%s\t10\tx86_64\t%s\t%s\n' openssl-libs 3.3.0-1.azl3 '(none)' 0 openssl-3.3.0-1.azl3.src.rpm vim 9.0-1.azl3 2 2 '(none)' |
	put azure/var/lib/rpmmanifest/container-manifest-2
check "rpm manifest" "name,version,arch,source,source_version,vendor,epoch,purl
openssl-libs,3.3.0-1.azl3,x86_64,openssl,3.3.0-1.azl3,Microsoft Corporation,,pkg:rpm/azurelinux/openssl-libs@3.3.0-1.azl3?arch=x86_64&distro=azurelinux-3.0
vim,2:9.0-1.azl3,x86_64,vim,2:9.0-1.azl3,Microsoft Corporation,2,pkg:rpm/azurelinux/vim@9.0-1.azl3?arch=x86_64&distro=azurelinux-3.0&epoch=2" \
	"$(ask azure "SELECT name, version, arch, source, source_version, vendor, epoch, purl FROM package")"

# A chiselled Ubuntu: zstd of one raw block, written by hand
os ubuntu ID=ubuntu VERSION_ID=24.04
mkdir -p ubuntu/var/lib/chisel
SUM=$(sum $'#!/bin/sh\n') python3 - <<'P'
import json, os
lines = [{"jsonwall": "1.0", "schema": "1.0", "count": 5},
         {"kind": "content", "slice": "tool_bins", "path": "/usr/bin/tool"},
         {"kind": "package", "name": "tool", "version": "1:2.0-1", "sha256": "a" * 64, "arch": "amd64"},
         {"kind": "path", "path": "/usr/bin/tool", "mode": "0755", "slices": ["tool_bins", "tool_extra"], "sha256": "0" * 64, "final_sha256": os.environ["SUM"], "size": 10},
         {"kind": "path", "path": "/usr/bin/", "mode": "0755", "slices": ["base_dirs", "tool_bins"]},
         {"kind": "slice", "name": "tool_bins"}]
text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines).encode()
head = bytes.fromhex("28b52ffd") + bytes([0x60]) + (len(text) - 256).to_bytes(2, "little")
open("ubuntu/var/lib/chisel/manifest.wall", "wb").write(head + (len(text) << 3 | 1).to_bytes(3, "little") + text)
P
program ubuntu/usr/bin/tool
check "chisel" "warning: unreadable: /var/lib/chisel/manifest.wall: line 1: source packages are not told: advisories of those with other names are not matched
type,name,version,arch,source,vendor,license,epoch,checksum
deb,tool,1:2.0-1,amd64,tool,,,1,sha256:$(printf 'a%.0s' {1..64})" "$(ask ubuntu "SELECT $columns, epoch, checksum FROM package")"
check "chisel: files" "package,file,mode,state
base,/usr/bin,0755,unrecorded
tool,/usr/bin,0755,unrecorded
tool,/usr/bin/tool,0755,same" "$(ask ubuntu "SELECT package, file, mode, state FROM package_file ORDER BY 1, 2" | grep -v ^warning)"

# Nix
os nixos ID=nixos VERSION_ID=24.05
store=nixos/nix/store
program $store/8byjx0gib7hnl5c62z2krdikflalhhn4-glibc-2.34-210-bin/bin/ldd
mkdir -p $store/9x7acv2w4czmzr0bdgmfqg1ln635dr5w-python3.11-requests-2.31.0 $store/rh6wl1mi3sdmnq1y12j6jb5s69kfskji-source $store/not-a-hash-1.0
: >$store/1j7c8s5x256z3hwqm7a2l5zkm1zrmh8k-hello-2.12.1.drv
check "nix" "type,name,version,root,purl
nix,glibc,2.34-210,/nix/store/8byjx0gib7hnl5c62z2krdikflalhhn4-glibc-2.34-210-bin,pkg:nix/glibc@2.34-210?output=bin&outputhash=8byjx0gib7hnl5c62z2krdikflalhhn4
nix,python3.11-requests,2.31.0,/nix/store/9x7acv2w4czmzr0bdgmfqg1ln635dr5w-python3.11-requests-2.31.0,pkg:nix/python3.11-requests@2.31.0?outputhash=9x7acv2w4czmzr0bdgmfqg1ln635dr5w" \
	"$(ask nixos "SELECT type, name, version, root, purl FROM package")"
check "nix: owner" "owner_type,owner
nix,glibc" "$(ask nixos "SELECT owner_type, owner FROM file WHERE path LIKE '%/ldd'")"

# Snaps
os core ID=ubuntu-core VERSION_ID=22
put core/snap/hello/42/meta/snap.yaml <<'F'
name: hello
version: '2.10'
license: GPL-3.0
architectures: [amd64]
F
put core/usr/share/snappy/dpkg.yaml <<'F'
package-repositories:
- type: apt
packages:
- adduser=3.118ubuntu2
- libc6:amd64=2.31-0ubuntu9.16
F
put core/snap/broken/1/meta/snap.yaml <<<'name: [secret'
check "snaps" "warning: unreadable: /snap/broken/1/meta/snap.yaml
warning: unreadable: /usr/share/snappy/dpkg.yaml
type,name,version,arch,license,root
deb,adduser,3.118ubuntu2,,,
deb,libc6,2.31-0ubuntu9.16,amd64,,
snap,hello,2.10,amd64,GPL-3.0,/snap/hello/42" "$(ask core "SELECT type, name, version, arch, license, root FROM package" | sed 's/\(yaml\): .*/\1/')"

# Bottlerocket
os rocket ID=bottlerocket VERSION_ID=1.20.0
put rocket/usr/share/bottlerocket/application-inventory.json <<'F'
{"Content": [{"Name": "glibc", "Publisher": "Bottlerocket", "Version": "2.38", "Release": "1.a.br1", "Architecture": "x86_64"}, {"Name": "kernel", "Version": ""}]}
F
check "bottlerocket" "warning: unreadable: /usr/share/bottlerocket/application-inventory.json: item 1: a package without name or version
type,name,version,arch,source,vendor,license
rpm,glibc,2.38-1.a.br1,x86_64,glibc,Bottlerocket," "$(ask rocket "SELECT $columns FROM package")"

# What is broken, and what is missing.
broken() { # NAME FILE WANTED, its content from standard input
	rm -rf broken; os broken ID=debian VERSION_ID=12; put "broken/$2"; check "broken: $1" "$3" "$(ask broken "SELECT name FROM package" 2>&1)"
}
broken "a desc without version" var/lib/pacman/local/a-1-1/desc "warning: unreadable: /var/lib/pacman/local/a-1-1/desc: line 1: a package without name or version
name" <<<$'%NAME%\na'
broken "a PF that is another's" var/db/pkg/a/b-1/PF "warning: unreadable: /var/db/pkg/a/b-1/PF: line 1: another package's than the directory's
name" <<<c-1
broken "an empty status" var/lib/opkg/status "warning: unreadable: /var/lib/opkg/status: offset 0: the package database is empty
name" </dev/null
broken "a property list that ends early" var/db/xbps/pkgdb-0.38.plist "warning: unreadable: /var/db/xbps/pkgdb-0.38.plist: offset 43: the property list does not end
name" <<<'<plist><dict><key>a</key><dict><key>b</key>'
broken "a property list with entities of its own" var/db/xbps/pkgdb-0.38.plist "warning: unreadable: /var/db/xbps/pkgdb-0.38.plist: offset 35: a document type with parts of its own
name" <<<'<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist><dict/></plist>'
broken "a property list that is too deep" var/db/xbps/pkgdb-0.38.plist "warning: limit: /var/db/xbps/pkgdb-0.38.plist: offset 478: nested beyond limit DOCUMENT_DEPTH_COUNT
name" <<<"<plist><dict><key>_XBPS_</key>$(printf '<array>%.0s' {1..90})"
broken "a manifest of few columns" var/lib/rpmmanifest/container-manifest-2 "warning: unreadable: /var/lib/rpmmanifest/container-manifest-2: line 1: no package of 10 columns
name" <<<$'a\tb'
for id in arch gentoo void openwrt azurelinux bottlerocket minimos; do
	rm -rf bare; os bare "ID=$id" VERSION_ID=1; mkdir -p bare/bin; : >bare/bin/sh
	check "no database: $id" "warning: unreadable: no package database was found
name" "$(ask bare "SELECT name FROM package")"
done

# A database of many files that a later layer takes away is told once.
PYTHONPATH=$root/tests/cases/hostile python3 - <<'P'
import pathlib
from parts import Layer, entry, layout_of, tar
desc = lambda name: f"%NAME%\n{name}\n\n%VERSION%\n1-1\n"
base = tar(entry("etc/os-release", "ID=arch\n"), *[entry(f"var/lib/pacman/local/{name}-1-1/desc", desc(name)) for name in ("a", "b")])
layout_of([Layer(base), Layer(tar(entry("var/lib/.wh.pacman")))]).write(pathlib.Path("hidden.oci"))
P
check "hidden" "warning: hidden_database: layer 0: /var/lib/pacman/local: a package database of this layer is gone or emptied in the final image
name,scope
a,hidden
b,hidden" "$("$plimsoll" query --output csv oci:hidden.oci "SELECT name, scope FROM package" 2>&1 | tr -d '"\r')"
exit $failed
