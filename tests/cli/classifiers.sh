#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Software that nobody packaged, known by what its binary says: each pattern where it stands in real ones, and where it only looks alike.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p root/opt/bin root/etc root/var/lib/dpkg/info root/usr/bin
elf() { { printf '\177ELF\2\1\1'; head -c 93 /dev/zero; } >"$tree/$1"; printf "$2" >>"$tree/$1"; chmod 755 "$tree/$1"; }
tree=root
elf opt/bin/python3.11 'x\0003.11.2\0y'
elf opt/bin/libpython3.12.so.1.0 'x\0003.11.9\0y\0003.12.4\0'
elf opt/bin/python 'lib/python3x\0/usr/lib/python3.10\0003.9.1\0003.10.7\0'
elf opt/bin/node 'node.js/v18.20.4\0'
elf opt/bin/openssl 'OpenSSL 1.1.1w  11 Sep 2023\0'
elf opt/bin/sshd 'OpenSSH_2.*,OpenSSH_3.0*\0OpenSSH_9.2p1 Debian\0'
elf opt/bin/nginx 'nginx version: nginx/1.22.1\0'
elf opt/bin/httpd 'Apache/2\0Apache/2.4\0Apache/2.4.58 (Unix)\0'
elf opt/bin/redis-server '\0007.0.15\0Redis server\0'
elf opt/bin/mysqld '10.11.19\0MariaDB\00010.11.19-MariaDB\0'
elf opt/bin/libsqlite3.so.0 '\0002.8.1\0SQLite format 3\0003.40.1\0'
elf opt/bin/busybox 'BusyBox v1.36.1 (2023)\0'
elf opt/bin/bash '@(#)Bash version 5.2.15(1) release GNU\0'
# Looks alike, and is not: another name, no version, no program.
elf opt/bin/other 'node.js/v18.20.4\0'
elf opt/bin/curl 'curl 7 (x)\0'
printf '#!/bin/sh\nBusyBox v1.36.1\n' >root/opt/bin/lighttpd; chmod 755 root/opt/bin/lighttpd
# A distribution's own: its package says what it is.
elf usr/bin/tini 'tini version 0.19.0\0'
printf 'ID=debian\nVERSION_ID=12\n' >root/etc/os-release
printf 'Package: tini\nStatus: install ok installed\nVersion: 0.19.0-1\nArchitecture: amd64\n\n' >root/var/lib/dpkg/status
printf '/.\n/usr\n/usr/bin\n/usr/bin/tini\n' >root/var/lib/dpkg/info/tini.list
mkdir links; cp root/opt/bin/busybox 'links/['; ln 'links/[' links/wget
check "one content under several names is one" "name,path
busybox,/[" "$("$plimsoll" query --output csv rootfs:links "SELECT name, path FROM package" 2>/dev/null | tr -d '"\r')"
PYTHONPATH=$root/tests/cases/hostile python3 -c "
import pathlib
from parts import Layer, entry, hardlink, layout_of, tar
body = pathlib.Path('links/[').read_bytes()
layout_of([Layer(tar(entry('bin/[', body, mode=0o755), hardlink('bin/wget', 'bin/[')))]).write(pathlib.Path('links.oci'))"
check "and accounted for under all of them" "path,owner
/bin/[,busybox
/bin/wget,busybox" "$("$plimsoll" query --output csv oci:links.oci "SELECT path, owner FROM file WHERE type = 'regular' AND path NOT IN (SELECT path FROM unaccounted_file) ORDER BY path" 2>/dev/null | tr -d '"\r')"
check "versions" "name,version,purl,cpe,evidence,path
bash,5.2.15,pkg:generic/bash@5.2.15,gnu:bash,binary,/opt/bin/bash
busybox,1.36.1,pkg:generic/busybox@1.36.1,busybox:busybox,binary,/opt/bin/busybox
httpd,2.4.58,pkg:generic/httpd@2.4.58,apache:http_server,binary,/opt/bin/httpd
mariadb,10.11.19,pkg:generic/mariadb@10.11.19,mariadb:mariadb,binary,/opt/bin/mysqld
nginx,1.22.1,pkg:generic/nginx@1.22.1,f5:nginx nginx:nginx f5:nginx_open_source,binary,/opt/bin/nginx
node,18.20.4,pkg:generic/node@18.20.4,nodejs:node.js,binary,/opt/bin/node
openssh,9.2p1,pkg:generic/openssh@9.2p1,openbsd:openssh,binary,/opt/bin/sshd
openssl,1.1.1w,pkg:generic/openssl@1.1.1w,openssl:openssl,binary,/opt/bin/openssl
python,3.10.7,pkg:generic/python@3.10.7,python:python python_software_foundation:cpython,binary,/opt/bin/python
python,3.11.2,pkg:generic/python@3.11.2,python:python python_software_foundation:cpython,binary,/opt/bin/python3.11
python,3.12.4,pkg:generic/python@3.12.4,python:python python_software_foundation:cpython,binary,/opt/bin/libpython3.12.so.1.0
redis,7.0.15,pkg:generic/redis@7.0.15,redis:redis redislabs:redis,binary,/opt/bin/redis-server
sqlite,3.40.1,pkg:generic/sqlite@3.40.1,sqlite:sqlite,binary,/opt/bin/libsqlite3.so.0" "$("$plimsoll" query --output csv rootfs:root "SELECT name, version, purl, cpe, evidence, path FROM package WHERE type = 'generic' ORDER BY name, version" | tr -d '"\r')"
check "what says its name is accounted for" "path
/opt/bin/lighttpd" "$("$plimsoll" query --output csv rootfs:root "SELECT path FROM unaccounted_file WHERE path NOT IN ('/opt/bin/other', '/opt/bin/curl')" | tr -d '"\r')"

mkdir -p tools/{bin,lib,old/bin}; tree=tools
elf bin/go '\0go1.19.8\0cmd/go/internal/base'
elf bin/docker 'go1.19.8\0\00020.10.24+dfsg1\0github.com/docker/cli/cli'
elf bin/dockerd 'github.com/docker/docker/dockerversion.Version=20.10.24+dfsg1" -X'
elf bin/ctr '1.6.20+unknown\0001.6.20~ds1\0github.com/containerd/containerd'
elf bin/runc '\0001.1.5+ds1\0github.com/opencontainers/runc'
elf bin/kubectl "k8s.io/component-base/version.gitVersion=v1.20.2' -X"
elf bin/promtool '\0002.42.0+ds\0github.com/prometheus/prometheus/cmd'
elf bin/node_exporter '\0001.5.0-1\0001.5.0\0github.com/prometheus/node_exporter'
elf bin/alertmanager '\0000.25.0\0github.com/prometheus/alertmanager/cmd'
elf bin/caddy '\0002.6.2\0github.com/caddyserver/caddy/v2'
elf bin/deno 'Deno/0.80.0grpcDeno/2.9.6Deno/2.9.6+e518fbd'
elf bin/bun 'Bun v1.4.5 (Linux x64)'
elf bin/rustc 'rustc version 1.97.0-nightly (e50aa6fba 2026-05-19)\0'
elf lib/librustc_driver-0.so 'rustc version 1.98.0-beta.3 (e50aa6fba 2026-05-19)\0'
elf old/bin/rustc 'rustc version 1.63.0 (4b91a6ea7 2022-08-08) (built from a source tarball)\0'
# A constant of Go with others behind it, and what is linked into another program.
elf bin/etcd '%%s:%%s3.4.23390625:https'
elf bin/containerd-shim-runc-v2 '1.6.20+unknown19073'
check "tools" "alertmanager,0.25.0,
bun,1.4.5,
caddy,2.6.2,caddyserver:caddy
containerd,1.6.20,linuxfoundation:containerd
deno,2.9.6,deno:deno
docker,20.10.24,docker:docker mobyproject:moby
docker,20.10.24,docker:docker mobyproject:moby
go,1.19.8,golang:go
kubectl,1.20.2,kubernetes:kubernetes
node_exporter,1.5.0,
prometheus,2.42.0,prometheus:prometheus
runc,1.1.5,linuxfoundation:runc
rust,1.63.0,rust-lang:rust
rust,1.97.0-nightly,rust-lang:rust
rust,1.98.0-beta.3,rust-lang:rust" "$("$plimsoll" query --output csv rootfs:tools "SELECT name, version, cpe FROM package ORDER BY name, version" 2>/dev/null | tr -d '"\r' | tail -n +2)"

# Other versions beside their own, as in Debian's: since when a command is there, what is needed at least, addresses, object identifiers.
mkdir among; tree=among
elf redis-server '\0002.6.9\0001.0.0\0007.0.15\0007.0.1\0002.8.0 (a) long enough\0\337A7.0.151790282056000000000\0'
elf redis-cli '\0002.6.9\0007.2.4\0redis\0007.2.4vm12-1704811234000000000\0'
elf libgcrypt.so.20 '\0001.3.6.1\0001.9.0\0This is Libgcrypt 1.10.1 - The GNU\0'
elf gpg "\0001.2.13\0002.2.40\0GNU Privacy Guard's OpenPGP server 2.2.40 ready\0"
elf openvpn '\000255.255.255.255\0OpenVPN 2.6.0 or higher\0002.6.14\0'
elf mosquitto '\000127.0.0.1\0001.2.3\0002.0.11\0mosquitto version %%s\0'
elf libc.so '\000127.0.0.1\0musl libc (x86_64)\0001.2.3\0'
elf haproxy '0.0.0.0\0002.0.0-x\0HAProxy\0 version 2.6.12-1+deb12u4, released 2026/10/17\0'
check "its own among others" "gnupg,2.2.40
haproxy,2.6.12
libgcrypt,1.10.1
mosquitto,2.0.11
musl,1.2.3
openvpn,2.6.14
redis,7.0.15
redis,7.2.4" "$("$plimsoll" query --output csv rootfs:among "SELECT name, version FROM package ORDER BY 1, 2" 2>&1 | tr -d '"\r' | tail -n +2)"
mkdir several; cp among/redis-server several/
printf '\0002.6.9\0007.0.15\0Redis\0' >>several/redis-server; sed -i 's/7.0.151790/7x0.151790/' several/redis-server
check "one of several is told" "warning: unreadable: /redis-server: more than one text may be the version of redis" \
	"$("$plimsoll" query --output csv rootfs:several "SELECT 1 WHERE 0" 2>&1 | grep warning)"

# Large ones: of a segment that has instructions and constants the constants are kept; where they cannot be, that is told.
mkdir -p large/bin; python3 -c "
import pathlib, struct
def program(name, size, at, text, *flags):
    ident = b'\x7fELF\x02\x01\x01' + bytes(9)
    head = struct.pack('<HHIQQQIHHHHHH', 2, 62, 1, 0, 64, 0, 0, 64, 56, len(flags), 64, 0, 0)
    each = size // len(flags)
    loads = [struct.pack('<IIQQQQQQ', 1, f, i * each, i * each, i * each, each, each, 4096) for i, f in enumerate(flags)]
    with open('large/bin/' + name, 'wb') as f:
        f.write(ident + head + b''.join(loads)); f.seek(at); f.write(text); f.truncate(size)
    pathlib.Path('large/bin/' + name).chmod(0o755)
M = 1 << 20
program('node', 40 * M, 20 * M, b'node.js/v14.21.3\0', 5)
program('bash', 70 * M, 30 * M, b'@(#)Bash version 5.2.15(1)', 5)
program('nodejs', 90 * M, 9 * M, b'node.js/v14.21.3\0', 5)
program('nginx', 90 * M, 6 * M, b'nginx version: nginx/1.22.1\0', 5)
program('git', 160 * M, 40 * M, b'git/2.39.5\0', 4, 5)
program('curl', 70 * M, 60 * M, b'curl 8.5.0 (x)\0', 4, 5)
# Its second segment begins far behind the end of the file.
program('busybox', 40 * M, 10 * M, b'BusyBox v1.36.1 (x)\0', 4, 5)
with open('large/bin/busybox', 'r+b') as f:
    f.seek(64 + 56 + 8); f.write(struct.pack('<Q', 2**64 - 100))"
check "constants of large programs" "bash,5.2.15
busybox,1.36.1
nginx,1.22.1
node,14.21.3" "$("$plimsoll" query --output csv rootfs:large "SELECT name, version FROM package ORDER BY name" 2>log | tr -d '"\r' | tail -n +2)"
check "and where they were left out" "/bin/git: what the program says of its version may lie beyond limit PROGRAM_BYTES
/bin/nodejs: what the program says of its version may lie beyond limit PROGRAM_BYTES" "$(sed -n "s/^warning: limit: //p" log)"
exit $failed
