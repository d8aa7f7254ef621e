/* SPDX-License-Identifier: MIT */
/*
 * abi_map.h - the part of abi.h that is about the kernel's mappings: areas of
 * the vmalloc window, kmaps, devices [include/linux/vmalloc.h,
 * asm-i386/kmap_types.h].  Included by abi.h alone.
 */
#ifndef ALLOC_ABI_MAP_H
#define ALLOC_ABI_MAP_H

#define VM_IOREMAP 0x1u /* what an area is: one of three */
#define VM_ALLOC 0x2u
#define VM_MAP 0x4u
#define VM_KIND_MASK 0x7u
#define VM_VPAGES 0x10u	 /* its page array is vmalloc'ed [2.6.18] */
#define VM_PROT_SHIFT 20 /* of ioremap's own page bits */
#define VM_STRUCT_BYTES 28u
#define IOREMAP_MAX_ALIGN 0x80000u /* 512 KiB */

#define KM_TYPES(X)                                                            \
	X(KM_BOUNCE_READ)                                                      \
	X(KM_SKB_SUNRPC_DATA)                                                  \
	X(KM_SKB_DATA_SOFTIRQ)                                                 \
	X(KM_USER0)                                                            \
	X(KM_USER1)                                                            \
	X(KM_BIO_SRC_IRQ)                                                      \
	X(KM_BIO_DST_IRQ)                                                      \
	X(KM_PTE0)                                                             \
	X(KM_PTE1)                                                             \
	X(KM_IRQ0)                                                             \
	X(KM_IRQ1)                                                             \
	X(KM_SOFTIRQ0)                                                         \
	X(KM_SOFTIRQ1)

enum km_type {
#define X(name) name,
	KM_TYPES(X)
#undef X
		KM_TYPE_NR
};

#define LAST_PKMAP 1024u /* slots of the kmap window */

/* Devices: what mmio= words say. */
#define DEVICES_MAX 4u
#define DEVICE_BYTES_MAX (16u << 20)

/* One as it stands: what accesses through page tables did to it. */
struct device_view {
	u32 start, size;   /* physical, bytes */
	u8 *bytes;	   /* where its memory is in this process */
	u32 reads, writes; /* pieces of accesses, as access_pieces has them */
	u32 last_offset, last_len; /* of the last one */
};

/* An area as it stands. */
struct vm_area_view {
	u32 descriptor; /* its vm_struct's linear address */
	vaddr_t addr;
	u32 size;      /* bytes, with the guard page */
	u32 flags;     /* VM_*, page bits << VM_PROT_SHIFT */
	u32 nr_pages;  /* that it owns */
	u32 pages;     /* linear address of their array, 0: none */
	u32 phys_addr; /* of ioremap: the first page's */
};

/* The kmap window as it stands. */
struct kmap_view {
	u32 last_pkmap_nr;
	const s32 *pkmap_count; /* LAST_PKMAP of them */
};

/* What is compared after every op, besides mm_counts and object_counts. */
struct mapping_counts {
	u32 nr_areas;
	u32 area_bytes; /* with the guard pages */
	u32 kmap_users; /* kmaps outstanding */
	u32 kmap_slots; /* with a count that is not 0 */
	u32 last_pkmap_nr;
};

#endif
