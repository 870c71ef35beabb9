#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real installations, made here by each ecosystem's own tool without a network: what that tool lists is what we list.  A tool that
# is not here is told, and the others go on.
set -u
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export HOME=$work/home XDG_CACHE_HOME=$work/cache PATH=/usr/local/bin:/usr/bin:/bin
mkdir home tool
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
ran=0

put() { mkdir -p "$(dirname "$1")" && cat >"$1"; } # FILE, from standard input
have() { # NAME PROGRAM...
	for program in "${@:2}"; do
		command -v "$program" >/dev/null || { echo "skipped $1: $program is not here"; return 1; }
	done
	ran=$((ran + 1))
}
listed() { # TREE SQL: lines of CSV without their header, and what could not be read
	"$plimsoll" query --no-cache --output csv "rootfs:$1" "$2" 2>tool/err | tr -d '"\r' | sed 1d
	grep -v 'operating system' tool/err
}
ours() { # TREE TYPE
	listed "$1" "SELECT name, version FROM package WHERE type = '$2'" | LC_ALL=C sort
}
# by NAME COMMAND...: what installs; its words are shown when it fails.
by() {
	local name=$1
	shift
	"$@" >"$work/tool/log" 2>&1 || { echo "not ok $name: $*"; sed 's/^/    /' "$work/tool/log" | tail -n 20; failed=1; return 1; }
}
same() { # NAME COUNT THEIRS OURS: as many packages, or files, as were installed, and the same ones
	local theirs
	theirs=$(LC_ALL=C sort <<<"$3")
	[ "$(grep -c , <<<"$theirs")" = "$2" ] || { echo "not ok $1: the tool does not list $2"; sed 's/^/    /' <<<"$theirs"; failed=1; }
	check "$1" "$theirs" "$4"
}

ocaml() {
	have opam opam || return
	put opam/repo <<<'opam-version: "2.0"'
	for package in 'base-thing.1.2.3' 'tool.0.9~rc1+v1' 'gone.1'; do
		put "opam/packages/${package%%.*}/$package/opam" <<<$'opam-version: "2.0"\nmaintainer: "ann@example.org"\nsynopsis: "s"\nlicense: "MIT"'
	done
	echo 'depends: ["base-thing" {>= "1.0"}]' >>opam/packages/tool/tool.0.9~rc1+v1/opam
	put pinned/pinned.opam <<<$'opam-version: "2.0"\nmaintainer: "ann@example.org"\nsynopsis: "s"\nversion: "2.1"'
	local -x OPAMROOT=$work/opam-tree/root/.opam OPAMYES=1 OPAMCOLOR=never OPAMROOTISOK=1 OPAMSWITCH=one
	by opam opam init --bare --disable-sandboxing -n -a own ./opam &&
		by opam opam switch create one --empty &&
		by opam opam install tool gone &&
		by opam opam pin add --kind=path pinned ./pinned &&
		by opam opam remove gone || return
	same "opam" 3 "$(opam list --installed --short --columns=name,version --separator=, | tr -d ' ')" "$(ours opam-tree opam)"
}

lua() {
	have luarocks luarocks || return
	local tree=$work/lua-tree/usr/local spec
	put lua/demo.lua <<<'return 1'
	put lua/part.lua <<<'return 2'
	for spec in demo/1.2-1 demo/1.10-1 dep-er/0.1rc1-2 gone/1-1; do
		put "lua/${spec/\//-}.rockspec" <<<"package = '${spec%/*}' version = '${spec#*/}' source = {url = 'file://x'}
			description = {license = 'MIT'} build = {type = 'builtin', modules = {['${spec%/*}'] = 'demo.lua', ['${spec%/*}.part'] = 'part.lua'}}"
		by luarocks env -C lua luarocks --tree "$tree" make --deps-mode none --keep "${spec/\//-}.rockspec" || return
	done
	by luarocks luarocks --tree "$tree" remove gone || return
	same "luarocks" 3 "$(luarocks --tree "$tree" list --porcelain | awk -F'\t' '{ print $1 "," $2 }')" "$(ours lua-tree luarocks)"
	same "luarocks: files of a rock" 2 "$(luarocks --tree "$tree" show dep-er --porcelain | awk -F'\t' '$1 == "module" { print $3 ",same" }' | sed "s,$work/lua-tree,," | LC_ALL=C sort)" \
		"$(listed lua-tree "SELECT file, state FROM package_file WHERE package = 'dep-er' AND file LIKE '%.lua'" | LC_ALL=C sort)"
}

# distribution NAME VERSION: one whose Makefile.PL only wants what comes with Perl
distribution() {
	local module=${1//-/::} file=${1//-//}
	put "perl/$1/lib/$file.pm" <<<"package $module;"$'\n'"our \$VERSION = '$2';"$'\n'"1;"
	put "perl/$1/Makefile.PL" <<<"use ExtUtils::MakeMaker; WriteMakefile(NAME => '$module', VERSION_FROM => 'lib/$file.pm');"
	printf 'Makefile.PL\nMANIFEST\nlib/%s.pm\n' "$file" | put "perl/$1/MANIFEST"
}
perl_made() { (cd "perl/$1" && perl Makefile.PL INSTALL_BASE="$2" && make && make install); }
perl_modules() {
	have perl cpanm make || return
	local tree=$work/perl-tree/opt/own
	distribution One-Thing 0.31
	distribution Two v1.2.3
	distribution Three 0.500_01
	by perl perl_made One-Thing "$tree" || return
	for name in Two Three; do by perl cpanm --local-lib-contained "$tree" --notest --from "file://$work" "./perl/$name" || return; done
	by perl cpanm --local-lib-contained "$tree" --notest --reinstall ./perl/Three || return
	# shellcheck disable=SC2016
	same "Perl: ExtUtils::Installed" 3 "$(perl -MExtUtils::Installed -e 'my $all = ExtUtils::Installed->new(inc_override => \@ARGV);
		print s/::/-/gr, ",", $all->version($_), "\n" for grep { $_ ne "Perl" } $all->modules' "$tree/lib/perl5" "$tree"/lib/perl5/*-*)" "$(ours perl-tree cpan)"
}

# An extension of PECL goes where PHP has its own: that place is bound over, in a name space of mounts.
pecl_bound() {
	unshare --mount --map-root-user sh -ec 'mount --bind "$1" "$2"; shift 2; exec pecl "$@"' - "$work/pecl-tree$extensions" "$extensions" "${settings[@]}" "$@"
}
php_extensions() {
	have PECL pecl phpize make unshare || return
	local extensions settings tree=$work/pecl-tree
	extensions=$(php-config --extension-dir)
	settings=(-C "$work/pear.rc" -c "$work/pear.rc")
	unshare --mount --map-root-user true 2>/dev/null || { echo "skipped PECL: no name space of mounts"; return; }
	mkdir -p "$tree$extensions" && cp -r "$extensions/." "$tree$extensions"
	put pecl/config.m4 <<<$'PHP_ARG_ENABLE([demo],[],[],[yes])\nPHP_NEW_EXTENSION(demo, demo.c, $ext_shared)'
	put pecl/demo.c <<'F'
#include <php.h>
zend_module_entry demo_module_entry = {STANDARD_MODULE_HEADER, "demo", NULL, NULL, NULL, NULL, NULL, NULL, "1.2.3", STANDARD_MODULE_PROPERTIES};
ZEND_GET_MODULE(demo)
F
	put pecl/package.xml <<'F'
<?xml version="1.0"?>
<package version="2.0" xmlns="http://pear.php.net/dtd/package-2.0"><name>demo</name><channel>pecl.php.net</channel><summary>s</summary><description>d</description>
<lead><name>Ann</name><user>ann</user><email>ann@example.org</email><active>yes</active></lead><date>2026-01-01</date>
<version><release>1.2.3</release><api>1.2.3</api></version><stability><release>stable</release><api>stable</api></stability><license>PHP</license><notes>n</notes>
<contents><dir name="/"><file name="config.m4" role="src"/><file name="demo.c" role="src"/></dir></contents>
<dependencies><required><php><min>7.0</min></php><pearinstaller><min>1.4</min></pearinstaller></required></dependencies>
<providesextension>demo</providesextension><extsrcrelease/></package>
F
	by PECL pear config-create "$tree/usr/share" "$work/pear.rc" &&
		by PECL env -C pecl pecl package &&
		by PECL pecl_bound install "$work/pecl/demo-1.2.3.tgz" || return
	same "PECL" 1 "$(pecl "${settings[@]}" list | awk '$2 ~ /^[0-9]/ { print $1 "," $2 }')" "$(ours pecl-tree pear)"
	same "PECL: files of an extension" 1 "$(pecl "${settings[@]}" list-files pecl/demo | awk '$1 == "src" { print $2 "," $2 }')" \
		"$(listed pecl-tree "SELECT file, path FROM package_file WHERE type = 'pear'")"
}

# wheel NAME VERSION [NEED]: one that an index below index/ offers
wheel() {
	python3 - "$@" <<'F'
import hashlib, os, sys, zipfile
name, version, *needs = sys.argv[1:]
stem, key = name.replace(".", "_").replace("-", "_"), name.lower().replace(".", "-")
info, folder = f"{stem}-{version}.dist-info", f"index/{key}"
os.makedirs(folder, exist_ok=True)
path = f"{folder}/{stem}-{version}-py3-none-any.whl"
with zipfile.ZipFile(path, "w") as archive:
    archive.writestr(f"{stem}.py", "")
    archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(f"Requires-Dist: {need}\n" for need in needs))
    archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    archive.writestr(f"{info}/RECORD", f"{stem}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
with open(path, "rb") as archive, open(f"{folder}/index.html", "a") as page:
    base = os.path.basename(path)
    page.write(f'<a href="{base}#sha256={hashlib.sha256(archive.read()).hexdigest()}">{base}</a>\n')
F
}
# index: serves index/ on an address of this machine only; sets `index`
serve_index() {
	[ -z "$server" ] || return 0
	wheel Demo.Base 1.0 && wheel Demo.Base 2.0rc1 && wheel tool 0.3.post1 'Demo.Base<2' && wheel only-dev 5 || return
	python3 -u -m http.server --bind 127.0.0.1 --directory index 0 >tool/server 2>tool/requests &
	server=$!
	for _ in {1..100}; do grep -q port tool/server && break; sleep 0.1; done
	index=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' tool/server)/
}
requirements() { sed -n 's/^\([A-Za-z0-9._-]*\)==\([^ ;]*\).*/\1,\2/p'; } # NAME==VERSION lines to NAME,VERSION

by_pip() {
	python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "skipped pip: python3-venv is not here"; return; }
	have pip python3 && serve_index || return
	by pip python3 -m venv pip-tree/opt/v &&
		by pip pip-tree/opt/v/bin/pip install --disable-pip-version-check --index-url "$index" tool only-dev &&
		by pip pip-tree/opt/v/bin/pip uninstall -y only-dev || return
	# What lies below a _vendor folder pip itself does not list.
	pip-tree/opt/v/bin/pip list --format=freeze --disable-pip-version-check >tool/list
	same "pip" "$(wc -l <tool/list)" "$(requirements <tool/list)" "$(listed pip-tree "SELECT name, version FROM package WHERE type = 'pypi' AND path NOT LIKE '%/_vendor/%'" | LC_ALL=C sort)"
	check "pip: what was installed is among them" $'Demo.Base,1.0\ntool,0.3.post1' "$(ours pip-tree pypi | grep -i -e demo -e tool,)"
}

poetry_lock() {
	have poetry poetry && serve_index || return
	put poetry/pyproject.toml <<F
[tool.poetry]
name = "app"
version = "0.1"
description = ""
authors = ["Ann <ann@example.org>"]
[tool.poetry.dependencies]
python = ">=3.7"
tool = "*"
[tool.poetry.group.dev.dependencies]
only-dev = "*"
[[tool.poetry.source]]
name = "own"
url = "$index"
default = true
F
	local -x POETRY_VIRTUALENVS_CREATE=false
	by poetry env -C poetry poetry lock --no-interaction || return
	same "poetry.lock" 3 "$(env -C poetry poetry show --no-ansi 2>tool/err | sed 's/(!)//' | awk '{ print $1 "," $2 }')" "$(ours poetry pypi)"
}

pdm_lock() {
	have pdm pdm && serve_index || return
	put pdm/pyproject.toml <<F
[project]
name = "app"
version = "0.1"
requires-python = ">=3.9"
dependencies = ["tool"]
[tool.pdm.dev-dependencies]
dev = ["only-dev"]
[[tool.pdm.source]]
name = "pypi"
url = "$index"
verify_ssl = false
F
	local -x PDM_CHECK_UPDATE=false
	by pdm env -C pdm pdm lock || return
	# Its export writes a name as the project that wants it does, its lock as the index does.
	same "pdm.lock" 3 "$(env -C pdm pdm export -f requirements --without-hashes 2>tool/err | requirements | tr 'A-Z' 'a-z')" "$(ours pdm pypi)"
}

pipenv_lock() {
	have Pipfile.lock pipenv && serve_index || return
	put pipenv/Pipfile <<F
[[source]]
name = "own"
url = "$index"
verify_ssl = false
[packages]
tool = "*"
[dev-packages]
only-dev = "*"
F
	local -x PIPENV_VENV_IN_PROJECT=1
	by Pipfile.lock env -C pipenv pipenv --python /usr/bin/python3 lock || return
	same "Pipfile.lock" 3 "$(env -C pipenv pipenv requirements --dev 2>tool/err | requirements)" "$(listed pipenv "SELECT name, version FROM package WHERE scope = 'declared'" | LC_ALL=C sort)"
}

ruby_gems() {
	have RubyGems gem ruby || return
	local spec tree=$work/gem-tree/usr/local/bundle
	for spec in base_thing:1.0.0 base_thing:2.0.0.rc1 demo-tool:0.3 gone:1.0; do
		put "gems/${spec%:*}.gemspec" <<<"Gem::Specification.new { |s| s.name = '${spec%:*}'; s.version = '${spec#*:}'; s.summary = 's'; s.authors = ['Ann']; s.license = 'MIT' }"
		by RubyGems env -C gems gem build --force "${spec%:*}.gemspec" &&
			by RubyGems gem install --local --force --no-document --install-dir "$tree" "gems/${spec%:*}-${spec#*:}.gem" || return
	done
	by RubyGems env GEM_HOME="$tree" GEM_PATH="$tree" gem uninstall --executables gone || return
	# "NAME (VERSION, VERSION)"; what came with Ruby is no gem of this place.
	same "RubyGems" 3 "$(GEM_HOME=$tree GEM_PATH=$tree gem list --local | sed -n '/default:/!s/^\([^ ]*\) (\(.*\))$/\1 \2/p' | tr -d , | awk '{ for (i = 2; i <= NF; i++) print $1 "," $i }')" "$(ours gem-tree gem)"
}

bundle_of_gems() {
	have Bundler bundle gem ruby || return
	local spec tree=$work/bundle-tree/srv
	for spec in base_thing:1.0.0 demo-tool:0.3; do
		put "bundle/gems/${spec%:*}.gemspec" <<<"Gem::Specification.new { |s| s.name = '${spec%:*}'; s.version = '${spec#*:}'; s.summary = 's'; s.authors = ['Ann']; s.add_dependency 'base_thing', '~> 1.0' if s.name == 'demo-tool' }"
		by Bundler env -C bundle/gems gem build --force "${spec%:*}.gemspec" || return
	done
	put bundle-tree/srv/Gemfile <<<"source 'file://$work/bundle'"$'\n'"gem 'demo-tool'"
	local -x BUNDLE_PATH=vendor/bundle BUNDLE_DISABLE_VERSION_CHECK=true BUNDLE_SILENCE_ROOT_WARNING=true
	by Bundler gem generate_index --directory bundle && by Bundler env -C "$tree" bundle install || return
	local gems
	gems=$(env -C "$tree" bundle list 2>tool/err | sed -n 's/^  \* \(.*\) (\(.*\))$/\1,\2/p')
	same "Bundler" 2 "$gems" "$(ours bundle-tree gem)"
	same "Gemfile.lock" 2 "$gems" "$(listed bundle-tree "SELECT name, version FROM package_row WHERE path = '/srv/Gemfile.lock'" | LC_ALL=C sort)"
}

elixir_projects() {
	have mix mix git || return
	local tree=$work/mix-tree/srv
	put mix/dep/mix.exs <<<'defmodule Dep.MixProject do use Mix.Project; def project, do: [app: :dep_thing, version: "0.3.1-rc.1"] end'
	put mix/dep/lib/dep.ex <<<'defmodule Dep do end'
	put mix-tree/srv/mix.exs <<<"defmodule App.MixProject do use Mix.Project; def project, do: [app: :app, version: \"1.2.0\", deps: [{:dep_thing, git: \"file://$work/mix/dep\"}]] end"
	put mix-tree/srv/lib/app.ex <<<'defmodule App do end'
	by mix git -C mix/dep init && by mix git -C mix/dep add . && by mix git -C mix/dep -c user.name=ann -c user.email=ann@example.org commit -m one &&
		by mix env -C "$tree" MIX_ENV=prod mix deps.get && by mix env -C "$tree" MIX_ENV=prod mix compile || return
	# The lock names commits, which are no versions: what is installed has them.
	same "mix.lock" 1 "$(env -C "$tree" mix deps 2>tool/err | sed -n 's/^\* \([a-z_]*\).*/\1,/p')" "$(listed mix-tree "SELECT name, version FROM package_row WHERE path = '/srv/mix.lock'")"
	same "mix" 2 "$(env -C "$tree" MIX_ENV=prod mix run -e 'for a <- [:app, :dep_thing], do: IO.puts("#{a},#{Application.spec(a, :vsn)}")' 2>tool/err)" \
		"$(listed mix-tree "SELECT name, version FROM package WHERE scope = 'installed' AND type IN ('otp', 'hex')" | LC_ALL=C sort)"
}

yarn_modules() {
	# Debian's finds its parts by the paths of Debian's Node.js.
	local -x NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs
	have Yarn yarnpkg jq || return
	yarnpkg --version >/dev/null 2>&1 || { echo "skipped Yarn: yarnpkg does not run with this Node.js"; return; }
	local package tree=$work/yarn-tree/srv
	for package in base-thing:1.0.0 @acme/tool:0.9.0-rc.1; do
		put "yarn/${package%:*}/package.json" <<<"{\"name\": \"${package%:*}\", \"version\": \"${package##*:}\", \"license\": \"MIT\"}"
	done
	put yarn-tree/srv/package.json <<<"{\"name\": \"app\", \"version\": \"1.0.0\", \"dependencies\": {\"base-thing\": \"file:$work/yarn/base-thing\", \"@acme/tool\": \"file:$work/yarn/@acme/tool\"}}"
	by Yarn env -C "$tree" yarnpkg install --offline --non-interactive || return
	same "Yarn" 2 "$(env -C "$tree" yarnpkg list --json --offline 2>tool/err | jq -r '.data.trees[]?.name' | sed 's/\(.*\)@/\1,/')" \
		"$(listed yarn-tree "SELECT name, version FROM package WHERE type = 'npm' AND path LIKE '%/node_modules/%'" | LC_ALL=C sort)"
}

php_packages() {
	have Composer composer jq || return
	local package tree=$work/composer-tree/srv
	for package in acme/alpha:1.2.3 acme/beta:v2.0.0-beta.1 acme/dev-only:0.1; do
		put "composer/${package%:*}/composer.json" <<<"{\"name\": \"${package%:*}\", \"version\": \"${package#*:}\", \"license\": \"MIT\"}"
	done
	put composer-tree/srv/composer.json <<F
{"name": "acme/app", "repositories": [{"packagist": false}, {"type": "path", "url": "$work/composer/acme/*", "options": {"symlink": false}}],
 "minimum-stability": "beta", "require": {"acme/alpha": "*", "acme/beta": "*"}, "require-dev": {"acme/dev-only": "*"}}
F
	local -x COMPOSER_DISABLE_NETWORK=1 COMPOSER_ALLOW_SUPERUSER=1
	by Composer composer install --working-dir "$tree" --no-interaction --no-plugins || return
	same "Composer" 3 "$(composer show --working-dir "$tree" --format=json 2>tool/err | jq -r '.installed[] | "\(.name),\(.version)"')" \
		"$(listed composer-tree "SELECT name, version FROM package WHERE scope = 'installed'" | LC_ALL=C sort)"
	same "composer.lock" 3 "$(composer show --locked --working-dir "$tree" --format=json 2>tool/err | jq -r '.locked[] | "\(.name),\(.version)"')" \
		"$(listed composer-tree "SELECT name, version FROM package_row WHERE path = '/srv/composer.lock'" | LC_ALL=C sort)"
}

node_modules() {
	have npm npm jq || return
	local package needs=
	for package in base-thing:1.0.0 @acme/tool:2.0.0-rc.1 only-dev:0.1.0; do
		[ "$package" != @acme/tool:2.0.0-rc.1 ] || needs="\"base-thing\": \"file:$work/npm/base-thing-1.0.0.tgz\""
		put "npm/${package%:*}/package.json" <<<"{\"name\": \"${package%:*}\", \"version\": \"${package#*:}\", \"license\": \"MIT\", \"dependencies\": {$needs}}"
		by npm env -C npm npm pack --offline "./${package%:*}" || return
		needs=
	done
	put npm-tree/srv/package.json <<<'{"name": "app", "version": "0.1.0"}'
	by npm npm install --offline --no-audit --no-fund --prefix npm-tree/srv "$work/npm/acme-tool-2.0.0-rc.1.tgz" &&
		by npm npm install --offline --no-audit --no-fund --save-dev --prefix npm-tree/srv "$work/npm/only-dev-0.1.0.tgz" || return
	# "PATH:NAME@VERSION", the project itself first.
	same "npm" 3 "$(npm ls --all --parseable --long --prefix npm-tree/srv | cut -d: -f2 | sed -n '2,$s/\(.\)@/\1,/p')" \
		"$(listed npm-tree "SELECT name, version FROM package WHERE type = 'npm' AND scope = 'installed' AND name <> 'app'" | LC_ALL=C sort)"
}

r_packages() {
	have R R Rscript || return
	local package tree=$work/r-tree/usr/local/lib/R/site-library
	mkdir -p "$tree"
	for package in base.thing:1.0-2 tool:0.3.1; do
		put "r/${package%:*}/NAMESPACE" <<<'export(f)'
		put "r/${package%:*}/R/f.R" <<<'f <- function() 1'
		printf 'Package: %s\nVersion: %s\nTitle: T\nDescription: D.\nLicense: GPL-2\nAuthor: Ann\nMaintainer: Ann <ann@example.org>\n' "${package%:*}" "${package#*:}" | put "r/${package%:*}/DESCRIPTION"
		by R R CMD INSTALL --no-docs --library="$tree" "r/${package%:*}" || return
	done
	same "R" 2 "$(Rscript --vanilla -e 'cat(apply(installed.packages(lib.loc = commandArgs(TRUE))[, c("Package", "Version")], 1, paste, collapse = ","), sep = "\n")' "$tree")" "$(ours r-tree cran)"
}

erlang_applications() {
	have Erlang erl rebar3 || return
	put erlang-tree/srv/rebar.config <<<'{deps, []}.'
	put erlang-tree/srv/src/demo.app.src <<<'{application, demo, [{description, "d"}, {vsn, "1.2.0-rc.1"}, {applications, [kernel, stdlib]}]}.'
	put erlang-tree/srv/src/demo.erl <<<'-module(demo).'
	by Erlang env -C erlang-tree/srv rebar3 compile || return
	mkdir -p erlang-tree/usr/lib/erlang && cp -r "$(erl -noshell -eval 'io:format("~s", [code:lib_dir()]), halt().')" erlang-tree/usr/lib/erlang/
	local applications
	applications=$(erl -noshell -pa erlang-tree/srv/_build/default/lib/*/ebin -eval '
		Names = [list_to_atom(filename:basename(F, ".app")) || D <- code:get_path(), F <- filelib:wildcard(filename:join(D, "*.app"))],
		[begin application:load(N), {ok, V} = application:get_key(N, vsn), io:format("~s,~s~n", [N, V]) end || N <- lists:usort(Names)], halt().')
	same "Erlang" "$(wc -l <<<"$applications")" "$applications" "$(listed erlang-tree "SELECT name, version FROM package WHERE type IN ('otp', 'hex')" | LC_ALL=C sort)"
}

prolog_packs() {
	have SWI-Prolog swipl || return
	put pack/demo/pack.pl <<<$'name(demo).\nversion(\'1.2.0\').\ntitle(\'A demo\').\nauthor(\'Ann\', \'ann@example.org\').'
	put pack/demo/prolog/demo.pl <<<':- module(demo, []).'
	tar -czf demo-1.2.0.tgz -C pack demo && mkdir -p pack-tree/usr/lib/swi-prolog/pack
	by SWI-Prolog swipl -g "pack_install('$work/demo-1.2.0.tgz', [interactive(false), silent(true), inquiry(false), package_directory('$work/pack-tree/usr/lib/swi-prolog/pack')])" -t halt || return
	same "SWI-Prolog" 1 "$(swipl -g "attach_packs('$work/pack-tree/usr/lib/swi-prolog/pack'), forall(pack_property(P, version(V)), format('~w,~w~n', [P, V]))" -t halt)" "$(ours pack-tree swiplpack)"
}

haskell_libraries() {
	have Haskell ghc-pkg || return
	local library db=$work/ghc-tree/root/.cabal/store/package.db
	mkdir -p "$(dirname "$db")" && by Haskell ghc-pkg init "$db" || return
	for library in base-thing:1.0 tool:0.3.1.2; do
		printf 'name: %s\nversion: %s\nid: %s\nkey: %s\nlicense: BSD-3-Clause\n' "${library%:*}" "${library#*:}" "${library/:/-}" "${library/:/-}" | put library.conf
		by Haskell ghc-pkg register --package-db="$db" library.conf || return
	done
	same "Haskell" 2 "$(ghc-pkg list --package-db="$db" --no-user-package-db --simple-output | tr ' ' '\n' | grep -e '^base-thing' -e '^tool' | sed 's/-\([0-9.]*\)$/,\1/')" "$(ours ghc-tree hackage)"
}

# pacman_in TREE ARGUMENT...
pacman_in() { pacman --root "$work/$1" --config pacman.conf --noconfirm "${@:2}"; }
arch_package() { # NAME VERSION: a package file, its name without what a path cannot have
	rm -rf arch-build && printf '#!/bin/sh\necho %s\n' "$1" | put "arch-build/usr/bin/$1" && chmod 755 "arch-build/usr/bin/$1" &&
		printf 'pkgname = %s\npkgbase = base\npkgver = %s\npkgdesc = d\narch = any\npackager = Ann <ann@example.org>\nlicense = MIT\nsize = 1\n' "$1" "$2" >arch-build/.PKGINFO &&
		env -C arch-build bsdtar -czf .MTREE --format=mtree --options='!all,use-set,type,uid,gid,mode,time,size,sha256' .PKGINFO usr &&
		env -C arch-build bsdtar -cJf "../arch-$1.pkg.tar.xz" .PKGINFO .MTREE usr
}
arch() {
	have pacman pacman bsdtar || return
	local package
	printf '[options]\nArchitecture = auto\nSigLevel = Never\nLocalFileSigLevel = Never\n' >pacman.conf
	mkdir -p arch-tree/var/lib/pacman
	for package in lib=2:1.0-3 tool=0.9rc1-1 gone=1-1; do
		by pacman arch_package "${package%=*}" "${package#*=}" &&
			by pacman pacman_in arch-tree -U --noscriptlet "arch-${package%=*}.pkg.tar.xz" || return
	done
	by pacman pacman_in arch-tree -R --noscriptlet gone || return
	same "pacman" 2 "$(pacman_in arch-tree -Q | tr ' ' ,)" "$(ours arch-tree alpm)"
	echo changed >arch-tree/usr/bin/tool
	# "NAME: PATH (what differs)", a line each.
	same "pacman: files that are not as they were" 1 "$(LC_ALL=C pacman_in arch-tree -Qkk 2>&1 | sed -n "s,^[^:]*: tool: $work/arch-tree\([^ ]*\) .*,\1:,p" | sort -u | tr : ,)" \
		"$(listed arch-tree "SELECT file, NULL FROM package_file WHERE type = 'alpm' AND state = 'modified'")"
}

ocaml
lua
perl_modules
php_extensions
by_pip
poetry_lock
pdm_lock
pipenv_lock
ruby_gems
bundle_of_gems
elixir_projects
yarn_modules
php_packages
node_modules
r_packages
erlang_applications
prolog_packs
haskell_libraries
arch
[ "$ran" -gt 0 ] || { echo "none of the ecosystems' tools is here"; exit 77; }
exit $failed
