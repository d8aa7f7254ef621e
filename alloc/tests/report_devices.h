/* SPDX-License-Identifier: MIT */
/*
 * report_devices.h - cases of test_report.c: the CHECKs of devices, ioremap and
 * the mirror.
 */
#ifndef ALLOC_TESTS_REPORT_DEVICES_H
#define ALLOC_TESTS_REPORT_DEVICES_H

#include "panics.h"
#include "../mirror.h"

PANIC(a_device_that_is_not_there, "device: there is no such device")
{
	struct device_view view;

	mm_device_view(m, 0, &view);
}

/* The direct map's own bits need no table, whatever mem_map has become. */
PANIC(an_iounmap_that_fails, "ioremap: the direct map's own bits are had")
{
	vaddr_t addr;

	if (machine_kmem_cache_init(m))
		pc_end(SMALL_PC, "no caches");
	mm_set_current(m, task_plain);
	addr = mm_ioremap_nocache(m, 0x200000, PAGE_SIZE);
	m->nr_pages = 0x200;
	mm_iounmap(m, addr);
}

PANIC(a_mirror_of_the_direct_map, "mirror: the direct map is there already")
{
	m->mirror = true;
	mirror_word(m, PAGE_OFFSET + 0x13FF000, 0);
}

/* A device's bytes that are in no page of the host's. */
PANIC(a_page_that_no_host_can_show, "mirror: the host cannot show a page")
{
	m->mirror = true;
	m->setup.nr_devices = 1;
	m->device[0] = (struct device){
		.start = 0x8000000,
		.size = PAGE_SIZE,
		.bytes = (u8 *)(m->ram.devices + 1),
	};
	mirror_word(m, 0xC2000000, 0x8000000 | PAGE_KERNEL);
}

PANIC(a_snapshot_of_a_mirror, "machine: a snapshot of a mirrored machine")
{
	m->mirror = true;
	machine_snapshot(m);
}

#endif
