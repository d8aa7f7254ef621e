// SPDX-License-Identifier: MIT
/*
 * targets.c - the table of targets: see targets.h.  A target that runs
 * programs has its groups in target_<t>.c too, and a test compares them.
 */
#include "targets.h"

#include "op.h"

#include <string.h>

#define GROUPS_ALL                                                             \
	(GROUP_BOOT | GROUP_PAGES | GROUP_SLAB | GROUP_KMALLOC |               \
	 GROUP_MEMPOOL | GROUP_ACCESS | GROUP_MAPPING)

const struct target_row target_rows[] = {
	{ "pages", GROUP_PAGES, false, FORM_NONE,
	  "page frames, on the boot profiles" },
	{ "slab", GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES, false, FORM_NONE,
	  "caches and their objects, beside kmalloc and page frames" },
	{ "kmalloc", GROUP_KMALLOC | GROUP_PAGES, false, FORM_NONE,
	  "kmalloc and its kin, beside page frames" },
	{ "mempool", GROUP_MEMPOOL | GROUP_SLAB | GROUP_KMALLOC | GROUP_PAGES,
	  false, FORM_NONE, "memory pools over caches and kmalloc" },
	{ "segment", GROUP_SEGMENT, false, FORM_NONE,
	  "descriptors, segment registers and accesses through them" },
	{ "paging", GROUP_PAGING | GROUP_USER | GROUP_PAGES, false, FORM_NONE,
	  "the kernel's tables and TLBs, beside page frames and directories" },
	{ "user", GROUP_USER | GROUP_PAGING | GROUP_SEGMENT | GROUP_PAGES,
	  false, FORM_NONE,
	  "processes: directories, their pages, and accesses" },
	{ "vmalloc", GROUP_VMALLOC | GROUP_PAGES, false, FORM_NONE,
	  "areas: vmalloc, vmap, and accesses, beside page frames" },
	{ "ioremap", GROUP_IOREMAP | GROUP_PAGES, false, FORM_NONE,
	  "devices: ioremap, the fixmap, and accesses" },
	{ "highmem", GROUP_HIGHMEM | GROUP_PAGES, false, FORM_NONE,
	  "kmap, kmap_atomic, and accesses, beside page frames" },
	{ "mm", GROUPS_ALL & ~GROUP_BOOT, false, FORM_NONE,
	  "the whole machine: ops of every kind but boot's" },
	{ "boot", GROUP_BOOT | GROUP_PAGES | GROUP_MAPPING, true, FORM_NONE,
	  "boot lines of their own, bootmem calls, then page frames and "
	  "mappings" },
	{ "wire", GROUPS_ALL, true, FORM_WIRE,
	  "any bytes are a program, and it survives bytes and text" },
	{ "text", GROUPS_ALL, true, FORM_TEXT,
	  "the text reader takes or refuses any bytes" },
	{ "import", GROUP_PAGES | GROUP_OBJECTS, false, FORM_TRACE,
	  "so does the importer of traces" },
};
const u32 nr_target_rows = sizeof(target_rows) / sizeof(target_rows[0]);

const struct target_row *target_row_by_name(const char *name)
{
	for (u32 i = 0; i < nr_target_rows; i++)
		if (strcmp(target_rows[i].name, name) == 0)
			return &target_rows[i];
	return NULL;
}
