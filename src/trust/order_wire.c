/* SPDX-License-Identifier: Apache-2.0 */
/* Orders as they travel. */
#include "trust/order.h"

static const struct wire_struct input_wire = { sizeof(struct vsa_input), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct vsa_input, uri),
	WIRE_PLAIN(WIRE_DIGEST, struct vsa_input, digest),
	{ WIRE_END } } };

static const struct wire_struct vsa_wire = { sizeof(struct vsa), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct vsa, verifier),
	WIRE_PLAIN(WIRE_SLICE, struct vsa, version),
	WIRE_PLAIN(WIRE_U64, struct vsa, time),
	WIRE_PLAIN(WIRE_SLICE, struct vsa, repository),
	WIRE_PLAIN(WIRE_SLICE, struct vsa, tag),
	WIRE_PLAIN(WIRE_DIGEST, struct vsa, image),
	WIRE_PLAIN(WIRE_SLICE, struct vsa, policy_uri),
	WIRE_PLAIN(WIRE_DIGEST, struct vsa, policy),
	WIRE_MANY(struct vsa, inputs, input_count, &input_wire),
	WIRE_MANY(struct vsa, levels, level_count, &wire_slices),
	WIRE_CHOICE(struct vsa, result, VSA_FAILED),
	WIRE_PLAIN(WIRE_U64, struct vsa, data_time),
	{ WIRE_END } } };

static const struct wire_struct descriptor_wire = { sizeof(struct referrer_descriptor), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct referrer_descriptor, media_type),
	WIRE_PLAIN(WIRE_DIGEST, struct referrer_descriptor, digest),
	WIRE_PLAIN(WIRE_U64, struct referrer_descriptor, size),
	{ WIRE_END } } };

static const struct wire_struct entry_wire = { sizeof(struct deny_entry), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_DIGEST, struct deny_entry, digest),
	WIRE_PLAIN(WIRE_SLICE, struct deny_entry, repository),
	WIRE_PLAIN(WIRE_SLICE, struct deny_entry, reason),
	WIRE_PLAIN(WIRE_U64, struct deny_entry, day),
	{ WIRE_END } } };

static const struct wire_struct list_wire = { sizeof(struct deny_list), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U64, struct deny_list, serial),
	WIRE_PLAIN(WIRE_U64, struct deny_list, time),
	WIRE_MANY(struct deny_list, entries, n, &entry_wire),
	{ WIRE_END } } };

static const struct wire_struct data_feed_wire = { sizeof(struct data_claim_feed), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct data_claim_feed, name),
	WIRE_PLAIN(WIRE_DIGEST, struct data_claim_feed, digest),
	WIRE_PLAIN(WIRE_U64, struct data_claim_feed, snapshot),
	{ WIRE_END } } };

static const struct wire_struct data_wire = { sizeof(struct data_claim), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_DIGEST, struct data_claim, root),
	WIRE_PLAIN(WIRE_U64, struct data_claim, time),
	WIRE_PLAIN(WIRE_U64, struct data_claim, serial),
	WIRE_MANY(struct data_claim, feeds, feed_count, &data_feed_wire),
	{ WIRE_END } } };

static const struct wire_struct exceptions_wire = { sizeof(struct exceptions_claim), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct exceptions_claim, name),
	WIRE_PLAIN(WIRE_DIGEST, struct exceptions_claim, digest),
	WIRE_PLAIN(WIRE_U64, struct exceptions_claim, time),
	{ WIRE_END } } };

const struct wire_struct order_start_wire = { sizeof(struct order_start), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct order_start, key),
	WIRE_PLAIN(WIRE_SLICE, struct order_start, companion),
	WIRE_PLAIN(WIRE_SLICE, struct order_start, certificate),
	WIRE_PLAIN(WIRE_SLICE, struct order_start, passphrase_file),
	WIRE_PLAIN(WIRE_BOOL, struct order_start, describe_only),
	{ WIRE_END } } };

const struct wire_struct order_described_wire = { sizeof(struct order_described), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct order_described, public_key),
	WIRE_PLAIN(WIRE_SLICE, struct order_described, companion),
	WIRE_PLAIN(WIRE_DIGEST, struct order_described, thumbprint),
	{ WIRE_END } } };

const struct wire_struct sign_order_wire = { sizeof(struct order), (const struct wire_field[]){
	WIRE_CHOICE(struct order, kind, ORDER_KIND_COUNT - 1),
	WIRE_PLAIN(WIRE_SLICE, struct order, repository),
	WIRE_PLAIN(WIRE_SLICE, struct order, tag),
	WIRE_PLAIN(WIRE_DIGEST, struct order, image),
	WIRE_PLAIN(WIRE_DIGEST, struct order, policy),
	WIRE_INSIDE(struct order, vsa, &vsa_wire),
	WIRE_PLAIN(WIRE_SLICE, struct order, predicate_type),
	WIRE_PLAIN(WIRE_SLICE, struct order, predicate),
	WIRE_INSIDE(struct order, target, &descriptor_wire),
	WIRE_INSIDE(struct order, list, &list_wire),
	WIRE_INSIDE(struct order, data, &data_wire),
	WIRE_INSIDE(struct order, exceptions, &exceptions_wire),
	WIRE_PLAIN(WIRE_SLICE, struct order, assign),
	WIRE_PLAIN(WIRE_U64, struct order, time),
	{ WIRE_END } } };

const struct wire_struct order_done_wire = { sizeof(struct order_done), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_SLICE, struct order_done, document),
	WIRE_PLAIN(WIRE_SLICE, struct order_done, signature),
	{ WIRE_END } } };

const struct wire_struct order_refused_wire = { sizeof(struct order_refused), (const struct wire_field[]){
	WIRE_PLAIN(WIRE_U32, struct order_refused, code),
	WIRE_PLAIN(WIRE_SLICE, struct order_refused, text),
	{ WIRE_END } } };
