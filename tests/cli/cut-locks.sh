#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Lock files that end too early, cut behind each of their lines and, where they are JSON, behind each byte: fewer packages without
# a problem are found where the format cannot tell, and there alone.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
declare -A whole
lock() { # NAME FILE UNIT: standard input is cut into tree/NAME/NUMBER/FILE, the whole has the last number
	local i n
	cat >whole.txt
	n=$(if [ "$3" = byte ]; then wc -c <whole.txt; else wc -l <whole.txt; fi)
	# The newline at the end of JSON is no part of it.
	[ "$3" = byte ] && n=$((n - 1))
	for ((i = 0; i <= n; i++)); do
		mkdir -p "tree/$1/$i"
		if [ "$3" = byte ]; then head -c $i whole.txt; else head -n $i whole.txt; fi >"tree/$1/$i/$2"
	done
	whole[$1]=$n
}
lock npm1 package-lock.json byte <<<'{"name":"x","lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":{"b":{"version":"2.0.0"}}}}}'
lock npm2 package-lock.json byte <<<'{"name":"x","lockfileVersion":2,"packages":{"":{"name":"x"},"node_modules/a":{"version":"1.0.0"}},"dependencies":{"a":{"version":"1.0.0"}}}'
lock npm3 package-lock.json byte <<<'{"name":"x","lockfileVersion":3,"packages":{"":{"name":"x"},"node_modules/a":{"version":"1.0.0"},"node_modules/b":{"version":"2.0.0"}}}'
lock shrinkwrap npm-shrinkwrap.json byte <<<'{"name":"x","dependencies":{"a":{"version":"1.0.0"},"b":{"version":"2.0.0"}}}'
lock bun bun.lock byte <<<'{"lockfileVersion":1,"workspaces":{"":{"name":"x",},},"packages":{"a":["a@1.0.0","",{},"sha512-AA=="],"b":["b@2.0.0","",{},""],}}'
lock deno deno.lock byte <<<'{"version":"4","npm":{"a@1.0.0":{"integrity":"x"},"b@2.0.0":{}}}'
lock composer composer.lock byte <<<'{"packages":[{"name":"l/a","version":"1.0.0"}],"packages-dev":[{"name":"l/b","version":"2.0.0"}]}'
lock installed installed.json byte <<<'{"packages":[{"name":"a/a","version":"1.0.0"},{"name":"a/b","version":"2.0.0"}]}'
lock pipenv Pipfile.lock byte <<<'{"_meta":{"pipfile-spec":6},"default":{"a":{"version":"==1.0"}},"develop":{"b":{"version":"==2.0"}}}'
lock nuget packages.lock.json byte <<<'{"version":1,"dependencies":{"net8.0":{"A":{"type":"Direct","resolved":"1.0.0"},"B":{"type":"Direct","resolved":"2.0.0"}}}}'
lock swift Package.resolved byte <<<'{"pins":[{"identity":"a","location":"https://h/o/a","state":{"version":"1.0.0"}}],"version":2}'
lock conan conan.lock byte <<<'{"version":"0.5","requires":["a/1.0","b/2.0"],"build_requires":[]}'
lock conan1 conan.lock byte <<<'{"graph_lock":{"nodes":{"0":{"ref":"a/1.0"},"1":{"ref":"b/2.0"}}},"version":"0.4"}'
mkdir tree/installed/x && for d in tree/installed/[0-9]*; do mkdir "$d/composer" && mv "$d/installed.json" "$d/composer"; done
rmdir tree/installed/x
lock yarn1 yarn.lock line <<'L'
# yarn lockfile v1


a@^1.0.0:
  version "1.0.0"
  resolved "https://h/a"

b@^2.0.0:
  version "2.0.0"
L
lock berry yarn.lock line <<'L'
__metadata:
  version: 8
  cacheKey: 10

"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"

"b@npm:^2.0.0":
  version: 2.0.0
  resolution: "b@npm:2.0.0"
L
lock pnpm9 pnpm-lock.yaml line <<'L'
lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      a:
        specifier: ^1.0.0
        version: 1.0.0

packages:

  a@1.0.0:
    resolution: {integrity: sha512-AA==}

  b@2.0.0:
    resolution: {integrity: sha512-AA==}

snapshots:

  a@1.0.0:
    dependencies:
      b: 2.0.0

  b@2.0.0: {}
L
lock pnpm6 pnpm-lock.yaml line <<'L'
lockfileVersion: '6.0'

dependencies:
  a:
    specifier: ^1.0.0
    version: 1.0.0

packages:

  /a@1.0.0:
    resolution: {integrity: sha512-AA==}
    dev: false

  /b@2.0.0:
    resolution: {integrity: sha512-AA==}
    dev: false
L
lock bundler Gemfile.lock line <<'L'
GEM
  remote: https://h/
  specs:
    a (1.0.0)
      b (>= 1)
    b (2.0.0)

PLATFORMS
  ruby

DEPENDENCIES
  a

BUNDLED WITH
   2.3.15
L
# As poetry and pdm write them.
packages='[[package]]
name = "a"
version = "1.0"
files = [
    {file = "a", hash = "sha256:00"},
]

[[package]]
name = "b"
version = "2.0"'
lock poetry poetry.lock line <<L
$packages

[metadata]
lock-version = "2.0"
L
lock uv uv.lock line <<'L'
version = 1

[[package]]
name = "a"
version = "1.0"
wheels = [
    { hash = "sha256:00" },
]

[[package]]
name = "b"
version = "2.0"
L
lock pdm pdm.lock line <<L
[metadata]
lock_version = "4.4"

$packages
L
lock cargo Cargo.lock line <<'L'
version = 3

[[package]]
name = "a"
version = "1.0.0"
dependencies = [
 "b",
]

[[package]]
name = "b"
version = "2.0.0"
L
lock julia Manifest.toml line <<'L'
julia_version = "1.9.0"
manifest_format = "2.0"

[[deps.A]]
uuid = "1"
version = "1.0.0"

[[deps.B]]
uuid = "2"
version = "2.0.0"
L
lock go go.mod line <<'L'
module x

go 1.22

require (
	h/a v1.0.0
	h/b v2.0.0
)

require h/c v3.0.0
L
lock requirements requirements.txt line <<'L'
a==1.0
b==2.0 \
    --hash=sha256:00
L
lock mix mix.lock line <<'L'
%{
  "a": {:hex, :a, "1.0.0", "00", [:mix], [], "hexpm", "00"},
  "b": {:hex, :b, "2.0.0", "00", [:mix], [], "hexpm", "00"},
}
L
lock pub pubspec.lock line <<'L'
packages:
  a:
    source: hosted
    version: "1.0.0"
  b:
    source: hosted
    version: "2.0.0"
sdks:
  dart: ">=3.0.0 <4.0.0"
L
lock pods Podfile.lock line <<'L'
PODS:
  - A (1.0.0):
    - B
  - B (2.0.0)

DEPENDENCIES:
  - A

COCOAPODS: 1.15.2
L

listed "SELECT path, group_concat(version, ' ') FROM (SELECT path, version FROM package ORDER BY path, name, version) GROUP BY path" >packages
problems | sed 's/: .*//' | sort -u >problems
# NAME: the cuts that lose packages, or a version, in silence.
silent() {
	awk -F, -v name="$1" -v whole="${whole[$1]}" '
		{ split($1, part, "/") }
		part[2] != name { next }
		FILENAME == "problems" { problem[part[3]] = 1; next }
		{ versions[part[3]] = $2 }
		END {
			if (versions[whole] == "") print "the whole has no packages"
			if (whole in problem) print "the whole has a problem"
			for (i = 0; i < whole; i++) if (!(i in problem) && versions[i] != versions[whole]) printf "%s%d", n++ ? " " : "", i
		}' problems packages
}
for name in npm1 npm2 npm3 shrinkwrap bun deno composer installed pipenv nuget swift conan conan1 bundler poetry pub pods mix; do
	check "$name" "" "$(silent $name)"
done
# A list whose length nothing tells: a cut between two packages, or between a name and its version, looks like an end.
check cargo "5 8 9" "$(silent cargo)"
check julia "4 5 6 7 8 9" "$(silent julia)"
check pdm "1 2 3 5 6 9 10 12" "$(silent pdm)"
check uv "1 2 4 5 8 9 11" "$(silent uv)"
check pnpm9 "1 2 3 4 5 6 7 8" "$(silent pnpm9)"
check pnpm6 "1 2 3 4 5 11 12 13" "$(silent pnpm6)"
# Lines without a bracket around them.  An empty file of Yarn and of pip is whole.
check yarn1 "0 1 2 3 5 6 7" "$(silent yarn1)"
check berry "0 1 2 3 4 6 7 8" "$(silent berry)"
check go "1 2 3 4 8 9" "$(silent go)"
check requirements "0 1" "$(silent requirements)"
exit $failed
