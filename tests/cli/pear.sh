#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# PEAR's registry.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "root/$(dirname "$1")"; cat >"root/$1"; }
put php/.registry/foo.reg <<<'a:5:{s:4:"name";s:3:"Foo";s:7:"channel";s:7:"example";s:4:"lead";a:2:{s:4:"name";s:1:"L";s:4:"user";s:1:"l";}s:7:"version";a:2:{s:7:"release";s:5:"1.4.3";s:3:"api";s:3:"1.0";}s:7:"license";a:2:{s:7:"attribs";a:1:{s:3:"uri";s:1:"u";}s:8:"_content";s:3:"MIT";}}'
put php/.registry/.channel.other/old.reg <<<'a:4:{s:7:"package";s:3:"Old";s:7:"version";s:5:"0.9.1";s:15:"release_license";s:3:"PHP";s:8:"filelist";a:2:{s:5:"a.php";a:2:{s:7:"version";s:1:"7";s:12:"installed_as";s:13:"/php/lib/a.so";}s:1:"t";a:1:{s:4:"role";s:4:"test";}}}'
put php/.registry/cut.reg <<<'a:2:{s:4:"name";s:300:"Foo";'
put php/.registry/cut-list.reg <<<'a:3:{s:4:"name";s:3:"Foo";s:7:"version";s:1:"1";s:8:"filelist";a:2:{s:1:"a";a:0:{}'
put php/.registry/deep.reg < <(printf 'a:1:{i:0;%.0s' {1..100})
ask() { "$plimsoll" query --output csv rootfs:root "$1" 2>warnings | tr -d '"\r'; }
check "installed" 'type,name,version,license,vendor,root,purl
pear,Foo,1.4.3,MIT,L,,pkg:pear/example/Foo@1.4.3
pear,Old,0.9.1,PHP,,,pkg:pear/Old@0.9.1' "$(ask "SELECT type, name, version, license, vendor, root, purl FROM package ORDER BY type, name")"
check "PEAR's files are its own" "type,package,file
pear,Old,/php/lib/a.so" "$(ask "SELECT type, package, file FROM package_file WHERE type = 'pear'")"
ask "SELECT name FROM package" >all
check "what cannot be read is told once" "/php/.registry/cut-list.reg
/php/.registry/cut.reg
/php/.registry/deep.reg" "$(grep -oE "/[a-z/._-]*\.reg" warnings | sort)"
exit $failed
