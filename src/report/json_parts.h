/* SPDX-License-Identifier: Apache-2.0 */
/* Members that verdicts, comparisons and drift have in common. */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

#include "codec/json_write.h"

/* "layer"; nothing for UINT32_MAX. */
void json_put_layer(struct json_writer *w, uint32_t layer);
struct detail;
/* "details": what is not as it was. */
void json_put_details(struct json_writer *w, const struct detail *details, size_t n);
/* "tool": which program of which version. */
void json_put_tool(struct json_writer *w, struct slice version);

#endif
