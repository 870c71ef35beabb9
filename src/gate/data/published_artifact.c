/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/data/published_artifact.h"

#include "base/date.h"
#include "base/error.h"
#include "trust/document.h"
#include "trust/referrer.h"

#include <inttypes.h>
#include <stdio.h>

#define CREATED_KEY "org.opencontainers.image.created"    /* image-spec, annotations */
#define SERIAL_KEY  "vnd.plimsoll.database.serial"

const struct wire_struct wire_published_artifact = { sizeof(struct published_artifact), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_DIGEST, struct published_artifact, layer), WIRE_PLAIN(WIRE_U64, struct published_artifact, size),
	WIRE_PLAIN(WIRE_U64, struct published_artifact, serial), WIRE_PLAIN(WIRE_U64, struct published_artifact, time), { WIRE_END, 0, 0, 0, NULL } } };

void
published_artifact_write(const struct published_artifact *artifact, struct strbuf *into)
{
	char serial[24], created[DATE_TEXT_SIZE];
	struct referrer_annotation annotations[2];
	size_t n = 0;
	snprintf(serial, sizeof serial, "%" PRIu64, artifact->serial);
	if (artifact->time != DATE_NONE)
		annotations[n++] = (struct referrer_annotation){ SLICE(CREATED_KEY), slice_of(date_text(artifact->time, created)) };
	if (artifact->serial)
		annotations[n++] = (struct referrer_annotation){ SLICE(SERIAL_KEY), slice_of(serial) };
	const struct referrer manifest = {
		.artifact_type = SLICE(PUBLISHED_MEDIA_TYPE), .layer = { SLICE(PUBLISHED_MEDIA_TYPE), artifact->layer, artifact->size }, .layer_count = 1,
		.annotations = annotations, .annotation_count = n,
	};
	referrer_write(&manifest, into);
}

static void
read_annotation(const struct referrer_annotation *annotation, struct published_artifact *out)
{
	int64_t time;
	uint64_t serial;
	if (slice_is(annotation->key, CREATED_KEY) && date_parse(annotation->value, &time) && document_can_say(time))
		out->time = time;
	if (slice_is(annotation->key, SERIAL_KEY) && slice_to_u64(annotation->value, 10, &serial))
		out->serial = serial;
}

int
published_artifact_parse(struct slice text, struct arena *arena, struct published_artifact *out, struct plim_error *err)
{
	struct referrer *manifest;
	int r = referrer_parse(text, arena, &manifest, err);
	if (r < 0)
		return r;
	if (manifest->layer_count != 1 || !slice_is(manifest->layer.media_type, PUBLISHED_MEDIA_TYPE))
		return error_set(err, PLIM_EFORMAT, "no artifact whose only layer is of type " PUBLISHED_MEDIA_TYPE);
	*out = (struct published_artifact){ .layer = manifest->layer.digest, .size = manifest->layer.size, .time = DATE_NONE };
	for (size_t i = 0; i < manifest->annotation_count; i++)
		read_annotation(&manifest->annotations[i], out);
	return 0;
}
