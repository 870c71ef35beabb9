#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages of the languages that have no test of their own: installed ones as each ecosystem records them, and what lock files want.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"

sum=cee16ab07a11303de721915f0a269e8c7a54a5c834aa52f74b1cc3a59000ade8
all="SELECT type, name, version, license, root, replace(dependencies, char(10), ' ') FROM package"
pinned="SELECT name, version, checksum IS NOT NULL, replace(dependencies, char(10), ' ') FROM package WHERE scope = 'declared'"

# R.
put usr/lib/R/site-library/demo/DESCRIPTION <<'F'
Package: demo
Version: 1.0-2
License: GPL-2 | file LICENSE
Depends: R (>= 3.5), methods
Imports: Rcpp (>= 1.0),
  jsonlite
Maintainer: Ann <ann@example.org>
Built: R 4.2.2; ; 2023-01-20 18:24:23 UTC; unix
F
put usr/lib/R/site-library/bio/DESCRIPTION <<<$'Package: bio\nVersion: 1.1\nRepository: Bioconductor 3.16\nBuilt: R 4.2.2'
put src/demo/DESCRIPTION <<<$'Package: demo\nVersion: 2.0'
put app/renv.lock <<<'{"R": {"Version": "4.2"}, "Packages": {"x": {"Package": "x", "Version": "1.2", "Source": "Repository", "Requirements": ["R", "y"]}}}'
check "R" "bioconductor,bio,1.1,,/usr/lib/R/site-library/bio,
cran,demo,1.0-2,GPL-2 | file LICENSE,/usr/lib/R/site-library/demo,methods Rcpp jsonlite
cran,x,1.2,,,y" "$(listed "$all")"
rm -rf tree

# Erlang and Elixir.
put usr/lib/erlang/lib/kernel-8.5/ebin/kernel.app <<'F'
%% -*- erlang -*-
{application, kernel,
 [{description, "it's \"the\" kernel, {vsn, \"9\"}"}, {vsn, "8.5"}, {modules, [a, 'B']},
  {applications, []}, {env, [{a, [{vsn, "7"}]}, {c, $"}, {m, #{x => <<"y">>}}]}]}.
F
put app/lib/cowboy-2.9.0/ebin/cowboy.app <<<'{application,cowboy,[{vsn,"2.9.0"},{applications,[kernel,ranch]},{licenses,["ISC"]},{included_applications,[x]}]}.'
check "Erlang" "hex,cowboy,2.9.0,ISC,/app/lib/cowboy-2.9.0,kernel ranch x
otp,kernel,8.5,,/usr/lib/erlang/lib/kernel-8.5," "$(listed "$all")"
rm -rf tree
put a/rebar.lock <<F
{"1.2.0",
[{<<"cow">>,{pkg,<<"cowlib">>,<<"2.12.1">>},1},
 {<<"mine">>,{git,"https://example.org/mine",{ref,"0123"}},0}]}.
[{pkg_hash,[{<<"cow">>, <<"00">>}]},
 {pkg_hash_ext,[{<<"cow">>, <<"${sum^^}">>}]}].
F
put a/mix.lock <<F
%{
  # a comment, isn't it
  "db": {:hex, :db_connection, "2.4.2", "00", [:mix], [{:telemetry, "~> 0.4", [hex: :telemetry, repo: "hexpm", optional: false]}], "hexpm", "$sum"},
  "own": {:git, "https://example.org/own", "0123", [branch: "main"]},
}
F
check "locks of Erlang and Elixir" "cowlib,2.12.1,1,
db_connection,2.4.2,1,telemetry
mine,,0,
own,,0," "$(listed "$pinned")"
rm -rf tree

# Bitnami.
put opt/bitnami/db/.spdx-db.spdx <<'F'
{"spdxVersion": "SPDX-2.3", "documentDescribes": ["SPDXRef-db"], "packages": [
 {"SPDXID": "SPDXRef-db", "name": "db", "versionInfo": "7.0-1", "licenseDeclared": "MIT",
  "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:bitnami/db@7.0-1?arch=arm64&distro=debian-12"}]},
 {"SPDXID": "SPDXRef-jar", "name": "jar", "versionInfo": "2", "licenseDeclared": "NOASSERTION", "licenseConcluded": "BSD-2-Clause",
  "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:maven/org.example/jar%2Bx@2"}]}]}
F
put opt/bitnami/old/.spdx-old.spdx <<'F'
SPDXVersion: SPDX-2.2

PackageName: old
PackageVersion: 1.0-0
PackageLicenseConcluded: MIT
ExternalRef: PACKAGE-MANAGER purl pkg:bitnami/old@1.0-0?arch=amd64
F
put opt/bitnami/.bitnami_components.json <<<"{\"gosu\": {\"arch\": \"amd64\", \"distro\": \"debian-10\", \"version\": \"1.14.0-1\", \"digest\": \"$sum\"}}"
check "Bitnami" "bitnami,db,7.0-1,arm64,MIT,/opt/bitnami/db,pkg:bitnami/db@7.0-1?arch=arm64&distro=debian-12
bitnami,gosu,1.14.0-1,amd64,,,pkg:bitnami/gosu@1.14.0-1?arch=amd64&distro=debian-10
bitnami,old,1.0-0,amd64,MIT,/opt/bitnami/old,pkg:bitnami/old@1.0-0?arch=amd64
maven,org.example:jar+x,2,,BSD-2-Clause,,pkg:maven/org.example/jar%2Bx@2" "$(listed "SELECT type, name, version, arch, license, root, purl FROM package")"
rm -rf tree

# Perl.
put usr/local/lib/perl5/site_perl/5.36.0/x86_64-linux-gnu/.meta/Try-Tiny-0.31/install.json <<<'{"dist": "Try-Tiny-0.31", "name": "Try::Tiny", "version": "0.31"}'
put usr/local/lib/perl5/5.36.0/x86_64-linux-gnu/perllocal.pod <<'F'
=head2 Sat Nov 28 02:58:52 2026: C<Module> L<Demo::Thing|Demo::Thing>

C<VERSION: 0.1>

=head2 Sat Nov 28 02:58:53 2026: C<Module> L<Demo::Thing|Demo::Thing>

C<VERSION: 0.2>
F
put usr/local/lib/perl5/auto/Demo/Thing/.packlist <<<$'/usr/local/share/perl/Demo/Thing.pm\n/usr/local/bin/thing type=file'
check "Perl" "cpan,Demo-Thing,0.2,,,
cpan,Try-Tiny,0.31,,," "$(listed "$all")"
put usr/local/lib/perl5/auto/LWP/.packlist </dev/null
put usr/local/lib/perl5/.packlist </dev/null
put usr/local/lib/perl5/auto/Built/By/Module/.packlist <<<'/usr/local/share/perl/Built.pm'
check "Perl's lists alone tell no version" "cpan,Built-By-Module,,,,
cpan,Demo-Thing,0.2,,,
cpan,Try-Tiny,0.31,,,
cpan,libwww-perl,6.67,,," "$(put usr/local/lib/perl5/.meta/libwww-perl-6.67/install.json <<<'{"dist": "libwww-perl-6.67", "name": "LWP", "version": "6.67"}'; listed "$all" | grep -v ^warning)"
check "which is told" "/usr/local/lib/perl5/auto/Built/By/Module/.packlist: nothing tells the version of what was installed" "$(problems)"
put etc/os-release <<<$'ID=debian\nVERSION_ID=12'
put var/lib/dpkg/status <<<$'Package: libbuilt-perl\nStatus: install ok installed\nVersion: 1-1\nArchitecture: all'
put var/lib/dpkg/info/libbuilt-perl.list <<<'/usr/local/lib/perl5/auto/Built/By/Module/.packlist'
check "and not of what a distribution brought" "Built-By-Module,libbuilt-perl" "$(problems; listed "SELECT name, owner FROM package WHERE name LIKE 'Built%'")"
rm -r tree/etc tree/var tree/usr/local/lib/perl5/auto/{LWP,Built} tree/usr/local/lib/perl5/.meta tree/usr/local/lib/perl5/.packlist
check "its files" "Demo-Thing,/usr/local/share/perl/Demo/Thing.pm
Demo-Thing,/usr/local/bin/thing" "$(listed "SELECT package, file FROM package_file")"
rm -rf tree

# Lua.
put usr/local/lib/luarocks/rocks-5.3/demo/1.2-1/demo-1.2-1.rockspec <<'F'
package = "demo"
version = "1.2" .. "-1"
source = { url = "file:///x", tag = "v1" } -- don't
description = { summary = [[it's a "demo"]], license = "MIT", maintainer = "Ann" }
dependencies = { "lua >= 5.1", 'inspect' }
F
check "Lua" "luarocks,demo,1.2-1,MIT,/usr/local/lib/luarocks/rocks-5.3/demo/1.2-1,lua inspect" "$(listed "$all")"
put usr/local/lib/luarocks/rocks-5.3/demo/1.2-1/rock_manifest <<'F'
rock_manifest = {
   bin = { demo = "4d30481100926b120404b69d964018aa" },
   lua = { ["demo.lua"] = "d41d8cd98f00b204e9800998ecf8427e", sub = { ["part.lua"] = "6cf5eb7452de51952a124237ab8558de" } },
   lib = { ["demo.so"] = "6cf5eb7452de51952a124237ab8558de" },
   ["demo-1.2-1.rockspec"] = "4d30481100926b120404b69d964018aa"
}
F
put usr/local/share/lua/5.3/demo.lua </dev/null
put usr/local/lib/lua/5.3/demo.so <<<changed
put usr/local/bin/demo <<<wrapper
check "files of rocks" "/usr/local/bin/demo,unrecorded
/usr/local/share/lua/5.3/demo.lua,same
/usr/local/share/lua/5.3/sub/part.lua,missing
/usr/local/lib/lua/5.3/demo.so,modified
/usr/local/lib/luarocks/rocks-5.3/demo/1.2-1/demo-1.2-1.rockspec,modified" "$(listed "SELECT file, state FROM package_file")"
rm -rf tree

# Haskell.
put var/lib/ghc/package.conf.d/text-short-0.1.5.conf <<'F'
name:                 text-short
version:              0.1.5
license:              BSD-3-Clause
maintainer:           Ann <ann@example.org>
description:
    The first part.

    name: this is text
depends:
    base-4.15.1.0 th-abstraction-0.4.3.0-9YvXaB
F
check "Haskell" "hackage,text-short,0.1.5,BSD-3-Clause,,base th-abstraction" "$(listed "$all")"
rm -rf tree
put a/cabal.project.freeze <<<$'active-repositories: x\nconstraints: any.aeson ==2.0.3.0,\n             aeson -flag,\n             any.text ==1.2'
printf 'packages:\n- completed:\n    name: own\n    version: 0.1\n- completed:\n    hackage: HTTP-4000.3.16@sha256:%s,5947\n  original:\n    hackage: HTTP-1\n' $sum | put a/stack.yaml.lock
check "locks of Haskell" "HTTP,4000.3.16,0,
aeson,2.0.3.0,0,
own,0.1,0,
text,1.2,0," "$(listed "$pinned")"
rm -rf tree

# OCaml.
put root/.opam/default/.opam-switch/packages/yojson.2.1.0/opam <<'F'
opam-version: "2.0"
synopsis: "isn't it"
description: """
It's a "text"."""
license: "BSD-3-Clause"
depends: [ "dune" {>= "2.7"} "seq" ]
F
put usr/lib/ocaml/findlib/META <<<$'# it\'s\nversion = "1.9.6"\npackage "dynload" (\n  version = "[internal]"\n)'
put usr/lib/ocaml/unix/META <<<'version = "[distributed with Ocaml]"'
check "OCaml" "opam,findlib,1.9.6,,,
opam,yojson,2.1.0,BSD-3-Clause,,dune seq" "$(listed "$all")"
rm -rf tree

# Julia.
put root/.julia/packages/JSON/abcde/Project.toml <<<$'name = "JSON"\nuuid = "682c06a0-de6a-54ab-a142-c8b1cf79cde6"\nversion = "0.21.4"\n[deps]\nDates = "x"'
put a/Manifest.toml <<<$'julia_version = "1.8"\nmanifest_format = "2.0"\n[[deps.Parsers]]\ndeps = ["Dates"]\nuuid = "1"\nversion = "2.5"\n[[deps.Dates]]\nuuid = "2"'
put b/Manifest.toml <<<$'[[Old]]\nuuid = "3"\nversion = "1.0"'
put opt/depot/packages/Example/aqsx3/JuliaProject.toml <<<$'name = "Example"\nuuid = "7876af07-990d-54b4-ab0e-23690620f79a"\nversion = "0.5.5"'
put srv/packages/web/build/Project.toml <<<$'name = "Web"\nversion = "1.0"'
put srv/packages/Web/build/Project.toml <<<$'title = "no project of Julia"'
put c/Manifest-v1.11.toml <<<$'julia_version = "1.11.1"\nmanifest_format = "2.0"\n[[deps.New]]\nuuid = "4"\nversion = "3.0"'
check "Julia" "Example,0.5.5,installed,pkg:julia/Example@0.5.5?uuid=7876af07-990d-54b4-ab0e-23690620f79a,
JSON,0.21.4,installed,pkg:julia/JSON@0.21.4?uuid=682c06a0-de6a-54ab-a142-c8b1cf79cde6,Dates
New,3.0,declared,pkg:julia/New@3.0?uuid=4,
Old,1.0,declared,pkg:julia/Old@1.0?uuid=3,
Parsers,2.5,declared,pkg:julia/Parsers@2.5?uuid=1,Dates" "$(listed "SELECT name, version, scope, purl, dependencies FROM package")"
rm -rf tree

# Conan and vcpkg.
put root/.conan/data/zlib/1.2.13/_/_/package/0123/conaninfo.txt </dev/null
put a/conan.lock <<<'{"graph_lock": {"nodes": {"0": {"options": ""}, "1": {"ref": "openssl/3.0.3#0123"}}}}'
put b/conan.lock <<<'{"version": "0.5", "requires": ["fmt/9.0@me/dev#0123%1"], "build_requires": ["cmake/3.0"]}'
put c/conanfile.txt <<<$'[requires]\nboost/1.75.0 # why\nopen/[>1 <2]\n[options]\nboost/*:shared=True'
check "Conan" "boost,1.75.0,declared,pkg:conan/boost@1.75.0
cmake,3.0,declared,pkg:conan/cmake@3.0
fmt,9.0,declared,pkg:conan/fmt@9.0?channel=dev&user=me
openssl,3.0.3,declared,pkg:conan/openssl@3.0.3
zlib,1.2.13,installed,pkg:conan/zlib@1.2.13" "$(listed "SELECT name, version, scope, purl FROM package")"
rm -rf tree
put opt/app/vcpkg_installed/vcpkg/status <<'F'
Package: curl
Version: 8.4.0
Port-Version: 1
Architecture: x64-linux
Depends: vcpkg-cmake:x64-linux, zlib
Status: install ok installed

Package: curl
Feature: ssl
Architecture: x64-linux
Status: install ok installed

Package: gone
Version: 1
Architecture: x64-linux
Status: purge ok not-installed
F
check "vcpkg" "vcpkg,curl,8.4.0#1,,,vcpkg-cmake zlib" "$(listed "$all")"
# What it did since it was started last: zlib came, curl went for its successor, and the same name for another machine stays.
update() { printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMulti-Arch: same\nStatus: %s\n\n' "$2" "$3" "$4" "$5" | put "opt/app/vcpkg_installed/vcpkg/updates/$1"; }
printf '\nPackage: curl\nVersion: 8.0\nArchitecture: arm64-linux\nStatus: install ok installed\n' >>tree/opt/app/vcpkg_installed/vcpkg/status
update 0000000000 curl 8.4.0 x64-linux 'purge ok half-installed'
update 0000000001 curl 8.4.0 x64-linux 'purge ok not-installed'
update 0000000002 curl 8.10.1 x64-linux 'install ok half-installed'
update 0000000003 curl 8.10.1 x64-linux 'install ok installed'
update 0000000004 zlib 1.3.1 x64-linux 'install ok half-installed'
update 0000000005 zlib 1.3.1 x64-linux 'install ok installed'
update 0000000006 fmt 9.0 x64-linux 'install ok half-installed'
update incomplete fmt 9.0 x64-linux 'install ok installed'
mkdir -p tree/srv && cp -r tree/opt/app/vcpkg_installed tree/srv && rm tree/srv/vcpkg_installed/vcpkg/status
check "vcpkg's updates" "curl,8.0,arm64-linux,/opt/app/vcpkg_installed/vcpkg/status
curl,8.10.1,x64-linux,/opt/app/vcpkg_installed/vcpkg/updates/0000000003
curl,8.10.1,x64-linux,/srv/vcpkg_installed/vcpkg/updates/0000000003
zlib,1.3.1,x64-linux,/opt/app/vcpkg_installed/vcpkg/updates/0000000005
zlib,1.3.1,x64-linux,/srv/vcpkg_installed/vcpkg/updates/0000000005" "$(listed "SELECT name, version, arch, path FROM package")"
rm -rf tree

# The rest.
put home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json <<<'{"runtime_dependencies": [{"full_name": "oniguruma"}]}'
put usr/lib/swi-prolog/pack/hdt/pack.pl <<<$'name(hdt).\nversion(\'0.5.2\').\nauthor( \'Jan\', \'jan@example.org\' ).\nrequires(other).'
check "Homebrew and SWI-Prolog" "brew,jq,1.7.1,,/home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1,oniguruma
swiplpack,hdt,0.5.2,,/usr/lib/swi-prolog/pack/hdt,other" "$(listed "$all")"
rm -rf tree
put a/pubspec.lock <<F
sdks:
  dart: ">=3.0.0 <4.0.0"
packages:
  crypto:
    dependency: "direct main"
    description: {name: crypto, sha256: $sum, url: "https://example.org"}
    source: hosted
    version: "3.0.2"
  flutter:
    dependency: "direct main"
    description: flutter
    source: sdk
    version: "0.0.0"
F
put b/Package.resolved <<<'{"version": 1, "object": {"pins": [{"package": "Nio", "repositoryURL": "git@github.com:apple/swift-nio.git", "state": {"version": "2.0"}}]}}'
put c/Package.resolved <<<'{"version": 3, "pins": [{"identity": "log", "location": "https://me@github.com/apple/swift-log.git/", "state": {"version": "1.0"}}, {"identity": "mmio", "location": "https://github.com/apple/mmio", "state": {"branch": "main"}}]}'
put d/Podfile.lock <<<$'PODS:\n  - Base/Core (1.0):\n    - Other (~> 2.0)\n  - Other (2.1)\nCOCOAPODS: 1.10'
put e/.terraform.lock.hcl <<<$'# kept\nprovider "registry.example.org/acme/cloud" {\n  version     = "5.72.1"\n  constraints = "~> 5.0"\n  hashes = [\n    "h1:x",\n  ]\n}'
check "locks of Dart, Swift, CocoaPods and Terraform" "cocoapods,Base/Core,1.0,pkg:cocoapods/Base@1.0#Core,Other
cocoapods,Other,2.1,pkg:cocoapods/Other@2.1,
pub,crypto,3.0.2,pkg:pub/crypto@3.0.2,
swift,github.com/apple/mmio,,pkg:swift/github.com/apple/mmio,
swift,github.com/apple/swift-log,1.0,pkg:swift/github.com/apple/swift-log@1.0,
swift,github.com/apple/swift-nio,2.0,pkg:swift/github.com/apple/swift-nio@2.0,
terraform,registry.example.org/acme/cloud,5.72.1,pkg:terraform/registry.example.org/acme/cloud@5.72.1," "$(listed "SELECT type, name, version, purl, dependencies FROM package")"
rm -rf tree

# Nothing unreadable counts as empty.
put a/DESCRIPTION <<<$'Package: x\nno field\nBuilt: R 4'
put a/renv.lock <<<'{}'
put a/ebin/x.app <<<'{application, x, [{vsn, "1"}.'
put a/ebin/y.app <<<'{other, y, []}.'
put a/rebar.lock <<<'{"1.2.0", ["'
put a/mix.lock <<<']'
put a/.spdx-x.spdx <<<'{"packages": 1}'
put a/.bitnami_components.json <<<'[]'
put a/.meta/x/install.json <<<'{"dist": "x"}'
put a/perllocal.pod <<<'=head2 x: C<Module> L<X|X>'
put a/.packlist <<<'relative'
put a/luarocks/rocks-5.1/x/1/x.rockspec <<<'x = [[ never'
put a/package.db/x.conf <<<'name: x'
put a/stack.yaml.lock <<<'a: ['
put a/.opam-switch/packages/x/opam <<<'a: "b"'
put a/pubspec.lock <<<'packages: {x: 1}'
put a/Package.resolved <<<'{}'
put a/Podfile.lock <<<'a: b'
put a/conan.lock <<<'{}'
put a/conanfile.txt <<<$'[requires]\nzlib'
put a/.julia/packages/X/y/Project.toml <<<'name = "X"'
put a/vcpkg/status <<<$'Package: x\nStatus: install ok installed'
put a/Cellar/x/1/INSTALL_RECEIPT.json <<<'{'
put a/.terraform.lock.hcl <<<'provider "x" {}'
put a/pack/x/pack.pl <<<'name(x).'
check "what cannot be read" "/a/.bitnami_components.json: no components
/a/.julia/packages/X/y/Project.toml: line 1: a package without version
/a/.meta/x/install.json: no record of an installation: dist has no name and version
/a/.opam-switch/packages/x/opam: line 1: the directory's name has no version
/a/.packlist: line 1: no absolute path
/a/.spdx-x.spdx: no SPDX document: it has no packages
/a/.terraform.lock.hcl: line 1: a provider without version
/a/Cellar/x/1/INSTALL_RECEIPT.json: JSON
/a/DESCRIPTION: line 2: no field of a description
/a/Package.resolved: no lock of Swift packages: it has no pins
/a/Podfile.lock: line 1: no lock of CocoaPods: it has no PODS
/a/conan.lock: no lock of Conan: it has neither graph_lock nor requires
/a/conanfile.txt: line 2: no reference of a package
/a/ebin/x.app: line 2: a bracket that does not close
/a/ebin/y.app: line 1: no application
/a/luarocks/rocks-5.1/x/1/x.rockspec: line 1: a text without end
/a/mix.lock: line 1: a bracket closes that was not opened
/a/pack/x/pack.pl: line 1: a pack without version
/a/package.db/x.conf: line 1: a library without version
/a/perllocal.pod: line 1: an installation without version
/a/pubspec.lock: line 1: a package that is no mapping
/a/pubspec.lock: the lock ends before its sdks
/a/rebar.lock: line 1: a text without end
/a/renv.lock: no lock of renv: it has neither R nor Packages
/a/stack.yaml.lock: YAML
/a/vcpkg/status: line 1: a package without name or version" "$(problems | sed 's/: YAML:.*/: YAML/; s/: JSON,.*/: JSON/')"
exit $failed
