/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys that a policy trusts, each a file beside it. */
#include "policy/read_keys.h"

#include "base/date.h"
#include "policy/terms.h"

static int
key_text_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct origin_signer *key = (struct origin_signer *)((char *)into - offsetof(struct origin_signer, text));
	return beside_read(in, node, "the key", &key->text, &key->name, err);
}

static const struct field key_fields[] = {
	{ "key", key_text_read, offsetof(struct origin_signer, text), true },
	{ "from", day_read, offsetof(struct origin_signer, from), false },
	{ "until", day_read, offsetof(struct origin_signer, until), false },
	{ 0 },
};

int
key_read(struct reading *in, const struct yaml_node *node, void *into, struct plim_error *err)
{
	struct origin_signer *key = into;
	*key = (struct origin_signer){ .from = DATE_NONE, .until = DATE_NONE };
	return node->kind == YAML_MAPPING ? fields_read(in, node, "a key", key_fields, key, err) : key_text_read(in, node, &key->text, err);
}

int
keys_read(struct reading *in, const struct yaml_node *node, struct any_list *out, struct plim_error *err)
{
	return list_or_one_read(in, node, sizeof(struct origin_signer), key_read, out, err);
}
