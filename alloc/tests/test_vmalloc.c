// SPDX-License-Identifier: MIT
/*
 * test_vmalloc.c - memory in the vmalloc window: what it is made of, what
 * comes of each failure, and how it is given back.
 */
#include "tables.h"
#include "../vmalloc.h"

TEST(one_page)
{
	struct machine *m = objects_on(SMALL_PC);
	vaddr_t addr;

	on_cpu(m, 0);
	addr = mm_vmalloc(m, 1);
	EXPECT_EQ(VMALLOC, addr);
	EXPECT_SOUND(m);
	mm_vfree(m, addr);
	EXPECT_EQ(REPORT_none, mm_report(m));
	EXPECT_SOUND(m);
	machine_delete(m);
}
