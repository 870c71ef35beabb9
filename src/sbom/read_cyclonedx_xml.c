/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX as XML: made the tree that its JSON would be. */
#include "sbom/document.h"

#include "base/error.h"
#include "codec/xml_tree.h"

struct making {
	struct arena *arena;
	struct plim_error *err;
};

static int make_value(struct making *making, const struct xml_element *from, struct json *out);

static struct json
string_of(struct slice text)
{
	return (struct json){ .type = JSON_STRING, .text = text };
}

static size_t
child_count(const struct xml_element *element)
{
	size_t n = 0;
	for (const struct xml_element *child = element->first; child; child = child->next)
		n++;
	return n;
}

static int
make_object(struct making *making, size_t room, struct json *out)
{
	*out = (struct json){ .type = JSON_OBJECT, .keys = arena_make_array(making->arena, room + 1, struct slice),
		              .items = arena_make_array(making->arena, room + 1, struct json) };
	return out->keys && out->items ? 0 : error_nomem(making->err);
}

static struct json *
add_member(struct json *object, struct slice key)
{
	object->keys[object->n] = key;
	return &object->items[object->n++];
}

/* Names of members that JSON has in other words. */
static int
make_pair(struct making *making, const struct xml_element *from, struct slice of_attribute, struct slice of_text, struct json *out)
{
	int r = make_object(making, from->attribute_count + 1, out);
	if (r < 0)
		return r;
	for (size_t i = 0; i < from->attribute_count; i++)
		if (slice_eq(from->attributes[i].name, of_attribute))
			*add_member(out, of_attribute) = string_of(from->attributes[i].value);
	*add_member(out, of_text) = string_of(from->text);
	return 0;
}

static int
make_dependency(struct making *making, const struct xml_element *from, struct json *out)
{
	int r = make_object(making, 2, out);
	if (r < 0)
		return r;
	*add_member(out, SLICE("ref")) = string_of(xml_attribute(from, "ref"));
	struct json *on = add_member(out, SLICE("dependsOn"));
	*on = (struct json){ .type = JSON_ARRAY, .items = arena_make_array(making->arena, child_count(from) + 1, struct json) };
	if (on->items == NULL)
		return error_nomem(making->err);
	for (const struct xml_element *child = from->first; child; child = child->next)
		on->items[on->n++] = string_of(xml_attribute(child, "ref"));
	return 0;
}

/* An expression stands beside licences in one, and alone in the other. */
static int
make_license(struct making *making, const struct xml_element *from, struct json *out)
{
	int r = make_object(making, 1, out);
	if (r < 0)
		return r;
	return make_value(making, from, add_member(out, from->name));
}

static bool
is_list(struct slice name)
{
	static const char *const names[] = { "components", "hashes", "licenses", "properties", "dependencies", "compositions", "occurrences", "tools" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (slice_is(name, names[i]))
			return true;
	return false;
}

static int
make_item(struct making *making, const struct xml_element *list, const struct xml_element *from, struct json *out)
{
	if (slice_is(list->name, "licenses"))
		return make_license(making, from, out);
	if (slice_is(from->name, "hash"))
		return make_pair(making, from, SLICE("alg"), SLICE("content"), out);
	if (slice_is(from->name, "property"))
		return make_pair(making, from, SLICE("name"), SLICE("value"), out);
	if (slice_is(from->name, "dependency"))
		return make_dependency(making, from, out);
	return make_value(making, from, out);
}

static int
make_list(struct making *making, const struct xml_element *from, struct json *out)
{
	*out = (struct json){ .type = JSON_ARRAY, .items = arena_make_array(making->arena, child_count(from) + 1, struct json) };
	if (out->items == NULL)
		return error_nomem(making->err);
	for (const struct xml_element *child = from->first; child; child = child->next) {
		int r = make_item(making, from, child, &out->items[out->n++]);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Tools may be a list of them, or have lists of components and services. */
static bool
is_written_as_list(const struct xml_element *element)
{
	if (!is_list(element->name))
		return false;
	return !slice_is(element->name, "tools") || element->first == NULL || slice_is(element->first->name, "tool");
}

static int
make_value(struct making *making, const struct xml_element *from, struct json *out)
{
	if (is_written_as_list(from))
		return make_list(making, from, out);
	if (from->first == NULL && from->attribute_count == 0) {
		*out = string_of(from->text);
		return 0;
	}
	int r = make_object(making, child_count(from) + from->attribute_count, out);
	for (size_t i = 0; r == 0 && i < from->attribute_count; i++)
		*add_member(out, from->attributes[i].name) = string_of(from->attributes[i].value);
	for (const struct xml_element *child = from->first; r == 0 && child; child = child->next)
		r = make_value(making, child, add_member(out, child->name));
	return r;
}

/* The version of the format is the end of its namespace: http://cyclonedx.org/schema/bom/1.6 */
static struct slice
version_of(const struct xml_element *root)
{
	struct slice head, version;
	for (size_t i = 0; i < root->attribute_count; i++) {
		struct slice value = root->attributes[i].value;
		if (slice_find_text(value, SLICE("cyclonedx.org/schema/bom/")) != SIZE_MAX && slice_cut_last(value, '/', &head, &version))
			return version;
	}
	return SLICE_NONE;
}

int
sbom_read_cyclonedx_xml(struct slice bytes, struct sbom_document *out, struct plim_error *err)
{
	struct making making = { out->arena, err };
	const struct xml_element *xml;
	struct json root, whole;
	int r = xml_tree_parse(bytes, out->arena, &xml, err);
	if (r < 0)
		return r;
	struct slice version = version_of(xml);
	if (!slice_is(xml->name, "bom") || version.n == 0)
		return error_set(err, PLIM_EFORMAT, "line %zu: no <bom> of CycloneDX: no bill of materials that is known", xml->line);
	if ((r = make_value(&making, xml, &root)) < 0 || (r = make_object(&making, root.n + 1, &whole)) < 0)
		return r;
	*add_member(&whole, SLICE("specVersion")) = string_of(version);
	size_t lists = 0;
	for (size_t i = 0; root.type == JSON_OBJECT && i < root.n; i++) {
		*add_member(&whole, root.keys[i]) = root.items[i];
		lists += slice_is(root.keys[i], "components");
	}
	if (lists > 1)
		return error_set(err, PLIM_EFORMAT, "line %zu: more than one <components>", xml->line);
	return sbom_read_cyclonedx(&whole, out, err);
}
