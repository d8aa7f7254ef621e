/* SPDX-License-Identifier: MIT */
/*
 * asm/kmap_types.h - enum km_type, KM_BOUNCE_READ to KM_SOFTIRQ1, and
 * KM_TYPE_NR, as i386 of 2.6.12 has them.
 */
#ifndef _ASM_KMAP_TYPES_H
#define _ASM_KMAP_TYPES_H

#include "../../abi.h"

#endif
