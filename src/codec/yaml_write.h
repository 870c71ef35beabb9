/* SPDX-License-Identifier: Apache-2.0 */
/* YAML as text again. */
#ifndef CODEC_YAML_WRITE_H
#define CODEC_YAML_WRITE_H

#include "base/strbuf.h"
#include "codec/yaml.h"

/* Words, numbers, globs and dates stand as they are; everything else, and what was `quoted`, in quotes where it matters. */
void yaml_put_text(struct strbuf *into, struct slice text, bool quoted);
void yaml_put_scalar(struct strbuf *into, const struct yaml_node *node);

struct yaml_lines {
	struct strbuf *into;
	/* Called before the end of each line with the node that it is about; NULL for nothing. */
	void (*end)(void *context, const struct yaml_node *node);
	void *context;
};

/* A line for each key and item, so many blanks in. */
void yaml_put_node(const struct yaml_lines *lines, const struct yaml_node *node, size_t indent);
void yaml_put_pair(const struct yaml_lines *lines, const struct yaml_node *key, const struct yaml_node *item, size_t indent);

#endif
