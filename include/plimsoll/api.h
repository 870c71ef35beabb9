/* SPDX-License-Identifier: Apache-2.0 */
/* What a program that links libplimsoll may call carries PLIM_API; nothing else is exported. */
#ifndef PLIMSOLL_API_H
#define PLIMSOLL_API_H

#define PLIM_API __attribute__((visibility("default")))

#endif
