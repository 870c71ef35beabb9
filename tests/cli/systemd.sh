#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Units and settings of systemd, merged as it merges them: beside systemctl and systemd-analyze where they are installed.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
system=usr/lib/systemd/system
unit() { put "$1" <<<"$(printf '%b' "$2")"; } # PATH TEXT
link() { mkdir -p "tree/$(dirname "$2")" && ln -s "$1" "tree/$2"; } # TARGET PATH

debian() { unit etc/os-release 'ID=debian\nVERSION_ID=12'; unit var/lib/dpkg/status 'Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n'; }
debian
unit $system/plain.service '# c\n[Unit]\nDescription=Plain \\\n; between\n  and long\n[Service]\nUser=app\nExecStart=/bin/a\nEnvironment=A=1\n[Install]\nWantedBy=multi-user.target'
unit $system/plain.service.d/20-more.conf '[Service]\nExecStart=\nExecStart=/bin/b\nUser=other'
unit etc/systemd/system/plain.service.d/10-first.conf '[Service]\nEnvironment=B=2'
unit $system/plain.service.d/10-first.conf '[Service]\nEnvironment=HIDDEN=1'
unit $system/service.d/50-all.conf '[Service]\nNoNewPrivileges=yes'
unit $system/app-.service.d/30-prefix.conf '[Service]\nUMask=0077'
unit $system/app-web.service '[Service]\nExecStart=/bin/web http://me:secret@example.org/\n[Install]\nWantedBy=multi-user.target\nAlias=web.service'
link /dev/null $system/app-web.service.d/50-all.conf
unit $system/web.service.d/60-alias.conf '[Service]\nNice=5'
unit $system/static.service '[Service]\nExecStart=/bin/s'
unit $system/also.service '[Service]\nExecStart=/bin/s\n[Install]\nAlso=plain.service'
unit $system/masked.service '[Service]\nExecStart=/bin/m\n[Install]\nWantedBy=multi-user.target'
unit $system/emptied.service '[Service]\nExecStart=/bin/m'
unit $system/tty@.service '[Unit]\nDescription=On %I\n[Service]\nExecStart=/bin/t %i\n[Install]\nWantedBy=multi-user.target\nDefaultInstance=one'
unit $system/tty@.service.d/x.conf '[Service]\nRestart=always'
unit $system/loose@.service '[Service]\nExecStart=/bin/t\n[Install]\nWantedBy=multi-user.target'
unit $system/other.service '[Service]\nExecStart=/bin/o\n[Install]\nWantedBy=multi-user.target'
unit $system/broken.service '[Service]\nExecStart=/bin/o\n[Install\nWantedBy=multi-user.target'
unit opt/linked.service '[Service]\nUser=hidden'
unit $system/multi-user.target '[Unit]\nDescription=Multi'
unit usr/lib/systemd/user/mine.service '[Service]\nExecStart=/bin/o\n[Install]\nWantedBy=default.target'
link /usr/lib/systemd/system/plain.service etc/systemd/system/multi-user.target.wants/plain.service
link /usr/lib/systemd/system/static.service $system/multi-user.target.wants/static.service
link ../gone.service etc/systemd/system/multi-user.target.requires/gone.service
link /usr/lib/systemd/system/app-web.service etc/systemd/system/web.service
link /dev/null etc/systemd/system/masked.service
: >tree/$system/emptied.service
link ../tty@.service etc/systemd/system/multi-user.target.wants/tty@one.service
link ../loose@.service etc/systemd/system/multi-user.target.wants/loose@two.service
link /usr/lib/systemd/system/other.service etc/systemd/system/another.service
link /opt/linked.service etc/systemd/system/linked.service
link /usr/lib/systemd/user/mine.service etc/systemd/user/default.target.wants/mine.service

check "states of units" "also.service,loaded,indirect,
another.service,loaded,alias,
app-web.service,loaded,enabled,
broken.service,error,static,
emptied.service,masked,masked,
gone.service,not_found,,multi-user.target
loose@.service,loaded,indirect,
loose@two.service,loaded,enabled,multi-user.target
masked.service,masked,masked,
multi-user.target,loaded,static,
other.service,loaded,indirect,
plain.service,loaded,enabled,multi-user.target
static.service,loaded,static,multi-user.target
tty@.service,loaded,enabled,
tty@one.service,loaded,enabled,multi-user.target
web.service,loaded,alias," "$(listed "SELECT name, load_state, unit_file_state, wanted_by FROM systemd_unit WHERE scope = 'system' AND name <> 'linked.service' ORDER BY name")"
check "units of users" "mine.service,enabled" "$(listed "SELECT name, unit_file_state FROM systemd_unit WHERE scope = 'user'")"
check "a drop-in before the others, one hidden, an empty value, one of the type" "1,Unit,Description,Plain  and long,0
2,Service,User,app,1
3,Service,Environment,A=1,1
4,Install,WantedBy,multi-user.target,0
5,Service,Environment,B=2,0
6,Service,ExecStart,/bin/b,0
7,Service,User,other,0
8,Service,NoNewPrivileges,yes,0" "$(listed "SELECT position, section, key, value, overridden FROM systemd_setting WHERE unit = 'plain.service' ORDER BY position")"
check "of a prefix and another name; one that leads nowhere hides the type's; no password" "ExecStart=/bin/web http://example.org/
WantedBy=multi-user.target
Alias=web.service
UMask=0077
Nice=5" "$(listed "SELECT key || '=' || value FROM systemd_setting WHERE unit = 'app-web.service' ORDER BY position")"
check "an instance is its template with drop-ins" "/usr/lib/systemd/system/service.d/50-all.conf
/usr/lib/systemd/system/tty@.service.d/x.conf" "$(listed "SELECT drop_ins FROM systemd_unit WHERE name = 'tty@one.service'" | tr -d '"')"
check "who runs it" "plain.service,other" "$(listed "SELECT name, user FROM systemd_unit WHERE name IN ('plain.service', 'web.service', 'static.service') AND user IS NOT NULL")"
check "a unit whose file nobody reads cannot be told" "plimsoll query: /opt/linked.service: it was not read" "$("$plimsoll" query --no-cache rootfs:tree "SELECT user FROM systemd_unit" 2>&1 >/dev/null | grep -o '^plimsoll query: /opt/linked.service: it was not read')"
printf '[Service]\nUser=app\n\0' | put etc/systemd/system/damaged.service
check "one whose file is damaged cannot, either" "plimsoll query: /etc/systemd/system/damaged.service: it was not read" "$("$plimsoll" query --no-cache rootfs:tree "SELECT user FROM systemd_unit WHERE name = 'damaged.service'" 2>&1 >/dev/null | grep -o '^plimsoll query: .*read')"
rm tree/etc/systemd/system/damaged.service
check "the others can" "other" "$(listed "SELECT user FROM systemd_unit WHERE name = 'plain.service'")"
check "a line that systemd cannot read ends the file" "ExecStart" "$(listed "SELECT key FROM systemd_setting WHERE unit = 'broken.service' AND section = 'Service' AND key <> 'NoNewPrivileges'")"

# Settings of its programs.
unit etc/systemd/coredump.conf '[Coredump]\n#Storage=external\nProcessSizeMax=2G'
unit usr/lib/systemd/coredump.conf.d/50-none.conf '[Coredump]\nStorage=none'
unit usr/lib/systemd/coredump.conf.d/10-early.conf '[Coredump]\nStorage=journal'
unit etc/systemd/coredump.conf.d/60-local.conf '[Coredump]\nProcessSizeMax=\nProcessSizeMax=0'
unit usr/lib/systemd/journald.conf.d/forward.conf '[Journal]\nForwardToSyslog=yes'
check "settings with drop-ins of all places in the order of their names" "coredump.conf,Storage,journal,1
coredump.conf,Storage,none,0
coredump.conf,ProcessSizeMax,0,0
journald.conf,ForwardToSyslog,yes,0" "$(listed "SELECT file, key, value, overridden FROM systemd_conf ORDER BY file, position")"

if [ "$(systemctl --version 2>/dev/null | awk 'NR==1 {print $2}')" -ge 252 ] 2>/dev/null; then
	# It follows links inside the tree.
	mkdir tree/dev && : >tree/dev/null
	for name in also another app-web masked emptied static plain other web loose@two tty@one; do
		check "systemctl says the same of $name" "$(systemctl --root="$PWD/tree" is-enabled $name.service 2>/dev/null)" "$(listed "SELECT unit_file_state FROM systemd_unit WHERE name = '$name.service'")"
	done
	for name in tty@ loose@; do
		check "systemctl says the same of $name" "$(systemctl --root="$PWD/tree" list-unit-files $name.service --no-legend | awk '{print $2}')" "$(listed "SELECT unit_file_state FROM systemd_unit WHERE name = '$name.service'")"
	done
	check "systemd-analyze reads the same files" "$(systemd-analyze cat-config --root="$PWD/tree" systemd/coredump.conf | sed -n "s,^# $PWD/tree,,p")" "$(listed "SELECT DISTINCT path FROM (SELECT path, position FROM systemd_conf WHERE file = 'coredump.conf' UNION ALL SELECT '/etc/systemd/coredump.conf', 0) ORDER BY position" | awk '!seen[$0]++')"
	# What is installed here.
	rm -rf tree && mkdir -p tree/etc tree/usr/lib && cp -a /etc/systemd tree/etc/ && cp -a /usr/lib/systemd tree/usr/lib/ && debian
	check "all units of this system" "$(systemctl --root="$PWD/tree" list-unit-files --no-legend | awk '{print $1 "," $2}' | sort)" "$(listed "SELECT name, unit_file_state FROM systemd_unit WHERE scope = 'system' AND (template = 1 OR name NOT LIKE '%@%' OR path LIKE '%/' || name) ORDER BY name" | sort)"
else
	echo "systemctl of 252 or later is missing: not compared with it"
fi
exit $failed
