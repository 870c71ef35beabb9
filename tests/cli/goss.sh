#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Goss' files: each attribute of each resource as Goss would answer it in a container, without starting one.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache LC_ALL=C

mkdir -p base/etc base/opt/app base/var/lib/dpkg
printf 'ID=debian\nVERSION_ID=12\n' >base/etc/os-release
printf 'root:x:0:0:root:/root:/bin/bash\nweb:x:1000:1000::/srv/web:/usr/sbin/nologin\n' >base/etc/passwd
printf 'root:x:0:\nadm:x:4:web\nweb:x:1000:\n' >base/etc/group
printf 'Package: %s\nStatus: install ok installed\nArchitecture: all\nVersion: %s\n\n' demo 1.10-1 other 2:3.0 >base/var/lib/dpkg/status
printf 'listen 8080\r\nworkers 4\n# end\n' >base/opt/app/app.conf
chmod 640 base/opt/app/app.conf; chmod 644 base/etc/* base/var/lib/dpkg/status
ln -s app.conf base/opt/app/link.conf
"$root/tools/oci-image" web.oci <(echo '{"User": "1000"}') base >/dev/null

tests() { # YAML: what comes of it
	cat >goss.yaml
	printf 'plimsoll: v1\nname: t\ngoss: goss.yaml\n' >p.yaml
	"$plimsoll" check --policy p.yaml --output json "${@:-oci:web.oci}" >v.json 2>err; echo "exit $?$(cat err)"
	jq -r '.checks[]? | "\(.id) \(.result)\(if .reason then ": " + .reason else "" end)"' v.json | sort
}
findings() { jq -r '.findings[] | "\(.rule): \(.message)"' v.json | sort; }

check "what holds" "exit 0
goss/file//opt/app/app.conf/contents pass
goss/file//opt/app/app.conf/exists pass
goss/file//opt/app/app.conf/filetype pass
goss/file//opt/app/app.conf/gid pass
goss/file//opt/app/app.conf/group pass
goss/file//opt/app/app.conf/md5 pass
goss/file//opt/app/app.conf/mode pass
goss/file//opt/app/app.conf/owner pass
goss/file//opt/app/app.conf/sha256 pass
goss/file//opt/app/app.conf/sha512 pass
goss/file//opt/app/app.conf/size pass
goss/file//opt/app/app.conf/uid pass
goss/file//opt/app/link.conf/contains pass
goss/file//opt/app/link.conf/exists pass
goss/file//opt/app/link.conf/filetype pass
goss/file//opt/app/link.conf/linked-to pass
goss/file//opt/none/exists pass
goss/file//opt/none/mode not_applicable: what comes before it in the same resource decides that it is skipped
goss/group/staff/exists pass
goss/group/staff/gid pass
goss/package/demo/installed pass
goss/package/demo/versions pass
goss/package/none/installed pass
goss/user/web/exists pass
goss/user/web/gid pass
goss/user/web/groups pass
goss/user/web/home pass
goss/user/web/shell pass
goss/user/web/uid pass" "$(tests <<Y
file:
  /opt/app/app.conf:
    title: The settings
    exists: true
    mode: "0640"
    size: 29
    owner: root
    uid: 0
    group: {not: web}
    gid: {lt: 1}
    filetype: file
    contents: ["listen", "/^workers \\\\d\$/", "!secret", "!/^LISTEN/", "/^LISTEN/i", "", "/8080\$/"]
    md5: $(md5sum <base/opt/app/app.conf | cut -c-32)
    sha256: $(sha256sum <base/opt/app/app.conf | cut -c-64)
    sha512: $(sha512sum <base/opt/app/app.conf | cut -c-128)
  /opt/app/link.conf: {exists: true, filetype: symlink, linked-to: app.conf, contains: [workers]}
  /opt/none: {exists: false, mode: "0644"}
package:
  demo: {installed: true, versions: [1.10-1]}
  none: {installed: false}
user:
  web: {exists: true, uid: 1000, gid: 1000, home: /srv/web, shell: {have-suffix: nologin}, groups: {consist-of: [web, adm]}}
group:
  staff: {groupname: adm, exists: true, gid: {ge: 4}}
Y
)"
check "what does not" "exit 1
goss/file/conf/contents fail
goss/file/conf/exists pass
goss/file/conf/linked-to fail
goss/file/conf/mode fail
goss/file/gone/exists fail
goss/file/gone/mode not_applicable: what comes before it in the same resource decides that it is skipped
goss/group/none/exists fail
goss/package/demo/installed fail
goss/package/other/installed pass
goss/package/other/versions fail
goss/user/web/exists pass
goss/user/web/groups fail
goss/user/web/uid fail" "$(tests <<'Y'
file:
  conf: {path: /opt/app/app.conf, exists: true, mode: "0644", linked-to: x, contents: ["!workers"]}
  gone: {path: /opt/gone, exists: true, mode: "0644"}
package:
  demo: {installed: false}
  other: {installed: true, versions: ["3.0"]}
user:
  web: {exists: true, uid: 0, groups: [sudo]}
group:
  none: {exists: true}
Y
)"
check "and why" "goss/file/conf/contents: its content is another
goss/file/conf/linked-to: it is no symbolic link
goss/file/conf/mode: it is '0640'
goss/file/gone/exists: it is not there
goss/group/none/exists: it is not there
goss/package/demo/installed: it is there
goss/package/other/versions: the list is another
goss/user/web/groups: the list is another
goss/user/web/uid: it is 1000" "$(findings)"
check "matchers" "exit 1
goss/file/a/contents pass
goss/file/a/exists pass
goss/file/a/mode pass
goss/file/a/owner pass
goss/file/a/size pass
goss/file/b/contents fail
goss/file/b/exists pass
goss/file/b/mode fail
goss/file/b/owner fail" "$(tests <<'Y'
file:
  a:
    path: /opt/app/app.conf
    exists: {equal: true}
    mode: {or: ["0600", {and: [{have-prefix: "06"}, {have-len: 4}]}]}
    size: {and: [{gt: 28}, {le: 29}, {not: {lt: 29}}]}
    owner: {match-regexp: '^r(oo)t$'}
    contents: {and: [{contain-substring: workers 4}, {match-regexp: '(?m)^# end$'}, {have-patterns: ["listen"]}]}
  b:
    path: /opt/app/app.conf
    exists: true
    mode: {or: ["0600", {and: [{have-prefix: "06"}, {have-len: 5}]}]}
    owner: {not: root}
    contents: {have-patterns: ["!listen"]}
Y
)"
check "what needs running, or is not read, is unknown" "exit 2
goss/command/version unknown: it runs a command, and nothing of an image is ever started
goss/gossfile/other.yaml unknown: other files are not read from here: name them in the policy, or render them into one
goss/http/http://localhost unknown: it needs a network
goss/package/demo/installed pass
goss/package/demo/versions unknown: its matcher is not read
goss/port/tcp:80 unknown: it needs a running system
goss/service/web not_applicable: it says skip
limit not_run unreadable" "$(tests <<'Y'
command: {version: {exec: app --version, exit-status: 0}}
port: {'tcp:80': {listening: true}}
service: {web: {enabled: true, running: true, skip: true}}
http: {http://localhost: {status: 200}}
gossfile: {other.yaml: {}}
package: {demo: {installed: true, versions: {semver-constraint: '>1.0'}}}
Y
echo limit $(jq -r '[.unknown[].kind] | unique | join(" ")' v.json))"
check "a list is a text of lines, sorted; a text is a list of its lines; true is a word" "exit 0
goss/file/conf/contents pass
goss/file/conf/exists pass
goss/package/demo/installed pass
goss/package/demo/versions pass
goss/user/lines/exists pass
goss/user/lines/groups pass
goss/user/patterns/exists pass
goss/user/patterns/groups pass" "$(tests <<'Y'
file: {conf: {path: /opt/app/app.conf, exists: "true", contents: {contain-elements: [workers 4, {have-prefix: listen}, ""]}}}
package: {demo: {installed: true, versions: 1.10-1}}
user:
  lines: {username: web, exists: true, groups: {match-regexp: '^adm\nweb$'}}
  patterns: {username: web, exists: true, groups: {have-patterns: ["/^we/", "!sudo"]}}
Y
)"
# What is an error to Goss fails there, whatever stands before it: a "not" in front of it is no pass.
for matcher in '{not: {have-prefix: ad}}' '{not: {contain-substring: web}}' '{not: {match-regexp: e}}'; do
	check "of a list: $matcher" "goss/user/web/groups fail" "$(tests <<<"user: {web: {exists: true, groups: $matcher}}" | tail -1)"
done
for matcher in '{not: {gt: 3}}' '{not: {consist-of: [a]}}' '{not: [a]}' '{not: 5}' '[/usr/sbin/nologin]' '{not: {have-key: a}}' '{or: [{gt: 3}, {have-suffix: nologin}]}'; do
	check "of a text: $matcher" "goss/user/web/shell fail
its value is not of the kind that the matcher takes" "$(tests <<<"user: {web: {exists: true, shell: $matcher}}" | tail -1; jq -r '.findings[].message' v.json)"
done
for matcher in '{not: {have-len: 3}}' '{contain-element: 1000}' '{equal: "1000"}'; do
	check "of a number: $matcher" "goss/user/web/uid fail" "$(tests <<<"user: {web: {exists: true, uid: $matcher}}" | tail -1)"
done
check "patterns are not nested" "goss/file/conf/contents fail" "$(tests <<<'file: {conf: {path: /opt/app/app.conf, exists: true, contents: {and: [[listen]]}}}' | sed -n 2p)"
check "a pattern that takes for ever" "exit 2
goss/file//opt/app/slow/contents unknown: a regular expression takes too long: limit REGEX_STEPS
goss/file//opt/app/slow/exists pass" "$(mkdir -p slow/opt/app; printf 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' >slow/opt/app/slow; tests rootfs:slow <<<'file: {/opt/app/slow: {exists: true, contents: ["!/^(a+)+$/"]}}')"
mkdir -p bare/etc
check "accounts that are not there" "exit 0
goss/user/web/exists pass" "$(tests rootfs:bare <<<'user: {web: {exists: false}}')"
check "no package database is no package" "exit 2
goss/package/demo/installed unknown: a package database could not be read" "$(mkdir -p none/etc; cp base/etc/os-release none/etc; tests rootfs:none <<<'package: {demo: {installed: false}}')"
check "JSON" "exit 0
goss/package/demo/installed pass" "$(tests <<<'{"package": {"demo": {"installed": true}}}')"

# Bad input.
lint() { cat >goss.yaml; "$plimsoll" policy lint p.yaml 2>&1 | head -1 | sed 's/^plimsoll policy lint: //'; }
check "an unknown resource" "goss.yaml:1:1: Goss has no resource 'files'" "$(lint <<<'files: {}')"
check "an unknown attribute" "goss.yaml:1:27: Goss' file has no attribute 'permissions'" "$(lint <<<'file: {/a: {exists: true, permissions: "0644"}}')"
check "without what must be there" "goss.yaml:1:8: Goss' file needs the attribute 'exists'" "$(lint <<<'file: {/a: {mode: "0644"}}')"
check "an unknown matcher" "goss.yaml:1:34: 'begins' is no matcher of Goss" "$(lint <<<'file: {/a: {exists: true, mode: {begins: a}}}')"
check "two matchers" "1" "$(lint <<<'file: {/a: {exists: true, mode: {gt: 1, lt: 2}}}' | grep -c 'one matcher at a time')"
for matcher in '{have-len: "3"}' '{gt: "-1"}' '{le: a}'; do
	check "no number: $matcher" "1" "$(lint <<<"user: {a: {exists: true, uid: $matcher}}" | grep -c 'takes a number')"
done
check "a matcher among patterns" "goss.yaml:1:39: a pattern is a text" "$(lint <<<'file: {/a: {exists: true, contents: [{have-prefix: a}]}}')"
for nothing in '{}' 'file: {}' 'package:'; do
	check "no test: $nothing" "goss.yaml:1:1: there is no test in it" "$(lint <<<"$nothing")"
done
check "a bad regular expression" "1" "$(lint <<<'file: {/a: {exists: true, contents: ["/(?=a)/"]}}' | grep -c 'not a regular expression of Go')"
check "another" "1" "$(lint <<<'file: {/a: {exists: true, mode: {not: {match-regexp: "a("}}}}' | grep -c 'not a regular expression')"
check "a template" "goss.yaml:1:1: templates are not read: render it with its variables first" "$(lint <<<'file: {/a: {exists: true, mode: "{{.Vars.mode}}"}}')"
check "no mapping" "1" "$(lint <<<'[a]' | grep -c 'a file of tests is a mapping')"
{ echo 'a: &a [x,x,x,x,x,x,x,x,x]'; for i in b c d e f g h; do echo "$i: &$i [*a,*a,*a,*a,*a,*a,*a,*a,*a]" | sed "s/\*a/*$(tr b-h a-g <<<$i)/g"; done; } >goss.yaml
check "an alias bomb" "1" "$("$plimsoll" policy lint p.yaml 2>&1 | grep -c 'YAML_NODE_COUNT')"
exit $failed
