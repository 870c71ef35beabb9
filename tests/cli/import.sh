#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packs of osquery's and Fleet's policies as rules: what their rows mean, and what is left out.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache

mkdir -p tree/etc tree/opt tree/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >tree/etc/os-release
printf 'root:x:0:0:root:/root:/bin/bash\nweb:x:1000:1000::/home/web:/bin/sh\n' >tree/etc/passwd
printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.10-1\n\n' >tree/var/lib/dpkg/status
touch tree/opt/rootkit.ko
mkdir -p tree/root/.ssh
printf -- '-----BEGIN RSA PRIVATE KEY-----\nMII\n' >tree/root/.ssh/any

cat >demo.conf <<'J'
// what we look for
{
  # a comment of the other kind
  "platform": "linux",
  "queries": {
    "hidden_module": {
      "query": "SELECT path FROM file \
        WHERE path = '/opt/rootkit.ko';",
      "interval": "3600", "version": "1.4.5",
      "description": "Files that a \"rootkit\" leaves",
      "value": "Artifacts"
    },
    "hidden other": { "query": "select * from file where path = '/opt/none' -- never; there", "interval": 60, "value": "Never there" },
    "hidden-other": { "query": "select 1 as a where 'x;y' = 'x'", "interval": 60 },
    "mac": { "query": "select * from launchd;", "platform": "darwin" },
    "old": { "query": "select username from users where username = 'web';", "platform": "ubuntu,centos" },
    "events": { "query": "select * from process_events;", "interval": 10 },
    "keys": { "query": "select username, path, encrypted from users join user_ssh_keys using (uid) where encrypted = '0'; -- of users" },
    "unclear": { "query": "select path from file join hash on file.uid = 0" },
    "two": { "query": "select 1; delete from users" },
    "tricky": { "query": "select 1) or exists (select 1" },
    "bad_column": { "query": "select nowhere from users" },
    "modules": { "query": "select name from kernel_modules where name = 'no-such-module';" },
    "empty": { "interval": 10 }
  }
}
J
import() { "$plimsoll" policy import "$@" >out 2>err; echo $?; }
verdict() { "$plimsoll" check --policy "$1" --output json "${@:2}" rootfs:tree >v.json 2>err2 || :; jq -r '.checks[] | "\(.id) \(.result)"' v.json | sort; }
check "a pack" "0" "$(import osquery --output demo.yaml demo.conf)"
check "what is left out, and why" "demo/hidden-other: the same of every target: it reads no table
demo/mac: left out: it is for the platform darwin
demo/events: left out: no such table: process_events: events are told while a machine runs
demo/unclear: left out: ambiguous column name: path
demo/two: left out: it is more than one statement
demo/tricky: left out: near \")\": syntax error
demo/bad_column: left out: no such column: nowhere
demo/modules: of hosts only, on images out of scope: it reads kernel_modules
demo/empty: left out: it has no query" "$(cat err)"
check "stands in the policy, too" "$(sed 's/^/# /' err)" "$(grep '^#' demo.yaml)"
check "and nothing else is told" "" "$(cat out)"
check "the policy is sound" "imported/osquery: 6 own rules" "$("$plimsoll" policy lint demo.yaml | head -1)"
check "a row is a violation" "demo/hidden-other pass
demo/hidden-other-2 pass
demo/hidden_module fail
demo/keys fail
demo/modules out_of_scope
demo/old fail" "$(verdict demo.yaml)"
check "a column that osquery's users do not have makes no other ambiguous" "/root/.ssh/any" "$(jq -r '.findings[] | select(.rule == "demo/keys").evidence.path' v.json)"
check "title and evidence" 'Files that a "rootkit" leaves /opt/rootkit.ko' "$(jq -r '.findings[] | select(.rule == "demo/hidden_module") | "\(.title) \(.evidence.path)"' v.json)"
check "--warn" "0 warn" "$(import osquery --warn --name acme/watch --output w.yaml demo.conf) $(verdict w.yaml >/dev/null; jq -r '[.findings[].action] | unique | join(" ")' v.json)"
check "--name" "acme/watch" "$(jq -r .policy.name v.json)"

# Packs inside a configuration, with discovery; a query that may not be run there finds nothing.
cat >osquery.json <<'J'
{"schedule": {"web": {"query": "SELECT username FROM users WHERE username = 'web'"}},
 "packs": {"far": "/etc/osquery/packs/far.conf",
  "here": {"discovery": ["select 1 from deb_packages where name = 'demo-tool';"], "queries": {"root": {"query": "select username from users where uid = 0;"}}},
  "not-here": {"discovery": ["select 1 from deb_packages where name = 'other'"], "queries": {"root": {"query": "select username from users where uid = 0"}}},
  "mac": {"platform": "darwin", "queries": {"any": {"query": "select 1", "platform": "any"}}},
  "sick": {"discovery": ["select 1 from nowhere"], "queries": {"any": {"query": "select 1"}}}}}
J
check "a configuration" "0" "$(import osquery --output c.yaml osquery.json)"
check "packs elsewhere, of others, and with unknown discovery" "mac/any: left out: it is for the platform darwin
osquery.json/far: left out: the pack is in a file of its own: /etc/osquery/packs/far.conf
sick/any: left out: no such table: nowhere: no table of osquery's" "$(sort err)"
check "discovery decides" "here/root fail
not-here/root pass
osquery/web fail" "$(verdict c.yaml)"

# Fleet: documents of fleetctl.
cat >fleet.yml <<'Y'
---
apiVersion: v1
kind: policy
spec:
  name: "Demo 1.1: the tool is new enough"
  platform: linux
  critical: true
  resolution: |
    Upgrade it:
      apt-get install demo-tool
  query: |
    SELECT 1 FROM deb_packages
      WHERE name = 'demo-tool' AND version_compare(version, '1.9', 'DPKG') >= 0;
---
apiVersion: v1
kind: policy
spec: {name: no shell for web, query: "SELECT 1 FROM users WHERE username = 'web' AND shell LIKE '%/nologin' -- done"}
---
apiVersion: v1
kind: policy
spec: {name: 'Firewall', platform: 'darwin,windows', query: SELECT 1 FROM alf}
---
apiVersion: v1
kind: policy
spec: {name: Modules, platform: 'darwin, linux', query: SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM kernel_modules WHERE name = 'cramfs')}
---
apiVersion: v1
kind: query
spec: {name: All users, query: SELECT * FROM users}
---
apiVersion: v1
kind: label
spec: {name: All Linux}
Y
check "Fleet's policies" "0" "$(import fleet --output f.yaml fleet.yml)"
check "what is left out of them" "fleet/Firewall: left out: it is for the platform darwin,windows
fleet/Modules: of hosts only, on images out of scope: it reads kernel_modules
fleet.yml/All users: left out: it only collects: nothing says which of its rows are good
fleet.yml/All Linux: left out: a label: it tells hosts apart, and judges none" "$(cat err)"
check "no row is a violation, a row passes" "fleet/demo-1.1-the-tool-is-new-enough pass
fleet/modules out_of_scope
fleet/no-shell-for-web fail" "$(verdict f.yaml)"
sed -i 's/1.10-1/1.2-1/' tree/var/lib/dpkg/status
check "an old tool fails" "fleet/demo-1.1-the-tool-is-new-enough fail" "$(verdict f.yaml | head -1)"
check "severity, title and fix" "critical Demo 1.1: the tool is new enough
Upgrade it:
  apt-get install demo-tool" "$(jq -r '.findings[] | select(.rule | startswith("fleet/demo")) | "\(.severity) \(.title)\n\(.fix.command)"' v.json)"

# GitOps files: a list of policies, and lists among other keys.
cat >lib.yml <<'Y'
- name: one
  query: SELECT 1
- path: ../other.yml
Y
cat >team.yml <<'Y'
name: Servers
policies:
  - name: one
    query: SELECT 1 WHERE 0
queries:
  - {name: users, query: SELECT * FROM users, interval: 300}
controls:
Y
check "GitOps files" "0" "$(import fleet --output g.yaml lib.yml team.yml)"
check "their other files and queries" "fleet/one: the same of every target: it reads no table
lib.yml/../other.yml: left out: it is in a file of its own
fleet/one: the same of every target: it reads no table
team.yml/users: left out: it only collects: nothing says which of its rows are good" "$(cat err)"
check "two of one name" "fleet/one pass
fleet/one-2 fail" "$(verdict g.yaml)"

# A list alone is what the keys of its items say, or those of their neighbours, or the file's name.
cat >labels.yml <<'Y'
- {name: Debian, query: SELECT 1 FROM os_version WHERE platform = 'debian', label_membership_type: dynamic}
- {name: Named like them, query: SELECT 1 FROM os_version}
Y
cat >x.queries.yml <<'Y'
- {name: unclear, query: SELECT 1 FROM users}
Y
cat >mixed.yml <<'Y'
- {name: a policy, query: SELECT 1 FROM users WHERE uid = 0, critical: yes, labels_include_any: [Servers, Web]}
- {name: a report, query: SELECT 1 FROM users, interval: 60, observer_can_run: true}
- {name: by its neighbour, query: SELECT 1 FROM users WHERE uid = 0}
- {name: a variable, query: "SELECT 1 FROM users WHERE username = '${FLEET_USER}'"}
- {name: another, query: SELECT 1 FROM users WHERE username = '$ADMIN'}
- {name: none, query: SELECT 1 FROM users WHERE username REGEXP 'root$'}
- {name: several files, paths: ./*.yml}
- paths: ./lib/*.yml
Y
check "kinds of a list's items" "0" "$(import fleet --output m.yaml labels.yml x.queries.yml mixed.yml)"
check "and what is told of them" "labels.yml/Debian: left out: a label: it tells hosts apart, and judges none
labels.yml/Named like them: left out: a label: it tells hosts apart, and judges none
x.queries.yml/unclear: left out: it only collects: nothing says which of its rows are good
fleet/a policy: of every target: its labels are not asked: Servers, Web
mixed.yml/a report: left out: it only collects: nothing says which of its rows are good
fleet/a variable: left out: nothing gives the variable \${FLEET_USER} a value
fleet/another: left out: nothing gives the variable \$ADMIN a value
fleet/several files: left out: it has no query
mixed.yml/./lib/*.yml: left out: it is in a file of its own" "$(cat err)"
check "yes is true" "critical" "$(grep -A2 'id: fleet/a-policy' m.yaml | sed -n 's/.*severity: //p')"
printf 'org_settings:\n  integrations:\n    google_calendar:\n      - domain: x\n        api_key_json: {\n          "a": "b",\n      }\npolicies:\n  - {name: one, query: SELECT 1 FROM users}\n' >default.yml
check "braces where Fleet's own example has them" "0 fleet/one" "$(import fleet --output d.yaml default.yml) $(sed -n 's/.*id: //p' d.yaml)"

# osquery's file and hash are other tables here; names that only look so are none.
cat >names.yml <<'Y'
- {name: plain, query: "select file.path from file where path = '/opt/rootkit.ko' -- from file"}
- {name: another name, query: "SELECT f.path FROM users AS u, file f LEFT JOIN hash h USING (path) WHERE f.path = u.directory"}
- {name: in quotes, query: 'select "file".mode from "file" where "file".path = ''/x''  and ''from file'' <> path'}
- {name: in brackets, query: "select 1 from (file join hash using (path)) where path like '/x/%'"}
- {name: its own, query: "with file(path) as (select username from users) select path from file"}
- {name: a column, query: "select (select 1 as file) as x from file where directory = '/x' order by x, file"}
- {name: all files, query: "select 1 from file where filename = 'core'"}
- {name: a time, query: "select ctime from file f where path = '/x'"}
- {name: a digest, query: "select f.path, h.md5 from file f join hash h on h.path = f.path where f.path = '/x'"}
- {name: a password, query: "select 1 from users where password != 'x'"}
- {name: a package's file, query: "select f.path from deb_packages d join file f on f.path = '/usr/share/doc/' || d.name where path like '/usr/%'"}
- {name: a licence, query: "select 1 from deb_packages where license like '%GPL%'"}
- {name: of a running machine, query: "select 1 where not exists (select 1 from systemd_units where id = 'x' and active_state = 'active')"}
- {name: of macOS, query: "select 1 from alf where global_state >= 1"}
- {name: of an agent, query: "select 1 from dconf_read where path = '/x'"}
- {name: a lens, query: "select 1 from augeas where path = '/etc/ssh/sshd_config'"}
Y
check "tables that are others here" "0" "$(import fleet --output n.yaml names.yml)"
check "are asked by their names" "select file.path from osquery_file AS file where path = '/opt/rootkit.ko' -- from file
SELECT f.path FROM users AS u, osquery_file f LEFT JOIN osquery_hash h USING (path) WHERE f.path = u.directory
select \"file\".mode from osquery_file AS \"file\" where \"file\".path = '/x'  and 'from file' <> path
select 1 from (osquery_file AS file join osquery_hash AS hash using (path)) where path like '/x/%'
with file(path) as (select username from users) select path from file
WITH deb_packages AS (SELECT name, version, source, arch, revision, status, maintainer, admindir FROM main.deb_packages)
select f.path from deb_packages d join osquery_file f on f.path = '/usr/share/doc/' || d.name where path like '/usr/%'" "$(grep -i '^      .*\(select \(f\|"\)\|(osquery\|with\)' n.yaml | grep -v 'no row' | sed 's/^ *//')"
check "and what nobody can answer is told with the reason" "fleet/a column: left out: no such column: file
fleet/all files: left out: osquery_file has only what a query asks for by its path or directory, with =, IN or LIKE
fleet/a time: left out: no such column: ctime: neither images nor the lists made of machines have it
fleet/a digest: left out: no such column: h.md5: of files only the digest SHA-256 is taken
fleet/a password: left out: no such column: password: osquery's tables have none
fleet/a licence: left out: no such column: license: osquery's tables have none
fleet/of a running machine: left out: no such column: active_state: a running systemd alone knows it
fleet/of macOS: left out: no such table: alf: only macOS has it
fleet/of an agent: left out: no such table: dconf_read: a table of an agent that extends osquery, Fleet's or that of macadmins
fleet/a lens: left out: no such table: augeas: it opens files of the query's choice, and here they are read once" "$(cat err)"

# osquery has a row of what names no system, too, also where the rest of the file is there.
echo '{"queries": {"foreign": {"query": "SELECT name FROM os_version WHERE name NOT LIKE \u0027Debian%\u0027"}, "old": {"query": "SELECT o.name FROM os_version o WHERE platform = \u0027debian\u0027 AND version < \u002710\u0027"}}}' >os.conf
check "os_version is osquery's" 0 "$(import osquery --output os.yaml os.conf)"
mkdir -p bare/srv noid/etc old/etc && echo 'NAME="Foo Linux"' >noid/etc/os-release && printf 'ID=debian\nNAME="Debian GNU/Linux"\nVERSION=9\n' >old/etc/os-release
for tree in bare noid old; do
	"$plimsoll" check --no-cache --policy os.yaml --output json "rootfs:$tree" 2>/dev/null | jq -r --arg tree $tree '.checks[] | "\($tree) \(.id) \(.result)"'
done >answers
check "and answers of what has none" "bare os/foreign fail
bare os/old pass
noid os/foreign fail
noid os/old pass
old os/foreign pass
old os/old fail" "$(cat answers)"

# Of two queries of one name osquery runs the first that is for its platform.
echo '{"decorators": {"load": ["SELECT uuid FROM system_info"]}, "queries": {"a": {"query": "select 1 from users where uid = 1", "platform": "darwin"},
  "a": {"query": "select username from users where uid = 1000"}, "a": {"query": "select 1 from nowhere"}}}' >twice.conf
check "a name twice" "0 query: \"select username from users where uid = 1000\"
twice/a: left out: it is for the platform darwin
twice.conf/a: left out: the name is there twice, and osquery runs the first
twice.conf/decorators: left out: they say where results come from, and judge nothing" "$(import osquery --output t.yaml twice.conf) $(sed -n 's/^ *query/query/p' t.yaml)
$(cat err)"
printf '{"queries": {"a": {"query": "select 1 from users where username = \x27\xff\x27"}, "b": {"query": "select username from users where uid = 0", "description": "d\xff"}}}' >latin.conf
check "a text that is no UTF-8" "0 title: b
latin/a: left out: it is not UTF-8 text
0" "$(import osquery --output l.yaml latin.conf) $(sed -n 's/^ *title/title/p' l.yaml)
$(cat err)
$("$plimsoll" policy lint l.yaml >/dev/null 2>&1; echo $?)"
echo '{"attributes": {"name": "elastic-pack", "version": 1, "queries": [{"id": "root_users", "query": "select username from users where uid = 0", "interval": 60, "ecs_mapping": [{"key": "a", "value": {"field": "b"}}]},
  {"id": "kexts", "query": "select 1 from kernel_extensions", "platform": "darwin"}]}, "id": "x", "type": "osquery-pack-asset"}' >kibana.json
check "a pack of Elastic's" "0 elastic-pack/root_users
elastic-pack/kexts: left out: it is for the platform darwin" "$(import osquery --output k.yaml kibana.json) $(sed -n 's/.*id: //p' k.yaml)
$(cat err)"
echo '{"queries": {"a": {"query": "select 1 from users",}}}' >comma.conf
check "a comma at the end, which osquery does not read either" "1 plimsoll policy import: comma.conf: JSON, line 1, column 52" "$(import osquery comma.conf) $(grep -o '.*column [0-9]*' err)"

# Bad input.
echo '{"queries": {"a": {"query": "select 1"}' >broken.conf
check "JSON that is none" "1 plimsoll policy import: broken.conf: JSON, line 3, column 1" "$(import osquery broken.conf) $(grep -o '.*column 1' err)"
echo '{"options": {}}' >other.conf
check "no pack" "1 plimsoll policy import: other.conf: neither queries, schedule nor packs: no pack of osquery's" "$(import osquery other.conf) $(cat err)"
echo '{"queries": {"a": {"query": "select 1 from nowhere"}}}' >none.conf
check "nothing left" "1 a/none.conf
none/a: left out: no such table: nowhere: no table of osquery's
plimsoll policy import: no query is left that could be asked" "$(import osquery none.conf) a/none.conf
$(cat err)"
check "no output of that" "" "$(cat out)"
printf 'kind: policy\nspec: {name: a\n' >broken.yml
check "YAML that is none" "1 broken.yml:" "$(import fleet broken.yml) $(grep -o 'broken.yml:' err | head -1)"
printf 'a: 1\n' >other.yml
check "no file of Fleet's" "1 plimsoll policy import: other.yml:1:1: neither a kind, policies nor queries: no file of Fleet's" "$(import fleet other.yml) $(head -1 err)"
{ echo 'a: &a [x,x,x,x,x,x,x,x,x]'; for i in b c d e f g h; do echo "$i: &$i [*a,*a,*a,*a,*a,*a,*a,*a,*a]" | sed "s/\*a/*$(tr b-h a-g <<<$i)/g"; done; } >bomb.yml
check "an alias bomb" "1 limit YAML_NODE_COUNT" "$(import fleet bomb.yml) $(grep -o 'limit YAML_NODE_COUNT' err)"
head -c 5000000 /dev/zero | tr '\0' ' ' >large.conf
check "a file beyond the limit" "3 plimsoll policy import: large.conf: more than 4194304 bytes" "$(import osquery large.conf) $(cat err)"
check "another format" "3 plimsoll policy import: 'nagios': no format that is imported; there are osquery and fleet" "$(import nagios demo.conf) $(cat err)"
exit $failed
