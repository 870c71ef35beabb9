#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes every target for its share of HOURS, on one core: bench/fuzz.sh HOURS [NAME]; with a name, only targets that contain it.
# Builds them (clang, ASan, UBSan) in build-fuzz; what is found by the way is kept in build-fuzz/corpus, crashes in build-fuzz/crashes.
# Prints a table at the end; 1 where anything crashed.  BUILD names another directory.  REAL=1 adds seeds from the real images
# (PLIMSOLL_IMAGES) and from this system's own files: they stay in build-fuzz.
set -u
hours=${1:?HOURS} only=${2:-}
cd "$(dirname "$0")/.." || exit 3
build=${BUILD:-build-fuzz} images=${PLIMSOLL_IMAGES:-../shared/images}
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" . -Dfuzzing=true -Db_sanitize=address,undefined -Db_lundef=false >/dev/null || exit 3
nice ninja -C "$build" -j2 >"$build/compile.log" || { tail "$build/compile.log"; exit 3; }
mkdir -p "$build"/{corpus,crashes,real,fuzz-log}

# NAME PROGRAM CORPUS, as the tests have them.
targets() {
	meson introspect --tests "$build" | jq -r '.[] | select(.name | startswith("fuzz/")) | [.name[5:], .cmd[0], .cmd[1]] | @tsv' | sort
}

# What is deep, or what an attacker reaches first, gets more.
weight() {
	case $1 in
	tar | block | tree | json | rpmdb_* | judge | reader | set | verdict | verdict_file | answers | feeder | orders | archive) echo 4 ;;
	rpm | rpm_header | pax | channel | ring | remote | gzip | zstd | database | manifest | config | zip) echo 2 ;;
	*) echo 1 ;;
	esac
}

dictionary() {
	case $1 in
	json | manifest | config | credentials | base-file | feed_* | verdict_file | log) echo json ;;
	check | policy | yaml) echo yaml ;;
	sql | regex | tree | pax | sshd | sudoers | limit | names | version) echo "$1" ;;
	esac
}

# The YAML library keeps a little to itself.
leaks() {
	case $1 in
	yaml | policy | check | base-file | judge) echo 0 ;;
	*) echo 1 ;;
	esac
}

# real seeds, copied out of layers by path into the directory of the target that reads such files
seed_from() { # TARGET FILE
	mkdir -p "$build/real/$1"
	[ -s "$2" ] && [ "$(stat -c %s "$2")" -le 1048576 ] && cp "$2" "$build/real/$1/$(sha256sum "$2" | cut -c1-16)"
}
real_system() {
	local file
	for file in /etc/passwd:passwd /etc/group:passwd /etc/os-release:os-release /etc/login.defs:login_defs /etc/sudoers:sudoers \
		/etc/pam.d/login:pam /etc/ssh/sshd_config:sshd /etc/apt/sources.list:apt_sources /etc/crontab:cron; do
		seed_from "${file#*:}" "${file%%:*}"
	done
	for file in /etc/apt/sources.list.d/*.sources; do seed_from apt_deb822 "$file"; done
	for file in /etc/apt/apt.conf.d/*; do seed_from apt_conf "$file"; done
	for file in /etc/pam.d/*; do seed_from pam "$file"; done
	head -c 60000 /var/lib/dpkg/status >"$build/real.part" && seed_from dpkg "$build/real.part"
	tar -C /etc -cf "$build/real.part" apt pam.d 2>/dev/null && seed_from tar "$build/real.part"
	gzip -c "$build/real.part" >"$build/real.gz" && head -c 1000 "$build/real.gz" | cat <(printf '\020') - >"$build/real.part" && seed_from gzip "$build/real.part"
}
real_layer() { # FILE: a tar, compressed or not
	local path
	bsdtar -cf - --include 'etc/*' --include 'var/lib/dpkg/status.d/*' "@$1" 2>/dev/null | head -c 262144 >"$build/real.part" && seed_from tar "$build/real.part"
	for path in lib/apk/db/installed:apk usr/lib/os-release:os-release etc/passwd:passwd etc/shadow:shadow etc/login.defs:login_defs \
		var/lib/rpm/rpmdb.sqlite:rpmdb_sqlite var/lib/rpm/Packages.db:rpmdb_ndb var/lib/rpm/Packages:rpmdb_bdb; do
		bsdtar -xOf "$1" --include "${path%%:*}" --include "./${path%%:*}" >"$build/real.part" 2>/dev/null && seed_from "${path#*:}" "$build/real.part"
	done
}
real_images() {
	local file
	while read -r file; do
		case $(head -c 1 "$file") in
		'{') seed_from manifest "$file" && seed_from config "$file" && seed_from json "$file" ;;
		*) real_layer "$file" ;;
		esac
	done < <(find "$images" -path '*/blobs/sha256/*' -size -40M -type f)
}
if [ -n "${REAL:-}" ] && [ ! -f "$build/real/done" ]; then
	real_system
	[ -d "$images" ] && real_images
	rm -f "$build/real.part" "$build/real.gz"
	touch "$build/real/done"
fi

# A crash ends a run: it begins anew until the time is over, or it fell five times.
run() { # NAME PROGRAM CORPUS SECONDS
	local name=$1 program=$2 corpus=$3 end=$((SECONDS + $4)) falls=0 dict
	local own=$build/corpus/$name crashes=$build/crashes/$name real=$build/real/$name
	mkdir -p "$own" "$crashes" "$real"
	dict=$(dictionary "$name")
	drop_passing "$name" "$program" "$crashes"/*
	: >"$build/fuzz-log/$name"
	while [ $((end - SECONDS)) -gt 0 ] && [ $falls -lt 5 ]; do
		ASAN_OPTIONS=detect_leaks=$(leaks "$name") nice -n 19 "$program" "$own" "$corpus" "$real" -max_total_time=$((end - SECONDS)) \
			-max_len=65536 -rss_limit_mb=2560 -timeout=120 -print_final_stats=1 -artifact_prefix="$crashes/" \
			${dict:+-dict="fuzz/dict/$dict.dict"} >>"$build/fuzz-log/$name" 2>&1 || falls=$((falls + 1))
	done
	drop_passing "$name" "$program" "$crashes"/timeout-* "$crashes"/slow-unit-*
}

# Drops what passes when asked again: crashes that were mended since, and timeouts of a machine that stalled.
drop_passing() { # NAME PROGRAM FILE...
	local name=$1 program=$2 file
	shift 2
	for file; do
		[ -f "$file" ] && ASAN_OPTIONS=detect_leaks=$(leaks "$name") timeout 120 "$program" "$file" >/dev/null 2>&1 && rm -f "$file"
	done
}

# name, executions, edges, features
figures() { # NAME
	awk -v name="$1" '
		/number_of_executed_units/ { runs += $2 }
		/ cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:" && $(i + 1) > edges) edges = $(i + 1); if ($i == "ft:" && $(i + 1) > features) features = $(i + 1) } }
		END { print name, runs + 0, edges + 0, features + 0 }' "$build/fuzz-log/$1"
}

minimise() { # NAME PROGRAM
	local own=$build/corpus/$1 least=$build/corpus/.$1
	rm -rf "$least" && mkdir "$least"
	ASAN_OPTIONS=detect_leaks=0 nice -n 19 "$2" -merge=1 -max_len=65536 -rss_limit_mb=2560 -timeout=120 "$least" "$own" >/dev/null 2>&1 &&
		rm -rf "$own" && mv "$least" "$own"
	rm -rf "$least"
}

mapfile -t chosen < <(targets | awk -F '\t' -v only="$only" 'index($1, only)')
total=0
for target in "${chosen[@]}"; do total=$((total + $(weight "${target%%$'\t'*}"))); done
[ $total -gt 0 ] || { echo "no such target" >&2; exit 3; }
for target in "${chosen[@]}"; do
	IFS=$'\t' read -r name program corpus <<<"$target"
	share=$(awk -v h="$hours" -v w="$(weight "$name")" -v t="$total" 'BEGIN { printf "%d", h * 3600 * w / t + 1 }')
	began=$SECONDS
	run "$name" "$program" "$corpus" "$share"
	echo "$(figures "$name") $((SECONDS - began)) $(find "$build/crashes/$name" -type f | wc -l)"
	minimise "$name" "$program"
done | tee "$build/figures" | python3 -c '
import sys
print("| target | executions | a second | edges | features | crashes |\n| --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
runs = seconds = edges = crashes = count = 0
for line in sys.stdin:
    name, *numbers = line.split()
    n, e, f, s, c = map(int, numbers)
    print(f"| {name} | {n:,} | {n // max(s, 1):,} | {e:,} | {f:,} | {c} |", flush=True)
    runs, seconds, edges, crashes, count = runs + n, seconds + s, edges + e, crashes + c, count + 1
print(f"| {count} targets, {seconds / 3600:.2f} hours | {runs:,} | {runs // max(seconds, 1):,} | {edges:,} | | {crashes} |")'
[ "$(find "$build/crashes" -type f | wc -l)" = 0 ]
