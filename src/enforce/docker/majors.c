/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/docker/majors.h"

#include "base/auto.h"
#include "base/file.h"
#include "base/slice.h"

#include <fcntl.h>

/* A driver of 512 majors has a line for each. */
#define PROC_DEVICES_BYTES 65536

/* The beginnings of names: memory, persistent memory, flash, SCSI generic and its successor, raw, and disks of NVMe by their controller or beside it ("nvme-generic"). */
static bool
is_mighty_name(struct slice name)
{
	static const char *const drivers[] = { "mem", "dax", "mtd", "ubi", "sg", "bsg", "raw", "nvme" };
	for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
		if (slice_starts(name, slice_of(drivers[i])))
			return true;
	return false;
}

/* The same by the kernel's devices.txt, for drivers that are not there yet; 234 to 254 and 384 to 511 are given out to whoever comes. */
static bool
is_mighty_number(uint64_t number)
{
	return number == 1 || number == 21 || number == 90 || number == 162 || (number >= 234 && number <= 254) || (number >= 384 && number <= 511);
}

bool
docker_major_is_mighty(uint64_t number)
{
	AUTO(free) char *bytes = NULL;
	size_t n;
	uint64_t found;
	bool listed = false;
	if (file_read(AT_FDCWD, "/proc/devices", PROC_DEVICES_BYTES, &bytes, &n, NULL) < 0)
		return true;
	struct slice rest = { bytes, n }, line, text, name;
	/* Block devices come behind an empty line; a major may have several lines. */
	while (slice_next(&rest, '\n', &line) && line.n > 0) {
		if (!slice_cut(slice_trim(line), ' ', &text, &name) || !slice_to_u64(text, 10, &found) || found != number)
			continue;
		if (is_mighty_name(name))
			return true;
		listed = true;
	}
	return !listed && is_mighty_number(number);
}
