#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# WordPress with its plugins and themes.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
export XDG_CACHE_HOME=$work/cache
put() { mkdir -p "root/$(dirname "$1")"; cat >"root/$1"; }
put site/wp-includes/version.php <<'P'
<?php
/**
 * @global string $wp_version
 */
$wp_version = '6.4.2';
$wp_db_version = 56657;
P
put computed/wp-includes/version.php <<<'<?php $v = 1;'
put site/wp-content/plugins/akismet/akismet.php <<'P'
<?php
/**
 * Plugin Name: Akismet Anti-spam: Spam Protection
 * Version: 5.3.3
 * Author: Automattic
 * License: GPL-2.0-or-later
 */
P
put site/wp-content/plugins/akismet/class.php <<<'<?php /* Version: 9 */'
put site/wp-content/plugins/hello.php <<<'<?php /* Plugin Name: Hello
Version: 1.7.2 */'
put site/wp-content/mu-plugins/must.php <<<$'<?php\n/* Plugin Name: Must\n * Version: 3 */'
put site/wp-content/plugins/index.php <<<'<?php // Silence is golden.'
put site/wp-content/plugins/bare/bare.php <<<'<?php /* Plugin Name: Bare */'
put site/wp-content/themes/tt/style.css <<<$'/*\nTheme Name: Twenty\r\nVersion: 1.0\r\n*/'
put wp-content/plugins/top/top.php <<<$'<?php\n# Plugin Name: Top\n# Version: 2'
ask() { "$plimsoll" query --output csv rootfs:root "$1" 2>warnings | tr -d '"\r'; }
check "installed" 'type,name,version,license,vendor,root,purl
generic,wordpress,6.4.2,GPL-2.0-or-later,,/site,pkg:generic/wordpress@6.4.2
wordpress-plugin,akismet,5.3.3,GPL-2.0-or-later,Automattic,/site/wp-content/plugins/akismet,pkg:wordpress-plugin/akismet@5.3.3
wordpress-plugin,hello,1.7.2,,,,pkg:wordpress-plugin/hello@1.7.2
wordpress-plugin,must,3,,,,pkg:wordpress-plugin/must@3
wordpress-plugin,top,2,,,/wp-content/plugins/top,pkg:wordpress-plugin/top@2
wordpress-theme,tt,1.0,,,/site/wp-content/themes/tt,pkg:wordpress-theme/tt@1.0' "$(ask "SELECT type, name, version, license, vendor, root, purl FROM package ORDER BY type, name")"
check "what cannot be read is told" "/computed/wp-includes/version.php
/site/wp-content/plugins/bare/bare.php" "$(grep -oE " /[a-z/._-]*\.php" warnings | tr -d " " | sort -u)"
exit $failed
