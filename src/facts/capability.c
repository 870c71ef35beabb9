/* SPDX-License-Identifier: Apache-2.0 */
/* File capabilities: linux/capability.h, struct vfs_cap_data and vfs_ns_cap_data; the text is that of cap_to_text(3). */
#include "facts/cells.h"

#include "base/cursor.h"

#include <linux/capability.h>

static const char *const names[] = {
	"chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap", "linux_immutable",
	"net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot",
	"sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
	"audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon",
	"bpf", "checkpoint_restore",
};

struct capabilities {
	uint64_t permitted, inheritable;
	bool effective;
};

static bool
capabilities_read(struct slice value, struct capabilities *out)
{
	struct cursor from = cursor_of(value);
	uint32_t magic = cursor_u32le(&from), revision = magic & VFS_CAP_REVISION_MASK;
	*out = (struct capabilities){ .effective = magic & VFS_CAP_FLAGS_EFFECTIVE };
	size_t words = revision == VFS_CAP_REVISION_1 ? 1 : 2;
	for (size_t i = 0; i < words; i++) {
		out->permitted |= (uint64_t)cursor_u32le(&from) << (32 * i);
		out->inheritable |= (uint64_t)cursor_u32le(&from) << (32 * i);
	}
	if (revision == VFS_CAP_REVISION_3)
		cursor_u32le(&from);    /* the root user of its name space */
	bool known = revision == VFS_CAP_REVISION_1 || revision == VFS_CAP_REVISION_2 || revision == VFS_CAP_REVISION_3;
	return known && !from.bad && cursor_left(&from) == 0;
}

static void
put_name(struct strbuf *into, unsigned number)
{
	if (number < sizeof names / sizeof *names)
		strbuf_printf(into, "cap_%s", names[number]);
	else
		strbuf_printf(into, "%u", number);
}

/* Those of `set` with the flags that they share: "cap_chown,cap_kill=ep". */
static void
put_group(struct strbuf *into, uint64_t set, bool effective, bool inheritable, bool permitted)
{
	const char *before = into->n ? " " : "";
	for (unsigned i = 0; i < 64; i++) {
		if (!(set >> i & 1))
			continue;
		strbuf_puts(into, before);
		put_name(into, i);
		before = ",";
	}
	if (set)
		strbuf_printf(into, "=%s%s%s", effective ? "e" : "", inheritable ? "i" : "", permitted ? "p" : "");
}

void
cell_capability(struct fact_value *out, const struct inventory *inventory, struct slice value)
{
	struct capabilities caps;
	if (value.p == NULL)
		return;
	strbuf_clear(inventory->scratch);
	if (capabilities_read(value, &caps)) {
		uint64_t both = caps.permitted & caps.inheritable;
		put_group(inventory->scratch, both, caps.effective, true, true);
		put_group(inventory->scratch, caps.permitted & ~both, caps.effective, false, true);
		put_group(inventory->scratch, caps.inheritable & ~both, caps.effective, true, false);
	} else {
		strbuf_puts(inventory->scratch, "damaged");
	}
	cell_scratch(out, inventory);
}
