/* SPDX-License-Identifier: MIT */
/*
 * ioremap.h - devices' memory in the vmalloc window; the calls are in mm.h.
 */
#ifndef ALLOC_IOREMAP_H
#define ALLOC_IOREMAP_H

#include "vmalloc.h"

/* vm_validate() came first. */
const char *ioremap_validate(const struct machine *m);

#endif
