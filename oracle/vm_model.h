/* SPDX-License-Identifier: MIT */
/*
 * vm_model.h - the areas of the vmalloc window, the devices, and what the
 * files that follow them offer each other.
 *
 *	struct areas
 *	  area[0..nr)	by ascending address, without overlap
 *
 * Which frames an area maps is in the model's own tables, and nowhere else.
 */
#ifndef ORACLE_VM_MODEL_H
#define ORACLE_VM_MODEL_H

#include "oracle.h"

struct vm_area {
	vaddr_t addr;
	u32 size;	/* bytes, with the guard page */
	u32 flags;	/* VM_*, ioremap's page bits << VM_PROT_SHIFT */
	u32 descriptor; /* addresses: of its vm_struct, */
	u32 pages;	/* ... of its page array, 0: none */
	u32 nr_pages;	/* that it owns */
	u32 phys_addr;
	bool array;   /* it is the page array of another */
	bool touched; /* made since the snapshot */
};

struct areas {
	struct vm_area *area;
	u32 nr, room;
	u32 bytes;  /* the sum of their sizes */
	bool dirty; /* changed since the snapshot */
};

#define DEVICE_PAGES_MAX (DEVICE_BYTES_MAX / PAGE_SIZE)

/* What accesses did to a device. */
struct device {
	u8 *bytes; /* of its memory, in this process */
	u32 reads, writes;
	u32 last_offset, last_len;
	u64 stored[DEVICE_PAGES_MAX / 64]; /* a bit for a page since boot */
};

struct model;
struct judge;

/* vm_model.c */
bool areas_in_window(const struct model *o, u64 from, u64 end);
/* The least place for so many bytes; false: there is none. */
bool areas_place(const struct model *o, u64 bytes, u32 align, vaddr_t *addr);
/* NULL: the host has no memory.  Good until the next call of this kind. */
struct vm_area *areas_add(struct model *o, const struct vm_area *new);
void areas_remove(struct model *o, vaddr_t addr);
/* The area that begins there; NULL: none does. */
struct vm_area *areas_find(const struct model *o, vaddr_t addr);
void areas_boot(struct model *o); /* no areas */
bool areas_snapshot(struct model *o);
void areas_reset(struct model *o);
void areas_end(struct model *o); /* gives its memory back */
/* vm_self_check.c: NULL, or what is wrong. */
const char *areas_self_check(const struct model *o);
/* Words of areas that count as the kernel's mappings. */
u32 areas_mappings(const struct model *o);

/* area_moves.c: what the calls about areas are made of */

/*
 * An area of `size` bytes is made, its guard page besides; *addr is 0 where
 * there is none.
 */
bool area_arises(struct judge *j, u32 size, u32 flags, u32 align, gfp_t gfp,
		 vaddr_t *addr);
/* What o->flight has, from its first page on; *mapped: all of it. */
bool area_maps(struct judge *j, vaddr_t addr, u32 bits, bool *mapped);
/* Unmapped, flushed, off the list; its frames are in o->cleared. */
bool area_leaves(struct judge *j, const struct vm_area *a);
/* ... and its descriptor goes. */
bool area_goes(struct judge *j, vaddr_t addr);
/* Of an area that get_vm_area or ioremap makes; the size in bytes. */
u32 area_align(u32 size, u32 flags); /* accept_vmalloc.c */
/* Why an area cannot be given back by the call for this kind. */
enum report_kind area_misuse(const struct judge *j, vaddr_t addr, u32 kind);

/* device_model.c */
bool is_device(const struct model *o, u32 start);
/* Where a device's byte is in this process; NULL: it is in no device. */
u8 *device_bytes(const struct model *o, u32 start);
/* A piece of an access went there; nothing, where there is no device. */
void device_record(struct model *o, u32 start, u32 len, bool write);
void devices_reset(struct model *o);

#endif
