/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decompressors as streams: gzip (RFC 1952, several members), zstd (RFC 8878,
 * several and skippable frames, windows up to LIMIT_ZSTD_WINDOW_LOG), xz and
 * bzip2; what their windows may take together: windows.h.  The stream below is read to its last byte: what follows the last
 * member or frame and is none itself is PLIM_EFORMAT with its offset, for a
 * reader that stops earlier than another one sees another image.
 * A piece that they lend stays valid through the next call, so that another thread can hash it meanwhile.
 * One file per codec, one `const struct codec` each.
 */
#ifndef CODEC_INFLATE_H
#define CODEC_INFLATE_H

#include "base/stream.h"

struct codec {
	const char *name;                    /* "gzip"; "" for bytes as they are */
	bool (*bid)(struct slice head);      /* the magic bytes are there */
	/* Takes `below` over on success only. */
	int (*open)(struct stream *below, struct stream **out, struct plim_error *err);
};

extern const struct codec codec_gzip, codec_zstd, codec_xz, codec_bzip2, codec_plain;

/* By name, NULL when there is none of it. */
const struct codec *codec_find(struct slice name);
/* By the first bytes (at least 8 where there are as many); codec_plain when none claims them. */
const struct codec *codec_sniff(struct slice head);

/*
 * Opens `codec` over `below` with the guards every image stream needs: more
 * than `limit` bytes, or a ratio beyond LIMIT_INFLATE_RATIO, is PLIM_ELIMIT.
 * Takes `below` over on success only.
 */
int inflate_open(const struct codec *codec, struct stream *below, uint64_t limit, struct stream **out, struct plim_error *err);

/* Sniffs the first piece of `below`, then as inflate_open. */
int inflate_open_any(struct stream *below, uint64_t limit, struct stream **out, struct plim_error *err);
/* The same, and tells which codec it is. */
int inflate_open_sniffed(struct stream *below, uint64_t limit, const struct codec **codec, struct stream **out, struct plim_error *err);

#endif
