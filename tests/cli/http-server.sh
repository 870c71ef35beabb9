#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The server of the doors: requests in pieces, slow clients, limits, TLS whose certificate changes, sockets of systemd.
plimsoll=$(realpath "$1")
. "$(dirname "$0")/compare.bash"
exec python3 "$root/tests/cli/http-server.py" "$(dirname "$plimsoll")/../../tests/http-driver" "$work"
