/* SPDX-License-Identifier: MIT */
/*
 * mem_init.h - the end of boot.
 */
#ifndef ALLOC_MEM_INIT_H
#define ALLOC_MEM_INIT_H

#include "pcp.h"

/* Hands bootmem's free frames and high memory to the page allocator. */
void mem_init(struct machine *m);

#endif
