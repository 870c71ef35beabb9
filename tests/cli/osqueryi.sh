#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# osquery's tables have the rows of osqueryi, where that is installed: both are asked of one tree, it from inside.  Columns in which they are meant to
# differ are left out (plimsoll(1) tells which).
plimsoll=$(realpath "$1")
osqueryi=$(command -v osqueryi) || { echo "skipped: osqueryi is not installed"; exit 77; }
# Its answers are of the root that it has, and about owners.
inside=(unshare --mount --fork --kill-child)
[ "$(id -u)" = 0 ] || inside+=(--map-root-user)
"${inside[@]}" true 2>/dev/null || { echo "skipped: this machine gives no namespaces"; exit 77; }
[ "${2:-}" = inside ] || exec "${inside[@]}" bash "$0" "$plimsoll" inside
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
umask 022

put() { mkdir -p "$(dirname "tree/$1")"; cat >"tree/$1"; }
mkdir -p tree/{proc,dev,tmp,root/.ssh,srv/app,usr/bin,usr/local/lib}
printf 'NAME="Rocky Linux"\nID=rocky\nVERSION_ID=9\n' | put etc/os-release
put etc/rocky-release <<<'Rocky Linux release 9.4 (Blue Onyx)'
ln -s rocky-release tree/etc/redhat-release
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:A,,:/home/app:\nbig:x:4294967294:4294967294::/:/bin/sh:x\n+nis::::::\n' | put etc/passwd
printf 'root:x:0:\napp:x:1000:root,app\nempty:x:1001:\n' | put etc/group
printf 'root:$y$j9T$a$b:19000:0:99999:7:::\napp:!!:19000::::::\nbig::1:2:3:4:5:6:\nlocked:!$6$a$b:1::::::\nstar:*:1::::::\nword:ab:1::::::\n' | put etc/shadow
printf '127.0.0.1\tlocalhost  me # here\n\n#10.0.0.1 old\n::1 ip6\n10.0.0.2\n' | put etc/hosts
printf 'http\t80/tcp\twww web # WorldWideWeb HTTP\nno-protocol 55\ndomain 53/udp\n' | put etc/services
printf 'ip\t0\tIP\t\t# internet protocol\ntcp 6 TCP\n' | put etc/protocols
printf 'A=b\n5 4 * * 0 root /bin/weekly  -s\t -x\n@reboot root /bin/boot # x\n' | put etc/crontab
printf '0 1 * * * /bin/mine\n' | put var/spool/cron/crontabs/app
printf 'root ALL=(ALL) ALL\napp ALL=(root) NOPASSWD: /bin/a, \\\n\t/bin/b\nDefaults env_reset\n#include /etc/none\n@includedir /etc/sudoers.d\n' | put etc/sudoers
put etc/sudoers.d/one <<<'%wheel ALL=(ALL) ALL'
put etc/sudoers.d/has.dot <<<'nobody ALL=(ALL) ALL'
printf 'Package: a\nStatus: install ok installed\nMaintainer: M <m@x>\nArchitecture: amd64\nVersion: 1:2.0-3+b1\n\nPackage: gone\nStatus: deinstall ok not-installed\nArchitecture: all\nVersion: 1\n' | put var/lib/dpkg/status
mkdir tree/var/lib/dpkg/{info,updates}
printf 'ssh-ed25519 AAAA me\n# c\ncommand="x y",no-pty ssh-rsa BBBB two words\n' | put root/.ssh/authorized_keys
openssl genrsa -traditional 2048 2>/dev/null | put root/.ssh/deploy
openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj "/C=DE/O=a, b/OU=c \"d\"/CN=zürich" -utf8 -days 9 2>/dev/null && put etc/ssl/certs/ca-certificates.crt <cert
printf '{"name":"a","version":"1","author":"A","license":"MIT"}' | put usr/local/lib/node_modules/a/package.json
printf '{"name":"@s/b","version":"2"}' | put srv/app/node_modules/@s/b/package.json
printf 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nAuthor: A\nLicense: MIT\n' | put usr/lib/python3/dist-packages/demo-1.0.dist-info/METADATA
echo run | put usr/bin/run
chmod 4755 tree/usr/bin/run
ln -s run tree/usr/bin/link
ln -s usr/bin tree/bin
mkdir -p "tree/usr/include/..."
mkdir -p tree/srv/data/{.git,sub/.hidden} && touch tree/srv/data/{one,.dot,two_x} tree/srv/data/{.git,sub,sub/.hidden}/in
ln -s one tree/srv/data/link
ln -s nowhere tree/srv/data/dead
ln -s ../.git tree/srv/data/sub/git

# It with its libraries; what it leaves behind is not in the tree that is read here.
cp -a tree box
cp "$osqueryi" box/osqueryi
ldd "$osqueryi" | grep -o '/[^ ]*' | while read -r library; do mkdir -p "box${library%/*}" && cp -L "$library" "box$library"; done
for kernel in proc dev; do mount --rbind /$kernel box/$kernel; done
trap 'umount -l box/proc box/dev 2>/dev/null; rm -rf --one-file-system "$work"' EXIT

texts() { jq -cS '.[] | map_values(if . == null then "" else tostring end)' | sort; }
theirs() { HOME=/root chroot box /osqueryi --json "$1" 2>>err | texts; }
ours() { "$plimsoll" query --no-cache --level full --output json rootfs:tree "$1" 2>>err | texts; }
while IFS='|' read -r table sql; do
	wanted=$(theirs "$sql")
	check "$table: $(grep -c . <<<"$wanted") rows" "$wanted" "$(ours "$sql")"
	[ -n "$wanted" ] || check "$table is there" "rows" ""
done <<'Q'
users|SELECT uid, gid, uid_signed, gid_signed, username, description, directory, shell FROM users
groups|SELECT gid, gid_signed, groupname FROM groups
user_groups|SELECT uid, gid FROM user_groups WHERE uid < 2000 AND uid >= 0
shadow|SELECT username, password_status, hash_alg, last_change, min, max, warning, inactive, expire FROM shadow
etc_hosts|SELECT address, hostnames FROM etc_hosts
etc_services|SELECT name, port, protocol, aliases, comment FROM etc_services
etc_protocols|SELECT name, number, alias, comment FROM etc_protocols
crontab|SELECT event, minute, hour, day_of_month, month, day_of_week, path FROM crontab
crontab's commands|SELECT command FROM crontab WHERE event = ''
sudoers|SELECT source, header, rule_details FROM sudoers
os_version|SELECT platform, platform_like, major, minor, patch FROM os_version
deb_packages|SELECT name, version, arch, revision, status, maintainer, admindir FROM deb_packages
authorized_keys|SELECT username, algorithm, comment, key_file FROM users JOIN authorized_keys USING (uid)
user_ssh_keys|SELECT username, k.path, encrypted, key_type FROM users JOIN user_ssh_keys k USING (uid)
certificates|SELECT common_name, subject, issuer, ca, self_signed, not_valid_before, not_valid_after, signing_algorithm, key_algorithm, subject_key_id, authority_key_id, sha1, path, serial FROM certificates WHERE path = '/etc/ssl/certs/ca-certificates.crt'
npm_packages|SELECT name, version, author, license, path, directory FROM npm_packages WHERE directory = '/usr/local/lib'
npm_packages of an application|SELECT name, version, path FROM npm_packages WHERE directory = '/srv/app'
python_packages|SELECT name, version, author, license, path FROM python_packages
suid_bin|SELECT path, username, groupname, permissions FROM suid_bin WHERE path = '/usr/bin/run'
file|SELECT path, type, mode, uid, gid FROM file WHERE path IN ('/usr/bin/run', '/bin/run', '/usr/include/.../', '/tmp/', '/usr/bin/run/', '/none')
file of a directory|SELECT path, filename, symlink FROM file WHERE directory = '/usr/bin/'
hash|SELECT path, sha256 FROM hash WHERE path IN ('/usr/bin/run', '/bin/run', '/usr/bin/link')
hash with a digest in capitals|SELECT path FROM hash WHERE path = '/usr/bin/run' AND sha256 = 'B5004F26A852B0D60EC1237432C1A33C2307FF2458C374D9D99749D045C7FEB9'
deb_packages by version|SELECT name, version < '1:10' AS below, version = '1:2.0-3+b1' AS same FROM deb_packages WHERE version > '3'
python_packages and npm_packages by version|SELECT name FROM python_packages WHERE version < '10' UNION SELECT name FROM npm_packages WHERE directory = '/srv/app' AND version < '10'
Q
# What the two tables find: imported queries ask ours under other names.
while IFS= read -r where; do
	for table in file hash; do
		columns="path, directory, filename, mode, uid, gid, symlink, symlink_target_path, type, CASE type WHEN 'directory' THEN '' ELSE size END AS size"
		[ $table = file ] || columns="path, directory, sha256"
		check "$table WHERE $where" "$(theirs "SELECT $columns FROM $table WHERE $where")" "$(ours "SELECT $columns FROM osquery_$table WHERE $where")"
	done
done <<'Q'
path LIKE '/srv/data/%'
path LIKE '/srv/data/.%'
path LIKE '/srv/data/%%' AND path NOT LIKE '%git%'
path LIKE '/srv/data/sub/.%%' AND path LIKE '%/one'
path LIKE '/srv/data/s%/%%' AND path LIKE '/srv/%%' AND path NOT LIKE '%one'
path LIKE '/srv/%%' AND path LIKE '/srv/data/s%/%%' AND path NOT LIKE '%one'
path LIKE '/srv/data/sub/../o%'
path LIKE '/srv/./data/%'
path LIKE '/srv/%/%/in'
path LIKE '/srv/%/%/.%'
path LIKE '/srv/data/on_'
path LIKE '/srv/data/two_x'
path LIKE '/SRV/%'
path LIKE '/'
path LIKE '%/one'
path LIKE 'srv/data/%'
path IN ('/srv/data/sub/', '/srv/data/sub/git/', '/srv/data/sub/git', '/srv/data/sub/git/.', '/srv/data/one/', '/srv/data/one/.', '/srv//data/../data/one')
path IN ('srv/data/one', '', '.')
path = '/srv/data/dead'
path = '/srv/data/one' OR directory = '/srv/data/sub' OR path LIKE '/srv/data/t%'
directory = '/srv/data/sub/'
directory = 'srv/data'
directory LIKE '/srv/data/s%'
directory LIKE '/srv/data'
directory LIKE '/srv/data/%%' AND directory NOT LIKE '%git%'
directory LIKE '/'
directory IN ('/srv/data', '/none') AND path LIKE '%/one'
directory IN ('/srv/data', '/srv/data/sub') AND directory LIKE '/%'
path IN ('/srv/data/one', '/srv/data/link') AND path LIKE '%/one'
path IN (SELECT '/srv/data/one') AND directory LIKE '/s%'
Q
exit $failed
