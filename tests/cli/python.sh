#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Python's packages: installed ones in every form that pip lists, their files, conda's, and what lock files and requirements want.
set -u
plimsoll=$1
. "$(dirname "$0")/compare.bash"
. "$root/tests/cli/catalog.bash"

sum=cee16ab07a11303de721915f0a269e8c7a54a5c834aa52f74b1cc3a59000ade8

# Wheels.
site=opt/venv/lib/python3.11/site-packages
put $site/demo_tool-1.0.dist-info/METADATA <<'F'
Metadata-Version: 2.1
Name: Demo.Tool
Version: 1.0+local.1
Author-email: Ann <ann@example.org>
License: UNKNOWN
Classifier: License :: OSI Approved
Classifier: License :: OSI Approved :: MIT License
Classifier: License :: OSI Approved :: Apache Software License
Requires-Dist: base-thing[fast] (>=1.0)
Requires-Dist: other>=2; python_version < "3.8"
Requires-Dist: pytest; extra == "test"
Requires-Dist: direct @ https://example.org/direct-1.0.zip ; python_version > "3"

Name: this is the description
F
put $site/demo_tool-1.0.dist-info/RECORD <<'F'
../../../bin/demo,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0
demo/__init__.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0
demo/hex.py,sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855,0
"demo/odd, ""name"".py",,
demo/__pycache__/hex.cpython-311.pyc,,
demo_tool-1.0.dist-info/RECORD,,
F
put $site/long_license-2.dist-info/METADATA <<'F'
Name: long-license
Version: 2
License: The Long Licence
        |
        All of it.
F
printf 'Name: expressed\r\nVersion: 3\r\nLicense: ignored\r\nLicense-Expression: MIT OR Apache-2.0\r\n\r\ntext\r\n' | put $site/expressed-3.dist-info/METADATA
put $site/pip/_vendor/carried-1.dist-info/METADATA <<<$'Name: carried\nVersion: 1'
put $site/setuptools/_vendor/vendor.txt <<<'listed==1'
put $site/setuptools/pkg_resources/tests/data/my-test-package_zipped-egg.dist-info/METADATA <<<$'Name: test\nVersion: 1'
put $site/~gone-1.dist-info/METADATA <<<$'Name: gone\nVersion: 1'
check "wheels" "Demo.Tool,1.0+local.1
expressed,3
long-license,2" "$(listed "SELECT name, version FROM package WHERE path NOT LIKE '%/_vendor/%'")"
check "what pip carries in a copy of its own" "carried,1,installed" "$(listed "SELECT name, version, scope FROM package WHERE path LIKE '%/_vendor/%'")"
check "licences" "MIT License; Apache Software License
MIT OR Apache-2.0
The Long Licence" "$(listed "SELECT license FROM package WHERE path NOT LIKE '%/_vendor/%'")"
check "what it needs" "base-thing other direct" "$(listed "SELECT replace(dependencies, char(10), ' ') FROM package WHERE name LIKE 'Demo%'")"
check "root, author and purl" "/$site/demo_tool-1.0.dist-info,Ann <ann@example.org>,pkg:pypi/demo-tool@1.0%2Blocal.1" \
	"$(listed "SELECT root, vendor, purl FROM package WHERE name LIKE 'Demo%'")"
put opt/venv/bin/demo </dev/null
put $site/demo/__init__.py <<<changed
put $site/demo/hex.py </dev/null
check "its files" "/opt/venv/bin/demo,same,
/$site/demo/__init__.py,modified,
/$site/demo/hex.py,same,
\"/$site/demo/odd, \"\"name\"\".py\",missing,
/$site/demo/__pycache__/hex.cpython-311.pyc,missing,ghost
/$site/demo_tool-1.0.dist-info/RECORD,unrecorded," "$(listed "SELECT file, state, kind FROM package_file")"
check "a file's owner" "pypi,Demo.Tool" "$(listed "SELECT owner_type, owner FROM file WHERE path = '/opt/venv/bin/demo'")"
rm -rf tree

# Eggs.
old=usr/lib/python3/dist-packages
put $old/plain-1.1.egg-info <<<$'Metadata-Version: 1.0\nName: plain\nVersion: 1.1\nLicense: BSD'
put $old/folder-2.0-py3.9.egg-info/PKG-INFO <<<$'Name: folder\nVersion: 2.0'
printf '../folder.py\n./PKG-INFO\n' | put $old/folder-2.0-py3.9.egg-info/installed-files.txt
put $old/unzipped-3.egg/EGG-INFO/PKG-INFO <<<$'Name: unzipped\nVersion: 3'
mkdir -p EGG-INFO && printf 'Name: zipped\nVersion: 4\n' >EGG-INFO/PKG-INFO
python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED).write("EGG-INFO/PKG-INFO")' tree/$old/zipped-4.egg
check "eggs" "folder,2.0,/$old/folder-2.0-py3.9.egg-info,/$old/folder-2.0-py3.9.egg-info/PKG-INFO
plain,1.1,,/$old/plain-1.1.egg-info
unzipped,3,/$old/unzipped-3.egg,/$old/unzipped-3.egg/EGG-INFO/PKG-INFO
zipped,4,,/$old/zipped-4.egg!EGG-INFO/PKG-INFO" "$(listed "SELECT name, version, root, path FROM package")"
check "installed-files.txt" "folder,/$old/folder.py
folder,/$old/folder-2.0-py3.9.egg-info/PKG-INFO" "$(listed "SELECT package, file FROM package_file")"
rm -rf tree

# conda.
put opt/conda/conda-meta/zlib-1.3.1-h4ab18f5_1.json <<F
{"name": "zlib", "version": "1.3.1", "build": "h4ab18f5_1", "subdir": "linux-64", "license": "Zlib",
 "channel": "https://user:word@conda.example.org/t/token/forge/linux-64", "depends": ["__glibc >=2.17", "libzlib 1.3.1 h4ab18f5_1"],
 "sha256": "${sum^^}", "files": ["include/zlib.h"],
 "paths_data": {"paths": [{"_path": "include/zlib.h", "sha256": "x"}]}}
F
check "conda" "zlib,1.3.1,linux-64,Zlib,pkg:conda/zlib@1.3.1?build=h4ab18f5_1&channel=forge&subdir=linux-64,sha256:$sum" \
	"$(listed "SELECT name, version, arch, license, purl, checksum FROM package")"
check "conda's dependencies" "__glibc libzlib" "$(listed "SELECT replace(dependencies, char(10), ' ') FROM package")"
check "conda's files" "zlib,/opt/conda/include/zlib.h" "$(listed "SELECT package, file FROM package_file")"
rm -rf tree

# Lock files.
put a/poetry.lock <<F
[metadata]
lock-version = "2.0"
[[package]]
name = "one"
version = "1.0"
files = [{file = "one.whl", hash = "sha256:$sum"}]

[package.dependencies]
two = ">=1"
F
put a/uv.lock <<F
version = 1
[[package]]
name = "app"
version = "0.1"
source = { editable = "." }

[[package]]
name = "two"
version = "2.0"
dependencies = [{ name = "one" }, { name = "three", marker = "x" }]
sdist = { url = "u", hash = "sha256:$sum" }
wheels = [{ url = "v", hash = "sha256:$sum" }]
F
put a/pdm.lock <<'F'
[metadata]
lock_version = "4.4"
[[package]]
name = "three"
version = "3.0"
dependencies = ["two[x]>=2; python_version < '4'"]
F
put a/pylock.toml <<F
lock-version = "1.0"
[[packages]]
name = "four"
version = "4.0"
wheels = [{ name = "four.whl", hashes = { sha256 = "$sum" } }]
F
put a/Pipfile.lock <<F
{"_meta": {"hash": {}}, "default": {"five": {"version": "==5.0", "hashes": ["sha256:$sum"]}},
 "develop": {"six": {"git": "https://example.org/six", "ref": "1"}}}
F
check "lock files" "five,5.0,1,
four,4.0,1,
one,1.0,1,two
six,,0,
three,3.0,0,two
two,2.0,0,one three" "$(listed "SELECT name, version, checksum IS NOT NULL, replace(dependencies, char(10), ' ') FROM package WHERE scope = 'declared'")"
rm -rf tree

put srv/requirements-dev.txt <<F
# a comment
-r other.txt
--index-url https://user:word@example.org/simple
Plain==1.0  # why
Extra[a,b] == 2.0 ; python_version < "3.9"
exact===3.0 \\
    --hash=sha256:$sum
two-hashes==4.0 --hash=sha256:0 --hash=sha256:1
any==1.*
open>=2
wheel@https://example.org/a/wheel-5.0-py3-none-any.whl#sha256=1
./local
https://example.org/x.zip
git+https://example.org/y.git
F
put srv/requirements/base.txt <<<'base==0.1'
check "requirements" "Extra,2.0,,5
Plain,1.0,,4
base,0.1,,1
exact,3.0,sha256:$sum,6
two-hashes,4.0,,8
wheel,5.0,,11" "$(listed "SELECT name, version, checksum, line FROM package_row ORDER BY name")"
rm -rf tree

# Nothing unreadable counts as empty.
put a/x-1.dist-info/METADATA <<<'Name: x'
put a/y-1.dist-info/METADATA <<<$'\nName: y\nVersion: 1'
put a/poetry.lock <<<'[[package]'
put a/uv.lock <<<$'version = 1\n[[package]]\nversion = "1"'
put a/Pipfile.lock <<<'{"default": {}}'
put a/conda-meta/z.json <<<'{"name": "z"}'
put a/conda-meta/cut.json <<<'{"name": "cut"'
put a/requirements.txt <<<'=1'
put a/z-1.dist-info/RECORD <<<$'x,sha256=1,\ny,sha256=2,\nz'
put a/bad.egg <<<'no zip'
check "what cannot be read" "/a/Pipfile.lock: no lock of pipenv: it has no _meta
/a/bad.egg: zip: there is no end record: cut off, or not a zip
/a/conda-meta/cut.json: JSON
/a/conda-meta/z.json: no record of a package: version is missing
/a/poetry.lock: TOML, line 1, column 10: ']' must end a header
/a/requirements.txt: line 1: no requirement
/a/uv.lock: line 2: a package without name
/a/x-1.dist-info/METADATA: line 1: metadata without a package's version
/a/y-1.dist-info/METADATA: line 1: metadata without a package's name
/a/z-1.dist-info/RECORD: line 1: a digest that cannot be read
/a/z-1.dist-info/RECORD: line 3: no path and digest" "$(problems | sed 's/: JSON,.*/: JSON/')"
exit $failed
