/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a target to one block for each of its blobs, none of which is looked
 * into here: workers make them, the hasher says what they were made of, the
 * judge reads them.
 */
#ifndef GATE_ANALYZE_H
#define GATE_ANALYZE_H

#include "gate/run.h"
#include "image/target.h"
#include "layer/block.h"

struct analysis;

/*
 * Opens the target and has its documents read; the digests that its images claim are those that the hasher found.  `platforms` is
 * NULL-terminated, or NULL for all.  `run` is borrowed and outlives it.
 */
int analysis_open(struct run *run, const char *target, const char *const *platforms, struct analysis **out, struct plim_error *err);
/* The same of a stored inventory (gate/recording.h): what was read of a target once, digests of files included. */
int analysis_open_recorded(struct run *run, const char *path, struct analysis **out, struct plim_error *err);
/* For another judge: all that was read is still to be sent. */
void analysis_unsend(struct analysis *analysis);
/* Whether the path is that of a file which begins as a stored inventory does. */
bool analysis_is_recorded(const char *path);
/* Puts the target as it was given before the message, in the place of its name where whoever opened it told it; returns `code`. */
int analysis_error(struct plim_error *err, int code, const char *target);
void analysis_close(struct analysis *analysis);
AUTO_DEFINE(analysis, struct analysis, analysis_close)

/* NULL for a tree. */
const struct image_set *analysis_set(const struct analysis *analysis);
struct slice analysis_name(const struct analysis *analysis);
/* Images, or 1 for a tree. */
size_t analysis_count(const struct analysis *analysis);

/*
 * Reads the layers of image `only`, of all for SIZE_MAX.  A blob that is not what its descriptor or the configuration names is
 * PLIM_EDIGEST; one that reaches a limit, or whose worker dies or lies, is a gap of its layer.
 */
int analysis_read(struct analysis *analysis, size_t only, struct plim_error *err);

/* What blocks have from now on besides what they always have, extras apart: before the first reading. */
void analysis_want(struct analysis *analysis, const struct wishes *wishes);

/* The digest of a blob's plain bytes as read; DIGEST_NONE for a gap. */
struct digest analysis_plain(const struct analysis *analysis, size_t blob);

/* Sends the judge what was read since the last time: the set first, then a block or a gap for each blob. */
int analysis_send(struct analysis *analysis, int judge, struct plim_error *err);

/* Reads once more the blobs with such files, and these files too.  `*fresh` is false when all of them were read for this reason before. */
int analysis_read_more(struct analysis *analysis, const struct extra_list *extras, bool *fresh, struct plim_error *err);

#endif
