// SPDX-License-Identifier: MIT
/*
 * test_exec_access.c - translation through the executor: each
 * report has a program that draws it, a finding of every look has a name, and
 * nothing of a program is left for the next.
 */
#include "lockstep.h"

#include <stdlib.h>

static const struct exec_options replay = {
	.paint_whole = true, .validate_full = true, .digest = true, .every = 1
};

/* --- a program for each report -------------------------------------------- */

#define BOOT "boot ram=24M vmalloc=1004M cpus=1\n"
#define PAGE BOOT "r1 = alloc_page\n"
#define MAPPED PAGE "r0 = pgd_alloc\nmap_page r0 page=r1 => ok\n"

static const struct report_program reports[] = {
	{ REPORT_gdt_entry, "write_gdt_entry entry=12 => BUG gdt_entry\n" },
	{ REPORT_map_frame, BOOT "r1 = alloc_pages order=1\nr0 = pgd_alloc\n"
				 "map_page r0 page=r1 => BUG map_frame\n" },
	{ REPORT_map_address,
	  PAGE "r0 = pgd_alloc\n"
	       "map_page r0 page=r1 addr=0xc0000000 => BUG map_address\n" },
	{ REPORT_map_empty,
	  MAPPED "set_pte r0 addr=0x8049000 => BUG map_empty\n" },
	{ REPORT_attr_high,
	  BOOT "change_pfn_attr pfn=0x1400 => BUG attr_high\n" },
	{ REPORT_pgd_bad, "pgd_free_addr addr=0 => BUG pgd_bad\n" },
	{ REPORT_pgd_active,
	  MAPPED "switch_mm r0\nexit_mmap r0 => BUG pgd_active\n" },
	{ REPORT_pgd_populated, MAPPED "pgd_free r0 => BUG pgd_populated\n" },
	{ REPORT_free_mapped,
	  MAPPED "put_page r1 => ok\nput_page r1 => BUG free_mapped\n" },
};

/* free_table: corpus/seeds/user-free-table.ops */
TEST(each_report_has_a_program)
{
	start(&replay);
	expect_reports(reports, sizeof(reports) / sizeof(reports[0]));
	expect_all_reports(reports, sizeof(reports) / sizeof(reports[0]),
			   REPORT_gdt_entry, REPORT_vm_interrupt,
			   REPORT_free_table);
	stop();
}

/* --- arguments are taken as their kinds say ------------------------------- */

TEST(registers_lengths_and_flags_are_taken_as_said)
{
	start(&replay);
	expect_agrees("load seg=9 len=0 => ok\n" /* DS, one byte */
		      "load off=0xffffffff seg=9 len=0 => PF\n"
		      "load off=0xfffff000 len=4097 => PF\n"
		      "load off=0xfffff001 len=65535 => GP\n"
		      "load user=3 => PF\nload user=2 => ok\n"
		      "write_cr0 wp=254 => ok\nwrite_cr4 pge=3 => ok\n");
	stop();
}

TEST(a_faulting_selector_ends_the_op)
{
	start(&replay);
	expect_agrees("load sel=4 off=0 => GP\nload off=0 => PF\n"
		      "fetch sel=0 off=0 => GP\n");
	stop();
}

/* What the text expects of an op is told when it is not so. */
TEST(a_wrong_expectation_is_a_finding)
{
	start(&replay);
	EXPECT_EQ(EXEC_FINDING, run_text("load off=0 => GP\n"));
	EXPECT_STR("load-e1-result", finding.signature);
	EXPECT(strstr(finding.doc, "ended with PF") != NULL);
	stop();
}

/* --- the quick load ------------------------------------------------------- */

/* Cold, from the TLB, over the end of a page; with each fault. */
TEST(a_load_of_4_bytes_goes_both_ways)
{
	start(&replay);
	expect_agrees("load off=0xc0300000 len=3 => ok\n"
		      "load off=0 => PF\nload sel=4 off=0xc0300000 => GP\n"
		      "load sel=0x7b off=0xc0300ffd => ok\n"
		      "load off=0xc0300ffd => ok\nload off=0xc0300ffc => ok\n"
		      "load off=0xc0300ffc user=1 => PF\n"
		      "load off=0xc0300ffc => ok\n");
	stop();
}

/* The second run is on the machine that the first one left. */
TEST(nothing_is_left_for_the_next_program)
{
	static const char dirty[] =
		"r0 = pgd_alloc\nr1 = alloc_page\nmap_page r0 page=r1\n"
		"switch_mm r0\nstore off=0x8048000 user=1 => ok\n"
		"write_gdt_entry entry=6 low=0xffff high=0xcff200\n"
		"load_segment seg=4 sel=0x33 user=1 => ok\n"
		"write_cr0 wp=0\nwrite_cr4 pge=0\n"
		"change_pfn_attr pfn=0x300 prot=0x161\n";
	static const char clean[] =
		"load off=0x8048000 => PF\nload_segment seg=4 sel=0x33 "
		"=> GP\n"
		"store off=0xc0300000 => ok\n";
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
