#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages of JavaScript, Ruby and PHP: what is installed by their own metadata, what lock files declare, and where both meet.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
mkdir -p root/app/node_modules/{a/node_modules/b,a/test/c,@s/d,broken,nameless} root/opt/yarn root/usr/lib/ruby/gems/3.1.0/specifications/default root/app/vendor/composer
put() { mkdir -p "root/$(dirname "$1")"; cat >"root/$1"; }
put app/package.json <<<'{"name": "app", "version": "1.0.0", "private": true}'
put app/node_modules/a/package.json <<<'{"name": "a", "version": "1.2.3", "license": "MIT", "author": {"name": "A"}, "dependencies": {"b": "^2"}}'
put app/node_modules/a/node_modules/b/package.json <<<'{"name": "b", "name": "b2", "version": "2.0.0", "licenses": [{"type": "MIT"}, {"type": "ISC"}]}'
put app/node_modules/a/test/c/package.json <<<'{"name": "c", "version": "9.9.9"}'
put app/node_modules/@s/d/package.json <<<'{"name": "@s/d", "version": "v3.0.0-rc.1"}'
put app/node_modules/nameless/package.json <<<'{"type": "module"}'
put app/node_modules/broken/package.json <<<'{"name": "broken", '
put app/node_modules/a/run.js <<<'#!/usr/bin/env node'; chmod 755 root/app/node_modules/a/run.js
put app/server.js <<<'#!/usr/bin/env node'; chmod 755 root/app/server.js
put app/package-lock.json <<<'{"lockfileVersion": 3, "packages": {"": {"name": "app"}, "node_modules/a": {"version": "1.2.3"}, "node_modules/e": {"version": "5.0.0",
  "integrity": "sha1-AAECAwQFBgcICQoLDA0ODxAREhM=", "license": "ISC"}, "node_modules/alias": {"version": "6.0.0", "name": "f"}, "node_modules/l": {"link": true}}}'
put app/node_modules/a/package-lock.json <<<'{"lockfileVersion": 3, "packages": {"node_modules/inner": {"version": "1.0.0"}}}'
put old/npm-shrinkwrap.json <<<'{"dependencies": {"g": {"version": "1.0.0", "dependencies": {"h": {"version": "2.0.0"}}}, "i": {"version": "npm:j@3.0.0"}, "k": {"version": "git+https://x"}}}'
put usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec <<'G'
# -*- encoding: utf-8 -*-
# stub: nokogiri 1.15.4 x86_64-linux lib

Gem::Specification.new do |s|
  s.name = "nokogiri".freeze
  s.version = "1.15.4"
  s.licenses = ["MIT".freeze]
  s.authors = ["Mike".freeze, "Aaron".freeze]
  s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4"])
end
G
put usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec <<'G'
Gem::Specification.new do |s|
  s.name = "json"
  s.version = "2.6.1"
end
G
put usr/lib/ruby/gems/3.1.0/specifications/odd.gemspec <<<'Gem::Specification.new { |s| s.version = VERSION }'
put app/vendor/bundle/ruby/3.1.0/bundler/gems/g-8b5940d7a678/gitty.gemspec <<'G'
# -*- encoding: utf-8 -*-
# stub: gitty 0.3.1 ruby lib

Gem::Specification.new do |s|
  s.name = "gitty".freeze
  s.version = "0.3.1"
end
G
put app/Gemfile.lock <<'G'
GEM
  remote: https://example.org/
  specs:
    json (2.6.1)
    rack (3.0.8)
    rails (7.1.2)
      rack (>= 2.2)

PLATFORMS
  ruby

DEPENDENCIES
  rails (1)
G
put app/vendor/composer/installed.json <<<'{"packages": [{"name": "symfony/console", "version": "v5.4.47", "license": ["MIT"], "install-path": "../symfony/console", "require": {"php": ">=7", "psr/log": "1"}},
  {"name": "x/y", "version": "1.0", "install-path": "../../../../../../y"}, {"name": "z"}], "dev": false}'
put app/composer.lock <<<'{"packages": [{"name": "symfony/console", "version": "v5.4.47"}, {"name": "psr/log", "version": "1.1.4"}], "packages-dev": [{"name": "phpunit/phpunit", "version": "9.6.0"}]}'
put one/vendor/composer/installed.json <<<'[{"name": "old/one", "version": "1.0.0"}]'
ask() { "$plimsoll" query --output csv rootfs:root "$1" 2>warnings | tr -d '"\r'; }
put bun/bun.lock <<'B'
{
  "lockfileVersion": 1,
  "packages": {
    "bun-a": ["bun-a@1.0.0", "", {}, "sha1-AAECAwQFBgcICQoLDA0ODxAREhM="],
    "@s/b": ["@s/bun-b@2.0.0", "", { "dependencies": { "x": "1,}" } }, ""],
    "w": ["w@workspace:w"],
  }
}
B
put deno/deno.lock <<<'{"version": "4", "npm": {"deno-a@1.0.0_peer@2.0.0": {"integrity": "sha1-AAECAwQFBgcICQoLDA0ODxAREhM="}}}'
put www/wp-includes/version.php <<<"<?php
\$wp_version = '6.4.2';"
put www/wp-content/plugins/akismet/akismet.php <<'W'
<?php
/*
 * Plugin Name: Akismet Anti-Spam
 * Version: 5.3
 * Author: Automattic
 * License: GPLv2 or later
 */
W
put www/wp-content/plugins/akismet/other.php <<<'<?php // Version: 9'
put www/wp-content/themes/twenty/style.css <<<'/*
Theme Name: Twenty
Version: 1.0
*/'
put yarn/yarn.lock <<'Y'
# yarn lockfile v1

"@s/y@^1.0.0", "@s/y@^1.1.0":
  version "1.2.3"
  resolved "https://example.org/a.tgz#00"
  integrity sha1-AAECAwQFBgcICQoLDA0ODxAREhM=
  dependencies:
    b "^2"

alias@npm:real@^3:
  version "3.0.0"
Y
put berry/yarn.lock <<'Y'
__metadata:
  version: 8

"berry@npm:^1.0.0":
  version: 1.0.1
  resolution: "berry@npm:1.0.1"

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
Y
put pnpm/pnpm-lock.yaml <<'Y'
lockfileVersion: '9.0'

packages:

  '@s/p@1.0.0(b@2.0.0)':
    resolution: {integrity: sha1-AAECAwQFBgcICQoLDA0ODxAREhM=}

  /lodash._old/2.0.0_peer@1:
    dev: true
  /mid@3.0.0:
    dev: false
  file:x:
    dev: true

snapshots:

  no@1.0.0: {}
Y
check "installed" 'type,name,version,license_expression,root,purl
composer,old/one,1.0.0,,/one/vendor/old/one,pkg:composer/old/one@1.0.0
composer,symfony/console,v5.4.47,MIT,/app/vendor/symfony/console,pkg:composer/symfony/console@v5.4.47
composer,x/y,1.0,,,pkg:composer/x/y@1.0
gem,gitty,0.3.1,,/app/vendor/bundle/ruby/3.1.0/bundler/gems/g-8b5940d7a678,pkg:gem/gitty@0.3.1
gem,json,2.6.1,,,pkg:gem/json@2.6.1
gem,nokogiri,1.15.4,MIT,/usr/lib/ruby/gems/3.1.0/gems/nokogiri-1.15.4-x86_64-linux,pkg:gem/nokogiri@1.15.4
generic,wordpress,6.4.2,GPL-2.0-or-later,/www,pkg:generic/wordpress@6.4.2
npm,@s/d,3.0.0-rc.1,,/app/node_modules/@s/d,pkg:npm/%40s/d@3.0.0-rc.1
npm,a,1.2.3,MIT,/app/node_modules/a,pkg:npm/a@1.2.3
npm,app,1.0.0,,,pkg:npm/app@1.0.0
npm,b2,2.0.0,MIT OR ISC,/app/node_modules/a/node_modules/b,pkg:npm/b2@2.0.0
wordpress-plugin,akismet,5.3,GPL-2.0-or-later,/www/wp-content/plugins/akismet,pkg:wordpress-plugin/akismet@5.3
wordpress-theme,twenty,1.0,,/www/wp-content/themes/twenty,pkg:wordpress-theme/twenty@1.0' "$(ask "SELECT type, name, version, license_expression, root, purl FROM package WHERE scope = 'installed' ORDER BY type, name")"
check "what cannot be read is told" "/app/node_modules/broken/package.json
/app/vendor/composer/installed.json
/usr/lib/ruby/gems/3.1.0/specifications/odd.gemspec" "$(grep -o "/[a-z/._0-9]*\(json\|gemspec\)" warnings | sort -u)"
check "declared alone, but for what is installed or lies inside packages" 'type,name,version,checksum
composer,phpunit/phpunit,9.6.0,
composer,psr/log,1.1.4,
gem,rack,3.0.8,
gem,rails,7.1.2,
npm,@s/bun-b,2.0.0,
npm,@s/p,1.0.0,sha1:000102030405060708090a0b0c0d0e0f10111213
npm,@s/y,1.2.3,sha1:000102030405060708090a0b0c0d0e0f10111213
npm,berry,1.0.1,
npm,bun-a,1.0.0,sha1:000102030405060708090a0b0c0d0e0f10111213
npm,deno-a,1.0.0,sha1:000102030405060708090a0b0c0d0e0f10111213
npm,e,5.0.0,sha1:000102030405060708090a0b0c0d0e0f10111213
npm,f,6.0.0,
npm,g,1.0.0,
npm,h,2.0.0,
npm,j,3.0.0,
npm,lodash._old,2.0.0,
npm,mid,3.0.0,
npm,real,3.0.0,' "$(ask "SELECT type, name, version, checksum FROM package WHERE scope = 'declared' ORDER BY type, name")"
check "needs" "name,needs
a,b
g,h
nokogiri,racc
rails,rack
symfony/console,psr/log" "$(ask "SELECT name, replace(dependencies, char(10), ' ') AS needs FROM package WHERE dependencies IS NOT NULL ORDER BY name")"
check "a package's own files are accounted for, an application's are not" "path
/app/server.js" "$(ask "SELECT path FROM unaccounted_file")"
printf 'plimsoll: v1\nname: t\ncomponents: {forbidden: [{name: e}, {purl: "pkg:npm/a"}]}\n' >policy.yaml
check "what is declared alone is not judged" "a" "$("$plimsoll" check --policy policy.yaml --at 2026-01-01 --output json rootfs:root 2>/dev/null | jq -r '.findings[].evidence.package')"
exit $failed
