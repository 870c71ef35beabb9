# SPDX-License-Identifier: Apache-2.0
# Sourced behind compare.bash by the tests of catalogers: a tree of files, what is listed of it, and what could not be read.
put() { # PATH: standard input becomes a file of the tree
	mkdir -p "tree/$(dirname "$1")" && cat >"tree/$1"
}
listed() { # SQL: lines of CSV without their header
	"$plimsoll" query --no-cache --output csv rootfs:tree "$1" 2>err | tr -d '\r' | sed 1d
	grep -v 'operating system' err
}
problems() { # PATH: reason
	"$plimsoll" query --no-cache rootfs:tree "SELECT 1" 2>&1 >/dev/null | sed -n 's/^warning: \(unreadable\|limit\): //p' | sort
}
