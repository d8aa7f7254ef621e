// SPDX-License-Identifier: MIT
/*
 * test_exec_mappings.c - kernel mappings through the executor: each report has
 * a program that draws it, an op of several calls ends where one fails, who
 * slept is filled in later, and nothing is left for the next program.
 */
#include "lockstep.h"

static const struct exec_options replay = {
	.paint_whole = true, .validate_full = true, .digest = true, .every = 1
};

/* 22 has devices, 24 a block of high frames for all slots, 25 kmap_strict. */
#define DEVICES "boot profile=22\n"
#define HIGH "boot profile=24\nr1 = alloc_page gfp=GFP_HIGHUSER\n"
#define STRICT "boot profile=25\nr1 = alloc_page gfp=GFP_HIGHUSER\n"

static const struct report_program reports[] = {
	{ REPORT_vm_interrupt, "r0 = vmalloc irq => BUG vm_interrupt\n" },
	{ REPORT_vm_unknown, "vfree_addr addr=1 => BUG vm_unknown\n" },
	{ REPORT_vm_kind, "r0 = vmalloc\nvunmap r0 => BUG vm_kind\n" },
	{ REPORT_vm_flags, "r0 = get_vm_area flags=6 => BUG vm_flags\n" },
	{ REPORT_ioremap_ram,
	  "r0 = ioremap phys=0x480000 => BUG ioremap_ram\n" },
	{ REPORT_kmap_window,
	  "boot ram=1100M vmalloc=4M cpus=1\nr1 = alloc_page gfp=GFP_HIGHUSER\n"
	  "r0 = kmap r1 => BUG kmap_window\n" },
	{ REPORT_kmap_type,
	  HIGH "r0 = kmap_atomic r1 type=13 => BUG kmap_type\n" },
	{ REPORT_kmap_busy,
	  STRICT "r0 = kmap_atomic r1\nr0 = kmap_atomic r1 => BUG kmap_busy\n"
		 "r0 = kmap_atomic r1 type=KM_USER1 => ok\n" },
	{ REPORT_kunmap_interrupt,
	  HIGH "kunmap r1 irq => BUG kunmap_interrupt\n" },
	{ REPORT_kunmap_unmapped, HIGH "kunmap r1 => BUG kunmap_unmapped\n" },
	{ REPORT_kunmap_slot,
	  "kunmap_atomic_addr addr=0x1000 => BUG kunmap_slot\n" },
	{ REPORT_kunmap_unheld, "kunmap_atomic_addr => BUG kunmap_unheld\n" },
	{ REPORT_fixmap_slot, "r0 = set_fixmap index=0 => BUG fixmap_slot\n" },
};

TEST(each_report_has_a_program)
{
	start(&replay);
	expect_reports(reports, sizeof(reports) / sizeof(reports[0]));
	expect_all_reports(reports, sizeof(reports) / sizeof(reports[0]),
			   REPORT_vm_interrupt, NR_REPORTS, REPORT_none);
	stop();
}

/* --- slots ---------------------------------------------------------------- */

TEST(a_slot_of_another_kind_is_skipped)
{
	static const char *const text[] = {
		"vfree r1",	      "vunmap r1",
		"iounmap r1",	      "vfree_inside r1",
		"remove_vm_area r1",  "load_area r1",
		"vmalloc_to_page r1", "r2 = kmap_area r1",
		"kunmap_atomic r1",   "kmap_atomic_to_page r1",
		"r2 = vmap_area r1",  "r2 = vmap r0",
		"r2 = kmap r0",	      "r2 = kmap_atomic r0",
		"kunmap_block r0",    "kunmap r0",
		"kmap_block r1 nr=0", "kmap_block r1 frame=1",
		"store_area r1",
	};

	start(&replay);
	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		char line[128];
		u64 skipped = stats.skipped;

		snprintf(line, sizeof(line), "r1 = alloc_page\n%s\n", text[i]);
		expect_agreement(run_text(line), skipped + 1, line);
	}
	stop();
}

TEST(an_area_is_reached_through_its_slot)
{
	start(&replay);
	expect_agrees("r1 = vmalloc size=8192 => ok\n"
		      "store_area r1 off=4094 len=4 => ok\n"
		      "load_area r1 off=8188 => ok\n"
		      "load_area r1 off=8192 => PF\n"
		      "load_area r1 user=1 => PF\n"
		      "vmalloc_to_page r1 off=8191 => ok\n"
		      "vmalloc_to_page r1 off=8192 => null\n"
		      "r2 = vmap_area r1 off=4096 => ok\n"
		      "vfree r1 => BUG free_mapped\n"
		      "r3 = vmap_area r1 nr=3 => null\n" /* the guard */
		      "r3 = vmap_area r1 off=0xf0000000 => BUG bad_address\n"
		      "load_area r2 => ok\nvunmap r2 => ok\nvfree r1 => ok\n"
		      "load_area r1 => PF\nvfree r1 => BUG vm_unknown\n");
	stop();
}

TEST(the_pages_of_a_vmap_are_chosen_in_the_block)
{
	start(&replay);
	expect_agrees("r1 = alloc_pages order=2\n"
		      "r2 = vmap r1 frame=3 nr=4 stride=3 => ok\n"
		      "r3 = vmap_null r1 nr=4 at=3 => null\n"
		      "r3 = vmap_null r1 nr=4 at=4 => ok\n"
		      "r4 = vmap_flags r1 flags=VM_ALLOC => BUG vm_flags\n"
		      "r4 = vmap r1 nr=0 => null\n"
		      "r4 = vmap r1 nr=65535 => null\n"
		      "r4 = vmap_pfn pfn=0x100 => BUG map_frame\n"
		      "r4 = vmap_pfn pfn=0xfffffff0 => BUG bad_page\n"
		      "vunmap r2 => ok\nremove_vm_area r3 => ok\n"
		      "remove_vm_area r3 => BUG vm_unknown\n"
		      "r5 = get_vm_area flags=VM_ALLOC => ok\n"
		      "r6 = ioremap phys=0xf0000000 => ok\n"
		      "remove_vm_area r5 => ok\nremove_vm_area r6 => ok\n");
	stop();
}

/* --- devices -------------------------------------------------------------- */

TEST(a_device_is_seen_through_its_mapping)
{
	start(&replay);
	expect_agrees(DEVICES "r1 = ioremap phys=0xf8000ffe size=4 => ok\n"
			      "store_area r1 len=4 => ok\n"
			      "load_area r1 len=4 => ok\n"
			      "r2 = ioremap_nocache phys=0x800000 => ok\n"
			      "store_area r2 len=4096 => ok\n"
			      "r3 = set_fixmap phys=0xb8000 nocache=1 => ok\n"
			      "load_area r3 len=1 => ok\n"
			      "clear_fixmap => ok\niounmap r2 => ok\n"
			      "iounmap r1 => ok\niounmap r1 => BUG vm_unknown\n"
			      "load_area r3 len=1 => PF\n"
			      "load off=0xc00b8000 => ok\n");
	stop();
}

/* --- kmap ----------------------------------------------------------------- */

TEST(a_block_fills_the_window_and_a_sleeper_is_woken)
{
	start(&replay);
	expect_agrees(HIGH "r0 = alloc_pages order=10 gfp=GFP_HIGHUSER => ok\n"
			   "kmap_block r0 => ok\n"
			   "r2 = kmap r1 => blocks\n"
			   "kmap_block r1 => blocks\n"
			   "kunmap r0 frame=3 => ok\n"
			   "store_area r2 => ok\n" /* filled meanwhile */
			   "page_address r1 => ok\n"
			   "kunmap r1 => ok\nkunmap r1 => ok\n"
			   "kunmap r1 => BUG kunmap_unmapped\n"
			   "kunmap_block r0 => BUG kunmap_unmapped\n"
			   "kunmap_block r0 frame=4 => ok\n");
	stop();
}

/* V1 is of an op that did nothing before it failed. */
TEST(a_block_ends_at_the_first_frame_that_fails)
{
	start(&replay);
	expect_agrees(HIGH "r0 = alloc_pages order=3 gfp=GFP_HIGHUSER\n"
			   "kmap_block r0 frame=2 nr=2 => ok\n"
			   "kunmap_block r0 frame=2 nr=6 "
			   "=> BUG kunmap_unmapped\n"
			   "kunmap r0 frame=3 => BUG kunmap_unmapped\n");
	stop();
}

TEST(pages_of_an_area_are_kmapped)
{
	start(&replay);
	expect_agrees(HIGH "r0 = vmalloc size=4096\nr2 = kmap_area r0 => ok\n"
			   "load_area r2 => ok\n"
			   "vfree r0 => BUG free_mapped\n"
			   "kunmap_area r0 => ok\nvfree r0 => ok\n"
			   "r2 = kmap_area r0 => null\n"
			   "kmap_pfn pfn=0xffffffff => BUG bad_page\n"
			   "kunmap_pfn pfn=0xffffffff => BUG bad_page\n");
	stop();
}

TEST(atomics_are_of_the_processor)
{
	start(&replay);
	expect_agrees(STRICT "r0 = kmap_atomic r1 cpu=1 => ok\n"
			     "kmap_atomic_to_page r0 => ok\n"
			     "kmap_atomic_to_page r0 off=4096 "
			     "=> BUG bad_address\n"
			     "r2 = vmalloc cpu=1 => BUG sleep_in_atomic\n"
			     "r2 = vmalloc => ok\n"
			     "kunmap_atomic r0 => BUG kunmap_slot\n"
			     "kunmap_atomic r0 cpu=1 => ok\n"
			     "r3 = vmalloc cpu=1 => ok\n"
			     "r4 = kmap_atomic_pfn pfn=0xffffffff "
			     "=> BUG bad_page\n"
			     "virt_addr_valid => ok\n"
			     "virt_addr_valid addr=0xbfffffff => null\n");
	stop();
}

/* --- life ----------------------------------------------------------------- */

TEST(no_mapping_is_left_for_the_next_program)
{
	static const char dirty[] =
		DEVICES "r0 = vmalloc size=65536\nr1 = ioremap_nocache "
			"phys=0x800000 size=65536\nstore_area r1\n"
			"r2 = alloc_page gfp=GFP_HIGHUSER\nr3 = kmap r2\n"
			"r4 = kmap_atomic r2\nr5 = set_fixmap phys=0xb8000\n";
	static const char clean[] = DEVICES
		"load off=0xc2000000 => PF\nr0 = vmalloc => ok\n"
		"load off=0xff800000 => PF\nload off=0xfffff000 => PF\n"
		"r1 = ioremap phys=0x800000 => ok\nload_area r1 => ok\n";
	u64 digest;

	start(&replay);
	expect_agrees(clean);
	digest = stats.digest;
	expect_agrees(dirty);
	EXPECT(digest != stats.digest);
	expect_agrees(clean);
	EXPECT_EQ(digest, stats.digest);
	stop();
}

TEST(each_profile_with_devices_boots)
{
	start(&replay);
	for (u32 i = FIRST_DEVICES; i < NR_PROFILES; i++) {
		char text[64];

		snprintf(text, sizeof(text), "boot profile=%u\nr0 = vmalloc\n",
			 i);
		expect_agrees(text);
	}
	expect_agrees("boot profile=26\nr1 = get_vm_area size=0x7fb000 => ok\n"
		      "r2 = get_vm_area size=1 => ok\n"
		      "r3 = get_vm_area size=1 => null\n");
	stop();
}
