/* SPDX-License-Identifier: Apache-2.0 */
/* A plimsoll-fetch that says what the environment tells it to say: for the test beside which it lies. */
#include "base/error.h"
#include "net/order.h"
#include "process/channel.h"
#include "process/helper.h"

#include <stdlib.h>

static struct slice
chosen(const char *variable)
{
	const char *value = getenv(variable);
	return value ? slice_of(value) : SLICE_NONE;
}

int
main(void)
{
	for (;;) {
		AUTO(message) struct message message = { .fd = { -1, -1 } };
		AUTO(strbuf) struct strbuf body = { 0 };
		AUTO(fd) int document = -1;
		struct answer answer = { 0 };
		if (channel_receive(HELPER_CHANNEL, &message, NULL) < 0)
			return 0;
		if (message.kind != ORDER_CONFIGURE) {
			answer.repository = chosen("LIE_REPOSITORY");
			answer.tag = chosen("LIE_TAG");
			if (memory_file(SLICE("{}"), &document, NULL) < 0)
				return 1;
		}
		wire_write(&answer_wire, &answer, &body);
		if (channel_send_with(HELPER_CHANNEL, ANSWER, strbuf_slice(&body), &document, document >= 0, NULL) < 0)
			return 1;
	}
}
