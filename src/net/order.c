/* SPDX-License-Identifier: Apache-2.0 */
/* How orders and answers travel. */
#include "net/order.h"

#define CONFIGURATION(kind, field) WIRE_PLAIN(kind, struct configuration, field)
#define ORDER(kind, field)         WIRE_PLAIN(kind, struct order, field)
#define FILE_ORDER(kind, field)    WIRE_PLAIN(kind, struct file_order, field)
#define SAID(kind, field)          WIRE_PLAIN(kind, struct answer, field)
#define END                        { WIRE_END, 0, 0, 0, NULL }

const struct wire_struct configuration_wire = {
	sizeof(struct configuration),
	(const struct wire_field[]){
		CONFIGURATION(WIRE_SLICE, auth_file),
		CONFIGURATION(WIRE_SLICE, certificates),
		CONFIGURATION(WIRE_SLICE, registries_conf),
		CONFIGURATION(WIRE_SLICE, limits),
		WIRE_MANY(struct configuration, plain_http, plain_http_count, &wire_slices),
		CONFIGURATION(WIRE_BOOL, anonymous),
		CONFIGURATION(WIRE_SLICE, engine),
		END,
	},
};

const struct wire_struct order_wire = {
	sizeof(struct order),
	(const struct wire_field[]){
		ORDER(WIRE_SLICE, name),
		ORDER(WIRE_SLICE, tag),
		ORDER(WIRE_SLICE, media_type),
		ORDER(WIRE_SLICE, from),
		ORDER(WIRE_SLICE, bytes),
		ORDER(WIRE_DIGEST, digest),
		ORDER(WIRE_U64, size),
		ORDER(WIRE_U32, number),
		ORDER(WIRE_BOOL, blob),
		END,
	},
};

const struct wire_struct file_order_wire = {
	sizeof(struct file_order),
	(const struct wire_field[]){
		FILE_ORDER(WIRE_SLICE, address),
		FILE_ORDER(WIRE_SLICE, etag),
		FILE_ORDER(WIRE_SLICE, modified),
		FILE_ORDER(WIRE_SLICE, mark),
		FILE_ORDER(WIRE_U64, had),
		FILE_ORDER(WIRE_U64, most),
		END,
	},
};

const struct wire_struct answer_wire = {
	sizeof(struct answer),
	(const struct wire_field[]){
		SAID(WIRE_U32, code),
		SAID(WIRE_SLICE, why),
		SAID(WIRE_SLICE, media_type),
		SAID(WIRE_SLICE, repository),
		SAID(WIRE_SLICE, tag),
		SAID(WIRE_BOOL, yes),
		SAID(WIRE_SLICE, id),
		SAID(WIRE_SLICE, etag),
		SAID(WIRE_SLICE, modified),
		SAID(WIRE_U64, modified_at),
		END,
	},
};
