// SPDX-License-Identifier: MIT
/*
 * paging_model.c - from a linear address to a physical byte: the TLB, the
 * walk, the kernel's answer to a fault of its own.
 *
 *	31    22 21    12 11     0
 *	| PDE   | PTE    | byte   |	4 KiB: PDE -> table, PTE -> frame
 *	| PDE   | byte            |	4 MiB: PDE -> frame, with PSE
 *
 *	TLB hit		rights by the entry; a write without D walks anew
 *	walk		presence, reserved bits, rights, then A and D
 *	#PF		the page's entries go; at CPL 0, not present, from
 *			TASK_SIZE on: the template's PDE is copied, once
 *
 * [SDM vol. 3, 4.3, 4.6 to 4.8, 4.10; arch/i386/mm/fault.c: vmalloc_fault]
 */
#include "judge.h"

#define PF_PROTECTION 1u
#define PF_WRITE 2u
#define PF_USER 4u
#define PF_RESERVED 8u
#define RESERVED_BITS 0x003FE000u /* of the PDE of a large page: 21..13 */
#define OPEN_BUS 0xFFFFFFFFu

/* What is asked: one byte, for whom. */
struct query {
	vaddr_t addr;
	bool write, user;
};

struct walk {
	struct checked fault;
	u32 table;  /* the number; TABLE_NONE: the PDE is the leaf */
	u32 leaf;   /* the word */
	u32 rights; /* RW and USER, of both levels */
	bool large;
};

static u32 pde_index(vaddr_t addr)
{
	return addr >> 22;
}

static u32 pte_index(vaddr_t addr)
{
	return addr >> PAGE_SHIFT & (WORDS - 1);
}

static bool is_large(const struct model *o, u32 pde)
{
	return pde & PAGE_PSE && o->now.layout.pse;
}

/* A word of a table; of what is no memory of ours an open bus's. */
static u32 word_of(const struct model *o, u32 table, u32 index)
{
	return table == TABLE_NONE ? OPEN_BUS : table_words(o, table)[index];
}

/* --- faults --------------------------------------------------------------- */

static struct checked page_fault(struct query q, u32 bits, enum rule rule)
{
	if (q.write)
		bits |= PF_WRITE;
	if (q.user)
		bits |= PF_USER;
	return (struct checked){ FAULT_PF, bits, q.addr, rule };
}

/* 4.6: behind all checks of presence. */
static struct checked judge_rights(const struct cpu *c, struct query q,
				   u32 rights)
{
	if (q.user && !(rights & PAGE_USER))
		return page_fault(q, PF_PROTECTION, RULE_T2);
	if (q.write && !(rights & PAGE_RW) && (q.user || c->wp))
		return page_fault(q, PF_PROTECTION, RULE_T3);
	return (struct checked){ .rule = RULE_T6 };
}

/* --- the walk ------------------------------------------------------------- */

static struct walk walk(const struct model *o, const struct cpu *c,
			struct query q, u32 pde)
{
	struct walk w = { .rights = pde & (PAGE_RW | PAGE_USER), .leaf = pde };

	w.large = is_large(o, pde);
	if (!(pde & PAGE_PRESENT)) {
		w.fault = page_fault(q, 0, RULE_T1);
		return w;
	}
	if (w.large && pde & RESERVED_BITS) {
		w.fault = page_fault(q, PF_PROTECTION | PF_RESERVED, RULE_T4);
		return w;
	}
	if (!w.large) {
		w.table = table_below(o, pde);
		w.leaf = word_of(o, w.table, pte_index(q.addr));
		w.rights &= w.leaf;
	}
	w.fault = w.leaf & PAGE_PRESENT ? judge_rights(c, q, w.rights)
					: page_fault(q, 0, RULE_T1);
	return w;
}

static u32 physical(u32 frame, vaddr_t addr, bool large)
{
	u32 bits = large ? LARGE_BITS : FRAME_BITS;

	return (frame & bits) | (addr & ~bits);
}

/* 4.8, then 4.10.2: the TLB learns it. */
static void remember(struct model *o, unsigned int cpu, struct query q,
		     const struct walk *w)
{
	const struct cpu *c = &o->now.translation.cpu[cpu];
	u32 index = pde_index(q.addr), leaf = PAGE_ACCESSED, word;
	u32 pde = table_words(o, c->directory)[index] | PAGE_ACCESSED;

	if (q.write)
		leaf |= PAGE_DIRTY;
	table_set(o, c->directory, index, w->large ? pde | leaf : pde);
	if (w->table != TABLE_NONE)
		table_set(o, w->table, pte_index(q.addr), w->leaf | leaf);
	word = (w->leaf & (w->large ? LARGE_BITS : FRAME_BITS)) | TLB_VALID |
	       w->rights;
	word |= (w->leaf | leaf) & PAGE_DIRTY;
	if (c->pge)
		word |= w->leaf & PAGE_GLOBAL;
	tlb_put(o, cpu, q.addr, w->large, word);
}

/* --- the kernel's own faults ---------------------------------------------- */

static bool may_sync(const struct walk *w, struct query q)
{
	return !q.user && q.addr >= TASK_SIZE &&
	       !(w->fault.error & PF_PROTECTION);
}

/* The page's word below the template's PDE; 0: it leads nowhere. */
static bool template_has(const struct model *o, vaddr_t addr, u32 pde)
{
	if (is_large(o, pde))
		return true;
	return word_of(o, table_below(o, pde), pte_index(addr)) &
	       (PAGE_PRESENT | PAGE_PROTNONE);
}

static u32 template_pde(const struct model *o, vaddr_t addr)
{
	return table_words(o, o->now.translation.template)[pde_index(addr)];
}

static u32 own_pde(const struct model *o, const struct cpu *c, vaddr_t addr)
{
	return table_words(o, c->directory)[pde_index(addr)];
}

/* The PDE is copied; true: the page is to be translated anew. */
static bool sync(struct model *o, const struct cpu *c, vaddr_t addr)
{
	u32 pde = template_pde(o, addr);

	if (!(pde & PAGE_PRESENT))
		return false;
	table_set(o, c->directory, pde_index(addr), pde);
	return template_has(o, addr, pde);
}

/* --- translation ---------------------------------------------------------- */

static const struct tlb_entry *entry_of(const struct model *o, unsigned int cpu,
					vaddr_t addr, enum tlb_counts counts)
{
	const struct tlb_entry *e = NULL;

	if (counts != TLB_NOTHING)
		e = tlb_find(o, cpu, addr, false);
	if (!e && counts == TLB_ALL)
		e = tlb_find(o, cpu, addr, true);
	return e;
}

/* A hit that serves, or faults; false: the page is to be walked. */
static bool served(const struct model *o, unsigned int cpu, struct query q,
		   enum tlb_counts counts, struct translated *t)
{
	const struct cpu *c = &o->now.translation.cpu[cpu];
	const struct tlb_entry *e = entry_of(o, cpu, q.addr, counts);

	if (!e)
		return false;
	*t = (struct translated){
		.fault = judge_rights(c, q, e->word),
		.at = physical(e->word, q.addr, e->large),
		.hit = true,
	};
	return t->fault.vector || !q.write || e->word & TLB_DIRTY;
}

static void forget_entry(struct model *o, unsigned int cpu, vaddr_t addr)
{
	const struct tlb_entry *e = entry_of(o, cpu, addr, TLB_ALL);

	if (e)
		tlb_drop_entry(o, cpu, addr, e->large);
}

struct translated translate(struct model *o, unsigned int cpu, vaddr_t addr,
			    bool write, bool user)
{
	const struct cpu *c = &o->now.translation.cpu[cpu];
	struct query q = { addr, write, user };
	struct translated t;
	struct walk w;
	bool synced = false;

	if (served(o, cpu, q, TLB_ALL, &t)) {
		if (t.fault.vector)
			tlb_drop(o, cpu, addr);
		return t;
	}
	forget_entry(o, cpu, addr);
	w = walk(o, c, q, own_pde(o, c, addr));
	if (w.fault.vector) {
		tlb_drop(o, cpu, addr);
		if (may_sync(&w, q) && sync(o, c, addr)) {
			rule_hit(o, RULE_T15);
			synced = true;
			w = walk(o, c, q, own_pde(o, c, addr));
		}
	}
	if (!w.fault.vector)
		remember(o, cpu, q, &w);
	return (struct translated){
		.fault = w.fault,
		.at = physical(w.leaf, addr, w.large),
		.synced = synced,
	};
}

struct translated translate_dry(const struct model *o, unsigned int cpu,
				vaddr_t addr, bool write, bool user,
				enum tlb_counts counts)
{
	const struct cpu *c = &o->now.translation.cpu[cpu];
	const struct tlb_entry *e = entry_of(o, cpu, addr, counts);
	struct query q = { addr, write, user };
	struct translated t;
	struct walk w;
	u32 pde;

	if (served(o, cpu, q, counts, &t))
		return t;
	w = walk(o, c, q, own_pde(o, c, addr));
	pde = template_pde(o, addr);
	if (w.fault.vector && may_sync(&w, q) && pde & PAGE_PRESENT &&
	    template_has(o, addr, pde))
		w = walk(o, c, q, pde);
	return (struct translated){
		.fault = w.fault,
		.at = physical(w.leaf, addr, w.large),
		.moved = w.large || (e && e->large),
	};
}

void load_directory(struct model *o, unsigned int cpu, u32 number)
{
	o->now.translation.cpu[cpu].directory = number;
	tlb_drop_local(o, cpu);
}
