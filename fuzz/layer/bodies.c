/* SPDX-License-Identifier: Apache-2.0 */
/* A file of bodies, as whoever unpacks them finds it: places within it, and copies no longer than they may be. */
#include "../fuzz.h"
#include "base/auto.h"
#include "base/limits.h"
#include "layer/bodies.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
copy(const struct body_place *place)
{
	AUTO(fd) int into = memfd_create("body", MFD_CLOEXEC);
	struct plim_error err = { 0 };
	struct stat st;
	uint64_t left = 4096;
	if (into < 0)
		return;
	if (body_copy(place, into, &left, &err) < 0)
		fuzz_demand(err.text[0]);
	fuzz_demand(left <= 4096 && fstat(into, &st) == 0 && (uint64_t)st.st_blocks * 512 <= (4096 - left) * 4096 + 4096);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(body_places) struct body_places places = { 0 };
	AUTO(fd) int file = memfd_create("bodies", MFD_CLOEXEC);
	struct plim_error err = { 0 };
	if (file < 0 || write(file, data, size) != (ssize_t)size)
		return 0;
	if (body_places_add(&places, file, size & 1 ? UINT64_MAX : 7, &err) < 0)
		fuzz_demand(err.text[0]);
	body_places_sort(&places);
	for (size_t i = 0; i < places.list.n && i < 16; i++) {
		const struct body_place *place = &places.list.at[i];
		fuzz_demand(place->at <= size && body_place_find(&places, place->blob, place->entry));
		copy(place);
	}
	return 0;
}
