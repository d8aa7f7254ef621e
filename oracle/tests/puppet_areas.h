/* SPDX-License-Identifier: MIT */
/*
 * puppet_areas.h - an honest machine for calls about areas and devices; they
 * are learnt, as in puppet_objects.h.
 */
#ifndef ORACLE_PUPPET_AREAS_H
#define ORACLE_PUPPET_AREAS_H

#include "puppet_tables.h"

#define VM_START 0xC2000000u /* of the 24 MiB machine with 20 MiB low */
#define VM_END 0xFF7FE000u
#define DEVICE_START 0xFB000000u
#define DEVICE_BYTES 0x4000u
#define KERNEL_PROT 0x163u

/* --- the calls ------------------------------------------------------------ */

static inline bool judge_area(struct model *o, const struct outcome *out,
			      const struct call *c, u32 got,
			      struct divergence *d)
{
	return model_get_vm_area(o, out, c->a, c->b, got, d);
}

static inline bool judge_vmalloc(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	return model_vmalloc(o, out, c->a, c->gfp, c->b, got, d);
}

static inline bool judge_vfree(struct model *o, const struct outcome *out,
			       const struct call *c, u32 got,
			       struct divergence *d)
{
	(void)got;
	return model_vfree(o, out, c->a, d);
}

static inline bool judge_vmap(struct model *o, const struct outcome *out,
			      const struct call *c, u32 got,
			      struct divergence *d)
{
	return model_vmap(o, out, c->pfn, c->a, c->args.flags, c->b, got, d);
}

static inline bool judge_vunmap(struct model *o, const struct outcome *out,
				const struct call *c, u32 got,
				struct divergence *d)
{
	(void)got;
	return model_vunmap(o, out, c->a, d);
}

static inline bool judge_to_page(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	return model_vmalloc_to_page(o, out, c->a, got, d);
}

/* `b` is the size, `gfp` says nocache. */
static inline bool judge_ioremap(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	return model_ioremap(o, out, c->a, c->b, c->gfp, got, d);
}

static inline bool judge_iounmap(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	(void)got;
	return model_iounmap(o, out, c->a, d);
}

/* --- whole calls, honest -------------------------------------------------- */

static inline vaddr_t good_area(struct pair *p, u32 size, u32 flags)
{
	return good(p, &(struct call){
			       .judge = judge_area, .a = size, .b = flags });
}

static inline vaddr_t good_vmalloc_of(struct pair *p, u32 size, gfp_t gfp)
{
	return good(p, &(struct call){ .judge = judge_vmalloc,
				       .a = size,
				       .b = KERNEL_PROT,
				       .gfp = gfp });
}

static inline vaddr_t good_vmalloc(struct pair *p, u32 size)
{
	return good_vmalloc_of(p, size, GFP_HIGHUSER);
}

static inline void good_vfree(struct pair *p, vaddr_t addr)
{
	good(p, &(struct call){ .judge = judge_vfree, .a = addr });
}

static inline struct call call_vmap(const pfn_t *pfn, u32 count, u32 prot)
{
	return (struct call){ .judge = judge_vmap,
			      .pfn = pfn,
			      .a = count,
			      .b = prot,
			      .args.flags = VM_MAP };
}

static inline vaddr_t good_vmap(struct pair *p, const pfn_t *pfn, u32 count,
				u32 prot)
{
	struct call c = call_vmap(pfn, count, prot);

	return good(p, &c);
}

static inline void good_vunmap(struct pair *p, vaddr_t addr)
{
	good(p, &(struct call){ .judge = judge_vunmap, .a = addr });
}

static inline pfn_t good_to_page(struct pair *p, vaddr_t addr)
{
	return good(p, &(struct call){ .judge = judge_to_page, .a = addr });
}

static inline struct call call_ioremap(u32 phys, u32 size, bool nocache)
{
	return (struct call){
		.judge = judge_ioremap, .a = phys, .b = size, .gfp = nocache
	};
}

static inline vaddr_t good_ioremap(struct pair *p, u32 phys, u32 size,
				   bool nocache)
{
	struct call c = call_ioremap(phys, size, nocache);

	return good(p, &c);
}

static inline void good_iounmap(struct pair *p, vaddr_t addr)
{
	good(p, &(struct call){ .judge = judge_iounmap, .a = addr });
}

/* --- machines ------------------------------------------------------------- */

/* What is made of one vm_struct. */
static inline struct vm_area_view view_of_area(const struct pair *p, u32 i)
{
	const struct vm_area *a = &p->o->areas.area[i];

	return (struct vm_area_view){ a->descriptor, a->addr,	  a->size,
				      a->flags,	     a->nr_pages, a->pages,
				      a->phys_addr };
}

/* `line` has the device, or whatever the test wants. */
static inline struct pair *pair_of_line(const struct boot_line *line)
{
	struct pair *p = pair_new(line);

	EXPECT(pair_boots(p, line));
	EXPECT(pair_mem_init(p));
	good(p, &(struct call){ .judge = judge_init });
	pair_ram(p);
	model_snapshot(p->o);
	return p;
}

static u8 device_memory[DEVICE_BYTES];

/* 24 MiB, and a device of 16 KiB at 0xFB000000. */
static inline struct pair *pair_device(void)
{
	struct boot_line line = line_of(M(24), M(1004), 1);
	struct device_view v = { .bytes = device_memory };
	struct pair *p;

	memset(device_memory, 0, sizeof(device_memory));
	line.word[line.nr++] = (struct boot_word){ .kind = BOOT_MMIO,
						   .start = DEVICE_START,
						   .size = DEVICE_BYTES };
	p = pair_of_line(&line);
	model_set_devices(p->o, &v, 1);
	return p;
}

/* An access of one piece in the device, as an honest machine tells it. */
static inline bool device_access(struct pair *p, u8 kind, vaddr_t addr,
				 u32 offset, u32 len)
{
	struct access a = access_at(kind, SEG_DS, addr, len);
	struct told t = one_piece(DEVICE_START + offset, len);
	u8 buf[64] = { 0 };

	if (kind != ACCESS_WRITE) {
		memcpy(buf, device_memory + offset, len);
	} else {
		if (!model_before_store(p->o, 0, &a, buf))
			return false;
		memcpy(device_memory + offset, buf, len);
	}
	return model_access(p->o, silent(p), &a, buf, &t.where, &t.fault,
			    &p->d);
}

#endif
