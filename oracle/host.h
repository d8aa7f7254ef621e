/* SPDX-License-Identifier: MIT */
/*
 * host.h - the model's one door to the host: memory for its arrays.
 *
 * All else in oracle/ is freestanding.  host/host.c is the door on a PC.
 */
#ifndef ORACLE_HOST_H
#define ORACLE_HOST_H

#include <stddef.h>

/* Zeroed memory, backed when first touched; NULL if there is none. */
void *model_host_alloc(size_t bytes);
/* Gives back what model_host_alloc(bytes) returned; NULL is allowed. */
void model_host_free(void *p, size_t bytes);

#endif
