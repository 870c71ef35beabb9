/* SPDX-License-Identifier: Apache-2.0 */
/* What TAB completes where queries are typed. */
#ifndef CLI_QUERY_WORDS_H
#define CLI_QUERY_WORDS_H

#include "base/strbuf.h"

/* Tables, TABLE.COLUMN, columns, SQL's words and commands, each once, one a line; `failed` without memory. */
void query_words(struct strbuf *into);

#endif
