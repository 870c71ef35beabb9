#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Packages of PHP as installed.php lists them: alone, beside installed.json, and what cannot be read of it.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"
installed() {
	cat <<-'P'
	<?php return array(
	    'root' => array('name' => 'acme/app', 'pretty_version' => '1.0.0+no-version-set', 'install_path' => __DIR__ . '/../../', 'aliases' => array(), 'dev' => true),
	    'versions' => array(
	        'acme/alpha' => array(
	            'pretty_version' => '1.2.3',
	            'version' => '1.2.3.0',
	            'reference' => '5c86928e268f3dc597304bc0f4702dd29983ce8d',
	            'install_path' => __DIR__ . '/../acme/alpha',
	            'aliases' => array(),
	            'dev_requirement' => false,
	        ),
	        'acme/app' => array('pretty_version' => '1.0.0+no-version-set', 'install_path' => __DIR__ . '/../../'),
	        'acme/meta' => array('pretty_version' => '3.0.0', 'type' => 'metapackage', 'install_path' => null),
	        'old/alpha' => array('dev_requirement' => false, 'replaced' => array(0 => '1.2.3')),
	        'psr/x-implementation' => array('dev_requirement' => false, 'provided' => array(0 => '1.0')),
	    ),
	);
	P
}
installed | put alone/vendor/composer/installed.php
installed | put both/vendor/composer/installed.php
put both/vendor/composer/installed.json <<<'{"packages": [{"name": "acme/alpha", "version": "1.2.3", "license": ["MIT"], "install-path": "../acme/alpha"}, {"name": "acme/meta", "version": "3.0.0", "install-path": null}]}'
installed | put other/vendor/composer/installed.php
put other/vendor/composer/installed.json <<<'{"packages": [{"name": "acme/alpha", "version": "1.2.2", "install-path": "../acme/alpha"}]}'
put short/composer/installed.php <<'P'
<?php
# short lists, and both kinds of text
return ["versions" => ["a/it's" => ["pretty_version" => "v1" . '.2', "install_path" => '/opt/it\'s', "n" => [-1.5e3, TRUE, 'x\y',]], ], /* nobody is root */] ?>
P
# A root's name is not yet the root; comments end with their line, whichever way, and where PHP does.
put same/composer/installed.php < <(printf '%s' "<?php // mac"$'\r'"return ['root' => ['name' => 'a/own', 'pretty_version' => '1', 'install_path' => '/srv'], # dos"$'\r\n'"
'versions' => ['a/own' => ['pretty_version' => '1', 'install_path' => '/srv/vendor/a/own'], 'a/other' => ['pretty_version' => '2']]]; // end ?>"$'\n')
sed -i 's/\] ?>/]; ?>/' tree/short/composer/installed.php
check packages "acme/alpha,1.2.3,installed,/alone/vendor/acme/alpha,,/alone/vendor/composer/installed.php
acme/meta,3.0.0,installed,,,/alone/vendor/composer/installed.php
acme/alpha,1.2.3,installed,/both/vendor/acme/alpha,MIT,/both/vendor/composer/installed.json
acme/meta,3.0.0,installed,,,/both/vendor/composer/installed.json
acme/alpha,1.2.2,installed,/other/vendor/acme/alpha,,/other/vendor/composer/installed.json
acme/alpha,1.2.3,installed,/other/vendor/acme/alpha,,/other/vendor/composer/installed.php
acme/meta,3.0.0,installed,,,/other/vendor/composer/installed.php
a/other,2,installed,,,/same/composer/installed.php
a/own,1,installed,/srv/vendor/a/own,,/same/composer/installed.php
a/it's,v1.2,installed,/opt/it's,,/short/composer/installed.php" "$(listed "SELECT name, version, scope, root, license, path FROM package ORDER BY path, name")"

rm -r tree
bad() { put "$1/composer/installed.php" <<<"$2"; }
bad attribute '<?php return #[A] array("versions" => array());'
bad behind '<?php return array( // ends ?> "versions" => array());'
bad call '<?php return array("versions" => f());'
bad code '<?php $x = 1; return array();'
bad deep "<?php return $(printf '[%.0s' {1..65}) 1 $(printf ']%.0s' {1..65});"
bad half '<?php return array(1, "a" => 2);'
bad list '<?php return array("versions" => array("a/b"));'
bad more '<?php return array("versions" => array()); x();'
bad name '<?php return array("versions" => array("a/b" => array("version" => "1")));'
bad none '<?php return array();'
bad twice '<?php return array("versions" => array("a/b" => array("pretty_version" => "1"), "a/b" => array()));'
bad unnamed '<?php return array("versions" => array("" => array("pretty_version" => "1")));'
bad variable '<?php return array("versions" => array("a/b" => array("pretty_version" => "$v")));'
bad empty ''
check packages-of-broken 0 "$(listed "SELECT count(*) FROM package" | head -1)"
check problems "$(cat <<'W'
/attribute/composer/installed.php: offset 13: no literal
/behind/composer/installed.php: offset 28: no literal
/call/composer/installed.php: offset 33: no literal
/code/composer/installed.php: offset 6: no literal is returned
/deep/composer/installed.php: offset 78: nested deeper than limit DOCUMENT_DEPTH_COUNT
/empty/composer/installed.php: offset 0: no file of PHP
/half/composer/installed.php: offset 22: an array with keys for some items only
/list/composer/installed.php: offset 0: no versions of packages
/more/composer/installed.php: offset 43: something behind the literal
/name/composer/installed.php: a package without name or version
/none/composer/installed.php: offset 0: no versions of packages
/twice/composer/installed.php: offset 39: an array has the same key twice
/unnamed/composer/installed.php: a package without name or version
/variable/composer/installed.php: offset 75: a text with a variable
W
)" "$(problems)"
exit $failed
