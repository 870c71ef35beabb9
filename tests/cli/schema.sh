#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What tables there are: each answers with the columns that .schema and the manual page tell, osquery's among them; forms of output.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
printf 'ID=debian\nVERSION_ID=12\n' | put etc/os-release
printf 'Package: a\nStatus: install ok installed\nVersion: 1:2.0-3-4\nArchitecture: all\nMaintainer: M <m@example.org>\n\nPackage: b\nStatus: install ok installed\nVersion: 2\nArchitecture: all\n\n' | put var/lib/dpkg/status
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n' | put etc/passwd
printf 'root:x:0:\napp:x:1000:\nshadow:x:42:app,root\n' | put etc/group
printf '@reboot root /bin/boot\n5 4 * * 0 app /bin/weekly  -s\t -x\n' | put etc/crontab
printf 'root ALL=(ALL) ALL\napp ALL=(root) \\\n\t/bin/a, \\\n  /bin/b\n' | put etc/sudoers
printf 'deb [trusted=yes] https://deb.example.org/debian/ bookworm main contrib\ndeb-src https://deb.example.org/debian bookworm main\n# deb http://old stable main\n' | put etc/apt/sources.list
printf '[base]\nname=Base\nbaseurl=https://rpm.example.org/\nenabled=1\ngpgcheck=0\n' | put etc/yum.repos.d/base.repo
printf '[Service]\nUser=app\n[Unit]\nDescription=A\n' | put usr/lib/systemd/system/a.service
put usr/bin/run </dev/null && chmod 4755 tree/usr/bin/run
put usr/bin/group </dev/null && chmod 2755 tree/usr/bin/group

tables=$("$plimsoll" query --output json .tables | jq -r '.[].table')
check "tables are sorted, and none comes twice" "$(LC_ALL=C sort -u <<<"$tables")" "$tables"
# Of each: a query that asks for every column that is told works, and no other column is there; what only the running machine has is refused by its name, and
# tests/cli/host.sh asks that.
machine= sought=
for table in $tables; do
	told=$("$plimsoll" query --output json .schema "$table" | jq -r '.[].column' | paste -sd,)
	there=$("$plimsoll" query --output csv rootfs:tree "SELECT * FROM \"$table\" LIMIT 0" 2>&1 | grep -v ^warning)
	if [[ $there == "plimsoll query: $table has only what a query asks for"* ]]; then
		sought+=" $table"
		there=$("$plimsoll" query --output csv rootfs:tree "SELECT * FROM \"$table\" WHERE path = '/' LIMIT 0" 2>&1 | grep -v ^warning)
	fi
	if [[ $there == "plimsoll query: only the running machine (host:) has $table"* ]]; then machine+=" $table"; continue; fi
	[ "$told" = "$there" ] || check "columns of $table" "$told" "$there"
done
check "tables of the running machine" " kernel_info kernel_modules listening_ports mounts processes system_control system_controls system_info uptime" "$machine"
check "tables that answer for what is asked of them alone" " file_lines osquery_file osquery_hash" "$sought"
check "no meaning is empty" 0 "$("$plimsoll" query --output json .schema | jq '[.[] | select(.meaning == "" or .type == null)] | length')"
check "a table that there is not" "plimsoll query: there is no table 'nix': .tables lists them" "$("$plimsoll" query .schema nix 2>&1)"
check "without and with a target" "$("$plimsoll" query .schema port)" "$("$plimsoll" query /nowhere '.schema port;')"
"$plimsoll" query .schema port label >/dev/null 2>&1; check "two tables are wrong use" 3 $?
"$plimsoll" query /nowhere .dump >/dev/null 2>&1; check "another command is wrong use" 3 $?

# The same list as a manual page, where pages are built.
page=$(dirname "$plimsoll")/../../doc/plimsoll-tables.7
if [ -f "$page" ]; then
	check "the manual page has each table" "$tables" "$(grep '^\.SS ' "$page" | sed 's/^\.SS //; s/\\//g')"
fi

# osquery's names, with osquery's answers.
# The same name is the same type, and what we leave out of a table of osquery's is refused, not answered with nothing.
"$plimsoll" query --output json .schema | jq -r '.[] | "\(.table)\t\(.column)\t\(.type)"' | sort >ours.tsv
grep -v '^#' "$root/tests/cases/osquery-columns.tsv" | sort >theirs.tsv
check "columns of the same name have another type" "" "$(join -t/ -j 1 <(tr '\t' '/' <ours.tsv | sed 's,/,.,' | sort) <(tr '\t' '/' <theirs.tsv | sed 's,/,.,' | sort) | awk -F/ '$2 != $3')"
check "tables that bear osquery's names with its own before them have columns of these" "" "$(comm -23 <(sed -n 's/^osquery_\(file\|hash\|os_version\)\t/\1\t/p' ours.tsv | sort) theirs.tsv)"
check "every table of that list is here" "" "$(comm -13 <(cut -f1 ours.tsv | sort -u) <(cut -f1 theirs.tsv | sort -u))"
left=$(comm -13 <(cut -f1,2 ours.tsv | sort) <(cut -f1,2 theirs.tsv | sort) | awk -F'\t' '{print $1 "." $2}')
check "columns are left out" 1 "$(grep -c '^deb_packages.size$' <<<"$left")"
# "oid" is what SQLite itself calls the number of a row.
for column in ${left/system_controls.oid/}; do
	"$plimsoll" query rootfs:tree "SELECT ${column#*.} FROM ${column%.*} LIMIT 0" >out 2>&1 && check "$column is refused" 3 0
done
check "deb_packages" "a,1:2.0-3-4,4,M <m@example.org>
b,2,," "$(listed "SELECT name, version, revision, maintainer FROM deb_packages ORDER BY name" | tr -d '"')"
check "versions compare as such, in another query's hands too" "a,1,1,1" "$(listed "SELECT name, version < '1:10', version = '1:2.00-3-4', (WITH deb_packages AS (SELECT name, version FROM main.deb_packages) SELECT max(version) = '1:2.0-3-4' FROM deb_packages) FROM deb_packages WHERE version > '3'" | tr -d '"')"
check "suid_bin" "/usr/bin/group,G
/usr/bin/run,S" "$(listed "SELECT path, permissions FROM suid_bin ORDER BY path")"
check "setuid_file" "/usr/bin/group,2755,0,1
/usr/bin/run,4755,1,0" "$(listed "SELECT path, mode, setuid, setgid FROM setuid_file ORDER BY path")"
check "crontab" "@reboot,,root /bin/boot
,5,app /bin/weekly -s -x" "$(listed "SELECT event, minute, command FROM crontab WHERE path = '/etc/crontab'")"
check "sudoers" "/etc/sudoers,root,ALL=(ALL) ALL
/etc/sudoers,app,\"ALL=(root) /bin/a, /bin/b\"" "$(listed "SELECT source, header, rule_details FROM sudoers")"
check "apt_sources" "deb.example.org/debian bookworm,/etc/apt/sources.list,https://deb.example.org/debian,bookworm,main contrib" "$(listed "SELECT name, source, base_uri, release, components FROM apt_sources")"
check "yum_sources" "Base,https://rpm.example.org/,,1,0" "$(listed "SELECT name, baseurl, mirrorlist, enabled, gpgcheck FROM yum_sources")"
check "user_groups" "0,0
0,42
1000,42
1000,1000" "$(listed "SELECT uid, gid FROM user_groups ORDER BY uid, gid")"
check "systemd_units" "a.service,A,loaded,static,/usr/lib/systemd/system/a.service,app" "$(listed "SELECT id, description, load_state, unit_file_state, fragment_path, user FROM systemd_units")"
printf '127.0.0.1\tlocalhost   me # here\n\n#10.0.0.1 old\n ::1 ip6-localhost\r\n10.0.0.2 last' | put etc/hosts
printf 'http\t\t80/tcp\t\twww web # WorldWideWeb HTTP\ndomain 53/udp\nno-protocol 55\nno-port\n' | put etc/services
printf 'ip\t0\tIP\t\t# internet protocol\ntcp 6 TCP\n' | put etc/protocols
printf '[main]\ngpgcheck = 1\n# gpgcheck=0\n;x=y\n[ second ]\ninstallonly_limit=3\nnothing\n' | put etc/dnf/dnf.conf
# dnf takes no such file: what the others say of it is told beside each answer.
without_dnf() { grep -v '^warning: unreadable: /etc/dnf/dnf.conf: line 7: neither a section nor a setting$'; }
check "etc_hosts" "127.0.0.1,localhost me,1
::1,ip6-localhost,4
10.0.0.2,last,5" "$(listed "SELECT address, hostnames, line FROM etc_hosts" | without_dnf)"
check "etc_services" "http,80,tcp,www web,WorldWideWeb HTTP
domain,53,udp,," "$(listed "SELECT name, port, protocol, aliases, comment FROM etc_services" | without_dnf)"
check "etc_protocols" "ip,0,IP,internet protocol
tcp,6,TCP," "$(listed "SELECT name, number, alias, comment FROM etc_protocols" | without_dnf)"
check "package_manager_conf" "main,gpgcheck,1,2
second,installonly_limit,3,6" "$(listed "SELECT section, key, value, line FROM package_manager_conf ORDER BY line" | without_dnf)"
rm tree/etc/dnf/dnf.conf
printf 'a\0b' | put etc/hosts
check "lines that could not be read are none that are not there" "plimsoll query: /etc/hosts: its content was not kept: binary" "$(listed "SELECT count(*) FROM etc_hosts")"
printf 'ID=debian\nVERSION_ID=12.4\n' | put etc/os-release
check "a version of a system is one" 1 "$(printf 'ID=debian\nVERSION=9\n' | put etc/os-release; listed "SELECT count(*) FROM os_version WHERE version < '10'")"
printf 'ID=debian\nVERSION_ID=12.4\n' | put etc/os-release
check "os_version as osquery has it" "debian,,12,4,0" "$(listed "SELECT platform, arch, major, minor, patch FROM os_version")"
printf 'ID=rocky\nID_LIKE="rhel centos fedora"\nVERSION_ID=9\n' | put etc/os-release
put etc/redhat-release <<<'Rocky Linux release 9.4 (Blue Onyx)'
check "the kin of Red Hat as osquery has it, and as it is" "rhel,rhel,rocky,rhel centos fedora" "$(listed "SELECT platform, platform_like, id, id_like FROM os_version")"
check "with the minor release" "9,4,0,9" "$(listed "SELECT major, minor, patch, version_id FROM os_version")"
mv tree/etc/redhat-release tree/etc/rocky-release
for kin in rocky almalinux fedora; do
	put etc/$kin-release <<<'Kin release 8.10 (X)'
	ln -sf $kin-release tree/etc/redhat-release
	check "where $kin's link leads to it" "8,10" "$(listed "SELECT major, minor FROM os_version")"
done
put etc/centos-release <<<'CentOS Linux release 7.5.1804 (Core)'
ln -sf centos-release tree/etc/redhat-release
check "where a link leads to it" "7,5,1804" "$(listed "SELECT major, minor, patch FROM os_version")"
put etc/centos-release <<<'Fedora release 40 (Forty)'
check "and version_id without one" "9,0,0" "$(listed "SELECT major, minor, patch FROM os_version")"
rm tree/etc/*-release
printf 'ID=rocky\nVERSION_ID=9\n' | put etc/os-release

# Accounts in osquery's words, and in ours.
printf 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app/:/bin/sh\nremote:x:65534:4294967294::/:/bin/false\n' | put etc/passwd
printf 'root:$6$salt$hash:19000:0:99999:7:::\nnever:!!:19000::::::\nstar:*:::::::\nlocked:!$y$j9T$salt$hash:1::::::\nopen::1::::::\nword:NP:1::::::\n' | put etc/shadow
check "numbers with a sign" "0,0
1000,1000
65534,-2" "$(listed "SELECT uid_signed, gid_signed FROM users ORDER BY line")"
check "what NIS would have filled in" "+nis,0,0,0
+x,5,0,5" "$(printf '+nis::::::\n+x::5::::\nnis::::::\n' >>tree/etc/passwd; listed "SELECT username, u.uid, gid, uid_signed FROM users u JOIN user_groups g USING (uid, gid) WHERE gid = 0 AND username <> 'root'" | grep -v ^warning; sed -i '/nis\|+x/d' tree/etc/passwd)"
check "shadow is osquery's" "root,active,6,19000,0,-1
never,not_set,,19000,-1,-1
star,locked,,-1,-1,-1
locked,locked,,1,-1,-1
open,empty,,1,-1,-1
word,active,,1,-1,-1" "$(listed "SELECT username, password_status, hash_alg, last_change, min, inactive FROM shadow ORDER BY line")"
check "and shadow_entry ours" "root,active,sha512,0
never,not_set,,
star,not_set,,
locked,locked,yescrypt,
open,empty,,
word,not_set,," "$(listed "SELECT username, password_status, hash_alg, min FROM shadow_entry ORDER BY line")"
put home/app/.ssh/authorized_keys <<<'ssh-ed25519 AAAA me'
put srv/.ssh/authorized_keys <<<'ssh-ed25519 AAAA nobody'
put home/app/.ssh/id_rsa <<<'-----BEGIN RSA PRIVATE KEY-----'
check "keys have the user whose home they are in" "1000,/home/app/.ssh/authorized_keys,me
,/srv/.ssh/authorized_keys,nobody" "$(listed "SELECT uid, key_file, comment FROM authorized_keys ORDER BY key_file")"
put home/app/.ssh/deploy <<<'-----BEGIN OPENSSH PRIVATE KEY-----'
put home/app/.ssh/config <<<'Host x'
check "private ones too, whatever their names are" "1000,/home/app/.ssh/deploy
1000,/home/app/.ssh/id_rsa" "$(listed "SELECT uid, path FROM user_ssh_keys ORDER BY path")"
chown 1000:4321 tree/usr/bin/group 2>/dev/null && chmod 2755 tree/usr/bin/group && check "who owns, by name where there is one" "app,4321" "$(listed "SELECT username, groupname FROM suid_bin WHERE path = '/usr/bin/group'")"
printf 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n' | put usr/lib/python3/dist-packages/demo-1.0.dist-info/METADATA
check "python_packages" "demo,/usr/lib/python3/dist-packages/demo-1.0.dist-info,/usr/lib/python3/dist-packages" "$(listed "SELECT name, path, directory FROM python_packages")"

printf '{"name":"a","version":"1"}' | put srv/app/node_modules/a/package.json
printf '{"name":"@s/b","version":"2"}' | put srv/app/node_modules/a/node_modules/@s/b/package.json
check "of other ecosystems too" 2,1 "$(printf 'Metadata-Version: 2.1\nName: demo\nVersion: 10.0\n' | put usr/lib/python3/dist-packages/demo-1.0.dist-info/METADATA
	listed "SELECT (SELECT count(*) FROM npm_packages WHERE version < '10'), (SELECT count(*) FROM python_packages WHERE version > '9')")"
check "npm_packages of a directory" "@s/b,/srv/app
a,/srv/app" "$(listed "SELECT name, directory FROM npm_packages WHERE directory = '/srv/app' ORDER BY name")"
check "what is behind the home is the shell" "/bin/sh:x,damaged" "$(echo 'odd:x:2000:2000::/:/bin/sh:x' >>tree/etc/passwd; listed "SELECT shell, form FROM users WHERE username = 'odd'" | head -1)"
check "and has its groups" "2000" "$(listed "SELECT gid FROM user_groups WHERE uid = 2000" | head -1)"
sed -i '$d' tree/etc/passwd

check "a text that is not set is empty, so that what differs from another is found" "2,1,1,1" "$(listed "SELECT (SELECT count(*) FROM npm_packages WHERE author <> 'x'),
	(SELECT count(*) FROM shadow WHERE hash_alg <> '6' AND username = 'star'), (SELECT count(*) FROM crontab WHERE event <> '@reboot'), (SELECT count(*) FROM os_version WHERE codename <> 'x')")"

# A machine answers for a path that leads through links, and so does file, under the name that was asked for.
ln -s usr/bin tree/bin
mkdir tree/deep && ln -s ../usr/bin tree/deep/bin
check "a path through a link" "/bin/run,/bin,4755" "$(listed "SELECT path, directory, mode FROM file WHERE path = '/bin/run'")"
check "both ways" "/bin,symlink
/bin/run,regular
/deep/bin/run,regular
/usr/bin/run,regular" "$(listed "SELECT path, type FROM file WHERE path IN ('/bin/run', '/usr/bin/run', '/deep/bin/run', '/bin', '/bin/none', '/none/run') ORDER BY path")"
for where in "directory = '/bin'" "path LIKE '/bin/%'" "path GLOB '/bin/*'" "directory = '/bin' AND path LIKE '/bin/%' AND mode <> '0000'"; do
	check "all of a linked directory: $where" "/bin/group,group
/bin/run,run" "$(listed "SELECT path, filename FROM file WHERE $where ORDER BY path")"
done
check "a path with more slashes than it needs, as rules for rootkits have them" "/bin/,directory
/usr//bin/run,regular
/usr/bin/,directory" "$(listed "SELECT path, type FROM file WHERE path IN ('/usr/bin/', '/bin/', '/usr//bin/run', '/usr/bin/run/', '/usr/none/') ORDER BY path")"
for where in "directory = '/usr/bin/'" "directory = '/usr/bin//' AND mode <> '0000'"; do
	check "all of a directory: $where" "/usr/bin/group,group
/usr/bin/run,run" "$(listed "SELECT path, filename FROM file WHERE $where ORDER BY path")"
done
check "its digest" 1 "$(listed "SELECT count(*) FROM hash WHERE path = '/bin/run' AND sha256 = '$(printf '' | sha256sum | cut -d' ' -f1)'")"
check "in a join" "/bin/run,4755" "$(listed "WITH want(path) AS (VALUES ('/bin/run'), ('/bin/none')) SELECT file.path, mode FROM want JOIN file USING (path)")"
check "no other walk sees it twice" 1 "$(listed "SELECT count(*) FROM file WHERE filename = 'run'")"
put usr/share/notes.txt <<<text
check "a digest that was not taken is not none" "plimsoll query: the digest of /usr/share/notes.txt was not taken: --level full takes those of all files" \
	"$(listed "SELECT 1 FROM hash WHERE path = '/usr/share/notes.txt' AND sha256 = '00'")"
check "but is where it is asked for" 1 "$("$plimsoll" query --level full --output csv rootfs:tree "SELECT count(*) FROM hash WHERE path = '/usr/share/notes.txt' AND sha256 = '$(sha256sum tree/usr/share/notes.txt | cut -d' ' -f1)'" | tail -n 1)"
ln -s run tree/usr/bin/link
check "the digest of a link is that of its file" "$(printf '' | sha256sum | cut -d' ' -f1)" "$(listed "SELECT sha256 FROM hash WHERE path = '/usr/bin/link'")"
ln -s ../share/notes.txt tree/usr/bin/notes
ln -s nowhere tree/usr/bin/dangling
check "not taken: not known" "plimsoll query: the digest of /usr/bin/notes was not taken: --level full takes those of all files" "$(listed "SELECT sha256 FROM hash WHERE path = '/usr/bin/notes'")"
check "of a link to nothing none" 0 "$(listed "SELECT count(*) FROM hash WHERE path = '/usr/bin/dangling'")"
rm tree/usr/bin/notes tree/usr/bin/dangling
check "links as osquery has them" "1,run" "$(listed "SELECT symlink, symlink_target_path FROM file WHERE filename = 'link'")"
check "a column that an image cannot answer is refused" 3 "$("$plimsoll" query rootfs:tree "SELECT size FROM deb_packages" >/dev/null 2>&1; echo $?)"
for write in "DROP VIEW crontab" "CREATE VIEW x AS SELECT 1" "SELECT * FROM sqlite_schema"; do
	check "refused: $write" 3 "$("$plimsoll" query rootfs:tree "$write" >/dev/null 2>&1; echo $?)"
done

# osquery's own ways to find files: what the tree has is told by the path that was asked for, and of a link what it leads to.
mkdir -p tree/srv/data/{.git,sub/.hidden} && touch tree/srv/data/{one,.dot,two_x} tree/srv/data/{.git,sub,sub/.hidden}/in
chmod 600 tree/srv/data/one
ln -s one tree/srv/data/link
ln -s nowhere tree/srv/data/dead
ln -s .. tree/srv/data/sub/up
while IFS='|' read -r where wanted; do
	check "osquery_file WHERE $where" "$wanted" "$(listed "SELECT path FROM osquery_file WHERE $where" | paste -sd' ')"
done <<'Q'
path LIKE '/srv/data/%'|/srv/data/dead /srv/data/link /srv/data/one /srv/data/sub/ /srv/data/two_x
path LIKE '/srv/data/.%'|/srv/data/../ /srv/data/./ /srv/data/.dot /srv/data/.git/
path LIKE '/srv/data/sub/.%/o%'|/srv/data/sub/../one
path LIKE '/srv/data/sub/up/.%%' AND filename = 'one'|/srv/data/sub/up/../data/one
path LIKE '/srv/./data/sub/../o%'|/srv/./data/sub/../one
path LIKE '/../srv/data/o%'|/../srv/data/one
path LIKE '/'|
directory LIKE '/'|
path LIKE '/srv/data/%%'|/srv/data/dead /srv/data/link /srv/data/one /srv/data/sub/ /srv/data/sub/.hidden/ /srv/data/sub/.hidden/in /srv/data/sub/in /srv/data/sub/up/ /srv/data/sub/up/.dot /srv/data/sub/up/.git/ /srv/data/sub/up/.git/in /srv/data/sub/up/dead /srv/data/sub/up/link /srv/data/sub/up/one /srv/data/sub/up/sub/ /srv/data/sub/up/two_x /srv/data/two_x
path LIKE '/srv/%/%/in'|/srv/data/sub/in
path LIKE '/srv/%/o%e'|/srv/data/one
path LIKE '/srv/data/two_x'|/srv/data/two_x
path LIKE '/srv/data/on_'|
path LIKE '/SRV/%'|
path LIKE '/srv/data'|
path LIKE '/srv/dat%'|/srv/data/
path LIKE 'srv/data/%'|
path LIKE '/srv/data/%' AND path LIKE '%k'|/srv/data/link
path = '/srv/data'|/srv/data
path = '/srv/data/'|/srv/data/
path = '/srv//data/../data/one'|/srv//data/../data/one
path = '/srv/data/one/'|
path = '/srv/data/one/.'|
path IN ('srv/data/one', '', 'none')|srv/data/one
directory = 'srv/data/sub'|srv/data/sub/.hidden srv/data/sub/in srv/data/sub/up
path IN ('/bin/run', '/usr/bin/run', '/none')|/bin/run /usr/bin/run
path = '/bin/run' OR path LIKE '/usr/bin/ru%' OR directory = '/srv'|/bin/run /usr/bin/run /srv/.ssh /srv/app /srv/data
directory = '/srv/data/sub'|/srv/data/sub/.hidden /srv/data/sub/in /srv/data/sub/up
directory LIKE '/srv/data/s%'|/srv/data/sub/.hidden /srv/data/sub/in /srv/data/sub/up
directory = '/srv/data' AND path LIKE '%/one'|/srv/data/one
directory IN ('/srv/data', '/none') AND path LIKE '%/one'|/srv/data/one
directory IN ('/srv/data/sub', '/none') AND directory LIKE '/%'|/srv/data/sub/.hidden /srv/data/sub/in /srv/data/sub/up
path LIKE '/srv/data/o%' AND path LIKE '%o%' AND path LIKE '%n%' AND path LIKE '%e%' AND path LIKE '%s%' AND path LIKE '%r%' AND path LIKE '%v%'|/srv/data/one
path IN (SELECT '/srv/data/sub') AND directory LIKE '/%'|/srv/data/sub
path LIKE '/srv/data/s%/%%' AND path LIKE '/srv/%%' AND filename = 'one'|/srv/data/sub/up/one
path LIKE '/srv/%%' AND path LIKE '/srv/data/s%/%%' AND filename = 'one'|/srv/data/sub/up/one
Q
mkdir -p tree/srv/order/real && touch tree/srv/order/real/in && ln -s real tree/srv/order/a && ln -s / tree/srv/order/b
check "what a link leads to is told by its own path" "/srv/order/a/ /srv/order/b/ /srv/order/real/ /srv/order/real/in" "$(listed "SELECT path FROM osquery_file WHERE path LIKE '/srv/order/%%' AND path NOT LIKE '/srv/order/b/_%'" | paste -sd' ')"
check "and by the link's where there is no other" 1 "$(listed "SELECT count(*) FROM osquery_file WHERE path LIKE '/srv/order/%%' AND path = '/srv/order/b/etc/passwd'")"
rm -r tree/srv/order
check "names of a path" "/srv/data/one,/srv/data,one
/srv/data/sub/,/srv/data/sub,." "$(listed "SELECT path, directory, filename FROM osquery_file WHERE path IN ('/srv/data/sub/', '/srv/data/one')")"
check "a directory as it was asked for" "/srv/data//,/srv/data//one" "$(listed "SELECT directory, path FROM osquery_file WHERE directory = '/srv/data//' AND filename = 'one'")"
check "of a link what it leads to" "dead,unknown,1,nowhere
link,regular,1,one
one,regular,0," "$(listed "SELECT filename, type, symlink, symlink_target_path FROM osquery_file WHERE path LIKE '/srv/data/%e%' OR path = '/srv/data/link' ORDER BY filename")"
check "and with a slash at its end that alone" "/srv/data/dead,1,nowhere,7
/srv/data/link,1,one,0
/srv/data/sub/up/,0,," "$(listed "SELECT path, symlink, symlink_target_path, CASE type WHEN 'directory' THEN '' ELSE size END FROM osquery_file WHERE path LIKE '/srv/data/link%' OR path LIKE '/srv/data/sub/u%' OR path LIKE '/srv/data/de%' ORDER BY path")"
check "its mode too" 0600 "$(listed "SELECT mode FROM osquery_file WHERE path = '/srv/data/link'")"
check "in a join, either side" "root,
app,/home/app/" "$(listed "SELECT username, f.path FROM users LEFT JOIN osquery_file f ON f.path = users.directory WHERE username <> 'remote' ORDER BY users.uid")"
check "digests of what was found" "/etc/os-release,$(sha256sum tree/etc/os-release | cut -d' ' -f1)" "$(listed "SELECT path, sha256 FROM osquery_hash WHERE path LIKE '/etc/os%' OR path = '/etc'")"
capitals=$(sha256sum tree/etc/os-release | cut -d' ' -f1 | tr a-f A-F)
check "in capitals they are the same" 1,1 "$(listed "SELECT (SELECT count(*) FROM osquery_hash WHERE path = '/etc/os-release' AND sha256 = '$capitals'), (SELECT count(*) FROM hash WHERE path = '/etc/os-release' AND sha256 IN ('$capitals'))")"
check "and those that were not taken" "plimsoll query: the digest of /srv/data/one was not taken: --level full takes those of all files" "$(listed "SELECT sha256 FROM osquery_hash WHERE path = '/srv/data/one'")"
check "what asks for all files has no answer" "plimsoll query: osquery_file has only what a query asks for by its path or directory, with =, IN or LIKE" "$(listed "SELECT path FROM osquery_file WHERE filename = 'one'")"
check "lines of what a query asks for" "1,# nothing
2,/a=libc6" "$(printf '# nothing\r\n/a=libc6' | put etc/lines.d/a.conf; touch tree/etc/lines.d/empty.conf; listed "SELECT row_number() OVER () AS n, line FROM file_lines WHERE path LIKE '/etc/lines.d/%.conf'")"
check "none of what is not there, is a directory or empty" 0 "$(listed "SELECT count(*) FROM file_lines WHERE path IN ('/etc/none', '/etc/lines.d', '/etc/lines.d/empty.conf')")"
check "and no answer of what was not kept" "plimsoll query: /usr/share/notes.txt: its content was not kept: that of files below /etc is, unless config_file.state says otherwise" "$(listed "SELECT count(*) FROM file_lines WHERE path = '/usr/share/notes.txt'")"
rm -r tree/srv/data tree/etc/lines.d

# Functions that osquery adds.
while IFS='|' read -r call wanted; do
	check "$call" "$wanted" "$(listed "SELECT $call")"
done <<'Q'
to_base64('abcd')|YWJjZA==
to_base64('')|
from_base64('YWJjZA==')|abcd
from_base64('no!')|
conditional_to_base64('plain')|plain
conditional_to_base64(printf('a%c', char(7)))|YQc=
in_cidr_block('10.0.0.0/8', '10.255.0.1')|1
in_cidr_block('10.0.0.0/8', '11.0.0.1')|0
in_cidr_block('10.0.0.0/8', '10.0.0.0')|0
in_cidr_block('10.0.0.4/32', '10.0.0.4')|1
in_cidr_block('fd00::/8', 'fd12::1')|1
parent_directory('/usr/bin/run')|/usr/bin
round(log(10), 3)|2.303
concat(floor('11 (bullseye)'), ceil(1.2), floor(-1.5), ifnull(floor(NULL), '-'))|112-2-
version_compare('1.9', '1.10', 'dpkg')|-1
(SELECT sum(value) FROM json_each('[1, 2]'))|3
(SELECT unix_time - strftime('%s', 'now') FROM time)|0
Q
check "an address that is none" "plimsoll query: in_cidr_block: no IP address" "$(listed "SELECT in_cidr_block('10.0.0.0/8', 'here')" | head -1)"

# ldconfig's directories, included files in their place.
printf '/first/\ninclude ld.so.conf.d/*.conf\n  /last # comment\nhwcap 1 x\n' | put etc/ld.so.conf
printf '/b\n' | put etc/ld.so.conf.d/b.conf
printf '# nothing\n/a=libc6\n\n/a2' | put etc/ld.so.conf.d/a.conf
printf '/hidden\n' | put etc/ld.so.conf.d/.x.conf
printf '/other\n' | put etc/ld.so.conf.d/other
check "ld_so_conf" "1,/first,/etc/ld.so.conf,1
2,/a,/etc/ld.so.conf.d/a.conf,2
3,/a2,/etc/ld.so.conf.d/a.conf,4
4,/b,/etc/ld.so.conf.d/b.conf,1
5,/last,/etc/ld.so.conf,3" "$(listed "SELECT position, directory, path, line FROM ld_so_conf")"
printf 'include /opt/conf/*.conf\n/x\n' | put etc/ld.so.conf
check "an include of nothing" "/x" "$(listed "SELECT directory FROM ld_so_conf")"
put opt/conf/y.conf <<<'/y'
check "an included file that was not looked at is not none" "plimsoll query: /opt/conf/y.conf: it was not read" "$(listed "SELECT directory FROM ld_so_conf")"
printf 'include /etc/ld.so.conf\n' | put etc/ld.so.conf
check "one that includes itself" "plimsoll query: /etc/ld.so.conf: files of ldconfig include each other too deep" "$(listed "SELECT directory FROM ld_so_conf")"
rm -r tree/etc/ld.so.conf tree/opt/conf

# What pam_limits reads, in its order.
for name in etc/security/limits.d/b.conf usr/etc/security/limits.d/a.conf usr/etc/security/limits.d/b.conf etc/security/limits.d/.h.conf etc/security/limits.d/c; do
	printf '@%s hard core 0\n' "$(basename "$name")" | put "$name"
done
printf '* hard core 0\n' | put usr/etc/security/limits.conf
check "limits_conf, of the vendor" "*,0,1 @a.conf,1,2 @b.conf,1,3" "$(listed "SELECT domain, drop_in, position FROM limits_conf" | paste -sd' ')"
printf 'x -\nx\n' | put etc/security/limits.conf
check "limits_conf" "x,exempt,1,/etc/security/limits.conf,1 x,ignored,2,/etc/security/limits.conf,2 @a.conf,plain,3,/usr/etc/security/limits.d/a.conf,1 @b.conf,plain,4,/etc/security/limits.d/b.conf,1" \
	"$(listed "SELECT domain, form, position, path, line FROM limits_conf" | paste -sd' ')"
rm -r tree/etc/security tree/usr/etc/security

# Forms of output.
sql="SELECT 1 AS one, 'a,\"b' AS second, NULL AS none"
check "table" "one  second  none
---  ------  ----
1    a,\"b" "$("$plimsoll" query rootfs:tree "$sql" | sed 's/ *$//')"
check "line" "   one = 1
second = a,\"b
  none = " "$("$plimsoll" query --output line rootfs:tree "$sql")"
check "line, two rows" "x = 1

x = 2" "$("$plimsoll" query --output line rootfs:tree "SELECT 1 AS x UNION SELECT 2")"
check "jsonl" '{"one":1,"second":"a,\"b","none":null}' "$("$plimsoll" query --output jsonl rootfs:tree "$sql")"
check "jsonl, two rows" '{"x":1}
{"x":2}' "$("$plimsoll" query --output jsonl rootfs:tree "SELECT 1 AS x UNION SELECT 2")"
check "csv" 'one,second,none
1,"a,""b",' "$("$plimsoll" query --output csv rootfs:tree "$sql" | tr -d '\r')"
check "another form" "plimsoll query: there is no format 'xml': table, line, json, jsonl or csv" "$("$plimsoll" query --output xml rootfs:tree "$sql" 2>&1)"
exit $failed
