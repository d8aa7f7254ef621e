// SPDX-License-Identifier: MIT
/*
 * segment.c - descriptors, the loading of segment registers, and what may be
 * done through them [IA-32 SDM vol. 3, 3.4, 4.3 to 4.8; asm-i386/desc.h].
 *
 *     GDT, 32 entries a CPU, in the image
 *     high: base 31..24 | G D L AVL | limit 19..16 | P DPL S type | base 23..16
 *     low:  base 15..0              | limit 15..0
 *
 *     type: 8 code, 4 conforming, 2 readable    4 expand-down, 2 writable
 *           1 accessed
 *
 * A register keeps what its load found, whatever becomes of the descriptor.
 * Left out: LDTs (LDTR is null), gates and TSSs as the target of a jump, the
 * alignment check.  Validator: segment_validate(), G.
 */
#include "segment.h"
#include "tlb.h"

/* The access byte */
#define SEG_ACCESSED 0x01u
#define SEG_WRITABLE 0x02u /* of data */
#define SEG_READABLE 0x02u /* of code */
#define SEG_DOWN 0x04u	   /* of data: expand-down */
#define SEG_CONFORMING 0x04u
#define SEG_CODE 0x08u
#define SEG_S 0x10u /* code or data, no system descriptor */
#define SEG_DPL_SHIFT 5
#define SEG_PRESENT 0x80u

/* The flag nibble */
#define SEG_BIG 0x4u /* D/B */
#define SEG_PAGES 0x8u

#define SEL_TI 0x4u
#define SEL_INDEX 0xFFFCu /* with TI: what an error code has */
#define SEL_RPL 0x3u

#define GDT_BYTES (GDT_ENTRIES * 8)
#define ENTRY_TSS 16u
#define ENTRY_TSS_DOUBLEFAULT 31u

struct descriptor {
	u32 low, high;
};

/* --- descriptors ---------------------------------------------------------- */

static struct descriptor *gdt(const struct machine *m, u32 cpu)
{
	return phys_ptr(m, GDT_PADDR + cpu * GDT_BYTES);
}

static u32 desc_access(struct descriptor d)
{
	return d.high >> 8 & 0xFF;
}

static u32 desc_flags(struct descriptor d)
{
	return d.high >> 20 & 0xF;
}

static u32 desc_base(struct descriptor d)
{
	return (d.high & 0xFF000000) | (d.high & 0xFF) << 16 | d.low >> 16;
}

static u32 desc_limit(struct descriptor d)
{
	u32 limit = (d.high & 0xF0000) | (d.low & 0xFFFF);

	return desc_flags(d) & SEG_PAGES ? limit << PAGE_SHIFT | 0xFFF : limit;
}

static u32 access_dpl(u32 access)
{
	return access >> SEG_DPL_SHIFT & 3;
}

static bool access_is_data(u32 access)
{
	return (access & (SEG_S | SEG_CODE)) == SEG_S;
}

static bool access_is_code(u32 access)
{
	return (access & (SEG_S | SEG_CODE)) == (SEG_S | SEG_CODE);
}

static bool access_is_conforming(u32 access)
{
	return access_is_code(access) && access & SEG_CONFORMING;
}

static bool access_is_readable(u32 access)
{
	return access_is_data(access) ||
	       (access_is_code(access) && access & SEG_READABLE);
}

static bool access_is_writable(u32 access)
{
	return access_is_data(access) && access & SEG_WRITABLE;
}

/* --- the kernel's GDT ----------------------------------------------------- */

static const struct {
	u32 entry;
	struct descriptor d;
} kernel_gdt[] = {
	{ 12, { 0x0000FFFF, 0x00CF9A00 } }, /* kernel code */
	{ 13, { 0x0000FFFF, 0x00CF9200 } }, /* kernel data */
	{ 14, { 0x0000FFFF, 0x00CFFA00 } }, /* user code */
	{ 15, { 0x0000FFFF, 0x00CFF200 } }, /* user data */
	{ 18, { 0x00000000, 0x00C09A00 } }, /* PnP BIOS: 32-bit code, */
	{ 19, { 0x00000000, 0x00809A00 } }, /* 16-bit code, */
	{ 20, { 0x00000000, 0x00809200 } }, /* data, thrice */
	{ 21, { 0x00000000, 0x00809200 } }, { 22, { 0x00000000, 0x00809200 } },
	{ 23, { 0x00000000, 0x00409A00 } }, /* APM BIOS: 32-bit code, */
	{ 24, { 0x00000000, 0x00009A00 } }, /* 16-bit code, */
	{ 25, { 0x00000000, 0x00409200 } }, /* data */
	{ 26, { 0x00000000, 0x00009200 } }, /* espfix */
};

static struct descriptor tss(u32 paddr, u32 access)
{
	u32 base = paddr + PAGE_OFFSET, limit = 0x67;

	return (struct descriptor){
		.low = base << 16 | limit,
		.high = (base & 0xFF000000) | access << 8 | (base >> 16 & 0xFF),
	};
}

/* What boot makes of an entry, before any load. */
static struct descriptor kernel_entry(u32 cpu, u32 entry)
{
	u32 paddr = TSS_PADDR + cpu * 0x80;

	if (entry == ENTRY_TSS)
		return tss(paddr, 0x8B);
	if (entry == ENTRY_TSS_DOUBLEFAULT)
		return tss(paddr + TSS_DOUBLEFAULT, 0x89);
	for (u32 i = 0; i < ARRAY_SIZE(kernel_gdt); i++)
		if (kernel_gdt[i].entry == entry)
			return kernel_gdt[i].d;
	return (struct descriptor){ 0 };
}

/* Not for programs to write: null, code and data, TSSs. */
static bool entry_is_kernels(u32 entry)
{
	return entry == 0 || (entry >= 12 && entry <= ENTRY_TSS) ||
	       entry == ENTRY_TSS_DOUBLEFAULT;
}

void mm_write_gdt_entry(struct machine *m, u32 entry, u32 low, u32 high)
{
	if (entry >= GDT_ENTRIES || entry_is_kernels(entry)) {
		report(&m->faults, REPORT_gdt_entry);
		return;
	}
	gdt(m, m->task.cpu)[entry] = (struct descriptor){ low, high };
	m->cpu[m->task.cpu].gdt_touched = true;
}

/* --- loading -------------------------------------------------------------- */

/* Returns false. */
static bool fault(struct fault *f, enum fault_vector vector, u32 error)
{
	*f = (struct fault){ .vector = vector, .error = error };
	return false;
}

/* The register takes what the descriptor says, and that says A. */
static void install(struct machine *m, u32 cpu, enum seg_reg reg, u16 selector)
{
	struct descriptor *d = &gdt(m, cpu)[selector >> 3];

	if (!(d->high & SEG_ACCESSED << 8))
		m->cpu[cpu].gdt_touched = true;
	d->high |= SEG_ACCESSED << 8;
	m->cpu[cpu].r.seg[reg] = (struct segment){
		.selector = selector,
		.access = (u8)desc_access(*d),
		.flags = (u8)desc_flags(*d),
		.base = desc_base(*d),
		.limit = desc_limit(*d),
	};
}

/* ES, DS, FS, GS */
static bool may_load_data(u32 cpl, u32 selector, u32 access, struct fault *f)
{
	u32 rpl = selector & SEL_RPL, dpl = access_dpl(access);

	if (!access_is_readable(access))
		return fault(f, FAULT_GP, selector & SEL_INDEX);
	if (!access_is_conforming(access) && (cpl > dpl || rpl > dpl))
		return fault(f, FAULT_GP, selector & SEL_INDEX);
	if (!(access & SEG_PRESENT))
		return fault(f, FAULT_NP, selector & SEL_INDEX);
	return true;
}

static bool may_load_ss(u32 cpl, u32 selector, u32 access, struct fault *f)
{
	if ((selector & SEL_RPL) != cpl || !access_is_writable(access) ||
	    access_dpl(access) != cpl)
		return fault(f, FAULT_GP, selector & SEL_INDEX);
	if (!(access & SEG_PRESENT))
		return fault(f, FAULT_SS, selector & SEL_INDEX);
	return true;
}

static bool may_load_cs(u32 cpl, u32 selector, u32 access, struct fault *f)
{
	u32 rpl = selector & SEL_RPL, dpl = access_dpl(access);
	bool wrong = access_is_conforming(access) ? dpl > cpl
						  : rpl > cpl || dpl != cpl;

	if (!access_is_code(access) || wrong)
		return fault(f, FAULT_GP, selector & SEL_INDEX);
	if (!(access & SEG_PRESENT))
		return fault(f, FAULT_NP, selector & SEL_INDEX);
	return true;
}

static bool may_load(enum seg_reg reg, u32 cpl, u32 selector, u32 access,
		     struct fault *f)
{
	if (reg == SEG_SS)
		return may_load_ss(cpl, selector, access, f);
	if (reg == SEG_CS)
		return may_load_cs(cpl, selector, access, f);
	return may_load_data(cpl, selector, access, f);
}

/* No selector is past the limit: index 31's entry ends at 255. */
static bool in_gdt(u32 selector)
{
	return !(selector & SEL_TI) && selector >> 3 < GDT_ENTRIES;
}

bool mm_load_segment(struct machine *m, enum seg_reg reg, u16 selector,
		     struct fault *f)
{
	struct registers *r = &m->cpu[m->task.cpu].r;
	struct descriptor d;

	CHECK(m, reg < NR_SEG_REGS, "segment: there is no such register");
	*f = (struct fault){ 0 };
	if (!(selector & SEL_INDEX)) {
		if (reg == SEG_SS || reg == SEG_CS)
			return fault(f, FAULT_GP, 0);
		r->seg[reg] = (struct segment){ .selector = selector };
		return true;
	}
	if (!in_gdt(selector))
		return fault(f, FAULT_GP, selector & SEL_INDEX);
	d = gdt(m, m->task.cpu)[selector >> 3];
	if (!may_load(reg, r->cpl, selector, desc_access(d), f))
		return false;
	if (reg == SEG_CS)
		selector = (u16)((selector & ~SEL_RPL) | r->cpl);
	install(m, m->task.cpu, reg, selector);
	return true;
}

/* --- modes ---------------------------------------------------------------- */

/* What code of CPL 3 must not be left with. */
static void null_if_privileged(struct segment *s)
{
	if (s->access && !access_is_conforming(s->access) &&
	    access_dpl(s->access) < 3)
		*s = (struct segment){ 0 };
}

static void enter_user(struct machine *m, u32 cpu)
{
	struct registers *r = &m->cpu[cpu].r;

	r->cpl = 3;
	install(m, cpu, SEG_CS, SEL_USER_CS);
	install(m, cpu, SEG_SS, SEL_USER_DS);
	null_if_privileged(&r->seg[SEG_FS]);
	null_if_privileged(&r->seg[SEG_GS]);
}

static void enter_kernel(struct machine *m, u32 cpu)
{
	m->cpu[cpu].r.cpl = 0;
	install(m, cpu, SEG_CS, SEL_KERNEL_CS);
	install(m, cpu, SEG_SS, SEL_KERNEL_DS);
}

void mm_set_mode(struct machine *m, bool user)
{
	u32 cpu = m->task.cpu;

	if (m->cpu[cpu].r.cpl == (user ? 3 : 0))
		return;
	if (user)
		enter_user(m, cpu);
	else
		enter_kernel(m, cpu);
	install(m, cpu, SEG_DS, SEL_USER_DS);
	install(m, cpu, SEG_ES, SEL_USER_DS);
}

/* --- using ---------------------------------------------------------------- */

static bool within_limit(const struct segment *s, u32 offset, u32 len)
{
	u64 last = (u64)offset + len - 1;

	if (access_is_data(s->access) && s->access & SEG_DOWN)
		return offset > s->limit &&
		       last <= (s->flags & SEG_BIG ? 0xFFFFFFFFu : 0xFFFFu);
	return last <= s->limit;
}

static bool type_allows(const struct segment *s, enum access_kind kind)
{
	if (kind == ACCESS_READ)
		return access_is_readable(s->access);
	return kind == ACCESS_EXEC || access_is_writable(s->access);
}

/* A null register's access byte is 0, which allows nothing. */
bool segment_linear(const struct machine *m, const struct access *a,
		    vaddr_t *addr, struct fault *f)
{
	enum seg_reg reg = a->kind == ACCESS_EXEC ? SEG_CS : a->seg;
	const struct segment *s = &m->cpu[m->task.cpu].r.seg[reg];

	if (!type_allows(s, a->kind))
		return fault(f, FAULT_GP, 0);
	if (!within_limit(s, a->offset, a->len))
		return fault(f, reg == SEG_SS ? FAULT_SS : FAULT_GP, 0);
	*addr = s->base + a->offset;
	return true;
}

/* --- life ----------------------------------------------------------------- */

static void cpu_init(struct machine *m, u32 cpu, bool pse)
{
	for (u32 i = 0; i < GDT_ENTRIES; i++)
		gdt(m, cpu)[i] = kernel_entry(cpu, i);
	m->cpu[cpu].r = (struct registers){
		.cr0 = CR0_BITS | CR0_WP,
		.cr3 = SWAPPER_PG_DIR_PADDR,
		.cr4 = CR4_PGE | (pse ? CR4_PSE : 0),
	};
	m->cpu[cpu].preempt_count = 0;
	install(m, cpu, SEG_CS, SEL_KERNEL_CS);
	install(m, cpu, SEG_SS, SEL_KERNEL_DS);
	install(m, cpu, SEG_DS, SEL_USER_DS);
	install(m, cpu, SEG_ES, SEL_USER_DS);
}

void cpus_init(struct machine *m, bool pse)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++)
		cpu_init(m, cpu, pse);
}

void cpus_snapshot(struct machine *m)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		struct golden_cpu *g = &m->golden_cpu[cpu];

		g->r = m->cpu[cpu].r;
		g->preempt_count = m->cpu[cpu].preempt_count;
		memcpy(g->gdt, gdt(m, cpu), GDT_BYTES);
		m->cpu[cpu].gdt_touched = false;
		tlb_drop_all(m, cpu);
	}
}

void cpus_reset(struct machine *m)
{
	for (u32 cpu = 0; cpu < m->setup.nr_cpus; cpu++) {
		const struct golden_cpu *g = &m->golden_cpu[cpu];

		m->cpu[cpu].r = g->r;
		m->cpu[cpu].preempt_count = g->preempt_count;
		if (m->cpu[cpu].gdt_touched)
			memcpy(gdt(m, cpu), g->gdt, GDT_BYTES);
		m->cpu[cpu].gdt_touched = false;
		tlb_drop_all(m, cpu);
	}
}

/* What a call's surroundings ask for. */
void cpus_power_off(struct machine *m)
{
	for (u32 cpu = 0; cpu < NR_CPUS; cpu++)
		m->cpu[cpu].preempt_count = 0;
}

/* --- validating ----------------------------------------------------------- */

static UNSANITIZED const char *validate_gdt(const struct machine *m, u32 cpu)
{
	for (u32 i = 0; i < GDT_ENTRIES; i++) {
		struct descriptor d = gdt(m, cpu)[i],
				  want = kernel_entry(cpu, i);

		if (!entry_is_kernels(i))
			continue;
		if (i >= 12 && i < ENTRY_TSS)
			d.high &= ~(SEG_ACCESSED << 8);
		CLAUSE(d.low == want.low && d.high == want.high,
		       "G1: the kernel's descriptors are as boot made them");
	}
	return NULL;
}

static UNSANITIZED const char *validate_segment(const struct segment *s)
{
	const u32 always = SEG_PRESENT | SEG_S | SEG_ACCESSED;
	const char *broken = "G3: a segment register is null or present, "
			     "accessed";

	if (!s->access) {
		CLAUSE(!(s->selector & SEL_INDEX) && !s->flags && !s->base &&
			       !s->limit,
		       broken);
		return NULL;
	}
	CLAUSE((s->access & always) == always && s->selector & SEL_INDEX &&
		       in_gdt(s->selector) && s->flags <= 0xF,
	       broken);
	return NULL;
}

static UNSANITIZED const char *validate_registers(const struct registers *r)
{
	const struct segment *cs = &r->seg[SEG_CS], *ss = &r->seg[SEG_SS];

	CLAUSE((r->cr0 & ~CR0_WP) == CR0_BITS &&
		       !(r->cr4 & ~(CR4_PSE | CR4_PGE)) &&
		       !(r->cr3 & ~PTE_FRAME),
	       "G2: control registers have their fixed bits");
	for (u32 i = 0; i < NR_SEG_REGS; i++) {
		const char *broken = validate_segment(&r->seg[i]);

		CLAUSE(!broken, broken);
	}
	CLAUSE((r->cpl == 0 || r->cpl == 3) && access_is_code(cs->access) &&
		       (cs->selector & SEL_RPL) == r->cpl,
	       "G4: CS is code and has CPL");
	CLAUSE(access_is_writable(ss->access) &&
		       (ss->selector & SEL_RPL) == r->cpl &&
		       access_dpl(ss->access) == r->cpl,
	       "G4: SS is writable and of CPL");
	return NULL;
}

/*
 * G1  entries 0, 12 to 16 and 31 of each GDT are as at boot, but for A bits
 * G2  CR0 and CR4 differ in WP, PSE and PGE only; CR3 is a frame
 * G3  a segment register is null, or what a load leaves
 * G4  CS and SS are such as CPL demands
 */
UNSANITIZED const char *segment_validate(const struct machine *m)
{
	const char *broken = NULL;

	for (u32 cpu = 0; cpu < m->setup.nr_cpus && !broken; cpu++) {
		broken = validate_gdt(m, cpu);
		if (!broken)
			broken = validate_registers(&m->cpu[cpu].r);
	}
	return broken;
}
