/* SPDX-License-Identifier: MIT */
/*
 * side.h - a table of two columns: what the machine has, what the model has,
 * and a mark where they differ.
 *
 *	DMA free                         3849            3849
 *	DMA blocks         1 1 0 0 1 2 1 1 1 1 2   0 1 0 0 1 2 1 1 1 1 2   <--
 */
#ifndef FUZZ_SIDE_H
#define FUZZ_SIDE_H

#include "../alloc/abi.h"

#include <stdio.h>

#define SIDE_TEXT 128 /* bytes of a cell, its NUL included */

struct side {
	FILE *to; /* NULL: rows are only counted */
	u32 rows, differ;
	const char
		*title; /* of the rows that follow; printed before the first */
};

void side_section(struct side *s, const char *title);
/* NULL: this side has it not. */
void side_row(struct side *s, const char *name, const char *machine,
	      const char *model);
/* Two numbers; no row where both are 0. */
void side_number(struct side *s, const char *name, u64 machine, u64 model);
void side_hex(struct side *s, const char *name, u64 machine, u64 model);

#endif
