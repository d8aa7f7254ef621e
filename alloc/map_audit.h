/* SPDX-License-Identifier: MIT */
/*
 * map_audit.h - tables and mappings: their account.
 */
#ifndef ALLOC_MAP_AUDIT_H
#define ALLOC_MAP_AUDIT_H

#include "pgd.h"

/* Behind those of the template and of pgd_list, which lead here. */
const char *map_validate(const struct machine *m);

#endif
