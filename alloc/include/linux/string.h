/* SPDX-License-Identifier: MIT */
/*
 * linux/string.h - the copying that a driver does, by the compiler's own
 * functions.
 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
