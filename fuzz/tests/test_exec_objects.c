// SPDX-License-Identifier: MIT
/*
 * test_exec_objects.c - caches, kmalloc and pools through the executor: each
 * report has a program that draws it, those who sleep go on, constructors are
 * called, and nothing of a program is left for the next.
 */
#include "../exec_callbacks.h"
#include "lockstep.h"

#include <stdlib.h>

static const struct exec_options replay = {
	.paint_whole = true, .validate_full = true, .digest = true, .every = 1
};

/* --- a program for each report -------------------------------------------- */

#define DEBUG "boot profile=2\n"
/* Each of its objects is a slab: an allocation takes pages, or fails. */
#define HUGE_POOL(nr) "r1 = mempool_create_kmalloc min_nr=" nr " size=131072\n"

static const struct report_program reports[] = {
	{ REPORT_sleep_in_atomic,
	  "r1 = kmalloc irq => BUG sleep_in_atomic\n"
	  "r1 = kmem_cache_create atomic => BUG sleep_in_atomic\n" },
	{ REPORT_bad_address, "kfree_addr addr=0x1000 => BUG bad_address\n"
			      "kfree_addr addr=0xfffff000 => BUG bad_address\n"
			      "r1 = kmem_cache_create\n"
			      "kmem_cache_free_addr r1 addr=0 => BUG "
			      "bad_address\n" },
	{ REPORT_object_foreign,
	  "kfree_addr addr=0xc0000000 => BUG object_foreign\n" },
	{ REPORT_object_interior,
	  "r1 = kmalloc\nkfree_inside r1 off=4 => BUG object_interior\n" },
	{ REPORT_object_double_free,
	  "r1 = kmalloc\nkfree r1\nkfree r1 => BUG object_double_free\n"
	  "ksize r1 => BUG object_double_free\n" },
	{ REPORT_object_wrong_cache,
	  "r1 = kmem_cache_create name=1\nr2 = kmem_cache_create name=2\n"
	  "r3 = kmem_cache_alloc r1\n"
	  "kmem_cache_free r2 object=r3 => BUG object_wrong_cache\n"
	  "kmem_cache_free r1 object=r3 => ok\n" },
	{ REPORT_object_redzone,
	  DEBUG "r1 = kmalloc size=64\ndamage r1 reach=128\n"
		"kfree r1 => BUG object_redzone\n"
		"r2 = kmalloc size=64\ndamage r2 reach=60\n"
		"kfree r2 => BUG object_redzone\n" },
	{ REPORT_object_poison,
	  DEBUG "r1 = kmalloc size=64\nkfree r1\ndamage r1 reach=70\n"
		"r2 = kmalloc size=64 => BUG object_poison\n" },
	{ REPORT_object_gfp,
	  "r1 = kmem_cache_create\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL|__GFP_HIGHMEM => BUG "
	  "object_gfp\n" },
	{ REPORT_object_dma,
	  "r1 = kmem_cache_create\n"
	  "r2 = kmem_cache_alloc r1 gfp=GFP_KERNEL|GFP_DMA => BUG "
	  "object_dma\n" },
	{ REPORT_cache_bad, "r1 = kmem_cache_create\nkmem_cache_destroy r1\n"
			    "kmem_cache_destroy r1 => BUG cache_bad\n"
			    "kmem_cache_size r1 => BUG cache_bad\n"
			    "kmem_cache_name r1 => BUG cache_bad\n"
			    "kmem_cache_shrink r1 => BUG cache_bad\n"
			    "r2 = kmem_cache_alloc r1 => BUG cache_bad\n" },
	{ REPORT_cache_interrupt,
	  "r1 = kmem_cache_create irq => BUG cache_interrupt\n"
	  "r1 = kmem_cache_create\n"
	  "kmem_cache_shrink r1 irq => BUG cache_interrupt\n"
	  "kmem_cache_destroy r1 irq => BUG cache_interrupt\n" },
	{ REPORT_cache_name,
	  "r1 = kmem_cache_create name=65535 => BUG cache_name\n" },
	{ REPORT_cache_duplicate,
	  "r1 = kmem_cache_create name=3\n"
	  "r2 = kmem_cache_create name=3 => BUG cache_duplicate\n"
	  "kmem_cache_destroy r1\nr2 = kmem_cache_create name=3 => ok\n" },
	{ REPORT_cache_size,
	  "r1 = kmem_cache_create size=3 => BUG cache_size\n"
	  "r1 = kmem_cache_create size=131073 => BUG cache_size\n"
	  "r1 = kmem_cache_create size=4 => ok\n" },
	{ REPORT_cache_align,
	  "r1 = kmem_cache_create align=12 => BUG cache_align\n" },
	{ REPORT_cache_flags,
	  "r1 = kmem_cache_create flags=SLAB_POISON => BUG cache_flags\n"
	  "r1 = kmem_cache_create flags=0x1 => BUG cache_flags\n" },
	{ REPORT_cache_dtor, "r1 = kmem_cache_create life=2 => BUG "
			     "cache_dtor\n"
			     "r1 = kmem_cache_create life=3 "
			     "flags=SLAB_DESTROY_BY_RCU => BUG cache_dtor\n" },
	{ REPORT_cache_own, "r1 = kmem_find_general_cachep size=100\n"
			    "kmem_cache_destroy r1 => BUG cache_own\n" },
	{ REPORT_cache_panic,
	  "r1 = kmem_cache_create align=262144 => null\n"
	  "r1 = kmem_cache_create align=262144 flags=SLAB_PANIC => BUG "
	  "cache_panic\n" },
	{ REPORT_mempool_bad,
	  HUGE_POOL("1") "mempool_destroy r1 => ok\n"
			 "mempool_destroy r1 => BUG mempool_bad\n"
			 "mempool_resize r1 min_nr=2 => BUG mempool_bad\n"
			 "r2 = mempool_alloc r1 => BUG mempool_bad\n" },
	{ REPORT_mempool_nr,
	  "r1 = mempool_create_kmalloc min_nr=-1 => BUG mempool_nr\n"
	  "r1 = mempool_create_kmalloc min_nr=0 => ok\n"
	  "mempool_resize r1 min_nr=0 => BUG mempool_nr\n" },
	{ REPORT_mempool_element,
	  HUGE_POOL("2") "r2 = mempool_alloc r1 fail_nth=1 => ok\n"
			 "mempool_free r1 element=r2 => ok\n"
			 "mempool_free r1 element=r2 => BUG "
			 "mempool_element\n" },
	{ REPORT_mempool_short,
	  HUGE_POOL("2") "r2 = mempool_alloc r1 fail_nth=1 => ok\n"
			 "mempool_destroy r1 => BUG mempool_short\n" },
	{ REPORT_mempool_waited,
	  HUGE_POOL("1") "r2 = mempool_alloc r1 fail_nth=1 => ok\n"
			 "r3 = mempool_alloc r1 fail_nth=1 => blocks\n"
			 "mempool_destroy r1 => BUG mempool_waited\n" },
};

/* free_slab: below, as it needs a frame's number */
TEST(each_report_has_a_program)
{
	start(&replay);
	expect_reports(reports, sizeof(reports) / sizeof(reports[0]));
	expect_all_reports(reports, sizeof(reports) / sizeof(reports[0]),
			   REPORT_free_slab, REPORT_gdt_entry,
			   REPORT_free_slab);
	stop();
}

static u32 address_in(u32 slot)
{
	return x->slot[slot].addr;
}

TEST(a_frame_of_a_slab_is_nobody_elses)
{
	char text[200];
	u32 pfn;

	start(&replay);
	expect_agrees("r1 = kmem_cache_create\nr2 = kmem_cache_alloc r1\n");
	pfn = (address_in(2) - PAGE_OFFSET) >> PAGE_SHIFT;
	snprintf(text, sizeof(text),
		 "r1 = kmem_cache_create\nr2 = kmem_cache_alloc r1\n"
		 "free_pfn pfn=0x%x => BUG free_slab\n"
		 "get_pfn pfn=0x%x => ok\nput_pfn pfn=0x%x => ok\n"
		 "put_pfn pfn=0x%x => BUG free_slab\n",
		 pfn, pfn, pfn, pfn);
	expect_agrees(text);
	stop();
}

/* --- what a program expects ----------------------------------------------- */

TEST(something_is_left)
{
	start(&replay);
	expect_agrees("r1 = kmem_cache_create\nkmem_cache_shrink r1 => ok\n"
		      "r2 = kmem_cache_alloc r1 => ok\n"
		      "kmem_cache_shrink r1 => busy\n"
		      "kmem_cache_destroy r1 => busy\n"
		      "kmem_cache_free r1 object=r2 => ok\n"
		      "kmem_cache_shrink r1 => ok\n"
		      "kmem_cache_destroy r1 => ok\n");
	EXPECT_EQ(EXEC_FINDING, run_text("r1 = kmem_cache_create\n"
					 "r2 = kmem_cache_alloc r1\n"
					 "kmem_cache_shrink r1 => ok\n"));
	EXPECT_STR("kmem_cache_shrink-e1-result", finding.signature);
	EXPECT(finding.doc && strstr(finding.doc, "ended with busy"));
	stop();
}

TEST(a_pool_that_cannot_grow)
{
	start(&replay);
	expect_agrees("r1 = mempool_create_kmalloc min_nr=2 size=100\n"
		      "mempool_resize r1 min_nr=100000 => -ENOMEM\n"
		      "mempool_resize r1 min_nr=2147483647 => -ENOMEM\n"
		      "mempool_resize r1 min_nr=40 => ok\n"
		      "mempool_resize r1 min_nr=1 => ok\n"
		      "mempool_destroy r1 => ok\n"
		      "r1 = mempool_create_kmalloc min_nr=100000 => null\n");
	stop();
}

TEST(kfree_of_null_is_nothing)
{
	start(&replay);
	expect_agrees("kfree_addr addr=0 => ok\nr1 = kmalloc size=0 => ok\n"
		      "kfree r1 => ok\nr1 = kmalloc size=131072 => ok\n"
		      "r2 = kmalloc size=131073 => null\n"
		      "r2 = kcalloc n=2 size=0x7fffffff => null\n");
	stop();
}

/* --- those who sleep ------------------------------------------------------ */

TEST(a_sleeper_goes_on_with_what_came_back)
{
	start(&replay);
	expect_agrees(HUGE_POOL("1") "r2 = mempool_alloc r1 fail_nth=1 => ok\n"
				     "r3 = mempool_alloc r1 fail_nth=1 => "
				     "blocks\n"
				     "r4 = mempool_alloc r1 fail_nth=1 cpu=1 "
				     "=> blocks\n"
				     "mempool_free r1 element=r2 => ok\n"
				     "mempool_free r1 element=r3 => ok\n"
				     "mempool_free r1 element=r4 => ok\n"
				     "mempool_destroy r1 => ok\n");
	EXPECT_EQ(RES_ELEMENT, x->slot[3].kind);
	EXPECT_EQ(RES_ELEMENT, x->slot[4].kind);
	EXPECT(address_in(3) != address_in(4));
	stop();
}

TEST(who_sleeps_at_the_end_is_forgotten)
{
	u64 digest;

	start(&replay);
	expect_agrees(HUGE_POOL("2") "r2 = mempool_alloc r1\n"
				     "mempool_free r1 element=r2\n");
	digest = stats.digest;
	expect_agrees(HUGE_POOL("1") "r2 = mempool_alloc r1 fail_nth=1 => ok\n"
				     "r3 = mempool_alloc r1 fail_nth=1 => "
				     "blocks\n");
	stats.digest = 0;
	expect_agrees(HUGE_POOL("2") "r2 = mempool_alloc r1\n"
				     "mempool_free r1 element=r2\n");
	EXPECT_EQ(digest, stats.digest);
	EXPECT_EQ(0, x->nr_parked);
	stop();
}

/* --- slots ---------------------------------------------------------------- */

TEST(a_slot_of_another_kind_is_skipped)
{
	start(&replay);
	EXPECT_EQ(EXEC_AGREES,
		  run_text("r1 = kmalloc\nr2 = alloc_page\n"
			   "r3 = kmem_cache_create\n"
			   "r4 = mempool_create_kmalloc\n"
			   "__free_page r1\nkfree r2\nkfree r3\n"
			   "kmem_cache_destroy r1\n"
			   "r9 = kmem_cache_alloc r4\n"
			   "kmem_cache_free r3 object=r2\n"
			   "kmem_cache_free r1 object=r1\n"
			   "r9 = mempool_alloc r3\nmempool_destroy r1\n"
			   "mempool_free r4 element=r1\n"
			   "r9 = mempool_create cache=r4\n"
			   "write_object r2\nread_object r3\n"
			   "damage r1\nkfree_inside r9\n"));
	EXPECT_EQ(4, stats.ops);
	EXPECT_EQ(15, stats.skipped);
	stop();
}

/* --- constructors --------------------------------------------------------- */

TEST(constructors_paint_what_was_asked_for)
{
	struct exec_options options = replay;

	options.paint_whole = false;
	options.validate_full = false;
	options.every = 0;
	start(&options);
	expect_agrees("r1 = kmem_cache_create size=100 life=3\n"
		      "r2 = kmem_cache_alloc r1\n"
		      "r3 = kmem_cache_create name=1 size=50 life=7\n"
		      "r4 = kmem_cache_alloc r3\n"
		      "kmem_cache_free r1 object=r2\n"
		      "kmem_cache_free r3 object=r4\n"
		      "kmem_cache_destroy r3\n");
	EXPECT_EQ(100, exec_cache_size(x, address_in(1)));
	EXPECT_EQ(50, exec_cache_size(x, address_in(3)));
	EXPECT_EQ(0, exec_cache_size(x, 4 * address_in(3)));
	stop();
}

TEST(constructed_objects_come_and_go)
{
	start(&replay);
	for (u32 life = 0; life < 8; life++) {
		char text[400];

		if (life & OBJECT_DTOR && !(life & OBJECT_CTOR))
			continue;
		snprintf(text, sizeof(text),
			 "boot profile=%u\n"
			 "r1 = kmem_cache_create size=300 life=%u => ok\n"
			 "r2 = kmem_cache_alloc r1 => ok\n"
			 "r3 = kmem_cache_alloc r1 gfp=GFP_ATOMIC => ok\n"
			 "read_object r2\nwrite_object r3 off=64 len=4096\n"
			 "kmem_cache_free r1 object=r2 => ok\n"
			 "kmem_cache_free r1 object=r3 => ok\n"
			 "kmem_cache_shrink r1 => ok\n"
			 "r2 = kmem_cache_alloc r1 => ok\n"
			 "kmem_cache_free r1 object=r2 => ok\n"
			 "tick jiffies=9000\n"
			 "kmem_cache_destroy r1 => ok\n",
			 life % 2 ? 2 : 0, life);
		expect_agrees(text);
	}
	stop();
}

/* --- names ---------------------------------------------------------------- */

TEST(names_are_numbers_and_back)
{
	const char *a, *b;

	start(&replay);
	expect_agrees("r1 = kmem_cache_create name=65534\n"
		      "r2 = kmem_cache_create name=0\n"
		      "r3 = kmem_find_general_cachep\n"
		      "kmem_cache_name r1\nkmem_cache_name r2\n"
		      "kmem_cache_name r3\nkmem_cache_size r3\n");
	a = exec_name(x, 65534);
	b = exec_name(x, 0);
	EXPECT_STR("cache-65534", a);
	EXPECT_STR("cache-0", b);
	EXPECT(exec_name(x, 65535) == NULL);
	EXPECT(a == exec_name(x, 65534));
	EXPECT_EQ(exec_name_id(65534), exec_name_id_of(x, a));
	EXPECT_EQ(exec_name_id(0), exec_name_id_of(x, b));
	EXPECT_EQ(NAME_NULL, exec_name_id(65535));
	EXPECT_EQ(NAME_NULL, exec_name_id_of(x, NULL));
	EXPECT_EQ(0, exec_name_id_of(x, "size-32(DMA)"));
	EXPECT(exec_name_id_of(x, "cache-0") != exec_name_id(0));
	stop();
}

/* --- traces --------------------------------------------------------------- */

TEST(objects_are_told_in_the_kernels_words)
{
	struct exec_options options = replay;
	char *text = NULL;
	size_t size;

	options.trace = open_memstream(&text, &size);
	if (!options.trace)
		abort();
	start(&options);
	expect_agrees("r1 = kmem_cache_create name=7 size=100\n"
		      "r2 = kmem_cache_alloc r1\nr3 = kzalloc size=30\n"
		      "kfree r3\nkmem_cache_free r1 object=r2\n");
	fclose(options.trace);
	EXPECT(strstr(text, "kmem_cache_alloc: call_site=cache-7+0x0/0x0 "
			    "ptr=c"));
	EXPECT(strstr(text, " bytes_req=100 bytes_alloc=100 "
			    "gfp_flags=GFP_KERNEL node=-1 accounted=false\n"));
	EXPECT(strstr(text, "kmalloc: call_site=kzalloc+0x0/0x0 ptr=c"));
	EXPECT(strstr(text, " bytes_req=30 bytes_alloc=32 "));
	EXPECT(strstr(text, "kfree: call_site=kfree+0x0/0x0 ptr=c"));
	EXPECT(strstr(text, "kmem_cache_free: call_site=cache-7+0x0/0x0 "
			    "ptr=c"));
	EXPECT(strstr(text, " name=cache-7\n"));
	free(text);
	stop();
}
