/* SPDX-License-Identifier: Apache-2.0 */
/* SCAP that a policy names: the bytes of its files; what these say is read in a confined process. */
#include "policy/read_scap.h"

#include "base/error.h"
#include "base/file.h"
#include "base/limits.h"
#include "policy/extend.h"
#include "policy/terms.h"

#include <inttypes.h>

void
scap_done(struct policy *policy)
{
	for (size_t i = 0; i < policy->scap.n; i++) {
		struct scap_entry *entry = &policy->scap.at[i];
		free(entry->datastream.text);
		free(entry->tailoring.text);
		scap_document_done(&entry->content);
		scap_document_done(&entry->tailored);
		scap_selection_done(&entry->selection);
	}
	arena_free(policy->scap.arena);
}

static int
file_of_entry_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = in->context;
	struct scap_file *file = into;
	struct plim_error why = { 0 };
	int r = text_read(in, node, &file->name, err);
	const char *path = r == 0 ? arena_strz(in->arena, file->name) : NULL;
	if (r < 0 || path == NULL)
		return r < 0 ? r : error_nomem(err);
	if (file_read(source_of(policy, node)->directory, path, LIMIT_SCAP_BYTES, &file->text, &file->size, &why) < 0)
		return yaml_error(node->doc, node, err, "SCAP content cannot be read: %s", why.text);
	return 0;
}

static int
scanner_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	static const char *const words[] = { [SCAP_SCANNER_NONE] = "none", [SCAP_SCANNER_OSCAP] = "oscap", NULL };
	int64_t word = 0;
	int r = word_read(in, node, words, &word, err);
	*(enum scap_scanner *)into = (enum scap_scanner)word;
	return r;
}

static const struct field entry_fields[] = {
	{ "datastream", file_of_entry_read, offsetof(struct scap_entry, datastream), true },
	{ "profile", text_read, offsetof(struct scap_entry, profile), true },
	{ "tailoring", file_of_entry_read, offsetof(struct scap_entry, tailoring), false },
	{ "scanner", scanner_read, offsetof(struct scap_entry, scanner), false },
	TERMS(struct scap_entry, terms),
	{ 0 },
};

/* The policy has it from here on, and releases what of it was read. */
static int
entry_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = in->context;
	struct scap_entry *entry = &policy->scap.at[policy->scap.n++];
	(void)into;
	*entry = (struct scap_entry){ .terms = plain_terms, .at = node };
	return fields_read(in, node, "an entry of scap", entry_fields, entry, err);
}

int
scap_read_policy(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct policy *policy = into;
	struct any_list list;
	size_t n = node->kind == YAML_SEQUENCE ? node->n : 1;
	policy->mentions[AREA_CONFIGURATION] = true;
	if (n > LIMIT_SCAP_FILE_COUNT)
		return yaml_error(node->doc, node, err, "more entries than limit SCAP_FILE_COUNT (%" PRIu64 ")", LIMIT_SCAP_FILE_COUNT);
	if ((policy->scap.at = arena_make_array(in->arena, n + 1, struct scap_entry)) == NULL)
		return error_nomem(err);
	return list_or_one_read(in, node, 1, entry_read, &list, err);
}
