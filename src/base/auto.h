/* SPDX-License-Identifier: Apache-2.0 */
/* AUTO(type): a declaration together with its release; `return` is then the normal way out. */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <stdlib.h>
#include <unistd.h>

/* Declares that the variable is released by auto_<name>(&variable) when it leaves its scope. */
#define AUTO(name) __attribute__((cleanup(auto_##name)))

static inline void
auto_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void
auto_free(void *pointer)
{
	free(*(void **)pointer);
}

/* Hands a descriptor over: the variable forgets it. */
static inline int
fd_take(int *fd)
{
	int taken = *fd;
	*fd = -1;
	return taken;
}

/* Hands a pointer over: the variable forgets it. */
#define ptr_take(variable)                                   \
	({                                                   \
		__typeof__(*(variable)) taken_ = *(variable); \
		*(variable) = NULL;                          \
		taken_;                                      \
	})

/* Defines auto_<name> for a type whose release function takes a pointer and forgives NULL. */
#define AUTO_DEFINE(name, type, release)      \
	static inline void auto_##name(type **held) \
	{                                     \
		release(*held);               \
	}

#endif
