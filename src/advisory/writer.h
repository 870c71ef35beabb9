/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a database file from its beginning to its end, hashing as it goes; what a section holds is not its business. */
#ifndef ADVISORY_WRITER_H
#define ADVISORY_WRITER_H

#include "advisory/format.h"
#include "base/digest.h"
#include "base/strbuf.h"

#include <plimsoll/error.h>

struct writer {                /* valid when zeroed, with its descriptor */
	int fd;
	struct strbuf pending; /* not yet hashed and written */
	struct strbuf leaves;
	uint64_t written;      /* of the blocks */
	struct written_section {
		uint64_t at, size, count;
	} sections[SECTION_COUNT];
	int failed;            /* errno, ENOMEM too */
};

void writer_done(struct writer *w);

/* The descriptor is of an empty file; a failure is told by writer_end. */
void writer_start(struct writer *w, int fd);
/* What is put from here on is of that section, until writer_close. */
void writer_open(struct writer *w, enum section section);
void writer_put(struct writer *w, struct slice bytes);
void writer_close(struct writer *w, enum section section, uint64_t count);
/* How much was put into the section that is open. */
uint64_t writer_at(const struct writer *w, enum section section);
int writer_end(struct writer *w, struct digest *root, struct plim_error *err);

#endif
