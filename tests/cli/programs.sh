#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What programs say of themselves: packages of Go, Rust, Java and .NET in binaries, how ELF files were linked, and lock files beside.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
python3 "$root/tests/cases/programs/make" p || exit 3
ask() { "$plimsoll" query --output csv "rootfs:p/$1" "$2" 2>/dev/null | tr -d '"\r' | tail -n +2; }
said() { "$plimsoll" query --output csv "rootfs:p/$1" "SELECT 1" 2>&1 | sed -n 's/^warning: unreadable: //p'; }

check "Go: toolchains, of all forms" "/devel,1.22-1f0c044d60
/inline,1.21.1
/inline-no-section,1.22.5
/macho,1.20
/no-modules,1.13.8
/old,1.12.9
/pe-inline.exe,1.19
/pe32.exe,1.15.5
/pe64.exe,1.15.5
/pie,1.17.1
/pointed-no-section,1.16.3
/pointed32be,1.16.3
/pointed32le,1.16.3
/pointed64be,1.16.3
/pointed64le,1.16.3" "$(ask go "SELECT path, version FROM package WHERE name = 'stdlib' ORDER BY path")"
check "Go: modules, the same in all that have some" "12,example.org/app,v1.2.3-0.20240102030405-abcdefabcdef,,,h1:own=
12,github.com/pkg/errors,(devel),github.com/pkg/errors,v0.9.1,
12,golang.org/x/text,v0.14.0,,,h1:sum=
12,rsc.io/fork,v1.5.1,rsc.io/quote,v1.5.2,h1:fork=" "$(ask go "SELECT count(*), name, version, source, source_version, checksum FROM package WHERE name <> 'stdlib' GROUP BY 2, 3, 4, 5, 6 ORDER BY 2")"
check "Go: what the main module was linked with" "stdlib github.com/pkg/errors golang.org/x/text rsc.io/fork" \
	"$(ask go "SELECT replace(dependencies, char(10), ' ') FROM package WHERE path = '/pointed32be' AND name = 'example.org/app'")"
check "Go: what the linker was told" "/none,(devel),
/one,v1.2.3,binary
/other,(devel),
/own,v3.14.0,binary
/quoted,v1.28.1,binary
/short,v2.0.0-rc1+meta,binary
/two,(devel)," "$(ask linked "SELECT path, version, evidence FROM package WHERE name = 'example.org/app' ORDER BY 1")"
mkdir -p p/goroot/usr/local/{go/bin,other} p/goroot/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.23rc1.linux-amd64
printf 'go1.22.5\ntime 2024-06-27T20:11:12Z\n' >p/goroot/usr/local/go/VERSION
printf go1.23rc1 >p/goroot/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.23rc1.linux-amd64/VERSION
for version in 1.0 'gopher 1.2.3' 'go1.2 or later' ''; do echo "$version" >"p/goroot/usr/local/other/VERSION"; cp -r p/goroot/usr/local/other "p/goroot/usr/local/other-${#version}"; done
for of in 'a VERSION go1.20.12-X:nocoverageredesign' 'b VERSION devel go1.22-1f0c044d60 Fri Mar 3 20:01:12 2023 +0000' 'c VERSION.cache devel +5c1a5d8f0 Thu Apr 1 2021' 'd VERSION devel build' 'e VERSION devel +branch'; do
	read -r name file version <<<"$of"; mkdir -p "p/goroot/opt/$name"; echo "$version" >"p/goroot/opt/$name/$file"
done
printf '#!/bin/sh\n' >p/goroot/usr/local/go/bin/gofmt; chmod 755 p/goroot/usr/local/go/bin/gofmt
check "Go: toolchains themselves, with their files" "toolchain,1.20.12,pkg:golang/toolchain@1.20.12,/opt/a,0
toolchain,1.22-1f0c044d60,pkg:golang/toolchain@1.22-1f0c044d60,/opt/b,0
toolchain,1.22.5,pkg:golang/toolchain@1.22.5,/usr/local/go,0
toolchain,1.23rc1,pkg:golang/toolchain@1.23rc1,/root/go/pkg/mod/golang.org/toolchain@v0.0.1-go1.23rc1.linux-amd64,0
toolchain,devel +5c1a5d8f0 Thu Apr 1 2021,pkg:golang/toolchain@devel%20%2B5c1a5d8f0%20Thu%20Apr%201%202021,/opt/c,0" \
	"$(ask goroot "SELECT name, version, purl, root, (SELECT count(*) FROM unaccounted_file) FROM package ORDER BY 2")"
check "and its purl" "pkg:golang/rsc.io/fork@v1.5.1" "$(ask go "SELECT purl FROM package WHERE path = '/pie' AND name = 'rsc.io/fork'")"
check "Rust: crates of the program, none that built it" "app,0.1.0,hex
hex,0.4.3," "$(ask rust "SELECT name, version, dependencies FROM package ORDER BY name")"
check "Java: the SBOM of a native image" "io.netty:netty-codec,4.1.9,pkg:maven/io.netty/netty-codec@4.1.9" "$(ask java "SELECT name, version, purl FROM package WHERE type = 'maven'")"
check ".NET: assemblies; not those of texts, of the old framework, nor what is none" "/A.dll,Acme.A,13.0.3,Acme,binary
/B.dll,Acme.B,1.2.3.4,,binary
/C.dll,Acme.C,4.6.1.2,,binary" "$(ask dotnet "SELECT path, name, version, vendor, evidence FROM package ORDER BY path")"

check "ELF: how they were linked" "/big,executable,mips,32,1,none,0,1,0,,,
/hard,executable,x86_64,64,1,full,1,1,1,1,,\$ORIGIN/lib
/liba.so.1,shared,x86_64,64,,partial,0,1,0,,,
/soft,executable,x86_64,64,0,none,0,0,0,0,/opt/lib,
/static,executable,x86_64,64,0,none,,0,,,," "$(ask elf "SELECT path, type, machine, bits, pie, relro, bind_now, nx, canary, fortify, rpath, runpath FROM elf ORDER BY path")"
check "ELF: what they need, and their names" "/big,/lib64/ld-linux-x86-64.so.2,libc.so.6,,,1
/hard,/lib64/ld-linux-x86-64.so.2,libc.so.6,,00c0ffee,1
/liba.so.1,,libb.so libc.so.6,liba.so.1,,1
/soft,/lib64/ld-linux-x86-64.so.2,libc.so.6,,,0
/static,,,,,1" "$(ask elf "SELECT path, interpreter, replace(needed, char(10), ' '), soname, build_id, stripped FROM elf ORDER BY path")"
mkdir -p p/elf/etc; printf 'ID=debian\nVERSION_ID=12\n' >p/elf/etc/os-release
check "ELF: the package that a distribution built it for, whatever it lies in" \
	"rpm,file,5.36-4.fc38,x86_64,binary,fedora 38,pkg:rpm/fedora/file@5.36-4.fc38?arch=x86_64&distro=fedora-38" \
	"$(ask elf "SELECT type, name, version, arch, evidence, vendor, purl FROM package WHERE path = '/hard'")"

check "what is damaged is told, and nothing else" "/assembly.dll: the metadata of the assembly is damaged
/class: offset 4: neither 32 nor 64 bits, or no byte order
/cut: offset 64: the headers of the segments do not lie in the file
/go: offset 1328: the headers of the sections do not lie in the file
/go: what Go tells of the build cannot be read
/go-zeros: what Go tells of the build ends
/note: the note of the package has no name or no version
/pe.dll: offset 88: no optional header of a PE file
/rust: the list of crates: an embedded document that does not inflate
/rust-json: the list of crates has no packages
/sbom: the SBOM of the native image is not CycloneDX" "$(said broken)"
check "and no package of it" "" "$(ask broken "SELECT * FROM package")"
check "what was left out is absent" " 0" "$(said absent) $(ask absent "SELECT count(*) FROM package")"

# A program whose crates or modules cannot be read may have any.
printf 'plimsoll: v1\nname: t\nvulnerabilities: {deny: [{severity: low}]}\ncomponents: {required: [{name: hex, type: cargo}]}\n' >p.yaml
check ".NET: programs of one file" "/app.exe: a .NET program of one file: the packages bundled in it are not read
/app: a .NET program of one file: the packages bundled in it are not read" "$(said bundle | LC_ALL=C sort)"
"$plimsoll" check --policy p.yaml --output json rootfs:p/headless >v.json 2>/dev/null
check "a program whose headers are damaged is missing software" "2 components vulnerabilities" \
	"$? $(jq -r '[.unknown[] | select(.subject == "/app") | .area] | sort | join(" ")' v.json)"

printf 'plimsoll: v1\nname: t\ncomponents: {required: [{name: hex, type: cargo}]}\n' >p.yaml
check "a crate that is found is there" 0 "$("$plimsoll" check --policy p.yaml rootfs:p/rust >/dev/null 2>&1; echo $?)"

mkdir -p p/locks/{go,rust,net}
cat >p/locks/go/go.mod <<'M'
module example.org/app // the name

go 1.21

require "example.org/quoted" v1.0.0
require (
	github.com/pkg/errors v0.9.1
	rsc.io/quote v1.5.2 // indirect
	rsc.io/sampler v1.3.0
	rsc.io/nowhere
)
exclude rsc.io/never v1.0.0
replace(
	github.com/pkg/errors => ./errors
	rsc.io/quote v1.5.2 => rsc.io/fork v1.5.1
	rsc.io/sampler v9.9.9 => rsc.io/other v1.0.0
)
M
check "go.mod" "example.org/quoted,v1.0.0,declared,,,5
github.com/pkg/errors,(devel),declared,github.com/pkg/errors,v0.9.1,7
rsc.io/fork,v1.5.1,declared,rsc.io/quote,v1.5.2,8
rsc.io/sampler,v1.3.0,declared,,,9" "$(ask locks "SELECT p.name, p.version, p.scope, p.source, p.source_version, r.line FROM package p JOIN package_row r ON r.name = p.name WHERE p.type = 'golang' ORDER BY 1")"
check "and what is wrong in it" "/go/go.mod: line 10: a requirement without name or version" "$(said locks)"
cat >p/locks/rust/Cargo.lock <<'C'
version = 3

[[package]]
name = "app"
version = "0.1.0"
dependencies = ["hex", "rand 0.8.5", "rand 0.7.3 (registry+https://index.example)"]

[[package]]
name = "hex"
version = "0.4.3"
source = "registry+https://index.example"
checksum = "7f24"
C
check "Cargo.lock" "app,0.1.0,declared,hex rand rand,
hex,0.4.3,declared,,sha256:7f24" "$(ask locks "SELECT name, version, scope, replace(dependencies, char(10), ' '), checksum FROM package WHERE type = 'cargo' ORDER BY 1")"
cat >p/locks/net/packages.lock.json <<'N'
{"version": 1, "dependencies": {
  "net6.0": {"A": {"type": "Direct", "requested": "[1.0, )", "resolved": "1.0.1", "dependencies": {"B": "2.0.0"}}, "B": {"type": "Transitive", "resolved": "2.0.0"}, "Own": {"type": "Project"}},
  "net8.0": {"A": {"type": "Direct", "resolved": "1.0.1"}, "B": {"type": "Transitive", "resolved": "2.1.0"}}}}
N
check "packages.lock.json" "A,1.0.1,declared,B
B,2.0.0,declared,
B,2.1.0,declared," "$(ask locks "SELECT name, version, scope, dependencies FROM package WHERE type = 'nuget' ORDER BY 1, 2")"

mkdir -p p/app
cat >p/app/app.deps.json <<'D'
{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0/linux-x64"}, "targets": {
  ".NETCoreApp,Version=v8.0": {"A/1.0.0": {"runtime": {"other.dll": {}}}},
  ".NETCoreApp,Version=v8.0/linux-x64": {
    "app/2.0.0": {"dependencies": {"A": "1.0.0", "Meta": "3.0.0"}, "runtime": {"app.dll": {}}},
    "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"runtime": {"System.Runtime.dll": {}}},
    "A/1.0.0": {"runtime": {"lib/net6.0/A.dll": {}}, "resources": {"lib/net6.0/de/A.resources.dll": {"locale": "de"}}, "runtimeTargets": {"runtimes/unix/lib/net6.0/A.Unix.dll": {"rid": "unix"}}},
    "Meta/3.0.0": {"runtime": {"lib/net6.0/_._": {}}}}},
 "libraries": {"app/2.0.0": {"type": "project"}, "A/1.0.0": {"type": "package", "sha512": "sha512-x"}, "Meta/3.0.0": {"type": "package"},
  "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"}, "Ref/1.0.0.0": {"type": "reference"}}}
D
check "deps.json: nothing of it is there" "A,1.0.0,declared,
Meta,3.0.0,declared,
Microsoft.NETCore.App.Runtime.linux-x64,8.0.1,declared,
app,2.0.0,declared,A Meta" "$(ask app "SELECT name, version, scope, replace(dependencies, char(10), ' ') FROM package ORDER BY 1")"
mkdir -p p/app/de p/app/runtimes/unix/lib/net6.0
for file in A.dll app.dll System.Runtime.dll other.dll de/A.resources.dll runtimes/unix/lib/net6.0/A.Unix.dll; do cp p/dotnet/dos.exe "p/app/$file"; done
check "deps.json: its files are there" "A,1.0.0,installed,
Meta,3.0.0,declared,
Microsoft.NETCore.App.Runtime.linux-x64,8.0.1,installed,
app,2.0.0,installed,A Meta" "$(ask app "SELECT name, version, scope, replace(dependencies, char(10), ' ') FROM package ORDER BY 1")"
check "and whose they are" "/A.dll,A
/System.Runtime.dll,Microsoft.NETCore.App.Runtime.linux-x64
/app.dll,app
/de/A.resources.dll,A
/other.dll,
/runtimes/unix/lib/net6.0/A.Unix.dll,A" "$(ask app "SELECT path, owner FROM file WHERE path LIKE '%.dll' ORDER BY 1")"
cp p/once/A.dll p/app/A.dll
cp p/once/A.dll p/app/other.dll
check "an assembly of a package is told once" "A,/app.deps.json
A,/other.dll" "$(ask app "SELECT name, path FROM package WHERE name = 'A' ORDER BY 2")"
exit $failed
