#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What guard exec costs each execution: guard-exec.sh [PLIMSOLL]
#
# An overlay in which a static program starts another COUNT (5000) times and waits for it, in turn RUNS (5) times each: without a guard; with one, a file of
# the image that was asked about before; one with the same content as the image's elsewhere; and 500 files of the image, each for the first time. Prints the least
# and the median in microseconds. As root, with a compiler; judges nothing.
set -eu
cd "$(dirname "$0")/.."
plimsoll=$(realpath "${1:-build-gcc/src/cli/plimsoll}")
work=$(mktemp -d)
end() { [ -z "${guard:-}" ] || { kill "$guard"; wait "$guard"; } 2>/dev/null || true; guard=; }
trap 'end; { kill -9 "${own:-}" && wait "$own"; } 2>/dev/null || true; umount "$work/own/merged" "$work/own" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
cat >spawn.c <<'C'
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
static int order(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }
int main(int n, char **args) { /* COUNT PATH...: each in turn */
	int count = atoi(args[1]);
	double *took = calloc(count, sizeof *took);
	for (int i = 0; i < count; i++) {
		char *path = args[2 + i % (n - 2)], *one[] = { path, NULL };
		struct timespec a, b;
		pid_t pid;
		clock_gettime(CLOCK_MONOTONIC, &a);
		if (posix_spawn(&pid, path, NULL, NULL, one, NULL) != 0)
			return 1;
		waitpid(pid, NULL, 0);
		clock_gettime(CLOCK_MONOTONIC, &b);
		took[i] = (b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3;
	}
	qsort(took, count, sizeof *took, order);
	printf("%.0f %.0f\n", took[0], took[count / 2]);
}
C
echo 'int main(void) { return 0; }' >true.c
printf '#include <unistd.h>\nint main(void) { return pause(); }\n' >stay.c
mkdir -p own lower/many lower/proc other
"${CC:-cc}" -O2 -static -o lower/spawn spawn.c && "${CC:-cc}" -O2 -static -o lower/true true.c && "${CC:-cc}" -static -o lower/stay stay.c
for i in $(seq 500); do { cat lower/true; echo "$i"; } >lower/many/$i; chmod 755 lower/many/$i; done
mount -t tmpfs own own && mkdir own/{upper,work,merged}
mount -t overlay -o "lowerdir=$work/other:$work/lower,upperdir=$work/own/upper,workdir=$work/own/work" own own/merged
cp own/merged/true own/merged/same
inside() { nsenter --target "$inner" --mount --root --wd=/ "$@"; }
unshare --mount --fork --kill-child sh -c 'mount --bind own/merged own/merged && cd own/merged && mkdir -p .old && pivot_root . .old && exec /stay' >own.log 2>&1 &
own=$!
sleep 1
inner=$(tr -d ' ' </proc/$own/task/$own/children)

guarded() { "$plimsoll" guard exec --no-log "pid:$inner" >guard.log 2>&1 & guard=$!; for _ in $(seq 100); do grep -q ' containers' guard.log && return; sleep 0.1; done; cat guard.log >&2; exit 3; }
row() { # LABEL ARGUMENT...
	local label=$1
	shift
	inside /spawn "$@" >>"of-$label"
}
many=$(seq -f /many/%g 500)
for _ in $(seq "${RUNS:-5}"); do
	row without "${COUNT:-5000}" /true
	row without-many 500 $many
	guarded
	row again "${COUNT:-5000}" /true
	row same "${COUNT:-5000}" /same
	row first 500 $many
	end
done
column() { cut -d' ' -f"$2" "of-$1" | sort -n; }
for label in without again same without-many first; do
	printf '%-14s least %s us, median %s us\n' "$label" "$(column "$label" 1 | head -n 1)" "$(column "$label" 2 | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }')"
done
