/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one kind by the node that they are about. */
#include "diff/comparing.h"

#include "base/error.h"

static int
order_rows(const void *left, const void *right)
{
	const struct shown_row *a = *(const struct shown_row *const *)left, *b = *(const struct shown_row *const *)right;
	int order = (a->node > b->node) - (a->node < b->node);
	order = order ? order : slice_cmp(block_field(a->block, &a->row, 0), block_field(b->block, &b->row, 0));
	return order ? order : (a > b) - (a < b);
}

int
node_rows_read(const struct inventory *inventory, enum row_kind kind, struct node_rows *out, struct plim_error *err)
{
	const struct shown_rows *rows = &inventory->rows[kind];
	out->at = calloc(rows->n + 1, sizeof *out->at);
	if (out->at == NULL)
		return error_nomem(err);
	for (size_t i = 0; i < rows->n; i++)
		out->at[i] = &rows->at[i];
	out->n = rows->n;
	if (rows->n > 1)
		qsort(out->at, rows->n, sizeof *out->at, order_rows);
	return 0;
}

const struct shown_row *const *
node_rows_of(const struct node_rows *rows, const struct node *node, size_t *n)
{
	size_t low = 0, high = rows->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (rows->at[middle]->node < node)
			low = middle + 1;
		else
			high = middle;
	}
	for (*n = 0; node && low + *n < rows->n && rows->at[low + *n]->node == node; ++*n)
		;
	return rows->at + low;
}
