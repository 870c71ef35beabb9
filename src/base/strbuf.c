/* SPDX-License-Identifier: Apache-2.0 */
/* A growing string whose failure is remembered. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
strbuf_done(struct strbuf *buf)
{
	free(buf->p);
	*buf = (struct strbuf){ 0 };
}

char *
strbuf_reserve(struct strbuf *buf, size_t extra)
{
	size_t need;
	if (buf->failed || __builtin_add_overflow(buf->n, extra, &need) || ++need == 0) {
		buf->failed = true;
		return NULL;
	}
	if (need > buf->room) {
		size_t room = buf->room * 2 > need ? buf->room * 2 : need < 64 ? 64 : need;
		char *p = realloc(buf->p, room);
		if (p == NULL) {
			buf->failed = true;
			return NULL;
		}
		buf->p = p;
		buf->room = room;
	}
	return buf->p + buf->n;
}

void
strbuf_added(struct strbuf *buf, size_t count)
{
	buf->n += count;
	buf->p[buf->n] = '\0';
}

void
strbuf_put(struct strbuf *buf, struct slice s)
{
	char *at = strbuf_reserve(buf, s.n);
	if (at == NULL)
		return;
	if (s.n)
		memcpy(at, s.p, s.n);
	strbuf_added(buf, s.n);
}

void
strbuf_putc(struct strbuf *buf, char c)
{
	strbuf_put(buf, (struct slice){ &c, 1 });
}

void
strbuf_puts(struct strbuf *buf, const char *text)
{
	strbuf_put(buf, slice_of(text));
}

void
strbuf_fill(struct strbuf *buf, char c, size_t count)
{
	char *at = strbuf_reserve(buf, count);
	if (at == NULL)
		return;
	memset(at, c, count);
	strbuf_added(buf, count);
}

void
strbuf_printf(struct strbuf *buf, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *at = n < 0 ? NULL : strbuf_reserve(buf, (size_t)n);
	if (at == NULL)
		return;
	va_start(args, format);
	vsnprintf(at, (size_t)n + 1, format, args);
	va_end(args);
	strbuf_added(buf, (size_t)n);
}

/* How many bytes at `s` are a character that shows nothing but turns, hides or breaks what stands around it; 0 for others.  `s` is UTF-8. */
static size_t
unseen_length(struct slice s)
{
	static const char *const unseen[] = {
		"\xd8\x9c", "\xe2\x80\x8b", "\xe2\x80\x8e", "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaa", "\xe2\x80\xab",
		"\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", "\xef\xbb\xbf",
		/* U+FFFE and U+FFFF are no characters: no XML may have them. */
		"\xef\xbf\xbe", "\xef\xbf\xbf",
	};
	uint8_t c = (uint8_t)s.p[0];
	/* U+0080 to U+009F are controls as well: a terminal may take them for escapes. */
	if (c == 0xc2)
		return s.n > 1 && (uint8_t)s.p[1] < 0xa0 ? 2 : 0;
	for (size_t i = 0; (c == 0xd8 || c == 0xe2 || c == 0xef) && i < sizeof unseen / sizeof *unseen; i++)
		if (slice_starts(s, slice_of(unseen[i])))
			return strlen(unseen[i]);
	return c < 0x20 || c == 0x7f;
}

void
strbuf_put_printable(struct strbuf *buf, struct slice s)
{
	bool utf8 = slice_is_utf8(s);
	while (s.n > 0) {
		size_t escaped = utf8 ? unseen_length(s) : (uint8_t)s.p[0] < 0x20 || (uint8_t)s.p[0] >= 0x7f;
		for (size_t i = 0; i < escaped; i++)
			strbuf_printf(buf, "\\x%02x", (uint8_t)s.p[i]);
		if (escaped == 0)
			strbuf_putc(buf, s.p[0]);
		s = slice_from(s, escaped ? escaped : 1);
	}
}

void
strbuf_put_percent(struct strbuf *buf, struct slice s, const char *kept)
{
	size_t from = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && (strchr("-._~", c) || strchr(kept, c))))
			continue;
		strbuf_put(buf, slice_range(s.p + from, s.p + i));
		strbuf_printf(buf, "%%%02X", (uint8_t)c);
		from = i + 1;
	}
	strbuf_put(buf, slice_from(s, from));
}

void
strbuf_clear(struct strbuf *buf)
{
	buf->n = 0;
	buf->failed = false;
	if (buf->p)
		buf->p[0] = '\0';
}

char *
strbuf_take(struct strbuf *buf)
{
	if (buf->failed || strbuf_reserve(buf, 0) == NULL) {
		strbuf_done(buf);
		return NULL;
	}
	buf->p[buf->n] = '\0';
	char *taken = buf->p;
	*buf = (struct strbuf){ 0 };
	return taken;
}
