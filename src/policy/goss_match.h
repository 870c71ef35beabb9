/* SPDX-License-Identifier: Apache-2.0 */
/* Goss' matchers: what a value must be, as YAML. */
#ifndef POLICY_GOSS_MATCH_H
#define POLICY_GOSS_MATCH_H

#include "codec/yaml.h"
#include "policy/fields.h"

struct goss_value {
	enum { GOSS_TEXT, GOSS_NUMBER, GOSS_TRUTH, GOSS_LIST, GOSS_CONTENT } kind;
	struct slice text;         /* of a text, and of a file's content, whose lines a list of patterns is about */
	int64_t number;            /* of a truth 0 or 1 */
	struct slice_list list;
};

/*
 * GOSS_UNREAD: a matcher that we do not have; GOSS_LIMIT: a regular expression took too long.  GOSS_WRONG: the value is not of a kind that the matcher
 * takes, an error to Goss: it fails, and "not" does not make it hold.
 */
enum goss_match { GOSS_NO, GOSS_YES, GOSS_UNREAD, GOSS_LIMIT, GOSS_WRONG };

/* What is no matcher is an error with its place. */
int goss_match_check(struct reading *in, const struct yaml_node *matcher, struct plim_error *err);
/* The same for a content, of which a plain list has patterns. */
int goss_patterns_check(struct reading *in, const struct yaml_node *matcher, struct plim_error *err);
/* What a plain list asks of a content are patterns of its lines. */
enum goss_match goss_match_attribute(const struct yaml_node *matcher, const struct goss_value *value);

#endif
