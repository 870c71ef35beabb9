/* SPDX-License-Identifier: Apache-2.0 */
/* Words and values as apt takes them out of its files, apt.conf(5) and sources.list(5). */
#ifndef CATALOG_APT_WORDS_H
#define CATALOG_APT_WORDS_H

#include "base/strbuf.h"

bool apt_is_space(char c);

/*
 * Appends the next word, quotes taken off and "%41" unpacked; blanks inside quotes and brackets do not end it.  The
 * blanks behind it are gone too.  False, and nothing taken, at the end and where a quote or a bracket does not end.
 */
bool apt_word(struct slice *rest, struct strbuf *into);

/* Appends all of `rest` where it is made of quoted texts: "a""b" is ab, "a" "b" is a b.  False, with nothing taken, for anything else. */
bool apt_quoted(struct slice *rest, struct strbuf *into);

/* "1" and "0": by a number, in any base that C knows, or by a word; absent for what is neither. */
struct slice apt_truth(struct slice value);

#endif
