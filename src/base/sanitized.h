/* SPDX-License-Identifier: Apache-2.0 */
/* SANITIZED: this build carries AddressSanitizer, which needs terabytes of address space and standard error for its last words. */
#ifndef BASE_SANITIZED_H
#define BASE_SANITIZED_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#endif
