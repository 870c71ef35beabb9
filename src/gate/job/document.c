/* SPDX-License-Identifier: Apache-2.0 */
/* A worker on a bill of materials: a file in, a block as of a tree out. */
#include "gate/collecting.h"

#include "base/error.h"
#include "base/file.h"
#include "process/sandbox.h"
#include "sbom/document.h"

static int
read_document(int channel, struct message *start, struct plim_error *err)
{
	AUTO(map_file) struct slice bytes = SLICE_NONE;
	AUTO(sbom_document) struct sbom_document document = { 0 };
	AUTO(block_builder) struct block_builder *builder = NULL;
	int r = sandbox_enter(CONFINED_WORKER, -1, err);
	if (r < 0 || (r = file_map_fd(start->fd[0], 0, &bytes, err)) < 0 || (r = sbom_document_read(bytes, &document, err)) < 0)
		return r;
	if ((r = block_builder_new(&builder, err)) < 0 || (r = sbom_document_block(&document, builder, err)) < 0)
		return r;
	return say_block(channel, builder, err);
}

int
job_document(int channel)
{
	return job_answer(channel, read_document);
}
