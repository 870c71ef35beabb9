#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Rows of `file` that are found by what a query asks are those that a look at all of them finds: each condition beside itself over a
# copy of all rows, of which the table is told nothing.  A row lost here would be a check that passes.  Names that are spelled otherwise
# than ours (a slash at the end, a link on the way) are answered only where a query asks for them: schema.sh has those.
set -eu
plimsoll=$1
work=$(mktemp -d)
export XDG_STATE_HOME=$work/state PLIMSOLL_LOG=
trap 'rm -rf "$work"' EXIT
cd "$work"
# Names around the slash in byte order, patterns that are names, the same name at several depths.
for path in a a-b a.b 'a b' a/x a/x/y a0 A '[' '[x]' '*' '?' 'a*' a/.cache é ~ 'a!' 'b/a/x' 'b/a-b/x' etc/passwd etc/passwd- usr/lib usr/lib64 usr/lib-x usr/lib/x 'b/[x]/x'; do
	mkdir -p "tree/d/$path"
	# A file where it can be one: below another file there is no place.
	mkdir -p "tree/f/$(dirname "$path")" 2>/dev/null && [ ! -e "tree/f/$path" ] && echo x >"tree/f/$path" || :
done
ln -s a tree/l; mkfifo tree/fifo; chmod 4755 tree/f/etc/passwd; : >tree/f/zero
chmod 1777 tree/d/a; chmod 0666 tree/f/zero; chmod 0 tree/f/etc/passwd-
# Owners of their own where this is root.
chown 1000:100 tree/f/zero tree/d/a/x 2>/dev/null && chown 0:5 tree/d/b 2>/dev/null || :
# Times before all and behind all others; capabilities where this is root.
touch -d @-5 tree/f/etc/passwd; touch -d @4000000000 tree/d/a; : >tree/f/capable
python3 -c 'import os; os.setxattr("tree/f/capable", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))' 2>/dev/null || :

# Two kinds of packages, equal names in both.
mkdir -p tree/var/lib/dpkg tree/lib/apk/db
for name in a b zlib a-b musl; do
	printf 'Package: %s\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n\nPackage: %s\nStatus: install ok installed\nVersion: 2\nArchitecture: i386\n\n' $name $name
done >tree/var/lib/dpkg/status
printf 'P:%s\nV:1-r0\nA:x86_64\n\n' b zlib zz 0 >tree/lib/apk/db/installed
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc-release; mkdir -p tree/etc; mv tree/etc-release tree/etc/os-release

# All in one session, for most of the time of a question is the start of its process.
same_in() { # TABLE COLUMNS CONDITION
	printf '%s\n' "$1: $3" >>asked
	printf '%s;\n' "SELECT '--'" "SELECT $2 FROM $1 WHERE $3 ORDER BY +$2" "SELECT '--'" "SELECT $2 FROM (SELECT * FROM $1 LIMIT -1) AS $1 WHERE $3 ORDER BY +$2" >>statements
}
same() { same_in file "path, type, mode" "$1"; }
same_package() { same_in package "type, name, version, arch" "$1"; }

for name in a b zlib a-b musl zz 0 '' absent zzz; do
	same_package "name = '$name'"
	same_package "name = '$name' AND type = 'deb'"
	same_package "name = '$name' COLLATE NOCASE"
	same_package "name IN ('$name', 'b', NULL)"
	same_package "name = '$name' AND name = 'b'"
	same_package "name <> '$name' AND arch = 'all'"
done
same_package "name = 0"
same_package "name = NULL"
same_package "name = x'62'"
same_package "EXISTS (SELECT 1 FROM package AS other WHERE other.name = package.name AND other.type <> package.type)"
mapfile -t paths < <("$plimsoll" query --output csv rootfs:tree "SELECT path FROM file" | tail -n +2 | sed 's/^"\(.*\)"$/\1/')
for path in "${paths[@]}" / '' /absent /f/a/xx; do
	# The root is there for who asks for it, and among no others.
	[ "$path" = / ] || same "path = '$path'"
	same "path GLOB '$path*'"
	same "path GLOB '$path/*'"
	same "directory = '$path'"
	same "directory = '$path' AND filename = 'x'"
done
for name in a a-b x passwd '[x]' '*' é absent ''; do
	same "filename = '$name'"
	same "filename = '$name' AND type = 'regular'"
	same "filename = '$name' AND path GLOB '/d/*'"
done
for glob in '*x' '*-b' '*é' '*]' '*[x]' '*?' '*' '' 'a*' '*a*' '*absent' 'passwd' '**d' '*.B'; do
	same "filename GLOB '$glob'"
	same "filename GLOB '$glob' AND type = 'regular'"
	same "filename GLOB '$glob' OR filename = 'x'"
	same "filename GLOB '$glob' AND filename GLOB '*d'"
	same "filename NOT GLOB '$glob' AND mode = '0644'"
done
same "filename GLOB '*x' || char(0) || 'y'"
same "filename GLOB 'x' || char(0) || 'y'"
same "filename GLOB NULL"
same "filename GLOB x'2a78'"
for op in = '<>' '>' '>=' '<' '<=' IS 'IS NOT' GLOB 'NOT GLOB' LIKE; do
	for mode in "'0644'" "'0755'" "'4755'" "'2'" "'*[2367]'" "'*[2367]?'" "'?[2367]??'" "'[0246]*[2367]'" "'*'" "''" 755 644.0 NULL "x'30373535'"; do
		same "mode $op $mode"
		same "type = 'regular' AND mode $op $mode"
	done
	for id in 0 1000 5 -1 4294967295 "'0'" "'1000'" "' 0'" 0.5 0.0 NULL "x'30'" "'a'"; do
		same "uid $op $id"
		same "gid $op $id AND uid = 0"
	done
done
for op in = '<>' '>' '>=' '<' '<='; do
	for time in 4000000000 3999999999 4000000001 -5 -6 0 NULL "'4000000000'" 4000000000.5 "x'30'"; do
		same "mtime $op $time"
		same "mtime $op $time AND type = 'directory' AND mode <> '0644'"
	done
done
same "mtime > -6 AND mtime >= 4000000000"
same "capability IS NOT NULL"
same "capability IS NULL AND type = 'regular'"
same "capability IS NOT NULL AND mode GLOB '0*' AND type = 'regular' AND filename = 'capable'"
same "capability <> ''"
same "uid IN (1000, 2000) OR gid NOT IN (0, 100)"
same "mode IN ('0644', '1777') AND uid BETWEEN 0 AND 500"
same "mode = '0644' COLLATE NOCASE"
same "uid <> 0 AND uid <> 1000 AND gid <> 0 AND mode <> '0644' AND mode <> '0755' AND type = 'regular' AND filename = 'zero'"
for type in regular directory symlink fifo socket nothing; do
	same "type = '$type'"
	same "type <> '$type'"
	same "type = '$type' AND path GLOB '/f/a*' AND filename = 'a'"
done
same "path IN ('/d/a', '/f/a', '/nothing', NULL)"
same "filename IN ('a', 'x', 'a') AND type IN ('regular', 'directory')"
same "(path GLOB '/d/a*' OR path GLOB '/d/*' OR path = '/l' OR filename = 'x')"
same "directory IN ('/', '/d', '', 'd', '/d/a', NULL)"
same "directory = '/' AND type = 'directory'"
same "directory = '/D/A' COLLATE NOCASE"
same "directory = x'2f64'"
same "directory IN (SELECT path FROM file AS other WHERE other.filename = 'a') AND path GLOB '/d/*'"
same "path = NULL"
same "path IS NULL"
same "path NOT GLOB '/d/*'"
same "path GLOB '/[df]/a*' AND path GLOB '/d/*'"
same "path = '/D/A' COLLATE NOCASE"
same "path LIKE '/D/A%'"
same "path = x'2f642f61'"
same "path = 7"
same "type = 'regular' AND path IN (SELECT '/f/a' UNION SELECT '/f/A')"
same "EXISTS (SELECT 1 FROM file AS other WHERE other.path = file.path || '/x')"
same "path GLOB (SELECT '/d/a' || '*')"
"$plimsoll" query --output csv rootfs:tree <statements >answers
cat >compare.py <<'P'
import sys
conditions = open("asked").read().splitlines()
answers = [part.splitlines() for part in open("answers").read().split("'--'\n--\n")[1:]]
if len(answers) != 2 * len(conditions):
    sys.exit(f"not ok {len(conditions)} conditions have two answers each: {len(answers)}")
rows, failed = {}, False
for condition, told, seen in zip(conditions, answers[::2], answers[1::2]):
    table = condition.split(":")[0]
    rows[table] = rows.get(table, 0) + max(len(seen) - 1, 0)
    if told != seen:
        failed = True
        print(f"not ok {condition}", *(f"  lost {row}" for row in seen if row not in told), *(f"  told {row}" for row in told if row not in seen), sep="\n")
print(len(conditions), "conditions,", rows)
if rows["file"] <= 1000 or rows["package"] <= 100:
    sys.exit("not ok the tree has rows to find")
sys.exit(failed)
P
python3 compare.py
root=$("$plimsoll" query --output csv rootfs:tree "SELECT path, type, directory, filename, mode <> '' AS has_mode, owner FROM file WHERE path = '/' AND uid >= 0 AND type = 'directory'")
[ "$root" = $'path,type,directory,filename,has_mode,owner\n/,directory,/,,1,' ] || { echo "not ok the root itself: $root"; exit 1; }
