#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# plimsoll diff: what changed between two images, which input explains each file, and what nothing explains.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
cat >images.py <<'P'
import base64, pathlib
from parts import Layer, Layout, config_of, directory, entry, hardlink, layout_of, pax, symlink, tar
XATTR = "SCHILY.xattr."
CAPABILITY = b"\1\0\0\2\0\4\0\0" + bytes(12)

def status(**packages):
    return "\n".join(f"Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n" for name, version in packages.items())

def files(package, *paths):
    return entry(f"var/lib/dpkg/info/{package}:amd64.list", "".join(path + "\n" for path in ("/.", *paths)))

STEPS = ["/bin/sh -c #(nop) ADD file:" + "1" * 64 + " in / ", "RUN /bin/sh -c apt-get install -y ssl # buildkit", "COPY app /app # buildkit"]

def image(name, *layers, steps=STEPS, labels={}, config={}, **more):
    """One image of these layers; `steps` are the instructions that made them, with "" before one that made none."""
    history = [{"created_by": s[1:], "empty_layer": True} if s.startswith(" ") else {"created_by": s} for s in steps]
    blobs = [Layer(layer) for layer in layers]
    layout_of(blobs, config_of(blobs, history=history, **{"config": {"Labels": labels, **config}, **more})).write(pathlib.Path(name))

def base(*extra, libc="2.36-1", **fields):
    return tar(directory("etc/"), entry("etc/os-release", "ID=debian\nVERSION_ID=12\n"), entry("etc/passwd", "root:x:0:0::/root:/bin/sh\n", **fields),
               entry("var/lib/dpkg/status", status(libc6=libc)), files("libc6", "/lib", "/lib/libc.so.6", "/etc"), entry("usr/lib/libc.so.6", libc),
               symlink("lib", "usr/lib"), *extra)

def install(day, ssl="3.0.11-1", libc="2.36-1", extra=()):
    """What apt-get leaves: the package, what dpkg keeps, logs and caches of that day."""
    return tar(entry("usr/lib/libssl.so.3", "library " + ssl, mtime=day), entry("var/lib/dpkg/status", status(libc6=libc, ssl=ssl), mtime=day),
               files("ssl", "/usr", "/usr/lib", "/usr/lib/libssl.so.3", "/etc/ssl", "/etc"),
               entry("var/lib/dpkg/info/ssl:amd64.md5sums", "d41d8cd9  " + ssl + "\n"), entry("var/log/dpkg.log", f"{day} install ssl\n"),
               entry("var/log/apt/history.log", f"{day}\n"), entry("var/cache/ldconfig/aux-cache", f"{day}"),
               entry("etc/ld.so.cache", "libssl " + ssl), *extra)

def app(day=1, *extra, text="main"):
    return tar(directory("app/", mtime=day), entry("app/main", text, mode=0o755, mtime=day), *extra)
P
make() { PYTHONPATH=$root/tests/cases/hostile:$work python3 -c "from images import *
$1" || exit 3; }
# diff OLD NEW [OPTIONS]: its JSON in `out`; answers its exit status.
diff_of() { "$plimsoll" diff --at 2026-11-01 --output json "$@" >out 2>err; }
unexplained() { jq -r '.images[].changes[] | select(.part == "files" and .cause == "none") | .change + " " + .name' out; }
explained() { jq -r '.images[].changes[] | select(.part == "files" and .cause != "none") | .name + ": " + .cause + ": " + .input' out; }
changes() { jq -r --arg part "$1" '.images[].changes[] | select(.part == $part) | .change + " " + .kind + " " + .name + " " + ([.details[] | .what + "=" + (.old // "-") + ">" + (.new // "-")] | join(" "))' out; }

make '
image("old.oci", base(), install(1), app())
image("new.oci", base(), install(9, ssl="3.0.13-1"), app(9))
image("planted.oci", base(), install(9, ssl="3.0.13-1"), app(9, directory("opt/"), directory("opt/x/"), entry("opt/x/planted", "evil")))'
diff_of oci:old.oci oci:new.oci
check "a rebuild: its exit status" 0 $?
check "a rebuild: everything is explained" "" "$(unexplained)"
check "a rebuild: by which input" "/etc/ld.so.cache: generated: ldconfig's index of libraries
/usr/lib/libssl.so.3: package: ssl 3.0.11-1 -> 3.0.13-1
/var/cache/ldconfig/aux-cache: generated: ldconfig notes inodes and times of libraries
/var/lib/dpkg/info/ssl:amd64.md5sums: package: ssl 3.0.11-1 -> 3.0.13-1
/var/lib/dpkg/status: package_manager: what the package manager keeps of its packages
/var/log/apt/history.log: generated: apt's logs have times
/var/log/dpkg.log: generated: dpkg's log has times" "$(explained)"
check "a rebuild: its packages" "changed deb ssl version=3.0.11-1>3.0.13-1" "$(changes packages)"
check "a rebuild: its layers" "changed layer 001
changed layer 002" "$(changes layers | sed 's/ digest.*//')"
diff_of oci:old.oci oci:planted.oci
check "one planted file: without a policy that forbids it" 0 $?
check "one planted file: nothing but it is unexplained" "added /opt/x/planted 1" "$(unexplained) $(jq .unexplained out)"
diff_of oci:planted.oci oci:old.oci
check "the other way round" "removed /opt/x/planted" "$(unexplained)"
diff_of oci:old.oci oci:old.oci
check "an image and itself" "0 [] pass" "$? $(jq -c '.images[0].changes' out) $(jq -r .result out)"
"$plimsoll" diff --at 2026-11-01 oci:old.oci oci:planted.oci >out 2>err
check "as text: what nothing explains comes first" "COMPARED oci:old.oci -> oci:planted.oci
    1 change that nothing explains.

  packages  1 changed
  files     1 added, 7 changed; 1 unexplained
  settings  the same
  metadata  the same
  layers    2 changed
  findings  the same
  verdict   fail -> fail, by standard

nothing explains
  + /opt/x/planted: type regular, mode 0644, owner 0:0, size 4
      from   layer 2: COPY app /app" "$(sed -n '1,14p' out)"
"$plimsoll" diff --at 2026-11-01 --no-cache --output json oci:old.oci oci:planted.oci >again 2>err
diff_of oci:old.oci oci:planted.oci
check "the same bytes again, from the cache" "" "$(cmp out again 2>&1)"

# The gate.
gate() { printf 'plimsoll: v1\nname: t\n%s\n' "$1" >gate.yaml; shift; diff_of --policy gate.yaml "$@"; }
gate 'diff: {unexplained: fail}' oci:old.oci oci:planted.oci
check "fail" "1 fail fail" "$? $(jq -r '.result, .policy.unexplained' out | tr '\n' ' ' | sed 's/ $//')"
gate 'diff: {unexplained: fail}' oci:old.oci oci:new.oci
check "fail, and everything is explained" "0 pass" "$? $(jq -r .result out)"
gate 'diff: {unexplained: warn}' oci:old.oci oci:planted.oci
check "warn" "0 pass warn" "$? $(jq -r '.result, .policy.unexplained' out | tr '\n' ' ' | sed 's/ $//')"
gate 'diff: {unexplained: {is: fail, enforce_from: 2026-11-02}}' oci:old.oci oci:planted.oci
check "fail, from tomorrow on" 0 $?
gate 'diff: {unexplained: {is: fail, enforce_from: 2026-11-01}}' oci:old.oci oci:planted.oci
check "fail, from today on" 1 $?
"$plimsoll" check --policy gate.yaml --at 2026-11-01 --output json oci:old.oci >out 2>err
check "check has nothing to compare with" "2 not_required" "$? $(jq -r '.areas | to_entries | map(.value) | unique[]' out)"
gate 'diff: {unexplained: maybe}' oci:old.oci oci:new.oci
check "another word" "3 gate.yaml:3:21: 'maybe' cannot stand here: it is fail or warn" "$? $(head -n 1 err | sed 's/.*: gate/gate/')"

# Each attribute of a file.
make '
image("attributes-old.oci", base(), install(1), app(1, entry("app/mode"), entry("app/owner"), entry("app/capable"), symlink("app/link", "a"), entry("app/type"),
    entry("app/time", "t", mtime=1), pax((XATTR + "user.note", "a")), entry("app/noted"), entry("app/dev", type="3", major=1, minor=3)))
image("attributes-new.oci", base(), install(1), app(1, entry("app/mode", mode=0o4755), entry("app/owner", uid=7), pax((XATTR + "security.capability", CAPABILITY)),
    entry("app/capable"), symlink("app/link", "b"), symlink("app/type", "x"), entry("app/time", "t", mtime=2), pax((XATTR + "user.note", b"\0\1")), entry("app/noted"),
    entry("app/dev", type="3", major=1, minor=5)))'
diff_of oci:attributes-old.oci oci:attributes-new.oci
check "mode, owner, capability, link, type, xattr, device; not time" "changed character /app/dev device=1:3>1:5
changed regular /app/capable capability=->cap_net_bind_service=ep
changed regular /app/mode mode=0644>4755
changed regular /app/noted xattr user.note=a>hex:0001
changed regular /app/owner owner=0:0>7:0
changed symlink /app/link link=a>b
changed symlink /app/type type=regular>symlink mode=0644>- size=0>- link=->x" "$(changes files | sed 's/content=[^ ]* //' | sort)"
make '
caps = lambda user: app(1, pax((XATTR + "security.capability", b"\1\0\0\3\0\4\0\0" + bytes(12) + bytes([user, 0, 0, 0]))), entry("app/capable"),
    pax((XATTR + "security.capability", bytes([9, user]))), entry("app/damaged"))
image("caps-1.oci", base(), install(1), caps(1))
image("caps-2.oci", base(), install(1), caps(2))'
diff_of oci:caps-1.oci oci:caps-2.oci
check "capabilities that read the same and are not" "changed regular /app/capable capability=hex:010000030004000000000000000000000000000001000000>hex:010000030004000000000000000000000000000002000000
changed regular /app/damaged capability=hex:0901>hex:0902" "$(changes files)"
diff_of oci:attributes-old.oci oci:attributes-new.oci
check "all of them unexplained: no instruction changed" 7 "$(unexplained | wc -l)"

# Explanations, and what does not explain.
make '
image("same-package-old.oci", base(), install(1), app(1))
image("same-package-new.oci", base(), install(1, extra=[entry("etc/ssl/extra.cnf", "x"), entry("usr/lib/libplanted.so", "x")]), app(1))
image("tampered.oci", base(), tar(*[install(1)[:-1024], entry("usr/lib/libssl.so.3", "tampered")]), app(1))
image("log.oci", base(), install(1, ssl="3.0.13-1", extra=[entry("var/log/dpkg.log", "#!/bin/sh", mode=0o755), entry("var/lib/dpkg/info/other.postinst", "x"), entry("var/log/apt/evil", "x")]), app(1))
lists = [files("ssl", "/srv", "/usr/lib/libssl.so.3", "/usr/lib/excluded"), files("tls", "/srv")]
image("shared-1.oci", base(), install(1, extra=lists + [directory("srv/")]), app(1))
image("shared-2.oci", base(), install(1, ssl="3.0.13-1", extra=lists + [directory("srv/", mode=0o777), entry("usr/lib/excluded", "x")]), app(1))
image("run.oci", base(), install(1), app(1), tar(entry("made", "x")), steps=STEPS + ["RUN /bin/sh -c |1 TOKEN=hidden make # buildkit"])
image("exec.oci", base(), install(1), app(1), tar(entry("made", "x")), steps=STEPS + ["RUN |1 TOKEN=well hidden make # buildkit"])
image("arguments.oci", base(), install(1), app(1), tar(entry("made", "x")), steps=STEPS + ["RUN |1 TOKEN=hidden /bin/sh -c make # buildkit"])
image("variable-layer.oci", base(), install(1), app(1), tar(entry("made", "x")), steps=STEPS + ["ENV TOKEN hidden"])
image("imported-1.oci", base(), steps=[""])
image("imported-2.oci", base(), install(1), steps=["", STEPS[1]])
image("imported-3.oci", base(libc="2.36-2"), install(1, libc="2.36-2"), steps=["", STEPS[1]])
evil = lambda: app(1, text="evil")
library = lambda text="evil": entry("usr/lib/libssl.so.3", text, mode=0o4755)
image("gone.oci", base(), tar(library(), files("ssl", "/usr/lib/libssl.so.3"), entry("var/lib/dpkg/status", status(libc6="2.36-1"))), app(1))
image("gone-2.oci", base(), tar(library(), entry("var/lib/dpkg/status", status(libc6="2.36-1"))), app(1))
image("laid-over.oci", base(), install(1, ssl="3.0.13-1"), app(1, library()))
image("laid-over-1.oci", base(), install(1), app(1, library("1")))
worked = STEPS[:2] + ["RUN /bin/sh -c strip # buildkit"]
image("worked-1.oci", base(), install(1), app(1, library("1")), steps=worked)
image("worked-2.oci", base(), install(1, ssl="3.0.13-1"), app(1, library("2")), steps=worked)
image("worked-3.oci", base(), install(1), app(1), steps=worked)
i386 = entry("var/lib/dpkg/status", status(libc6="2.36-1", ssl="3.0.11-1") + "\nPackage: ssl\nStatus: install ok installed\nVersion: 3.0.11-1\nArchitecture: i386\n")
image("partly.oci", base(), install(1, extra=[i386, library(), files("ssl:i386", "/usr"), entry("var/lib/dpkg/info/ssl:amd64.md5sums", "evil")]), app(1))
image("info.oci", base(), install(1, ssl="3.0.13-1", extra=[entry("var/lib/dpkg/info/ssl.evil", "x"), entry("var/lib/dpkg/info/ssl.list", "x", mode=0o755),
    entry("var/lib/dpkg/info/ssl.prerm", "x", mode=0o4755), entry("var/lib/dpkg/info/ssl.postinst", "x", mode=0o755)]), app(1))
busy = lambda ssl, entries: install(1, ssl=ssl, extra=[files("ssl", "/bin/busybox", "/usr/lib/libssl.so.3"), entry("bin/busybox", ssl, mode=0o755), *entries])
image("links-1.oci", base(), busy("3.0.11-1", [entry("usr/sbin/sshd", "sshd", mode=0o755)]), app(1))
image("links-2.oci", base(), busy("3.0.13-1", [symlink("usr/sbin/sshd", "/bin/busybox"), symlink("usr/bin/vi", "/bin/busybox"),
    symlink("usr/bin/su", "/etc/alternatives/../../usr/lib/libssl.so.3")]), app(1))
revision = "org.opencontainers.image.revision"
image("source-1.oci", base(), install(1), app(1), labels={revision: "r1"})
image("source-2.oci", base(entry("usr/bin/su", "evil", mode=0o4755)), install(1), app(1), labels={revision: "r2"})
dropped = STEPS[:2] + [STEPS[2], "RUN /bin/sh -c make # buildkit"]
image("dropped-1.oci", base(), install(1), app(1), tar(entry("app/made", "x", mode=0o755)), steps=dropped)
image("dropped-2.oci", base(), install(1), app(1, entry("app/made", "evil", mode=0o4755)), steps=dropped[:3])
image("dropped-3.oci", base(), install(1), app(1, entry("app/made", "x")), tar(entry("app/made", "y", mode=0o755)), steps=dropped)
image("dropped-4.oci", base(), install(1), app(1, entry("app/made", "x")), steps=dropped[:3])
image("without-1.oci", base(), install(1), app(1, entry("app/hard", "x")))
image("without-2.oci", base(), install(1), tar(entry("app/.wh..wh..opq"), directory("app/")), app(1), steps=STEPS[:2] + ["RUN /bin/sh -c rm -rf /app/x # buildkit", STEPS[2]])
status_of = lambda **more: entry("var/lib/dpkg/status", status(libc6="2.36-1", ssl="3.0.13-1"), **more)
image("owned.oci", base(), install(1, ssl="3.0.13-1", extra=[status_of(uid=1000), entry("etc/ld.so.cache", "x", mode=0o666), entry("etc/machine-id", "x", uid=1),
    entry("var/log/apt/term.log", "x", mode=0o620), entry("var/log/apt/history.log", "2")]), app(1))
certified = lambda version, *extra: install(1, extra=[entry("var/lib/dpkg/status", status(**{"libc6": "2.36-1", "ca-certificates": version})), *extra])
image("certificates-1.oci", base(), certified("1"), app(1))
image("certificates-2.oci", base(), certified("2", entry("etc/ssl/certs/ca-certificates.crt", "x"), entry("etc/ssl/certs/evil.pem", "x"),
    symlink("etc/ssl/certs/good.pem", "/usr/share/ca-certificates/good.crt"), symlink("etc/ssl/certs/1234.0", "good.pem"), symlink("etc/ssl/certs/l.so", "/tmp/evil")), app(1))
split = lambda version, *extra: tar(entry("bin/sh", "sh"), files("dash", "/bin/sh", "/etc/foo"), entry("var/lib/dpkg/status", status(dash=version)), *extra)
image("split-1.oci", split("1"), app(), steps=STEPS[1:])
image("split-2.oci", split("2", entry("usr/bin/sh", "x"), entry("usr/etc/foo", "x")), app(), steps=STEPS[1:])
image("untold-1.oci", base(), install(1), app(1), steps=[])
image("untold-2.oci", base(), install(1), evil(), steps=[])
image("untold-3.oci", base(), install(1), app(1), steps=["", "", ""])
image("told-2.oci", base(), install(1), evil())
image("untold-4.oci", base(), install(1), app(1), steps=["RUN /bin/sh -c fetch $VERSION # buildkit"])
image("told-4.oci", base(), install(1), evil(), steps=STEPS[:2] + [" ENV VERSION=1", "RUN /bin/sh -c fetch $VERSION # buildkit"])
image("removed.oci", base(), install(1), app(1), tar(entry("app/.wh.main")), steps=STEPS + ["RUN /bin/sh -c rm /app/main # buildkit"])
image("removed-silently.oci", base(), install(1), tar(directory("app/")))
image("copied.oci", base(), install(1), app(1, text="other"), steps=STEPS[:2] + ["/bin/sh -c #(nop) COPY file:" + "a" * 64 + " in /app/main "])
image("copied-again.oci", base(), install(1), app(1, text="main"), steps=STEPS[:2] + ["/bin/sh -c #(nop) COPY file:" + "b" * 64 + " in /app/main "])
image("revision-1.oci", base(), install(1), app(1), labels={revision: "r1"})
image("revision-2.oci", base(), install(1), app(1, text="other"), labels={revision: "r2"})
image("revision-2-run.oci", base(), install(1, extra=[entry("usr/lib/planted", "x")]), app(1), labels={revision: "r2"})
run = STEPS[:2] + [" ENV VERSION=1", "RUN /bin/sh -c fetch $VERSION # buildkit"]
image("variable-1.oci", base(), install(1), app(1), steps=run)
image("variable-2.oci", base(), install(1), app(1, text="other"), steps=run[:2] + [" ENV VERSION=2"] + run[3:])
image("other-variable.oci", base(), install(1), app(1, text="other"), steps=run[:2] + [" ENV VERSION=1", " ENV VERS=2"] + run[3:])
pyc = lambda code, day: b"\xa7\r\r\n" + bytes(4) + bytes([day, 0, 0, 0]) + bytes(4) + code.encode()
python = lambda code, day, source, name="app": app(1, entry(name + "/a.py", source), entry(name + "/__pycache__/a.cpython-311.pyc", pyc(code, day)))
image("python-1.oci", base(), install(1), python("1", 1, "import os"))
image("python-2.oci", base(), install(1), python("1", 2, "import os"))
image("python-3.oci", base(), install(1), python("2", 2, "import os"))
image("python-4.oci", base(), install(1), python("2", 2, "import sys"))
listed = files("ssl", "/usr/lib/a.py")
packed = lambda code: [listed, entry("usr/lib/a.py", code), entry("usr/lib/__pycache__/a.cpython-311.pyc", pyc(code, int(code)))]
image("python-5.oci", base(), install(1, extra=packed("1")), app(1))
image("python-6.oci", base(), install(1, ssl="3.0.13-1", extra=packed("2")), app(1))
shadow = lambda line, **more: app(1, entry("etc/shadow", "root:*:19000:0:99999:7:::\n" + line, **{"mode": 0o640, **more}))
image("shadow-1.oci", base(), install(1), shadow("app:$y$1:20000:0:99999:7:::\n"))
image("shadow-2.oci", base(), install(1), shadow("app:$y$1:20007:0:99999:7:::\n"))
image("shadow-3.oci", base(), install(1), shadow("app:$y$2:20007:0:99999:7:::\n"))
acl = lambda header: (pax((XATTR + "system.posix_acl_access", b"\2\0\0\0")), header)
line = "root:*:19000:0:99999:7:::\napp:$y$1:20000:0:99999:7:::\n"
image("shadow-5.oci", base(), install(1), app(1, *acl(entry("etc/shadow", line, mode=0o640))))
image("shadow-6.oci", base(), install(1), shadow("app:$y$1::0:99999:7:::\n"))
image("way-1.oci", base(), install(1), app(1, *acl(directory("srv/")), entry("srv/x", "x")))
image("shadow-4.oci", base(), install(1), shadow("app:$y$1:20007:0:99999:7:::\n", mode=0o644))
'
of() { diff_of "oci:$1.oci" "oci:$2.oci"; echo "$(unexplained) | $(explained)"; }
check "an unlisted file beside those of a package" "added /etc/ssl/extra.cnf
added /usr/lib/libplanted.so | " "$(of old same-package-new)"
check "a file of a package that did not change" "changed /usr/lib/libssl.so.3 | " "$(of old tampered)"
check "no program is a log, no script dpkg's, no file a log for lying beside one" "added /var/lib/dpkg/info/other.postinst
added /var/log/apt/evil
changed /var/log/dpkg.log" "$(diff_of oci:old.oci oci:log.oci; unexplained)"
check "a directory that several packages share; a file that came, and that the package listed before" "added /usr/lib/excluded
changed /srv" "$(diff_of oci:shared-1.oci oci:shared-2.oci; unexplained | sort)"
check "a new instruction" " | /made: instruction: instruction 4 (RUN make)" "$(of old arguments)"
check "arguments of a build are not shown" 0 "$(grep -c hidden out)"
check "nor where no shell tells their end" " | /made: instruction: instruction 4 (RUN)" "$(of old exec)"
check "all words of a value" 0 "$(grep -c hidden out)"
check "of a variable the name alone" "instruction 4 (ENV TOKEN) 0" "$(diff_of oci:old.oci oci:variable-layer.oci; grep -o 'instruction 4 ([^)]*)' out | head -n 1) $(grep -c hidden out)"
for pair in "untold-1 told-2" "old untold-2" "untold-3 told-2" "untold-4 told-4"; do
	check "where a history does not tell, no instruction is new: $pair" "changed /app/main | " "$(of $pair)"
done
check "a base that was imported hides no instruction, where both have it" "" "$(diff_of oci:imported-1.oci oci:imported-2.oci; unexplained)"
check "or where both are" "" "$(diff_of oci:imported-1.oci oci:imported-3.oci; unexplained)"
check "a package that went explains nothing that stayed" "changed /usr/lib/libssl.so.3" "$(diff_of oci:old.oci oci:gone-2.oci; unexplained)"
check "nor does its list that stayed" "changed /usr/lib/libssl.so.3" "$(diff_of oci:old.oci oci:gone.oci; unexplained)"
check "what a COPY lays over a package's file" "changed /usr/lib/libssl.so.3" "$(diff_of oci:old.oci oci:laid-over.oci; unexplained)"
check "and laid before" "changed /usr/lib/libssl.so.3" "$(diff_of oci:laid-over-1.oci oci:laid-over.oci; unexplained)"
check "what a RUN made of a package's file, and made before" "" "$(diff_of oci:worked-1.oci oci:worked-2.oci; unexplained)"
check "and did not make before" "changed /usr/lib/libssl.so.3" "$(diff_of oci:worked-3.oci oci:worked-2.oci; unexplained | grep ssl)"
check "a package of which another architecture was added" "changed /usr/lib/libssl.so.3
changed /var/lib/dpkg/info/ssl:amd64.md5sums" "$(diff_of oci:old.oci oci:partly.oci; unexplained)"
check "what is none of dpkg's files, for lying among them" "added /var/lib/dpkg/info/ssl.evil
added /var/lib/dpkg/info/ssl.list
added /var/lib/dpkg/info/ssl.prerm" "$(diff_of oci:old.oci oci:info.oci; unexplained)"
check "links in the place of a program, or out of alternatives" "added /usr/bin/su
changed /usr/sbin/sshd" "$(diff_of oci:links-1.oci oci:links-2.oci; unexplained)"
check "the source's revision explains nothing of the system" "added /usr/bin/su" "$(diff_of oci:source-1.oci oci:source-2.oci; unexplained)"
check "an instruction that is gone explains nothing that another one brings" "changed /app/made" "$(diff_of oci:dropped-1.oci oci:dropped-2.oci; unexplained)"
check "but what was there below it" " | /app/made: instruction: instruction 4 (RUN make)" "$(of dropped-3 dropped-4)"
check "a new instruction that removes explains nothing that one above left out" "removed /app/hard | " "$(of without-1 without-2)"
check "what package managers write and others own or may write" "changed /etc/ld.so.cache
added /etc/machine-id
changed /var/lib/dpkg/status
added /var/log/apt/term.log" "$(diff_of oci:old.oci oci:owned.oci; unexplained)"
check "certificates that were not made of those of the package" "added /etc/ssl/certs/evil.pem
added /etc/ssl/certs/l.so" "$(diff_of oci:certificates-1.oci oci:certificates-2.oci; unexplained | grep certs)"
check "lists say the old name where /bin is a link only" "added /usr/bin/sh
added /usr/etc/foo" "$(diff_of oci:split-1.oci oci:split-2.oci; unexplained)"
check "an instruction that removes" " | /app/main: instruction: instruction 4 (RUN rm /app/main)" "$(of old removed)"
check "a file that is gone without one" "removed /app/main | " "$(of old removed-silently)"
check "a copy of other content is the same instruction" "changed /app/main | " "$(of copied copied-again)"
check "the source's revision explains a copy" " | /app/main: source: source revision r1 -> r2" "$(of revision-1 revision-2)"
check "and nothing that was not copied" "added /usr/lib/planted | " "$(of revision-1 revision-2-run)"
check "a variable that the instruction names" " | /app/main: instruction: variable VERSION changed" "$(of variable-1 variable-2)"
check "a variable that it does not name" "changed /app/main | " "$(of variable-1 other-variable)"
check "compiled code with another time" " | /app/__pycache__/a.cpython-311.pyc: generated: the same but for the time of its source" "$(of python-1 python-2)"
check "other code of the same source" "changed /app/__pycache__/a.cpython-311.pyc | " "$(of python-1 python-3)"
check "other code of a source that nothing explains" "changed /app/__pycache__/a.cpython-311.pyc
changed /app/a.py | " "$(of python-1 python-4)"
check "other code of a package's source" "/usr/lib/__pycache__/a.cpython-311.pyc: package: ssl 3.0.11-1 -> 3.0.13-1" "$(of python-5 python-6 | grep pyc)"
check "accounts with other days" " | /etc/shadow: generated: the same but for days of password changes" "$(of shadow-1 shadow-2)"
check "accounts with another password" "changed /etc/shadow | " "$(of shadow-1 shadow-3)"
check "accounts with an attribute" "changed /etc/shadow | " "$(of shadow-1 shadow-5)"
check "an account whose password does not age any more" "changed /etc/shadow | " "$(of shadow-1 shadow-6)"
check "a directory on the way that has an attribute" "added /srv
added /srv/x" "$(diff_of oci:old.oci oci:way-1.oci; unexplained)"
check "accounts that others may read" "changed /etc/shadow | " "$(of shadow-1 shadow-4)"

# Bases.
make '
other = [STEPS[0].replace("1" * 64, "2" * 64)] + STEPS[1:]
image("base-1.oci", base(entry("etc/issue", "1")), app(), steps=[STEPS[0], STEPS[2]])
image("base-2.oci", base(entry("etc/issue", "2"), libc="2.36-2"), app(1, entry("app/planted")), steps=[other[0], STEPS[2]])
image("base-3.oci", base(entry("etc/issue", "2")), app(), steps=[other[0], STEPS[2]])
image("base-4.oci", base(entry("etc/issue", "2"), libc="2.36-2"), app(1, entry("etc/issue", "3")), steps=[other[0], STEPS[2]])
image("hard-1.oci", base(entry("etc/issue", "1"), entry("etc/hard")), app(), steps=[STEPS[0], STEPS[2]])
image("hard-2.oci", base(entry("etc/issue", "2"), entry("etc/hard"), libc="2.36-2"), app(1, entry("etc/.wh.hard")), steps=[other[0], STEPS[2]])
image("soft-1.oci", base(entry("etc/ssh", "open")), app(1, entry("etc/ssh", "closed")), steps=[STEPS[0], STEPS[2]])
image("soft-2.oci", base(entry("etc/ssh", "open"), libc="2.36-2"), app(1), steps=[other[0], STEPS[2]])
copied = [["COPY dir:" + digit * 64 + " in / ", STEPS[2]] for digit in "12"]
image("copy-1.oci", base(), app(), steps=copied[0])
image("copy-2.oci", base(entry("opt/x", "x", mode=0o4755), libc="2.36-2"), app(), steps=copied[1])
image("generation-1.oci", base(entry("etc/issue", "1")), steps=STEPS[:1])
image("generation-2.oci", base(entry("etc/issue", "2")), steps=STEPS[:1])
image("one-1.oci", base(entry("etc/issue", "1")), steps=STEPS[:1])
image("one-2.oci", base(entry("etc/issue", "2"), libc="2.36-2"), steps=other[:1])'
check "another base: what it brings, and nothing above it" "added /app/planted" "$(diff_of oci:base-1.oci oci:base-2.oci; unexplained)"
diff_of oci:base-1.oci oci:base-2.oci
check "it is named" "/etc/issue: base: base, the lowest layer (ADD file:111111111111 in / -> ADD file:222222222222 in /)" "$(explained | grep issue)"
check "a lowest layer with the same packages is no other base" "changed /etc/issue | " "$(of base-1 base-3)"
check "what a layer above the base replaced" "changed /etc/issue" "$(diff_of oci:base-1.oci oci:base-4.oci; unexplained)"
check "what a layer above removed of it" "removed /etc/hard" "$(diff_of oci:hard-1.oci oci:hard-2.oci; unexplained)"
check "and no longer removes" "added /etc/hard" "$(diff_of oci:hard-2.oci oci:hard-1.oci; unexplained)"
check "or no longer replaces" "changed /etc/ssh" "$(diff_of oci:soft-1.oci oci:soft-2.oci; unexplained)"
check "a copy is nobody's base" "added /opt/x" "$(diff_of oci:copy-1.oci oci:copy-2.oci; unexplained)"
check "a single layer is nobody's base" "changed /etc/issue" "$(diff_of oci:one-1.oci oci:one-2.oci; unexplained)"
for n in 1 2; do "$plimsoll" base add --file b.json --name debian-12 --date 2026-10-0$n oci:generation-$n.oci >/dev/null; done
printf 'plimsoll: v1\nname: t\nbase_image: {approved: [{name: debian-12, generations: b.json}]}\n' >approved.yaml
diff_of --policy approved.yaml oci:base-1.oci oci:base-3.oci
check "an approved base is known whatever it brings" "/etc/issue: base: base debian-12, generation of 2026-10-01 -> debian-12, generation of 2026-10-02" "$(explained)"

# Metadata, settings, findings.
make '
image("meta-1.oci", base(), install(1), app(), labels={"a": "1", "gone": "x"}, config={"User": "app", "Env": ["PATH=/bin", "TOKEN=secret-1"], "Cmd": ["a"], "ExposedPorts": {"80/tcp": {}}})
image("meta-2.oci", base(), install(1), app(1, entry("etc/passwd", "root:x:0:0::/root:/bin/bash\neve:x:0:0::/:/bin/sh\n")), labels={"a": "2"},
    config={"User": "", "Env": ["PATH=/bin", "TOKEN=secret-2", "NEW=secret-3"], "Entrypoint": ["/app/main"], "Cmd": ["a"], "Volumes": {"/data": {}}})'
diff_of oci:meta-1.oci oci:meta-2.oci
check "metadata" "added volume /data 
removed port 80/tcp 
added variable NEW 
changed variable TOKEN 
changed label a value=1>2
added setting entrypoint value=->[\"/app/main\"]
removed label gone value=x>-
changed setting user value=app>" "$(changes metadata)"
check "values of variables are never shown" 0 "$(grep -c 'secret-' out)"
check "settings, with what explains their file" "added users eve none
changed users root none" "$(jq -r '.images[].changes[] | select(.part == "settings") | .change + " " + .kind + " " + .name + " " + .cause' out)"
check "findings" "added configuration accounts/uid-zero: /etc/passwd fail" "$(jq -r '.images[].changes[] | select(.part == "findings" and (.name | startswith("accounts/uid-zero"))) | .change + " " + .kind + " " + .name + " " + (.details[] | select(.what == "action").new)' out)"
make '
env = lambda *values: image("env-" + values[0][-1] + ".oci", base(), install(1), app(1), config={"Env": list(values)})
env("PATH=/1", "PATH=/2"); env("PATH=/2", "PATH=/1")'
check "a variable set twice, in another order" "changed variable PATH 
changed variable PATH " "$(diff_of oci:env-1.oci oci:env-2.oci; changes metadata)"
diff_of oci:meta-1.oci oci:meta-2.oci
check "results" "changed result configuration result=pass>fail" "$(changes findings | grep ' result ')"

# What could not be read.
make '
image("damaged-1.oci", base(), tar(entry("var/lib/dpkg/status", status(libc6="1") + "\nPackage: x\nStatus: install ok installed\n")))
image("damaged-2.oci", base(), tar(entry("var/lib/dpkg/status", status(libc6="2") + "\nPackage: x\nStatus: install ok installed\n")))'
diff_of --limit ENTRY_COUNT=7 oci:old.oci oci:new.oci
check "a layer that could not be read" "2 unknown unreadable" "$? $(jq -r '.result + " " + .images[].gaps[0].kind' out)"
"$plimsoll" diff --limit ENTRY_COUNT=7 oci:old.oci oci:old.oci >out 2>err
check "is never the same" "2 CANNOT TELL oci:old.oci -> oci:old.oci|    Nothing is known to have changed, but not all could be read." "$? $(head -n 2 out | tr '\n' '|' | sed 's/|$//')"
check "nor is any part of it" 6 "$(grep -c '^  [a-z]*  *nothing is known to differ$' out)"
diff_of oci:damaged-1.oci oci:damaged-1.oci
check "what is damaged alike is the same" "0 pass" "$? $(jq -r .result out)"
diff_of oci:damaged-1.oci oci:damaged-2.oci
check "what is damaged and differs cannot be told" "2 /var/lib/dpkg/status" "$? $(jq -r '.images[].gaps[].path' out | sort -u)"
make '
hidden = lambda *names: tar(entry("var/lib/dpkg/status", status(**{name: "1" for name in names})))
image("hidden-1.oci", base(), hidden("a", "b"), tar(entry("var/lib/dpkg/status", "")))
image("hidden-2.oci", base(), hidden("a", "c"), tar(entry("var/lib/dpkg/status", "")))'
diff_of oci:hidden-1.oci oci:hidden-2.oci
check "a database that is emptied alike hides another one" "2 hidden_database hidden_database" "$? $(jq -r '[.images[].gaps[].kind] | join(" ")' out)"
printf 'plimsoll: v1\nname: t\ndiff: {unexplained: fail}\n' >gate.yaml
diff_of --policy gate.yaml --limit ENTRY_COUNT=7 oci:old.oci oci:planted.oci
check "a failure weighs more" "1 fail unreadable" "$? $(jq -r '.result + " " + .images[].gaps[0].kind' out)"
diff_of --limit CHANGE_COUNT=2 oci:old.oci oci:planted.oci
check "more changes than are listed are counted" "2 2 1 limit" "$? $(jq -r '.images[] | "\(.changes | length) \(.summary.files.unexplained) \(.gaps[0].kind)"' out)"

# Hostile names.
make 'image("hostile.oci", base(), install(1), app(1, entry(b"app/\x1b[31mred\nline\xff", "x")))'
"$plimsoll" diff --color never oci:old.oci oci:hostile.oci >out 2>err
check "no terminal escapes, no line breaks" '  + /app/\x1b[31mred\x0aline\xff: type regular, mode 0644, owner 0:0, size 1' "$(grep -A1 '^  +' out | head -n 1)"
check "no control bytes at all" "" "$(tr -d '\n[:print:]' <out)"
diff_of oci:old.oci oci:hostile.oci
check "as JSON" 'app/\u001b[31mred\nline' "$(grep -o 'app/.u001b.31mred.nline' out | head -n 1)"

# Several platforms, several names, trees.
make '
def several(name, *platforms):
    layout, entries = Layout(), []
    for architecture, text in platforms:
        layers = [Layer(base()), Layer(app(1, text=text))]
        config = config_of(layers, history=[{"created_by": "ADD x"}, {"created_by": "COPY y"}]) | {"architecture": architecture}
        entries.append(layout.json(layout.manifest(layers, config), "manifest.v1+json") | {"platform": {"os": "linux", "architecture": architecture}})
    layout.index(*entries).write(pathlib.Path(name))
several("multi-1.oci", ("amd64", "1"), ("arm64", "1"), ("s390x", "1"))
several("multi-2.oci", ("riscv64", "1"), ("arm64", "2"), ("amd64", "1"))'
diff_of oci:multi-1.oci oci:multi-2.oci
check "images are paired by platform; a platform of one side is a change" "changed linux/amd64 0
changed linux/arm64 1
removed linux/s390x -
added linux/riscv64 -" "$(jq -r '.images[] | .change + " " + .platform + " " + (.summary.files.unexplained // "-" | tostring)' out)"
check "that nothing explains" 3 "$(jq .unexplained out)"
diff_of --platform linux/amd64 oci:multi-1.oci oci:multi-2.oci
check "one platform" "0 linux/amd64" "$? $(jq -r '.images[].platform' out)"
several=$(diff_of --platform linux/s390x oci:multi-1.oci oci:multi-1.oci; jq -r '.images[].platform' out)
check "one that both have" linux/s390x "$several"
make 'pass
import json, shutil
shutil.copytree("multi-1.oci", "arm.oci"); index = json.load(open("arm.oci/index.json")); index["manifests"] = index["manifests"][1:2]; json.dump(index, open("arm.oci/index.json", "w"))
shutil.copytree("multi-1.oci", "amd.oci"); index = json.load(open("amd.oci/index.json")); index["manifests"] = index["manifests"][:1]; json.dump(index, open("amd.oci/index.json", "w"))'
diff_of oci:arm.oci oci:amd.oci
check "no platform in common" "3 plimsoll diff: the two have no platform in common" "$? $(cat err)"
mkdir -p tree/etc tree2/etc
echo a >tree/etc/a; echo b >tree2/etc/a
diff_of rootfs:tree rootfs:tree2
check "two trees" "changed /etc/a" "$(unexplained)"
check "have no metadata" "a tree has none" "$(jq -r '.images[].summary.metadata.not_compared' out)"
diff_of rootfs:tree oci:multi-1.oci
check "a tree and several images" 3 $?
"$plimsoll" diff oci:old.oci >out 2>err
check "one target" "3 plimsoll diff: an old and a new target are needed" "$? $(head -n 1 err)"
"$plimsoll" diff --output sarif oci:old.oci oci:new.oci >out 2>err
check "a format of check" "3 plimsoll diff: there is no report format 'sarif'" "$? $(head -n 1 err)"
"$plimsoll" diff oci:old.oci oci:nowhere.oci >out 2>err
check "no such target" 3 $?
exit $failed
