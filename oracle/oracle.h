/* SPDX-License-Identifier: MIT */
/*
 * oracle.h - the model: what page frames of 2.6.12 promise, and nothing of
 * how the machine keeps the promise.
 *
 * The model is an acceptor.  For each call it is told who called, what came
 * out and which moves the machine announced (claims); it says whether all of
 * that is allowed, and then follows what happened.  It shares only abi.h
 * with the machine, and derives every figure itself.
 *
 * A call that answers false has filled *d with the rule that was broken; the
 * model is then of no further use until model_reset() or model_boot().
 */
#ifndef ORACLE_ORACLE_H
#define ORACLE_ORACLE_H

#include "../alloc/abi.h"

struct model;

/* The rules, one per line of rules.def; `mmtwin list rules` prints them. */
enum rule {
#define RULE(id, doc) RULE_##id,
#include "rules.def"
#undef RULE
	NR_RULES
};

struct divergence {
	enum rule rule;
	const char *field; /* what differs; static storage */
	u64 expected, actual;
};

const char *rule_name(enum rule rule); /* "W2" */
const char *rule_doc(enum rule rule);  /* one sentence */

/* What came of a call, as the machine tells it. */
struct outcome {
	struct task task;
	enum report_kind report;
	bool oom;
	const struct trace_record *trace;
	u32 nr_trace;
};

/* --- life --------------------------------------------------------------- */

struct model *model_new(void); /* NULL: the host gave no memory */
void model_delete(struct model *o);

/*
 * Follows machine_boot(): `refused` says that the machine would not boot
 * (true: must be impossible; the model is then unbooted).
 * The claims are judged: sizes by formula, places by bootmem's rules.
 */
bool model_boot(struct model *o, const struct boot_line *line, bool refused,
		const struct boot_claim *claims, u32 nr, struct divergence *d);
/* Follows machine_mem_init(), and judges the layout that the machine shows. */
bool model_mem_init(struct model *o, const struct mm_layout *layout,
		    struct divergence *d);
/* Where the frames' bytes are: to be set before anything is painted. */
void model_set_ram(struct model *o, const struct ram_view *ram);

void model_snapshot(struct model *o);
/* Back to the snapshot; wipes (zeroes) what was painted since. */
void model_reset(struct model *o);

/*
 * Paint: how much of each frame bears a pattern.  WHOLE: every byte of every
 * frame.  SAMPLE: 64 bytes at an offset that varies, in the first frame of a
 * block and in one that varies.
 */
enum paint { PAINT_WHOLE, PAINT_SAMPLE };
void model_set_paint(struct model *o, enum paint paint);

/* One counter per rule, bumped when the rule is applied; may be NULL. */
void model_set_rule_counters(struct model *o, u8 counters[NR_RULES]);

/* --- checks that belong to no one call ---------------------------------- */

/* After every op: the aggregates of the zones and of one CPU's lists. */
bool model_check_counts(struct model *o, unsigned int cpu,
			const struct mm_counts *machine, struct divergence *d);
/* One frame as mem_map tells it. */
bool model_check_frame(struct model *o, pfn_t pfn,
		       const struct frame_view *machine, struct divergence *d);
/* The contents of every frame that is still live. */
bool model_check_contents(struct model *o, struct divergence *d);
/*
 * The frames whose state may differ from the snapshot's; *nr of them.  Of a
 * block that is or was allocated, its two ends, its second and middle frame.
 */
const pfn_t *model_touched(const struct model *o, u32 *nr);
/* The model's own bookkeeping, recounted naively; NULL or what is wrong. */
const char *model_self_check(const struct model *o)
	__attribute__((warn_unused_result));

/* --- page frames -------------------------------------------------------- */

/*
 * `got` is the head's frame number, PFN_NONE for NULL.  gfp as given by the
 * caller.  A block that was handed out is painted by the model.
 */
bool model_alloc_pages(struct model *o, const struct outcome *out, gfp_t gfp,
		       unsigned int order, pfn_t got, struct divergence *d);
/* `got` is the linear address, 0 for failure. */
bool model_get_free_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			  unsigned int order, vaddr_t got,
			  struct divergence *d);
bool model_get_zeroed_page(struct model *o, const struct outcome *out,
			   gfp_t gfp, vaddr_t got, struct divergence *d);
bool model_get_dma_pages(struct model *o, const struct outcome *out, gfp_t gfp,
			 unsigned int order, vaddr_t got, struct divergence *d);
/*
 * To be called BEFORE the machine's call, as the machine poisons what it
 * takes: judges the contents of the block that the call is about to free.
 * Frames that the call may not free are left alone.
 */
bool model_before_free(struct model *o, pfn_t pfn, struct divergence *d);
/* pfn may be any number: those outside mem_map must be reported. */
bool model_free_pages(struct model *o, const struct outcome *out, pfn_t pfn,
		      unsigned int order, struct divergence *d);
bool model_free_addr(struct model *o, const struct outcome *out, vaddr_t addr,
		     unsigned int order, struct divergence *d);
bool model_free_cold_page(struct model *o, const struct outcome *out, pfn_t pfn,
			  struct divergence *d);
bool model_get_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d);
bool model_put_page(struct model *o, const struct outcome *out, pfn_t pfn,
		    struct divergence *d);
bool model_page_address(struct model *o, const struct outcome *out, pfn_t pfn,
			vaddr_t got, struct divergence *d);
bool model_virt_to_page(struct model *o, const struct outcome *out,
			vaddr_t addr, pfn_t got, struct divergence *d);
bool model_nr_free_pages(struct model *o, const struct outcome *out, u32 got,
			 struct divergence *d);
bool model_drain_local_pages(struct model *o, const struct outcome *out,
			     struct divergence *d);
/* The layout that the machine shows afterwards is judged: marks, reserves. */
bool model_set_min_free_kbytes(struct model *o, const struct outcome *out,
			       u32 kbytes, const struct mm_layout *layout,
			       struct divergence *d);
bool model_set_lowmem_reserve_ratio(struct model *o, const struct outcome *out,
				    u32 dma, u32 normal,
				    const struct mm_layout *layout,
				    struct divergence *d);

/* The caller of a block writes to it, or looks at it: [off, off + len). */
bool model_write(struct model *o, pfn_t pfn, u32 off, u32 len,
		 struct divergence *d);
bool model_read(struct model *o, pfn_t pfn, u32 off, u32 len,
		struct divergence *d);

/* --- bootmem, between model_boot() and model_mem_init() ----------------- */

/* `got` is the physical address, 0 with a report. */
bool model_alloc_bootmem(struct model *o, const struct outcome *out, u32 size,
			 u32 align, u32 goal, u32 got, struct divergence *d);
bool model_free_bootmem(struct model *o, const struct outcome *out, u32 addr,
			u32 size, struct divergence *d);
bool model_reserve_bootmem(struct model *o, const struct outcome *out, u32 addr,
			   u32 size, struct divergence *d);
/* All claims at the end of bootmem: boot's, then those of the calls above. */
bool model_check_claims(struct model *o, const struct boot_claim *claims,
			u32 nr, struct divergence *d);

#endif
