/* SPDX-License-Identifier: Apache-2.0 */
/* The layers as a picture: how much of the image each brought, by which instruction, and what was found in it. */
#include "report/html.h"

#define PICTURE_WIDTH 1000.0

static const char *
origin_class(enum origin origin)
{
	return origin_name(origin) ? origin_name(origin) : "whose";
}

static uint64_t
most_bytes(const struct verdict *v, uint64_t *all)
{
	uint64_t most = 0;
	*all = 0;
	for (size_t i = 0; i < v->layer_count; i++) {
		most = v->layers[i].bytes > most ? v->layers[i].bytes : most;
		*all += v->layers[i].bytes > UINT64_MAX - *all ? 0 : v->layers[i].bytes;
	}
	return most;
}

static double
share(uint64_t bytes, uint64_t of)
{
	return of ? PICTURE_WIDTH * (double)bytes / (double)of : 0;
}

static void
put_rect(struct strbuf *into, enum origin origin, double x, double width)
{
	strbuf_printf(into, "<rect class=\"%s\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"10\">", origin_class(origin), x, width);
}

/* All of them one after the other, as long as they are heavy. */
static void
put_whole(struct strbuf *into, const struct verdict *v, uint64_t all)
{
	uint64_t before = 0;
	strbuf_printf(into, "<svg class=\"whole\" viewBox=\"0 0 %.0f 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"The share of each layer in the "
	                    "image's bytes, from the bottom; the table below has the numbers.\">", PICTURE_WIDTH);
	for (size_t i = 0; i < v->layer_count; i++) {
		put_rect(into, v->layers[i].origin, share(before, all), share(v->layers[i].bytes, all));
		strbuf_printf(into, "<title>layer %zu, ", i);
		html_size(into, v->layers[i].bytes);
		strbuf_puts(into, "</title></rect>");
		before += v->layers[i].bytes;
	}
	strbuf_puts(into, "</svg>\n");
}

static void
put_key(struct strbuf *into, const char *class, const char *words)
{
	strbuf_printf(into, "<svg class=\"key\" viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"%s\" width=\"10\" height=\"10\"></rect></svg>%s ", class,
	              words);
}

static void
put_legend(struct strbuf *into, const struct verdict *v)
{
	bool told = false;
	for (size_t i = 0; i < v->layer_count; i++)
		told |= origin_name(v->layers[i].origin) != NULL;
	strbuf_puts(into, "<figcaption>");
	if (told) {
		put_key(into, "base", "base image");
		put_key(into, "application", "application");
	} else {
		put_key(into, "whose", "no base image was matched, so base and application are not told apart");
	}
	strbuf_puts(into, "</figcaption>\n");
}

/* "2 critical", "1 unknown": what was found in one layer. */
static void
put_counts(struct strbuf *into, const struct verdict *v, uint32_t layer)
{
	size_t found[SEVERITY_CRITICAL + 1] = { 0 }, unknown = 0;
	for (size_t i = 0; i < v->finding_count; i++)
		found[v->findings[i].severity] += v->findings[i].evidence.layer == layer;
	for (size_t i = 0; i < v->unknown_count; i++)
		unknown += v->unknowns[i].layer == layer;
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_UNKNOWN; severity--) {
		const char *name = severity_name((enum severity)severity);
		if (found[severity])
			strbuf_printf(into, "<span class=\"word %s\">%zu %s</span>", severity == SEVERITY_UNKNOWN ? "quiet" : name, found[severity],
			              severity == SEVERITY_UNKNOWN ? "of no severity" : name);
	}
	if (unknown)
		strbuf_printf(into, "<span class=\"word unknown\">%zu cannot tell</span>", unknown);
}

static void
put_layer(struct strbuf *into, const struct verdict *v, uint32_t at, uint64_t most)
{
	char digest[DIGEST_TEXT_SIZE] = "";
	const struct layer_summary *layer = &v->layers[at];
	if (v->image && at < v->image->layer_count)
		digest_text(&v->image->layers[at].diff_id, digest);
	strbuf_printf(into, "<tbody><tr><th scope=\"rowgroup\" class=\"number\">%u</th><td><svg class=\"bar\" viewBox=\"0 0 %.0f 10\" preserveAspectRatio=\"none\" "
	                    "aria-hidden=\"true\">", at, PICTURE_WIDTH);
	put_rect(into, layer->origin, 0, share(layer->bytes, most));
	strbuf_puts(into, "</rect></svg></td><td class=\"number\">");
	html_size(into, layer->bytes);
	strbuf_printf(into, "</td><td class=\"number\">%zu</td><td class=\"number\">%zu</td><td>", layer->files, layer->packages);
	strbuf_puts(into, origin_name(layer->origin) ? origin_name(layer->origin) : "not told");
	strbuf_puts(into, "</td><td class=\"counts\">");
	put_counts(into, v, at);
	strbuf_puts(into, "</td></tr>\n<tr><td></td><td colspan=\"6\">");
	html_code(into, layer->instruction.n ? layer->instruction : slice_of(digest));
	strbuf_puts(into, "</td></tr></tbody>\n");
}

void
html_layers(struct strbuf *into, const struct verdict *v)
{
	uint64_t all, most = most_bytes(v, &all);
	if (v->layer_count == 0)
		return;
	strbuf_puts(into, "<h3>Layers</h3>\n<figure class=\"layers\">\n");
	put_whole(into, v, all);
	put_legend(into, v);
	strbuf_puts(into, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Layers\"><table><thead><tr><th scope=\"col\" class=\"number\">Layer</th><th scope=\"col\">Share</th>"
	                  "<th scope=\"col\" class=\"number\">Bytes</th><th scope=\"col\" class=\"number\">Files</th>"
	                  "<th scope=\"col\" class=\"number\">Packages</th><th scope=\"col\">Brought by</th><th scope=\"col\">Found</th>"
	                  "</tr></thead>\n");
	for (size_t i = 0; i < v->layer_count; i++)
		put_layer(into, v, (uint32_t)i, most);
	strbuf_puts(into, "</table></div>\n</figure>\n");
}
