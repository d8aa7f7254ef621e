/* SPDX-License-Identifier: MIT */
/*
 * booted.h - for tests by hand: a machine without a model.
 */
#ifndef FUZZ_TESTS_BOOTED_H
#define FUZZ_TESTS_BOOTED_H

#include "../../alloc/mm.h"
#include "../../ci/test.h"

/* A small one, whole; the caller's to delete. */
static inline struct machine *booted_machine(void)
{
	struct machine *m = machine_new();
	struct boot_line line;
	char why[128];
	size_t at;

	EXPECT(!boot_line_parse("ram=24M vmalloc=1004M cpus=1", &line, &at,
				why));
	EXPECT(!machine_boot(m, &line));
	machine_mem_init(m);
	EXPECT(!machine_kmem_cache_init(m));
	mm_set_current(m, (struct task){ 0 });
	return m;
}

#endif
