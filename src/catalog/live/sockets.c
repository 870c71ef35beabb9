/* SPDX-License-Identifier: Apache-2.0 */
/* proc(5): /proc/net/tcp, udp and unix: sockets that wait for somebody. */
#include "catalog/live/inside.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <errno.h>

/* Of include/net/tcp_states.h: UDP knows no listening, its unconnected sockets are TCP_CLOSE. */
enum { STATE_CLOSE = 7, STATE_LISTEN = 10 };

/* A table of the Internet protocols. */
struct port_table {
	const char *path;
	const char *protocol, *family;
	unsigned state;
	size_t words;    /* of an address */
};

/* What a line says of a socket that waits. */
struct waiting {
	struct slice address, port, path;
	uint64_t inode;
};

static const struct socket_holder *
first_holder(const struct live_links *links, uint64_t inode)
{
	size_t low = 0, high = links->holder_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (links->holders[middle].inode < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low < links->holder_count && links->holders[low].inode == inode ? &links->holders[low] : NULL;
}

static int
add_waiting(struct live_reading *reading, const char *protocol, const char *family, const struct waiting *socket, struct plim_error *err)
{
	const struct socket_holder *holder = first_holder(reading->links, socket->inode), *end = reading->links->holders + reading->links->holder_count;
	struct live_number pid, fd, inode;
	struct slice fields[LISTENING_PORTS_FIELD_COUNT] = {
		[LISTENING_PORTS_PORT] = socket->port, [LISTENING_PORTS_PROTOCOL] = slice_of(protocol), [LISTENING_PORTS_FAMILY] = slice_of(family),
		[LISTENING_PORTS_ADDRESS] = socket->address, [LISTENING_PORTS_SOCKET] = live_decimal(&inode, socket->inode), [LISTENING_PORTS_PATH] = socket->path,
	};
	if (holder == NULL)
		return live_row(reading, LIVE_LISTENING_PORTS, fields, LISTENING_PORTS_FIELD_COUNT, err);
	int r = 0;
	for (; r == 0 && holder < end && holder->inode == socket->inode; holder++) {
		fields[LISTENING_PORTS_PID] = live_decimal(&pid, holder->pid);
		fields[LISTENING_PORTS_FD] = live_decimal(&fd, holder->fd);
		r = live_row(reading, LIVE_LISTENING_PORTS, fields, LISTENING_PORTS_FIELD_COUNT, err);
	}
	return r;
}

/* Words of 32 bits as the machine has them in memory, which is the network's order. */
static bool
take_address(struct slice hex, size_t words, char text[INET6_ADDRSTRLEN])
{
	uint32_t address[4] = { 0 };
	uint64_t word;
	if (hex.n != words * 8)
		return false;
	for (size_t i = 0; i < words; i++) {
		if (!slice_to_u64(slice_first(slice_from(hex, i * 8), 8), 16, &word))
			return false;
		address[i] = (uint32_t)word;
	}
	return inet_ntop(words == 1 ? AF_INET : AF_INET6, address, text, INET6_ADDRSTRLEN) != NULL;
}

/* "sl local remote st queues timer retransmissions uid timeout inode ..."; 1 where it waits. */
static int
take_port(struct live_reading *reading, const struct port_table *table, struct slice line, bool *bad, struct plim_error *err)
{
	struct slice words[10] = { 0 }, address, port;
	char text[INET6_ADDRSTRLEN];
	struct live_number decimal;
	struct waiting socket = { 0 };
	uint64_t state, number;
	for (size_t i = 0; i < 10; i++)
		slice_word(&line, &words[i]);
	*bad = !slice_to_u64(words[3], 16, &state) || !slice_cut(words[1], ':', &address, &port) || !slice_to_u64(port, 16, &number) ||
	       !take_address(address, table->words, text) || !slice_to_u64(words[9], 10, &socket.inode);
	if (*bad || state != table->state)
		return 0;
	socket.address = slice_of(text);
	socket.port = live_decimal(&decimal, number);
	return add_waiting(reading, table->protocol, table->family, &socket, err);
}

static const struct port_table tables[] = {
	{ "self/net/tcp", "6", "2", STATE_LISTEN, 1 }, { "self/net/tcp6", "6", "10", STATE_LISTEN, 4 },
	{ "self/net/udp", "17", "2", STATE_CLOSE, 1 }, { "self/net/udp6", "17", "10", STATE_CLOSE, 4 },
};
#define TABLES (sizeof tables / sizeof *tables)

int
live_take_ports(struct live_reading *reading, size_t number, struct slice rest, struct plim_error *err)
{
	const struct port_table *table = &tables[number];
	struct slice line;
	bool bad = false;
	int r = 0;
	slice_next(&rest, '\n', &line);
	while (r == 0 && !bad && slice_next(&rest, '\n', &line))
		if (line.n)
			r = take_port(reading, table, line, &bad, err);
	return bad ? live_problem(reading, "listening_ports", err, "/proc/%s: a line of another form", table->path) : r;
}

/* A machine without IPv6 has no table of it. */
static int
read_table(struct live_reading *reading, size_t at, struct plim_error *err)
{
	const struct port_table *table = &tables[at];
	int number = live_file(reading, reading->proc, table->path);
	if (number)
		return number == ENOENT && table->words == 4 ? 0 : live_unread(reading, "listening_ports", table->path, number, err);
	return live_take_ports(reading, at, strbuf_slice(&reading->text), err);
}

/* Datagrams come to whoever has a name; the state tells nothing, for a sender that connects sets it too. */
static bool
takes_datagrams(const struct slice *words, struct slice path)
{
	return slice_is(words[4], "0002") && path.n > 0;
}

/* "Num RefCount Protocol Flags Type St Inode Path"; a name with a newline goes on in what is no line of that form. */
static int
take_unix(struct live_reading *reading, struct slice line, struct plim_error *err)
{
	static const uint64_t accepts = 1 << 16;
	struct slice words[7] = { 0 };
	struct waiting socket = { .port = SLICE("0") };
	uint64_t flags;
	for (size_t i = 0; i < 7; i++)
		slice_word(&line, &words[i]);
	if (!slice_ends(words[0], SLICE(":")) || !slice_to_u64(words[3], 16, &flags) || !slice_to_u64(words[6], 10, &socket.inode))
		return 0;
	slice_skip(&line, SLICE(" "));
	if (!(flags & accepts) && !takes_datagrams(words, line))
		return 0;
	socket.path = line.n ? line : SLICE_NONE;
	return add_waiting(reading, "0", "1", &socket, err);
}

int
live_take_unix(struct live_reading *reading, struct slice rest, struct plim_error *err)
{
	struct slice line;
	int r = 0;
	slice_next(&rest, '\n', &line);
	while (r == 0 && slice_next(&rest, '\n', &line))
		r = take_unix(reading, line, err);
	return r;
}

static int
read_unix(struct live_reading *reading, struct plim_error *err)
{
	int number = live_file(reading, reading->proc, "self/net/unix");
	return number ? live_unread(reading, "listening_ports", "self/net/unix", number, err) : live_take_unix(reading, strbuf_slice(&reading->text), err);
}

static int
tell_hidden(struct live_reading *reading, struct plim_error *err)
{
	static const char *const columns[] = { "listening_ports.pid", "listening_ports.fd" };
	int r = 0;
	for (size_t i = 0; r == 0 && reading->links->refused && i < sizeof columns / sizeof *columns; i++)
		r = live_problem(reading, columns[i], err, "only root may see what %zu of the processes hold", reading->links->refused);
	return r;
}

int
live_sockets(struct live_reading *reading, struct plim_error *err)
{
	int r = tell_hidden(reading, err);
	for (size_t i = 0; r == 0 && i < TABLES; i++)
		r = read_table(reading, i, err);
	return r < 0 ? r : read_unix(reading, err);
}
