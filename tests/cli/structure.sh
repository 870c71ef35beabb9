#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Files of container-structure-test: each of their tests as it would answer, without starting anything.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache LC_ALL=C

mkdir -p base/etc base/opt/app base/var/lib/dpkg base/usr/share/doc/{good,bad,libgnutls30} top/opt/app keys/opt/app
printf 'ID=debian\nVERSION_ID=12\n' >base/etc/os-release
printf 'Package: demo-tool\nStatus: install ok installed\nArchitecture: all\nVersion: 1.10-1\n\n' >base/var/lib/dpkg/status
printf 'listen 8080\nworkers 4\n' >base/opt/app/app.conf
printf 'listen 9090\n' >base/opt/app/old.conf
ln -s app.conf base/opt/app/current.conf
ln -s nowhere base/opt/app/broken
: >base/opt/app/empty
head -c 1100000 /dev/zero | tr '\0' a >base/opt/app/large
printf -- '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n' >keys/opt/app/server.pem
printf 'aws_access_key_id = AKIA%s\n' QYLPMN5HFZ3W6XKD >keys/opt/app/cloud.conf
printf 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab' >base/opt/app/slow
printf '#!/bin/sh\n' >base/opt/app/run; chmod 750 base/opt/app/run
chmod 644 base/opt/app/app.conf base/etc/os-release
echo 'GNU General Public License' >base/usr/share/doc/good/copyright
echo 'GNU agpl, version 3' >base/usr/share/doc/bad/copyright
echo 'AGPL' >base/usr/share/doc/libgnutls30/copyright
ln base/opt/app/app.conf base/opt/app/hard.conf
printf 'listen 8081\n' >top/opt/app/old.conf
config='{"User": "1000", "WorkingDir": "/opt/app", "Env": ["PATH=/bin", "MODE=production-3", "DIR=app"], "Entrypoint": ["/opt/app/run"], "Cmd": ["-v"],
 "ExposedPorts": {"8080/tcp": {}}, "Volumes": {"/data": {}}, "Labels": {"team": "web", "version": "1.4.2"}}'
"$root/tools/oci-image" web.oci <(echo "$config") base top >/dev/null
"$root/tools/oci-image" keys.oci <(echo '{}') base keys >/dev/null

tests() { # YAML: a file of them, and what comes of the image
	{ echo 'schemaVersion: 2.0.0'; cat; } >t.yaml
	printf 'plimsoll: v1\nname: t\nstructure_tests: %s\n' "${files:-[t.yaml]}" >p.yaml
	"$plimsoll" check --policy p.yaml --output json "${@:-oci:web.oci}" >v.json 2>err; echo "exit $?$(cat err)"
	jq -r '.checks[]? | "\(.id) \(.result)\(if .reason then ": " + .reason else "" end)"' v.json | sort
}
findings() { jq -r '.findings[] | "\(.rule): \(.evidence.path // .evidence.setting): \(.message)"' v.json | sort; }

check "existence that holds" "exit 0
structure/directory pass
structure/executable pass
structure/link pass
structure/mode pass
structure/no file pass
structure/owner pass" "$(tests <<'Y'
fileExistenceTests:
  - {name: mode, path: /opt/app/app.conf, shouldExist: true, permissions: '-rw-r--r--'}
  - {name: directory, path: /opt/app, permissions: 'drwxr-xr-x'}
  - {name: owner, path: /etc/os-release, uid: 0, gid: 0}
  - {name: executable, path: /opt/app/run, isExecutableBy: group}
  - {name: no file, path: /opt/none, shouldExist: false}
  - {name: link, path: /opt/app/broken, permissions: 'Lrwxrwxrwx'}
Y
)"
check "existence that does not" "exit 1
structure/executable fail
structure/gone fail
structure/mode fail
structure/owner fail
structure/there fail" "$(tests <<'Y'
fileExistenceTests:
  - {name: mode, path: /opt/app/run, permissions: '-rwxr-xr-x'}
  - {name: owner, path: /etc/os-release, uid: 12, gid: 13}
  - {name: executable, path: /opt/app/run, isExecutableBy: other}
  - {name: gone, path: /opt/none}
  - {name: there, path: opt/app/run, shouldExist: false}
Y
)"
check "and why" "structure/executable: /opt/app/run: it is not executable by other: -rwxr-x---
structure/gone: /opt/none: it is not there
structure/mode: /opt/app/run: its mode is -rwxr-x---, and not -rwxr-xr-x
structure/owner: /etc/os-release: its group is 0, and not 13
structure/owner: /etc/os-release: its owner is 0, and not 12
structure/there: opt/app/run: it is there, and should not be" "$(findings)"

check "variables in paths: of the image, and over them the file's; who has none is empty" "exit 2
structure/braces pass
structure/file's pass
structure/image's pass
structure/no name unknown: what stands behind a \$ in its path is no name of a variable
structure/nobody's pass
structure/open unknown: what stands behind a \$ in its path is no name of a variable
structure/plain pass" "$(tests <<'Y'
globalEnvVars: [{key: NAME, value: run}]
fileExistenceTests:
  - {name: "image's", path: /opt/$DIR/run}
  - {name: braces, path: '/opt/${DIR}/run'}
  - {name: "file's", path: /opt/app/$NAME}
  - {name: "nobody's", path: $NONE/opt/app$NONE/run}
  - {name: no name, path: /opt/$1/run, shouldExist: false}
  - {name: open, path: '/opt/${DIR', shouldExist: false}
fileContentTests: [{name: plain, path: /opt/app/run, expectedContents: ['\p{Lu}?', '\pL', '[\p{Ll}]', '\P{Greek}{2}']}]
Y
)"
check "of a tree nobody knows them" "exit 2
structure/a unknown: its path has variables of an image, and there is none" "$(tests rootfs:base <<<'fileExistenceTests: [{name: a, path: $DIR/none, shouldExist: false}]')"
check "words of YAML 1.1 for true and false" "exit 0
structure/a pass
structure/b pass" "$(tests <<<'fileExistenceTests: [{name: a, path: /opt/app/run, shouldExist: yes}, {name: b, path: /opt/none, shouldExist: Off}]')"

check "content: of the file that is there in the end, through links, and of none" "exit 0
structure/dollar pass
structure/empty pass
structure/hard link pass
structure/link pass
structure/os pass
structure/top pass" "$(tests <<'Y'
fileContentTests:
  - {name: top, path: /opt/app/old.conf, expectedContents: ['listen 8081'], excludedContents: ['9090']}
  - {name: link, path: /opt/app/current.conf, expectedContents: ['(?m)^workers \d+$'], excludedContents: ['^workers']}
  - {name: hard link, path: /opt/app/hard.conf, expectedContents: ['listen\s8080']}
  - {name: dollar, path: /opt/app/app.conf, excludedContents: ['workers 4$'], expectedContents: ['workers 4\n$']}
  - {name: os, path: /etc/os-release, expectedContents: ['ID=debian']}
  - {name: empty, path: /opt/app/empty, excludedContents: ['.']}
Y
)"
check "content that fails" "exit 1
structure/directory fail
structure/gone fail
structure/patterns fail" "$(tests <<'Y'
fileContentTests:
  - {name: patterns, path: /opt/app/app.conf, expectedContents: ['listen 80$'], excludedContents: ['work[a-z]+ 4']}
  - {name: gone, path: /opt/app/broken, expectedContents: []}
  - {name: directory, path: /opt/app}
Y
)"
check "and why" "structure/directory: /opt/app: it is no regular file
structure/gone: /opt/app/broken: it is a link to what is not there
structure/patterns: /opt/app/app.conf: it has what matches work[a-z]+ 4
structure/patterns: /opt/app/app.conf: nothing in it matches listen 80\$" "$(findings)"
check "content that is not kept is unknown" "exit 2
structure/key unknown: its content was not kept: it is one of keys or of password hashes
structure/large unknown: its content was not kept: limit CONFIG_BODY_BYTES or CONFIG_BYTES
structure/secret unknown: its content was not kept: there are secrets in it" "$(tests oci:keys.oci <<'Y'
fileContentTests:
  - {name: large, path: /opt/app/large, excludedContents: [b]}
  - {name: key, path: /opt/app/server.pem, excludedContents: [password]}
  - {name: secret, path: /opt/app/cloud.conf, excludedContents: [AKIA]}
Y
)"

check "metadata that holds" "exit 0
structure/metadata pass" "$(tests <<'Y'
metadataTest:
  envVars: [{key: PATH, value: /bin}, {key: MODE, value: '^production-\d$', isRegex: true}]
  unboundEnvVars: [{key: DEBUG}]
  labels: [{key: team, value: web}, {key: version, value: '1\.4', isRegex: true}]
  exposedPorts: ["8080"]
  unexposedPorts: ["22"]
  volumes: [/data]
  unmountedVolumes: [/etc]
  entrypoint: [/opt/app/run]
  cmd: ["-v"]
  workdir: /opt/app
  user: "1000"
Y
)"
check "metadata that does not" "exit 1
structure/metadata fail" "$(tests <<'Y'
metadataTest:
  envVars: [{key: PATH, value: /sbin}, {key: MODE, value: '^test', isRegex: true}, {key: NONE, value: ''}]
  unboundEnvVars: [{key: PATH}]
  labels: [{key: team, value: mail}, {key: none, value: x}]
  exposedPorts: ["80"]
  unexposedPorts: ["8080"]
  volumes: [/srv]
  unmountedVolumes: [/data]
  entrypoint: []
  cmd: ["-v", "-v"]
  workdir: /
  user: web
Y
)"
check "and why" "structure/metadata: cmd: the cmd is another
structure/metadata: entrypoint: the entrypoint is another
structure/metadata: env:MODE: the env MODE has another value
structure/metadata: env:NONE: the env NONE is not set
structure/metadata: env:PATH: the env PATH has another value
structure/metadata: env:PATH: the env PATH is set, and should not be
structure/metadata: label:none: the label none is not set
structure/metadata: label:team: the label team has another value
structure/metadata: port:8080: the port 8080 is declared, and should not be
structure/metadata: port:80: the port 80 is not declared
structure/metadata: user: the user is '1000', and not 'web'
structure/metadata: volume:/data: the volume /data is declared, and should not be
structure/metadata: volume:/srv: the volume /srv is not declared
structure/metadata: workdir: the workdir is '/opt/app', and not '/'" "$(findings)"

check "licences of Debian's packages" "exit 1
structure/licenses fail
structure/licenses: /usr/share/doc/bad/copyright: its licence has AGPL in it" "$(tests <<<'licenseTests: [{debian: true}]'; findings)"
check "licences in files" "exit 0
structure/licenses pass" "$(tests <<<'licenseTests: [{debian: false, files: [/usr/share/doc/good/copyright]}]')"

check "commands are not run" "exit 2
structure/os pass
structure/version unknown: it runs a command, and nothing of an image is ever started
not_run" "$(tests <<'Y'
commandTests: [{name: version, command: app, args: [--version], expectedOutput: ['1\..*']}]
fileExistenceTests: [{name: os, path: /etc/os-release}]
Y
jq -r '.unknown[].kind' v.json)"
sed -i '$a unknown: {not_run: warn}' p.yaml
check "which a policy may accept" "0" "$("$plimsoll" check --policy p.yaml oci:web.oci >out 2>&1; echo $?)"

check "a tree has files, and no metadata" "exit 1
structure/gone fail
structure/metadata out_of_scope: a tree does not have it
structure/new pass" "$(tests rootfs:top <<'Y'
fileContentTests: [{name: new, path: /opt/app/old.conf, expectedContents: [listen]}]
fileExistenceTests: [{name: gone, path: /etc/os-release}]
metadataTest: {user: web}
Y
)"
check "terms" "exit 0
structure/gone fail
warn high" "$(files='{file: t.yaml, action: warn, severity: high}' tests <<<'fileExistenceTests: [{name: gone, path: /opt/none}]'; jq -r '.findings[] | "\(.action) \(.severity)"' v.json)"

# The same as JSON; the digest of the policy covers the file; a second run, from the cache, says the same.
echo '{"schemaVersion": "2.0.0", "fileContentTests": [{"name": "a", "path": "/opt/app/app.conf", "expectedContents": ["workers"]}]}' >t.json
printf 'plimsoll: v1\nname: t\nstructure_tests: t.json\n' >p.yaml
both() { "$plimsoll" check --policy p.yaml --output json oci:web.oci >v.json 2>err; jq -r '.checks[] | "\(.id) \(.result)"' v.json; }
check "JSON" "structure/a pass" "$(both)"
check "again" "structure/a pass" "$(both)"
digest=$(jq -r .policy.digest v.json)
sed -i 's/workers/worker./' t.json
check "another file is another policy" "structure/a pass differs" "$(both) $([ "$digest" != "$(jq -r .policy.digest v.json)" ] && echo differs)"

# Inherited: a child may add, and not take away.
printf 'plimsoll: v1\nname: c\nextends: [p.yaml]\nstructure_tests: [t2.yaml]\n' >c.yaml
printf 'schemaVersion: 2.0.0\nfileExistenceTests: [{name: b, path: /opt/none}]\n' >t2.yaml
"$plimsoll" check --policy c.yaml --output json oci:web.oci >v.json 2>err
check "a child adds" "structure/a pass
structure/b fail" "$(jq -r '.checks[] | "\(.id) \(.result)"' v.json | sort)"

# Bad input.
lint() { { echo 'schemaVersion: 2.0.0'; cat; } >t.yaml; printf 'plimsoll: v1\nname: t\nstructure_tests: [t.yaml]\n' >p.yaml; "$plimsoll" policy lint p.yaml 2>&1 | head -1 | sed 's/^plimsoll policy lint: //'; }
check "an unknown key" "t.yaml:2:1: a file of structure tests has no key 'fileExistenceTest'; did you mean 'fileExistenceTests'?" "$(lint <<<'fileExistenceTest: []')"
check "a test without a name" "1" "$(lint <<<'fileExistenceTests: [{path: /a}]' | grep -c "'name'")"
for pattern in '(?=a)' '(a)\1' 'a++' '(?>a)' '(?#a)' '(?R)' '(*ACCEPT)' 'a**' '\Z' '\h' '\K' 'a(' '(?x)a'; do
	check "Go does not know $pattern" "t.yaml:2:59" "$(lint <<<"fileContentTests: [{name: a, path: /a, expectedContents: ['$pattern']}]" | cut -d: -f1-3)"
done
check "a large regular expression" "1" "$(lint <<<"fileContentTests: [{name: a, path: /a, expectedContents: ['((((a{1000}){1000}){1000}){1000})']}]" | grep -c 'not a regular expression')"
check "one that takes for ever" "exit 2
structure/slow unknown: a regular expression takes too long on its content: limit REGEX_STEPS" "$(tests <<<"fileContentTests: [{name: slow, path: /opt/app/slow, excludedContents: ['^(a+)+$']}]")"
printf 'schemaVersion: 1.0.0\nfileExistenceTests: [{name: a, path: /opt/app/run}]\n' >t.yaml
check "an older schema" "structure/a pass" "$(both)"
echo 'schemaVersion: 3.0.0' >t.yaml
check "another" "1" "$("$plimsoll" policy lint p.yaml 2>&1 | grep -c 'of the schemas 2.0.0 and 1.0.0 alone')"
for nothing in '' 'fileExistenceTests: []' 'metadataTest: {user: "", cmd: null}' 'globalEnvVars: [{key: A, value: b}]'; do
	check "no test: $nothing" "t.yaml:1:1: there is no test in it" "$(lint <<<"$nothing")"
done
{ echo 'a: &a [x,x,x,x,x,x,x,x,x]'; for i in b c d e f g h; do echo "$i: &$i [*a,*a,*a,*a,*a,*a,*a,*a,*a]" | sed "s/\*a/*$(tr b-h a-g <<<$i)/g"; done; } >t.yaml
check "an alias bomb" "1" "$("$plimsoll" policy lint p.yaml 2>&1 | grep -c 'YAML_NODE_COUNT')"
# Reports are read by id: what a later test of the same name passes must not hide what an earlier one failed, nor what could not be told.
same='fileExistenceTests: [{name: a, path: /none, shouldExist: true}, {name: a, path: /opt/app/run, shouldExist: true}]
fileContentTests: [{name: b, path: /opt/app/server.pem, expectedContents: [x]}, {name: b, path: /etc/os-release, expectedContents: [ID]}]'
check "tests of one name are one result, the worst" "exit 1
structure/a fail
structure/b unknown: its content was not kept: it is one of keys or of password hashes" "$(tests oci:keys.oci <<<"$same")"
cp t.yaml u.yaml
printf 'schemaVersion: 2.0.0\nfileExistenceTests: [{name: a, path: /opt/app/run}, {name: b, path: /opt/app/run}]\n' >u.yaml
check "in the matrix and in XCCDF too, whichever file comes last" "structure/a fail, structure/b unknown; unknown fail" "$(files='[t.yaml, u.yaml]' tests oci:keys.oci <<<"$same" >/dev/null
	"$plimsoll" convert --output matrix-csv v.json | grep '^"rule"' | tr -d '"\r' | awk -F, '{ print $3, $NF }' | paste -sd, | sed 's/,/, /'); $("$plimsoll" convert --output xccdf v.json | grep -o '<result>[a-z]*' | cut -d '>' -f 2 | xargs)"
tests <<'Y' >/dev/null
fileExistenceTests: [{name: a b, path: /none}, {name: a/b, path: /opt/app/run}, {name: a.b, path: /opt/app/run}, {name: a_2Fb, path: /opt/app/run}, {name: "ä", path: /none}, {name: "ö", path: /opt/app/run}]
Y
check "no two names become one in XCCDF" "structure.a_20b fail
structure.a_2Fb pass
structure.a.b pass
structure.a_5F2Fb pass
structure._C3_A4 fail
structure._C3_B6 pass" "$("$plimsoll" convert --output xccdf v.json | sed -n '/rule-result id/{N; s/.*plimsoll_rule_\([^"]*\)".*<result>\([a-z]*\).*/\1 \2/p}')"
rm t.yaml
check "no such file" "p.yaml:3:19: the file of tests cannot be read: t.yaml: No such file or directory" "$("$plimsoll" policy lint p.yaml 2>&1 | head -1 | sed 's/^plimsoll policy lint: //')"
exit $failed
