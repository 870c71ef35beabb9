#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Policies as people write them for Fleet's Linux hosts, judged on trees: each passes on a sound tree, fails where what it asks is broken, and passes again
# where that is mended.  The answers are worked out by hand, as osquery would give them from inside the tree; where that is no plain reading of the query
# the case says why.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
export XDG_CACHE_HOME=$work/cache
umask 022

# A sound tree.  Its packages are told in all three ways, so that one tree answers for all.
printf 'NAME="Debian GNU/Linux"\nVERSION="12 (bookworm)"\nID=debian\nVERSION_ID=12\n' | put etc/os-release
printf 'Package: base-files\nStatus: install ok installed\nArchitecture: amd64\nVersion: 12.4+deb12u11\n\nPackage: auditd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:3.0.9-1\n\n' | put var/lib/dpkg/status
printf 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\nann:x:1000:1000:Ann:/home/ann:/bin/bash\n' | put etc/passwd
printf 'root:x:0:\ndaemon:x:1:\nann:x:1000:\n' | put etc/group
printf 'root:*:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\nann:$y$j9T$a$b:19000:0:90:7:::\n' | put etc/shadow
printf 'blacklist cramfs\ninstall cramfs /bin/false\n' | put etc/modprobe.d/cramfs.conf
printf '# PermitRootLogin yes\nPermitRootLogin no\nInclude /etc/ssh/sshd_config.d/*.conf\n' | put etc/ssh/sshd_config
chmod 600 tree/etc/ssh/sshd_config
put etc/ssh/sshd_config.d/10-x.conf <<<'IgnoreRhosts yes'
printf 'max_log_file = 8\r\nmax_log_file_action = keep_logs\r\n' | put etc/audit/auditd.conf
put etc/default/grub <<<'GRUB_CMDLINE_LINUX="quiet audit_backlog_limit=8192 audit=1"'
put etc/app.json <<<'{"tls": {"min": "1.2"}}'
printf 'root ALL=(ALL:ALL) ALL\n%%sudo ALL=(ALL:ALL) ALL\n@includedir /etc/sudoers.d\n' | put etc/sudoers
put etc/sudoers.d/README </dev/null
put etc/crontab <<<'17 * * * * root /usr/sbin/rotate'
printf 'deb https://deb.example.org/debian bookworm main\n' | put etc/apt/sources.list
put usr/bin/tool <<<'#!/bin/sh'
chmod 755 tree/usr/bin/tool
put usr/share/tool/policy.conf <<<'strict'
ln -s ../usr/share/tool/policy.conf tree/etc/tool.conf
put home/ann/.profile </dev/null
put tmp/.X11-unix/x </dev/null
chmod 1777 tree/tmp
mkdir -p tree/{srv,opt,boot,root/.ssh,usr/sbin,usr/local/bin} && chmod 700 tree/root
printf '{"name":"left-pad","version":"1.3.0"}' | put srv/app/node_modules/left-pad/package.json
digest=$(sha256sum tree/usr/bin/tool | cut -d' ' -f1)

# NAME | WHAT BREAKS IT | THE QUERY, to the end of the line.  A break is undone before the next.
cat >cases <<Q
kernel modules are off by two lines|sed -i /install/d etc/modprobe.d/cramfs.conf|SELECT 1 WHERE (SELECT COUNT(*) FROM file_lines WHERE path LIKE '/etc/modprobe.d/%.conf' AND line LIKE 'blacklist cramfs%' AND line NOT LIKE '#%') >= 1 AND (SELECT COUNT(*) FROM file_lines WHERE path LIKE '/etc/modprobe.d/%.conf' AND (line LIKE 'install cramfs /bin/false%' OR line LIKE 'install cramfs /bin/true%')) >= 1;
the mode of a file|chmod 644 etc/ssh/sshd_config|SELECT 1 FROM file WHERE path = '/etc/ssh/sshd_config' AND mode = '0600' AND type = 'regular';
the mode of what a link leads to|chmod 666 usr/share/tool/policy.conf|SELECT 1 FROM file WHERE path = '/etc/tool.conf' AND mode = '0644' AND symlink = 1 AND type = 'regular';
a file or those in a directory|echo 'IgnoreRhosts no' >>etc/ssh/sshd_config.d/10-x.conf|SELECT 1 WHERE EXISTS (SELECT 1 FROM file_lines WHERE (path = '/etc/ssh/sshd_config' OR path LIKE '/etc/ssh/sshd_config.d/%.conf') AND line LIKE 'IgnoreRhosts yes%') AND NOT EXISTS (SELECT 1 FROM file_lines WHERE (path = '/etc/ssh/sshd_config' OR path LIKE '/etc/ssh/sshd_config.d/%.conf') AND line LIKE 'IgnoreRhosts no%')
lines that end as on Windows|sed -i s/keep_logs/rotate/ etc/audit/auditd.conf|SELECT 1 FROM file_lines WHERE path = '/etc/audit/auditd.conf' AND line = 'max_log_file_action = keep_logs'
a number in a line, by an alias in WHERE|sed -i s/8192/64/ etc/default/grub|WITH lines AS (SELECT line AS l FROM file_lines WHERE path = '/etc/default/grub' AND l LIKE '%audit_backlog_limit=%' AND l NOT LIKE '#%'), vals AS (SELECT CAST(substr(l, instr(l, 'audit_backlog_limit=') + 20) AS INTEGER) AS v FROM lines) SELECT 1 WHERE EXISTS (SELECT 1 FROM vals WHERE v >= 8192);
part of a line by a regular expression|sed -i s/audit=1/audit=0/ etc/default/grub|SELECT 1 FROM file_lines WHERE path = '/etc/default/grub' AND regex_match(line, '\baudit=([01])', 1) = '1'
a setting in JSON|sed -i s/1.2/1.0/ etc/app.json|SELECT 1 FROM (SELECT json_extract(group_concat(line, ''), '\$.tls.min') AS v FROM file_lines WHERE path = '/etc/app.json') WHERE CAST(v AS REAL) >= 1.2
homes are there and of their users|rm -r home/ann|WITH i AS (SELECT username, directory AS home FROM users WHERE uid >= 1000 AND uid < 65534 AND shell NOT IN ('/usr/sbin/nologin', '/bin/false')), m AS (SELECT i.username FROM i LEFT JOIN file f ON f.path = i.home WHERE f.path IS NULL OR f.type != 'directory') SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM m)
no project that has a package, at some depths|mkdir -p home/ann/src/a/vendor/lang/x && echo {} >home/ann/src/a/vendor/lang/x/composer.json|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file WHERE path LIKE '/home/%/vendor/lang/%/composer.json' OR path LIKE '/home/%/%/vendor/lang/%/composer.json' OR path LIKE '/home/%/%/%/vendor/lang/%/composer.json' OR path LIKE 'C:\Users\%\composer.json')
nothing lies in a directory, whatever lies deeper: one % is one name, and none that begins with a dot|touch tmp/left|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file WHERE path LIKE '/tmp/%')
nothing lies below a directory, where names that begin with a dot count below its own|mkdir srv/app/.x; touch srv/.y.core srv/app/.x/y.core|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file WHERE path LIKE '/srv/%%' AND filename LIKE '%.core')
nobody's directory is open, of a directory's directories|mkdir -m 777 opt/a|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file WHERE directory = '/opt' AND type = 'directory' AND mode LIKE '%7')
a file has the digest it should|echo >>usr/bin/tool|SELECT 1 FROM file JOIN hash USING (path) WHERE file.path = '/usr/bin/tool' AND sha256 = '$digest'
none of the names of a tool|touch usr/local/bin/bot|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM deb_packages WHERE name IN ('bot', 'robot')) AND NOT EXISTS (SELECT 1 FROM rpm_packages WHERE name IN ('bot', 'robot')) AND NOT EXISTS (SELECT 1 FROM file WHERE path IN ('/usr/local/bin/bot', '/opt/robot/robot'))
a version by dpkg's order|sed -i s/12.4+deb12u11/12.4~rc1/ var/lib/dpkg/status|SELECT 1 FROM deb_packages WHERE name = 'base-files' AND status = 'install ok installed' AND version_compare(version, '12.4', 'DPKG') >= 0
by the release, of each distribution its own|sed -i s/12.4+deb12u11/12.4+deb12u9/ var/lib/dpkg/status|WITH os AS (SELECT *, TRIM(SUBSTR(version, 1, INSTR(version \|\| ' ', ' ') - 1)) AS release FROM os_version) SELECT 1 FROM os WHERE CASE WHEN platform = 'ubuntu' THEN version_compare(release, '24.04.5') >= 0 WHEN platform = 'debian' THEN (major = 12 AND EXISTS (SELECT 1 FROM deb_packages d WHERE d.name = 'base-files' AND version_compare(d.version, '12.4+deb12u11', 'DPKG') >= 0)) WHEN name = 'Fedora Linux' THEN major >= 44 ELSE 1 END;
no two users of one number|echo 'eve:x:0:0::/root:/bin/sh' >>etc/passwd|SELECT 1 WHERE NOT EXISTS (SELECT uid FROM users GROUP BY uid HAVING COUNT(*) > 1)
every user's group is there|sed -i /ann/d etc/group|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM users u LEFT JOIN groups g ON u.gid = g.gid WHERE g.gid IS NULL)
nobody is without a password|sed -i 's/^daemon:[*]/daemon:/' etc/shadow|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM shadow WHERE password_status = 'empty')
passwords end|sed -i s/:90:/:99999:/ etc/shadow|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM shadow WHERE password_status = 'active' AND (max > 365 OR max = -1))
only root and groups in sudoers|echo 'ann ALL=(ALL) NOPASSWD: ALL' >etc/sudoers.d/ann|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sudoers WHERE header NOT IN ('root', 'Defaults', '#includedir', '@includedir') AND header NOT LIKE '\%%' AND substr(header, 1, 1) <> '%')
no key lets root in|echo 'ssh-ed25519 AAAA me' >root/.ssh/authorized_keys|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM users JOIN authorized_keys USING (uid) WHERE username = 'root')
keys have a passphrase|printf -- '-----BEGIN RSA PRIVATE KEY-----\nMII\n' >root/.ssh/id_rsa|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM users CROSS JOIN user_ssh_keys USING (uid) WHERE encrypted = '0')
jobs fetch nothing|echo '5 4 * * * root curl -s http://x' >>etc/crontab|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM crontab WHERE command LIKE '%curl%http%')
sources are secured|sed -i s/https/http/ etc/apt/sources.list|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM apt_sources WHERE base_uri NOT LIKE 'https://%')
nothing runs as its owner|chmod 4755 usr/bin/tool|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM suid_bin)
no package that is known to be bad|printf '{"name":"left-pad","version":"1.3.1"}' >srv/app/node_modules/left-pad/package.json|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM npm_packages WHERE name \|\| '@' \|\| version IN ('left-pad@1.3.1', 'x@1'))
nothing changed in the future|touch -d 2100-01-01 opt/new|SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file, time WHERE path LIKE '/opt/%' AND mtime > unix_time)
Q

sed 's/\\|/\x01/g' cases | while IFS='|' read -r name broken query; do
	printf -- '- name: "%s"\n  platform: linux\n  resolution: mend it\n  query: |-\n    %s\n' "$name" "${query//$'\x01'/|}"
done >linux.policies.yml
check "all of them are imported" "0, 0 left out" "$("$plimsoll" policy import fleet --output p.yaml linux.policies.yml 2>err; echo "$?, $(grep -c . err) left out")"; cat err
judged() { # the titles of rules that do not pass
	"$plimsoll" check --no-cache --policy p.yaml --output json rootfs:tree >v.json 2>err
	jq -r '([.findings[] | select(.area == "rules").title] | unique[]), (.unknown[] | select(.area == "rules") | "unknown: \(.rule): \(.message // .reason)")' v.json
}
check "a sound tree passes" "" "$(judged)"
check "and each was asked" "$(grep -c . cases)" "$(jq '[.checks[] | select(.result == "pass")] | length' v.json)"
cp -a tree sound
sed 's/\\|/\x01/g' cases | while IFS='|' read -r name broken query; do
	(cd tree && eval "$broken")
	# Two ask for the version of base-files.
	check "broken: $name" "$name" "$(judged | { [[ $name == "a version by dpkg's order" ]] && grep -v 'by the release' || cat; })"
	rm -rf tree && cp -a sound tree
	[ "$failed" = 0 ] || exit 1
done || failed=1
check "mended they pass" "" "$(judged)"

# What is not known is neither passed nor failed.
put usr/share/tool/secret.conf <<<'mode=open'
cat >unknown.yml <<'Y'
- {name: outside, query: "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file_lines WHERE path = '/usr/share/tool/secret.conf' AND line LIKE 'mode=open%')", resolution: x}
- {name: outside by a count, query: "SELECT 1 WHERE (SELECT COUNT(*) FROM file_lines WHERE path LIKE '/usr/share/tool/%') < 100", resolution: x}
- {name: a link that leads out, query: "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file_lines WHERE path = '/etc/tool.conf' AND line = 'loose')", resolution: x}
- {name: shadow, query: "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file_lines WHERE path = '/etc/shadow' AND line LIKE '%::%')", resolution: x}
- {name: no such file, query: "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM file_lines WHERE path = '/boot/grub/grub.cfg' AND line LIKE '%quiet%')", resolution: x}
Y
"$plimsoll" policy import fleet --output p.yaml unknown.yml 2>err
"$plimsoll" check --no-cache --policy p.yaml --output json rootfs:tree >v.json 2>err
check "files whose content is not kept are unknown" "fleet/a-link-that-leads-out unknown
fleet/no-such-file pass
fleet/outside unknown
fleet/outside-by-a-count unknown
fleet/shadow unknown" "$(jq -r '.checks[] | "\(.id) \(.result)"' v.json | sort)"
exit $failed
