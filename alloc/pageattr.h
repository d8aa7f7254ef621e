/* SPDX-License-Identifier: MIT */
/*
 * pageattr.h - the direct map's attributes; the calls are in mm.h.
 */
#ifndef ALLOC_PAGEATTR_H
#define ALLOC_PAGEATTR_H

#include "pgd.h"

/* Needs no look at what the template has: pgtable_validate() came first. */
const char *pageattr_validate(const struct machine *m);

#endif
