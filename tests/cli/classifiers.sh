#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Software that nobody packaged, known by what its binary says: each pattern where it stands in real ones, and where it only looks alike.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p root/opt/bin root/etc root/var/lib/dpkg/info root/usr/bin
elf() { { printf '\177ELF\2\1\1'; head -c 93 /dev/zero; } >"root/$1"; printf "$2" >>"root/$1"; chmod 755 "root/$1"; }
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
program('nodejs', 70 * M, 2 * M, b'node.js/v14.21.3\0', 5)
program('git', 160 * M, 40 * M, b'git/2.39.5\0', 4, 5)
program('curl', 70 * M, 60 * M, b'curl 8.5.0 (x)\0', 4, 5)"
check "constants of large programs" "bash,5.2.15
node,14.21.3" "$("$plimsoll" query --output csv rootfs:large "SELECT name, version FROM package ORDER BY name" 2>log | tr -d '"\r' | tail -n +2)"
check "and where they were left out" "/bin/git: what the program says of its version may lie beyond limit PROGRAM_BYTES
/bin/nodejs: what the program says of its version may lie beyond limit PROGRAM_BYTES" "$(sed -n "s/^warning: limit: //p" log)"
exit $failed
