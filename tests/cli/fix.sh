#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What would make an image pass: the changes, that they do it (tried here with the commands themselves, on the tree), that none is too many,
# and what nothing mends.  Names of an image stay names in whatever is written.
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"

# An image of Debian's with a shell and apt, whose packages a sample feed speaks of.
mkdir -p tree/{etc/pam.d,bin,usr/bin,usr/lib/demo,var/lib/dpkg/info,tmp}
touch tree/bin/sh tree/usr/bin/{apt-get,dpkg}
chmod 755 tree/bin/sh tree/usr/bin/*
chmod 1777 tree/tmp
printf 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' >tree/etc/os-release
printf 'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/usr/sbin:/bin/sh\nbin:x:2:2::/bin:/usr/sbin/nologin\n' >tree/etc/passwd
printf 'root:x:0:\ndaemon:x:1:\nbin:x:2:\n' >tree/etc/group
stanza() { # NAME VERSION [SOURCE [DEPENDS [FIELD]]]
	printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nMaintainer: T <t@example.org>\n' "$1"
	printf '%b' "${3:+Source: $3\n}${4:+Depends: $4\n}${5:+$5\n}"
	printf 'Version: %s\nDescription: t\n\n' "$2"
}
{ stanza libdemo1 1.0-1 demo; stanza demo-tools 1.0-1 demo 'libdemo1 (>= 1)'; stanza built 1.0-1+b2 'built (1.0-1)'; stanza other 3.0-1
  stanza apt 2.6 '' 'dpkg, other'; stanza dpkg 1.21; } >tree/var/lib/dpkg/status
printf '/.\n/usr\n/usr/lib\n/usr/lib/demo\n/usr/lib/demo/run\n' >tree/var/lib/dpkg/info/demo-tools.list
printf '/.\n/usr/bin\n/usr/bin/apt-get\n' >tree/var/lib/dpkg/info/apt.list
echo run >tree/usr/lib/demo/run

mkdir -p feeds/more
release() { printf '{"releases": {"bookworm": {"status": "%s", "urgency": "%s"%s}}}' "$1" "$2" "${3:+, \"fixed_version\": \"$3\"}"; }
cat >feeds/tracker.json <<J
{"demo": {"CVE-2026-0001": $(release resolved high 1.0-2), "CVE-2026-0002": $(release resolved high 1.0-10), "CVE-2026-0003": $(release open medium)},
 "built": {"CVE-2026-0004": $(release resolved high 1.0-2)},
 "fresh": {"CVE-2026-0005": $(release resolved high 5.0-3)},
 "other": {"CVE-2026-0006": $(release open unimportant)}}
J
cat >feeds/more/COVERS.json <<'J'
{"id": "NOTHING-1", "modified": "2026-11-01T00:00:00Z", "affected": [],
 "database_specific": {"plimsoll": {"covers": ["Debian:12"], "packages": ["*"], "sample": true}}}
J
"$plimsoll" db build --from feeds --output a.db >build.txt || { cat build.txt; exit 1; }

image() { # CONFIG [LAYER...]
	printf '%s' "$1" >config.json
	shift
	rm -rf image.oci
	"$root/tools/oci-image" image.oci config.json "${@:-tree}" >/dev/null
}
policy() { printf 'plimsoll: v1\nname: t\n%s\n' "$1" >p.yaml; }
fix() { "$plimsoll" fix --policy p.yaml --db a.db --at 2026-11-20 "$@" 2>err; }
# mended NAME POLICY WANTED [OPTION...]: changes, what stays and why, the exit status.
mended() {
	local name=$1 wanted=$3 status
	policy "$2"
	shift 3
	fix --output json "$@" "${target:-oci:image.oci}" >f.json
	status=$?
	check "$name" "$wanted" "$(jq -r '[.changes[].change] + [.remaining[] | "- \(.rule): \(.reason)"] + [.unknown[] | "? \(.kind)"] | join("\n")' f.json 2>&1)
$status$(cat err)"
}
instructions() { check "$1" "$2" "$(jq -r .instructions f.json)"; }

image '{"User": "1000:1000", "Entrypoint": ["/bin/sh"]}'

# Packages.
mended "nothing to do" 'vulnerabilities: {deny: [{id: CVE-2026-9999}]}' "
0"
check "it says so" "oci:image.oci, by the policy t: it passes as it is" "$(fix oci:image.oci)"
mended "one source, the lowest version that all of them need" 'vulnerabilities: {deny: [{severity: high}]}' "upgrade demo to 1.0-10 or newer: demo-tools, libdemo1
upgrade built to 1.0-2 or newer
0"
instructions "as root, at least that version, without its lists, as the user after" "USER root
RUN apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install --only-upgrade --no-install-recommends -y demo-tools libdemo1 built \\
 && dpkg --compare-versions \"\$(dpkg-query -W -f '\${source:Version}' demo-tools)\" ge 1.0-10 \\
 && dpkg --compare-versions \"\$(dpkg-query -W -f '\${source:Version}' built)\" ge 1.0-2 \\
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
USER 1000:1000"
mended "what has no fix, and what will have none" 'vulnerabilities: {deny: [{id: [CVE-2026-0003, CVE-2026-0006, CVE-2026-0004]}]}' "upgrade built to 1.0-2 or newer
- vulnerabilities/CVE-2026-0003: no fixed version is published
- vulnerabilities/CVE-2026-0003: no fixed version is published
- vulnerabilities/CVE-2026-0006: its distribution will not fix it
1"
mended "a warning asks for nothing" 'vulnerabilities: {deny: [{severity: high, action: warn}]}' "
0"
mended "a minimum" 'components: {minimum: [{name: other, version: 3.0-4}]}' "upgrade other to 3.0-4 or newer
0"
check "of which nobody knows whether there is such a version" "whether its distribution has such a version is seen in the build, which fails where there is none" \
	"$(jq -r '.changes[0].note' f.json)"
mended "what needs it goes too" 'components: {forbidden: [{name: libdemo1}]}' "remove libdemo1 with what needs it: demo-tools, libdemo1
0"
mended "what the package manager needs stays" 'components: {forbidden: [{name: other}]}' "- components/forbidden/other: apt needs it, without which the image could not be changed
1"
mended "an installation is as old as can be until an advisory says otherwise" 'components: {required: [{name: fresh}, {name: plain}, {name: "some*"}]}
vulnerabilities: {deny: [{severity: high, package: fresh}]}' "install fresh, 5.0-3 or newer
install plain
- components/required/some*: which of the packages that the pattern takes is its author's to choose
1"
mended "one that instructions must name exactly" 'components: {required: [{name: fresh}]}
vulnerabilities: {deny: [{severity: high, package: fresh}]}
configuration: {checks: [history/apt-unversioned]}' "install fresh, 5.0-3 or newer
0"
check "is named exactly" "install --no-install-recommends -y fresh=5.0-3" "$(jq -r .instructions f.json | grep -o 'install --no.*fresh=[^ ]*')"
cp -a tree epochs
{ stanza utils 2.0-1 utils; stanza bsd-utils 1:2.0-1 'utils (2.0-1)'; stanza rebuilt 2.0-1+b3 'utils (2.0-1)'; } >>epochs/var/lib/dpkg/status
image '{}' epochs
mended "packages of one source with epochs of their own" 'components: {minimum: [{name: utils, version: 2.0-2}]}
configuration: {checks: [history/apt-unversioned]}' "upgrade utils to 2.0-2 or newer: bsd-utils, rebuilt, utils
0"
check "are named with them" "bsd-utils=1:2.0-2 rebuilt=2.0-2 utils=2.0-2" "$(jq -r .instructions f.json | grep -o 'bsd-utils=.*utils=[^ ]*')"
chmod 666 tree/usr/lib/demo/run
image '{}'
mended "no change that another makes needless" 'components: {forbidden: [{name: demo-tools}]}
configuration: {checks: [filesystem/world-writable-file]}' "remove demo-tools
0"
mended "what nobody need tell once it is newer" 'vulnerabilities: {deny: [{severity: high, grace: 1d}]}' "upgrade demo to 1.0-10 or newer: demo-tools, libdemo1
upgrade built to 1.0-2 or newer
0"
mended "cannot be told" 'vulnerabilities: {deny: [{epss: 0.5, id: CVE-2026-0003}]}' "? no_data
? no_data
2"
chmod 644 tree/usr/lib/demo/run

# Removals: whatever provides it, what others need is not there without them; what the manager refuses is not asked of it.
cp -a tree removals
{ stanza mta-a 1 '' '' 'Provides: default-mta (= 1), mta'; stanza mta-b 1 '' '' 'Provides: mta'; stanza mailer 1 '' 'no-mta | mta:any, mailer'; stanza reader 1 '' 'default-mta'
  stanza must 1 '' '' 'Essential: yes'; stanza guards 1 '' '' 'Important: yes'; stanza keeps 1 '' '' 'Protected: yes'; stanza on-it 1 '' 'shared'; stanza shared 1; } >>removals/var/lib/dpkg/status
image '{}' removals
mended "what needs it by another name" 'components: {forbidden: [{name: mta-a}], required: [{name: reader}, {name: fresh}]}' "install fresh
- components/forbidden/mta-a: without it, and what needs it, as much else would fail
1"
mended "and what has to go all the same" 'components: {forbidden: [{name: mta-a}], minimum: [{name: mta-a, version: 2}], required: [{name: reader}]}' "remove mta-a with what needs it: mailer, mta-a, reader
- components/required/reader: it needs mta-a, which may not be there
1"
mended "what the package manager refuses" 'components: {forbidden: [{name: must}, {name: guards}, {name: keeps}]}' "- components/forbidden/guards: guards is essential: the package manager does not remove it
- components/forbidden/keeps: keeps is essential: the package manager does not remove it
- components/forbidden/must: must is essential: the package manager does not remove it
1"
mended "what goes with two" 'components: {forbidden: [{name: shared}, {name: on-it}]}' "remove shared with what needs it: on-it, shared
0"
mended "and with two of them" 'components: {forbidden: [{name: libdemo1}, {name: demo-tools}, {name: mta-b}, {name: shared}]}' "remove libdemo1 with what needs it: demo-tools, libdemo1
remove mta-b
remove shared with what needs it: on-it, shared
0"
check "the table tells" "guards,keeps,must mta-a" "$("$plimsoll" query --output csv oci:image.oci "SELECT group_concat(name) FROM (SELECT name FROM package WHERE essential = 1 ORDER BY 1)" | tail -n 1 | tr -d '"') $("$plimsoll" query --output csv oci:image.oci "SELECT dependencies FROM package WHERE name = 'reader'" | tail -n 1)"

# Files: the commands themselves make the tree pass.
cp -a tree broken
chmod 666 broken/etc/group
mkdir -m 777 broken/srv
printf 'auth required pam_unix.so nullok try_first_pass\nauth required pam_deny.so\n' >broken/etc/pam.d/su
printf '# UMASK is here\nUMASK\t022\nENCRYPT_METHOD DES\n' >broken/etc/login.defs
printf '+::::::\n' >>broken/etc/passwd
printf 'root:$1$salt$hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n' >broken/etc/shadow
chmod 640 broken/etc/shadow
mkdir -p broken/root/.git "broken/srv/it's \$(touch pwned) \`x\` <<EOF"
echo secret >broken/root/.bash_history
echo 0123 >broken/etc/machine-id
echo x >"broken/srv/it's \$(touch pwned) \`x\` <<EOF/a b"
chmod 666 "broken/srv/it's \$(touch pwned) \`x\` <<EOF/a b"
cat >checks.yaml <<'Y'
configuration:
  checks: [accounts/*, files/*, filesystem/*, leftovers/*, privilege/*]
Y
# Owners are those of whoever runs this: they are not asked about.
sed -i 's|privilege/\*\]|privilege/*]\n  except: [filesystem/unowned, accounts/primary-group]|' checks.yaml
image '{}' broken
mended "files of all kinds" "$(cat checks.yaml)" "take line 4 out of /etc/passwd
field 2 of line 1 of /etc/shadow: *
mode of /etc/group: 0644
mode of /srv/it's \$(touch pwned) \`x\` <<EOF/a b: o-w
field 7 of line 2 of /etc/passwd: /usr/sbin/nologin
remove /root/.bash_history
mode of /srv: +t
empty /etc/machine-id
remove /root/.git
ENCRYPT_METHOD SHA512 in /etc/login.defs
take nullok... out of line 1 of /etc/pam.d/su
UMASK 027 in /etc/login.defs
0"
# A root of its own, so that the commands find what they name; whatever leaves its quotes leaves a file.
jq -r .instructions f.json | sed -n '/^RUN /,$p' | sed '1s/^RUN //' >commands
sed "s#\([ ']\)/\(etc\|srv\|root\)\b#\1$PWD/broken/\2#g" commands >here
sh -eu here
check "the commands run, and nothing else" "0 " "$? $(ls | grep pwned)"
image '{}' broken
mended "and do what they say" "$(cat checks.yaml)" "
0"
check "lines beside them stay" "# UMASK is here
UMASK 027
ENCRYPT_METHOD SHA512 auth required pam_unix.so try_first_pass
auth required pam_deny.so" "$(sort -r broken/etc/login.defs | sed '/^$/d' | sort | sed -n 1p; grep '^UMASK' broken/etc/login.defs; grep '^ENC' broken/etc/login.defs | tr '\n' ' '; cat broken/etc/pam.d/su)"

# Names that no instruction can hold are told and left alone.
cp -a tree hostile
touch "$(printf 'hostile/etc/a\nRUN touch pwned')" "$(printf 'hostile/etc/b\rc')" "$(printf 'hostile/etc/c\xff')"
chmod 666 hostile/etc/{a,b,c}*
sed -i 's/^Package: libdemo1/Package: libdemo1;reboot/; s/^Source: demo/Source: demo/' hostile/var/lib/dpkg/status
image '{}' hostile
mended "names with control characters, and what is no text" 'configuration: {checks: [filesystem/world-writable-file]}' "- filesystem/world-writable-file: its name has letters that no instruction can be trusted with
- filesystem/world-writable-file: its name has letters that no instruction can be trusted with
- filesystem/world-writable-file: its name has letters that no instruction can be trusted with
1"
for output in text containerfile; do
	check "in $output they stay in their line" 0 "$(fix --output $output oci:image.oci | grep -c '^RUN touch')"
done
mended "packages whose names are more than names" 'vulnerabilities: {deny: [{severity: high, package: "*demo*"}]}' "- vulnerabilities/CVE-2026-0001: its name has letters that no instruction can be trusted with
- vulnerabilities/CVE-2026-0001: its name has letters that no instruction can be trusted with
- vulnerabilities/CVE-2026-0002: its name has letters that no instruction can be trusted with
- vulnerabilities/CVE-2026-0002: its name has letters that no instruction can be trusted with
1"
chmod 666 tree/etc/group
image '{"User": "app\nRUN touch pwned"}'
mended "a user that would not come back" 'configuration: {checks: [filesystem/world-writable-file]}' "- filesystem/world-writable-file: its user cannot be written in an instruction, and changing files takes root before it
1"
chmod 644 tree/etc/group

# What an image cannot be changed with.
cp -a tree bare; rm bare/bin/sh; image '{}' bare
mended "without a shell" 'vulnerabilities: {deny: [{id: CVE-2026-0004}]}' "- vulnerabilities/CVE-2026-0004: there is no shell in the image that could change it: it takes a new build
1"
rm bare/usr/bin/apt-get; touch bare/bin/sh; image '{}' bare
mended "without a package manager" 'vulnerabilities: {deny: [{id: CVE-2026-0004}]}' "- vulnerabilities/CVE-2026-0004: there is no package manager for it in the image: it takes a build on a newer base
1"
mkdir -p key/root; printf -- '-----BEGIN RSA PRIVATE KEY-----\nMIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu\n-----END RSA PRIVATE KEY-----\n' >key/root/id_rsa
image '{"history": [{"created_by": "COPY tree /"}, {"created_by": "COPY key /"}]}' tree key
mended "a secret in a layer" 'configuration: {checks: [secrets/private-keys]}' "- secrets/private-keys: it can be read in layer 1, made by COPY key / whatever a later one does: build that anew without it, and replace it
1"

# Settings.
image '{"User": "root", "Entrypoint": ["/bin/sh", "-c", "/bin/sh -x"], "Cmd": ["a b"], "ExposedPorts": {"22/tcp": {}, "8080/tcp": {}},
        "Env": ["A=1", "MY_TOKEN=abc"], "Labels": {"old": "1"}, "Healthcheck": {"Test": ["CMD", "x"]}, "StopSignal": "SIGKILL"}'
settings='metadata: {user: {root: deny, exists: require}, entrypoint: {form: exec}, healthcheck: deny, stop_signal: {deny: [SIGKILL]},
           environment: {deny: ["TOKEN=."]}, ports: {deny: [22]}, labels: {required: {team: "^[a-z]+$"}, forbidden: [old]}}'
mended "settings, and what is its author's to say" "$settings" "no value for the variable MY_TOKEN
entry point: /bin/sh -x
no health check
stop by SIGTERM
- metadata/user: none of its accounts is a user that the policy takes: make one
- metadata/label: no later instruction takes it back: it needs the Dockerfile that declares it (--dockerfile)
- metadata/label: its value is its author's to give: LABEL team=... (the policy requires it)
- metadata/port: no later instruction takes it back: it needs the Dockerfile that declares it (--dockerfile)
1"
cp -a tree accounts
printf 'web:x:1007:1008::/:/bin/false\n' >>accounts/etc/passwd
image "$(cat config.json)" accounts
cat >Dockerfile <<'D'
# syntax=docker/dockerfile:1
FROM alpine AS build
EXPOSE 22
FROM scratch AS base
EXPOSE 8080 22/TCP
LABEL old=1
FROM base
ENV MY_TOKEN=abc A=1
RUN <<-"END" cat \
  # a comment between
  >/x
FROM nothing
END
# the end
CMD ["a b"]
D
policy "$(sed 's/required: {[^}]*}, //' <<<"$settings")"
fix --output patch=x.patch --output json=f.json --dockerfile Dockerfile oci:image.oci
check "with the Dockerfile more can be done" "0 
without the variable MY_TOKEN
run as user 1007:1008
entry point: /bin/sh -x
no health check
without the label old
without the port 22/tcp
stop by SIGTERM" "$? $(cat err)
$(jq -r '[.changes[].change] + [.remaining[] | "- \(.rule): \(.reason)"] | join("\n")' f.json)"
cp Dockerfile changed
check "the patch applies" "patching file changed" "$(patch -p1 changed <x.patch 2>&1)"
check "what it makes of the Dockerfile" "$(cat <<'D'
# syntax=docker/dockerfile:1
FROM alpine AS build
EXPOSE 22
FROM scratch AS base
EXPOSE 8080
FROM base
ENV A=1
RUN <<-"END" cat \
  # a comment between
  >/x
FROM nothing
END
# the end
CMD ["a b"]
USER 1007:1008
STOPSIGNAL SIGTERM
ENTRYPOINT ["/bin/sh","-x"]
CMD []
HEALTHCHECK NONE
D
)" "$(cat changed)"
printf 'FROM base\nEXPOSE 22' >Dockerfile
fix --output patch=x.patch --dockerfile "$PWD/Dockerfile" oci:image.oci
check "no newline at the end, and a name that begins at the root" "1 patching file changed
FROM base
USER 1007:1008" "$? $(cp Dockerfile changed; patch -p1 changed <x.patch; sed -n 1,2p changed)"
printf 'FROM base\r\nEXPOSE 22 8080\r\nCMD x\r\n' >Dockerfile
fix --dockerfile Dockerfile oci:image.oci >x.patch
check "lines that end in CR LF" 9 "$(cp Dockerfile changed; patch --binary -sp1 changed <x.patch; grep -c $'\r$' changed)"
for bad in 'EXPOSE 22' 'FROM a\n{}' 'FROM a\nEXPSE {22}' 'FROM a\nRUN <<EOF\nx' ''; do
	printf "$bad" >Dockerfile
	fix --dockerfile Dockerfile oci:image.oci >/dev/null
	status=$?
	check "no Dockerfile: $bad" "3 plimsoll fix: oci:image.oci: Dockerfile: $(case $bad in *{*) echo "line 2: it begins with no instruction" ;; *RUN*) echo "line 2: <<EOF has no end" ;; *) echo "there is no FROM in it" ;; esac)" "$status $(cat err)"
done
printf '# syntax=example.com/frontend:1\nFROM a\nINCLUDE b\nEXPOSE 22\n' >Dockerfile
fix --dockerfile Dockerfile oci:image.oci >x.patch
check "another frontend may have words of its own" "0" "$(grep -c 'no instruction' err)"

# The same settings as checks of the catalogue ask for them, which the profiles list.
image '{"User": "", "Env": ["MY_TOKEN=abc"], "Cmd": ["/bin/sh", "-c", "/bin/sh -x"], "ExposedPorts": {"22/tcp": {}}, "Volumes": {"/etc": {}}, "StopSignal": "SIGKILL"}'
mended "checks of settings" 'configuration: {checks: [image/user-root, image/environment, image/entrypoint-form, image/ports, image/volumes, image/stop-signal, image/healthcheck]}' "no value for the variable MY_TOKEN
run as user 1000:1000
command: /bin/sh -x
stop by SIGTERM
- image/volumes: no later instruction takes it back: it needs the Dockerfile that declares it (--dockerfile)
- image/ports: no later instruction takes it back: it needs the Dockerfile that declares it (--dockerfile)
- image/healthcheck: how it tells that it is well is its author's to say: HEALTHCHECK CMD ...
1"
image '{"User": "nobody-there", "Cmd": ["/bin/sh"]}'
mended "two findings ask for one user" 'configuration: {checks: [image/user-exists, image/user-numeric]}' "run as user 1000:1000
0"

# What builders read, and what they do not.
image '{"ExposedPorts": {"22/tcp": {}}}'
policy 'metadata: {ports: {allow: []}, user: {root: deny}}'
told() { # NAME TEXT WANTED: what the patch makes of a Dockerfile, applied by two programs
	local name=$1 wanted=$3
	printf "$2" >Dockerfile
	fix --dockerfile Dockerfile oci:image.oci >x.patch
	git apply --check x.patch 2>err || name="$name ($(cat err))"
	cp Dockerfile changed
	patch --binary -sp1 changed <x.patch
	check "$name" "$wanted" "$(cat -A changed)"
}
told "a byte order mark" '\xef\xbb\xbfFROM a\nEXPOSE 22\n' 'M-oM-;M-?FROM a$
USER 1000:1000$'
told "a last line that goes on" 'FROM a\nEXPOSE 22\nCMD x \\\n# y' 'FROM a$
CMD x $
# y$
USER 1000:1000$'
told "<< in quotes, in arithmetic, and of a string" 'FROM a\nRUN echo "a <<EOF b" $((1<<2)) && cat <<<x\nEXPOSE 22\n' 'FROM a$
RUN echo "a <<EOF b" $((1<<2)) && cat <<<x$
USER 1000:1000$'
told "the end of a here-document stands alone, behind tabs where it says so" 'FROM a\nONBUILD RUN <<EOF\n EOF\nEXPOSE 22\nEOF\nRUN <<-"E F"\n\tE F\nEXPOSE 22\n' 'FROM a$
ONBUILD RUN <<EOF$
 EOF$
EXPOSE 22$
EOF$
RUN <<-"E F"$
^IE F$
USER 1000:1000$'
told "a comment ends the directives" '# hello\n# escape=`\nFROM a\nEXPOSE 22 \\\n 22\n' '# hello$
# escape=`$
FROM a$
USER 1000:1000$'
printf '# escape=`\nFROM a\nENV A=1 `\n  B=\\\nEXPOSE 22\n' >Dockerfile
chmod 666 tree/etc/group
image '{"ExposedPorts": {"22/tcp": {}}, "Env": ["A=1"], "Labels": {"old": "1"}, "Volumes": {"/b": {}}}'
policy 'metadata: {ports: {allow: []}, environment: {deny: ["^A="]}, volumes: {allow: []}, labels: {forbidden: [old]}}
configuration: {checks: [filesystem/world-writable-file]}
components: {required: [{name: plain}]}'
fix --dockerfile Dockerfile oci:image.oci >x.patch
check "lines go on by the escape that it names" '# escape=`
FROM a
ENV B=\
RUN apt-get update `
 && DEBIAN_FRONTEND=noninteractive apt-get install --no-install-recommends -y plain `
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb `
 && chmod o-w /etc/group' "$(patch -sp1 Dockerfile <x.patch; cat Dockerfile)"
chmod 644 tree/etc/group
image '{"ExposedPorts": {"22/tcp": {}}, "Env": ["A=1"], "Labels": {"old": "1"}, "Volumes": {"/b": {}}}'
policy 'metadata: {ports: {allow: []}, environment: {deny: ["^A="]}, volumes: {allow: []}, labels: {forbidden: [old]}}'
told "words stay as they are written" 'FROM a\nENV B="x y" A=1 C=$X D=a\\ b\nLABEL "old"="1 2" k="v w"\nVOLUME ["/a b", "/b"]\nEXPOSE "22"\n' 'FROM a$
ENV B="x y" C=$X D=a\ b$
LABEL k="v w"$
VOLUME ["/a b"]$'
target=oci:image.oci
printf 'FROM a\nENV A=1\nVOLUME /b\nLABEL old=1\nEXPOSE 22 $PORT\n' >Dockerfile
mended "what a variable declares is the builder's to know" 'metadata: {ports: {allow: []}}' "- metadata/port: the Dockerfile does not declare it in a way that can be taken out: its base does, or a person must
1" --dockerfile Dockerfile
steps='"history": [{"created_by": "ENV A=0 B=1", "empty_layer": true}, {"created_by": "/bin/sh -c #(nop)  EXPOSE 22 8080", "empty_layer": true}, {"created_by": "ENV B=A"}, {"created_by": "ENV A=1", "empty_layer": true}, {"created_by": "EXPOSE map[22/tcp:{}]", "empty_layer": true}, {"created_by": "LABEL old=1", "empty_layer": true}]'
image '{"ExposedPorts": {"22/tcp": {}}, "Env": ["A=1"], "Labels": {"old": "1"}, '"$steps"'}'
printf 'FROM a\nENV A=1\nEXPOSE 22\nLABEL old=1\n' >Dockerfile
mended "what its base declares too" 'metadata: {ports: {allow: []}, environment: {deny: ["^A=."]}, labels: {forbidden: [old]}}' "no value for the variable A
without the label old
- metadata/port: the Dockerfile does not declare it in a way that can be taken out: its base does, or a person must
1" --dockerfile Dockerfile

# What starts: nothing else does after it, or its author says how.
form='metadata: {entrypoint: {form: exec}}'
starts() { # NAME CONFIG WANTED
	image "$2"
	mended "$1" "$form" "$3"
}
starts "a text that only its author can take apart" '{"Cmd": ["/bin/sh", "-c", "PORT=$X exec-me | tee"], "User": "1000"}' "- metadata/entrypoint-form: what its text starts last, and how, is its author's to say
1"
starts "what the shell must expand stays with it" '{"Cmd": ["/bin/sh", "-c", "/bin/sh \"$HOME\""]}' 'command: /bin/sh -c exec /bin/sh "$HOME"
0'
for text in 'cd /tmp' '! /bin/sh' '{ /bin/sh; }' '/bin/sh &' 'A=1 /bin/sh' 'not-there'; do
	starts "what is the shell's own, and what is not there: $text" '{"Cmd": ["/bin/sh", "-c", "'"$text"'"]}' "- metadata/entrypoint-form: what its text starts last, and how, is its author's to say
1"
done
starts "a shell in the one list, its text in the other" '{"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["/bin/sh x"]}' 'command: exec /bin/sh x
0'
starts "options of the shell" '{"Cmd": ["/bin/sh", "-ec", "/bin/sh x"]}' 'command: /bin/sh -ec exec /bin/sh x
0'
starts "words behind the text" '{"Entrypoint": ["/bin/sh", "-c", "/bin/sh \"$@\"", "--"], "Cmd": ["y"]}' "- metadata/entrypoint-form: what its text starts last, and how, is its author's to say
1"
starts "a command that the text does not use" '{"Entrypoint": ["/bin/sh", "-c", "/bin/sh x"], "Cmd": ["y"]}' 'entry point: /bin/sh x
0'
instructions "goes" 'ENTRYPOINT ["/bin/sh","x"]
CMD []'
starts "one that it uses" '{"Entrypoint": ["/bin/sh", "-c", "/bin/sh $0"], "Cmd": ["y"]}' 'entry point: /bin/sh -c exec /bin/sh $0
0'
instructions "stays" 'ENTRYPOINT ["/bin/sh","-c","exec /bin/sh $0"]
CMD ["y"]'

# Where what RUN does is lost.
cp -a tree lost
mkdir -p lost/{dev,proc,data/sub,data2}
printf 'UMASK 022\nLAST\tline' >lost/etc/login.defs
touch lost/etc/{hosts,resolv.conf} lost/{dev,proc}/x lost/data/sub/x lost/data2/x
chmod 666 lost/etc/{hosts,resolv.conf} lost/{dev,proc}/x lost/data/sub/x lost/data2/x
image '{"Volumes": {"/data": {}}}' lost
own="builders lay their own over it while instructions run: it takes the instruction that brings it"
mended "builders' own files and volumes" 'configuration: {checks: [filesystem/world-writable-file, privilege/login-umask]}' "mode of /data2/x: o-w
UMASK 027 in /etc/login.defs
- filesystem/world-writable-file: it is in the volume /data, and what is changed there once that is declared some builders drop: change it before VOLUME
$(printf -- "- filesystem/world-writable-file: $own\n%.0s" 1 2 3 4)
1"
jq -r .instructions f.json | sed -n 's/^RUN //; s/ \\$//; /login.defs/p' | sed "s#/etc#$PWD/lost/etc#g" >here
sh -eu here
check "a last line without its end stays one" "LAST	line
UMASK 027" "$(cat lost/etc/login.defs)"
target=rootfs:lost mended "a tree is changed where it is" 'configuration: {checks: [filesystem/world-writable-file]}' "mode of /data/sub/x: o-w
mode of /data2/x: o-w
mode of /dev/x: o-w
mode of /etc/hosts: o-w
mode of /etc/resolv.conf: o-w
mode of /proc/x: o-w
0"

# A layer of its own, byte for byte.
image '{"User": "1000:1000", "reference": "web:1"}'
policy 'vulnerabilities: {deny: [{id: [CVE-2026-0003, CVE-2026-0004]}]}'
check "a Containerfile" '# oci:image.oci, by the policy t: 2 findings stay, after what can be changed
# stays: vulnerabilities/CVE-2026-0003: no fixed version is published
# stays: vulnerabilities/CVE-2026-0003: no fixed version is published
# IMAGE: what a builder calls this very image (--build-arg IMAGE=...)
ARG IMAGE
FROM ${IMAGE}
USER root
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --only-upgrade --no-install-recommends -y built \
 && dpkg --compare-versions "$(dpkg-query -W -f '"'\${source:Version}'"' built)" ge 1.0-2 \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
USER 1000:1000' "$(fix --output containerfile oci:image.oci)"
image '{"User": "1000:1000", "OnBuild": ["RUN a\nUSER root", "COPY . /"]}'
check "which builders begin with what the image tells them to" '# builders run this first, which is not judged here: ONBUILD RUN a\x0aUSER root
# builders run this first, which is not judged here: ONBUILD COPY . /' "$(fix --output containerfile oci:image.oci | grep ONBUILD)"
image '{"User": "1000:1000", "reference": "web:1"}'
check "twice the same" "$(fix oci:image.oci)" "$(fix oci:image.oci)"

# A newer base, where a Dockerfile can name it: of its packages it is judged as it will be.
cp -a tree newer
sed -i 's/^Version: 1.0-1$/Version: 1.0-10/; s/^Version: 3.0-1$/Version: 3.1-1/' newer/var/lib/dpkg/status
echo '{"reference": "reg.example/base:12"}' >config.json
"$root/tools/oci-image" base1.oci config.json tree >/dev/null
echo '{"reference": "reg.example/base:12.1"}' >config.json
"$root/tools/oci-image" base2.oci config.json newer >/dev/null
rm -f base.json
"$plimsoll" base add --file base.json --name base --date 2026-10-01 --until 2026-10-31 oci:base1.oci >/dev/null
"$plimsoll" base add --file base.json --date 2026-11-01 oci:base2.oci >/dev/null
mkdir -p app/opt; echo x >app/opt/x
image '{"User": "1000:1000"}' tree app
printf 'FROM golang AS build\nFROM --platform=linux/amd64 reg.example/base:12 AS app\nCOPY x /\nFROM app\n' >Dockerfile
based='base_image: {approved: [{name: base, generations: base.json}]}
vulnerabilities: {deny: [{id: [CVE-2026-0001, CVE-2026-0002, CVE-2026-0004]}]}'
mended "the base alone, where it mends more than the base" "$based" "build on base of 2026-11-01: reg.example/base:12.1
upgrade built to 1.0-2 or newer
0" --dockerfile Dockerfile
fix --output patch --dockerfile Dockerfile oci:image.oci >x.patch
check "the stage that is built from it" "FROM golang AS build
FROM --platform=linux/amd64 reg.example/base:12.1 AS app" "$(patch -sp1 Dockerfile <x.patch; grep reg.example -B1 Dockerfile)"
mended "without a Dockerfile it is another build" "$based" "upgrade demo to 1.0-10 or newer: demo-tools, libdemo1
upgrade built to 1.0-2 or newer
- base_image/ended: it takes a build on another base (FROM reg.example/base:12.1): the generation of 2026-10-01 of base was approved until 2026-10-31; moving to base of 2026-11-01 changes 2 packages, brings 0, removes 0
1"
sed -i 's/reg.example\/base:12.1/${BASE}/' Dockerfile
mended "nor is it where a variable names it" "$based" "upgrade demo to 1.0-10 or newer: demo-tools, libdemo1
upgrade built to 1.0-2 or newer
- base_image/ended: it takes a build on another base (FROM reg.example/base:12.1): the generation of 2026-10-01 of base was approved until 2026-10-31; moving to base of 2026-11-01 changes 2 packages, brings 0, removes 0
1" --dockerfile Dockerfile

sed -i 's/${BASE}/reg.example\/python:3/' Dockerfile
mended "nor where it names what is built on it" "$based" "upgrade demo to 1.0-10 or newer: demo-tools, libdemo1
upgrade built to 1.0-2 or newer
- base_image/ended: it takes a build on another base (FROM reg.example/base:12.1): the generation of 2026-10-01 of base was approved until 2026-10-31; moving to base of 2026-11-01 changes 2 packages, brings 0, removes 0
1" --dockerfile Dockerfile

# What is no image.
target=rootfs:tree mended "a tree" 'vulnerabilities: {deny: [{id: CVE-2026-0004}]}' "upgrade built to 1.0-2 or newer
0"
fix --output containerfile rootfs:tree >/dev/null
check "nothing builds it" "3 plimsoll fix: a tree is built by nothing that could be written: text and json tell what to change" "$? $(cat err)"
fix --output patch oci:image.oci >/dev/null
check "a patch of nothing" "3 plimsoll fix: a patch is one of a Dockerfile (--dockerfile) of an image" "$? $(cat err)"
"$plimsoll" sbom --output cyclonedx=bom.json rootfs:tree 2>/dev/null
fix sbom:bom.json >/dev/null
check "a bill of materials" 3 $?

# Another manager, and packages of the application.
mkdir -p alpine/{bin,sbin,etc,lib/apk/db,app/node_modules/lodash}
touch alpine/bin/sh alpine/sbin/apk
printf 'ID=alpine\nVERSION_ID=3.20.3\n' >alpine/etc/os-release
printf 'P:musl\nV:1.2.5-r0\nA:x86_64\no:musl\n\nP:musl-utils\nV:1.2.5-r0\nA:x86_64\no:musl\n\n' >alpine/lib/apk/db/installed
printf '{"name": "lodash", "version": "4.17.4"}' >alpine/app/node_modules/lodash/package.json
image '{}' alpine
mended "apk" 'components: {minimum: [{name: musl, version: 1.2.5-r1}, {purl: "pkg:npm/lodash", version: 4.17.21}]}' "upgrade musl to 1.2.5-r1 or newer: musl, musl-utils
- components/minimum/pkg:npm/lodash: lodash is a package of the application (npm, /app/node_modules/lodash/package.json): change it to 4.17.21 where the application declares it, and build anew
1"
instructions "what it is told" "RUN apk fix --upgrade --no-cache musl musl-utils \\
 && apk info -e musl'>='1.2.5-r1"

printf 'P:libx\nV:1-r0\no:x\np:so:libx.so.1=1 x=1\n\nP:user\nV:1-r0\nD:so:libx.so.1 musl>1 so:gone.so !bad\n\nP:other\nV:1-r0\nD:x~1 user\n\n' >>alpine/lib/apk/db/installed
image '{}' alpine
mended "what needs a file of it" 'components: {forbidden: [{name: libx}]}' "remove libx with what needs it: libx, other, user
0"
instructions "is told to go, and looked for after" 'RUN apk del --no-cache libx other user && [ -z "$(apk info -e libx other user)" ]'
printf 'P:by-itself\nV:1-r0\ni:musl other\n\n' >>alpine/lib/apk/db/installed
image '{}' alpine
mended "what apk installs by itself" 'components: {forbidden: [{name: by-itself}]}' "- components/forbidden/by-itself: by-itself is essential: the package manager does not remove it
1"

# Managers of rpm: those that can be asked whether it is new enough are, for they call it a success to find nothing; the others say so.
for manager in dnf zypper yum; do
	rm -rf rpm && mkdir -p rpm/{bin,etc,usr/bin,var/lib/rpm} && touch rpm/bin/sh rpm/usr/bin/$manager
	printf 'ID=rocky\nVERSION_ID=9.4\n' >rpm/etc/os-release
	printf 'demo 1.0 1 demo-1.0-1.src.rpm - 1\nlibdemo 1.0 1 demo-1.0-1.src.rpm - 1\n' | python3 "$root/tests/cli/make-rpmdb.py" rpm/var/lib/rpm/Packages.db
	image '{}' rpm
	mended "$manager" 'components: {minimum: [{name: demo, version: "1:1.0-2"}]}' "upgrade demo to 1:1.0-2 or newer: demo, libdemo
0"
	case $manager in
	dnf)
		instructions "dnf is asked" "RUN dnf upgrade -y demo libdemo \\
 && [ -n \"\$(dnf -q repoquery --installed --whatprovides demo' >= '1:1.0-2)\" ] \\
 && dnf clean all" ;;
	zypper)
		instructions "zypper is asked" "RUN zypper --non-interactive refresh \\
 && zypper --non-interactive update demo libdemo \\
 && zypper --non-interactive search --installed-only --provides --match-exact demo'>='1:1.0-2 \\
 && zypper clean --all" ;;
	yum)
		instructions "yum cannot be" "RUN yum update -y demo libdemo \\
 && yum clean all"
		check "which is told" "its package manager does not fail where there is no such version: check what is built" "$(jq -r '.changes[0].note' f.json)" ;;
	esac
done
exit $failed
