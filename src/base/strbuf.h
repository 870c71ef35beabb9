/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing string.  It owns its bytes, keeps a NUL behind them, and is
 * valid when zeroed.  A failed allocation sets `failed`; later additions do
 * nothing, so that a writer checks once, at its end.
 */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include "base/slice.h"

struct strbuf {
	char *p;
	size_t n;
	size_t room;
	bool failed;
};

void strbuf_done(struct strbuf *buf);
static inline void
auto_strbuf(struct strbuf *buf)
{
	strbuf_done(buf);
}

void strbuf_put(struct strbuf *buf, struct slice s);
void strbuf_putc(struct strbuf *buf, char c);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_fill(struct strbuf *buf, char c, size_t count);
void strbuf_printf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* For a terminal: control bytes, escapes and bytes that are not UTF-8 appear as \xNN. */
void strbuf_put_printable(struct strbuf *buf, struct slice s);
/* RFC 3986: all but letters, digits, "-._~" and the bytes of `kept` appear as %XX. */
void strbuf_put_percent(struct strbuf *buf, struct slice s, const char *kept);
void strbuf_clear(struct strbuf *buf);

/* Room for `extra` more bytes behind the end, NULL when it cannot be had; strbuf_added says how many were written. */
char *strbuf_reserve(struct strbuf *buf, size_t extra);
void strbuf_added(struct strbuf *buf, size_t count);

/* What it holds, borrowed until the next change; never absent. */
static inline struct slice
strbuf_slice(const struct strbuf *buf)
{
	return (struct slice){ buf->p ? buf->p : "", buf->n };
}

/* The lawful way to steal the bytes: a NUL-terminated heap string, the buffer empty again; NULL if it failed. */
char *strbuf_take(struct strbuf *buf);

#endif
