/* SPDX-License-Identifier: Apache-2.0 */
/* What character devices are, by the names under which drivers have registered their majors with the kernel: many numbers are given out as they come. */
#ifndef ENFORCE_DOCKER_MAJORS_H
#define ENFORCE_DOCKER_MAJORS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether such a device reads the machine's memory or its disks past all block devices, or could: where the kernel does not tell, or has yet to give the number out. */
bool docker_major_is_mighty(uint64_t number);

#endif
