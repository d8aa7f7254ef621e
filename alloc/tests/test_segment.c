// SPDX-License-Identifier: MIT
/*
 * test_segment.c - descriptors of every kind, loaded and used, by tables that
 * were worked out from the manual (IA-32 SDM vol. 3, 4.5 to 4.8, 5.12), and
 * each clause of segment_validate().
 */
#include "clauses.h"
#include "../mmu.h"
#include "../segment.h"

static struct machine *setup(void)
{
	return pc_on(SMALL_PC);
}

static const struct registers *regs(const struct machine *m)
{
	return &m->cpu[m->task.cpu].r;
}

static u32 *gdt_words(const struct machine *m, u32 cpu, u32 entry)
{
	return phys_ptr(m, 0x102000 + cpu * 0x100 + entry * 8);
}

static void expect_fault(const char *what, const struct fault *f, u32 vector,
			 u32 error)
{
	if (f->vector != vector || f->error != error || f->cr2)
		TEST_FAIL("%s: fault %u(0x%x) and not %u(0x%x)", what,
			  f->vector, f->error, vector, error);
}

/* --- boot ----------------------------------------------------------------- */

TEST(the_gdt_at_boot)
{
	static const struct {
		u32 entry, high, low;
	} want[] = {
		{ 0, 0, 0 },
		{ 12, 0x00CF9B00, 0x0000FFFF }, /* loaded: A */
		{ 13, 0x00CF9300, 0x0000FFFF },
		{ 14, 0x00CFFA00, 0x0000FFFF },
		{ 15, 0x00CFF300, 0x0000FFFF },
		{ 16, 0xC0008B10, 0x28800067 }, /* CPU 1's */
		{ 17, 0, 0 },
		{ 18, 0x00C09A00, 0 },
		{ 19, 0x00809A00, 0 },
		{ 20, 0x00809200, 0 },
		{ 22, 0x00809200, 0 },
		{ 23, 0x00409A00, 0 },
		{ 24, 0x00009A00, 0 },
		{ 25, 0x00409200, 0 },
		{ 26, 0x00009200, 0 },
		{ 27, 0, 0 },
		{ 31, 0xC0008910, 0x2C800067 },
	};
	struct machine *m = setup();

	for (u32 i = 0; i < ARRAY_SIZE(want); i++) {
		EXPECT_EQ(want[i].low, gdt_words(m, 1, want[i].entry)[0]);
		EXPECT_EQ(want[i].high, gdt_words(m, 1, want[i].entry)[1]);
	}
	EXPECT_EQ(0x28000067, gdt_words(m, 0, 16)[0]);
	machine_delete(m);
}

TEST(the_registers_at_boot)
{
	struct machine *m = setup();
	struct cpu_view v;

	for (u32 cpu = 0; cpu < 2; cpu++) {
		mm_cpu_view(m, cpu, &v);
		EXPECT_EQ(0x80050033, v.cr0);
		EXPECT_EQ(0x90, v.cr4);
		EXPECT_EQ(0x101000, v.cr3);
		EXPECT_EQ(0, v.cpl);
		EXPECT_EQ(0x60, v.seg[SEG_CS].selector);
		EXPECT_EQ(0x9B, v.seg[SEG_CS].access);
		EXPECT_EQ(0xC, v.seg[SEG_CS].flags);
		EXPECT_EQ(0xFFFFFFFF, v.seg[SEG_CS].limit);
		EXPECT_EQ(0, v.seg[SEG_CS].base);
		EXPECT_EQ(0x68, v.seg[SEG_SS].selector);
		EXPECT_EQ(0x7B, v.seg[SEG_DS].selector);
		EXPECT_EQ(0xF3, v.seg[SEG_ES].access);
		EXPECT_EQ(0, v.seg[SEG_FS].selector);
		EXPECT_EQ(0, v.seg[SEG_GS].access);
	}
	machine_delete(m);
}

/* --- writing -------------------------------------------------------------- */

TEST(entries_that_programs_may_write)
{
	struct machine *m = setup();

	for (u32 entry = 0; entry < 40; entry++) {
		bool theirs =
			(entry > 0 && entry < 12) || (entry > 16 && entry < 31);
		u32 before = entry < 32 ? gdt_words(m, 1, entry)[1] : 0;

		mm_set_current(m, (struct task){ .cpu = 1 });
		mm_write_gdt_entry(m, entry, 0x11111111, 0x22222222);
		EXPECT_EQ(theirs ? REPORT_none : REPORT_gdt_entry,
			  mm_report(m));
		if (entry >= 32)
			continue;
		EXPECT_EQ(theirs ? 0x22222222 : before,
			  gdt_words(m, 1, entry)[1]);
		EXPECT(gdt_words(m, 0, entry)[1] != 0x22222222);
	}
	machine_delete(m);
}

TEST(base_and_limit_are_put_together)
{
	static const struct {
		u32 low, high, base, limit;
	} rows[] = {
		{ 0x5678FFFF, 0x120F9234, 0x12345678, 0xFFFFF },
		{ 0x56780000, 0x12809234, 0x12345678, 0x00FFF },
		{ 0x0000FFFE, 0xFF8F92FF, 0xFFFF0000, 0xFFFFEFFF },
		{ 0x00000000, 0x00109200, 0, 0 },
	};
	struct machine *m = setup();
	struct fault f;

	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		mm_write_gdt_entry(m, 1, rows[i].low, rows[i].high);
		EXPECT(mm_load_segment(m, SEG_FS, 8, &f));
		EXPECT_EQ(rows[i].base, regs(m)->seg[SEG_FS].base);
		EXPECT_EQ(rows[i].limit, regs(m)->seg[SEG_FS].limit);
		EXPECT_EQ(rows[i].high >> 20 & 15, regs(m)->seg[SEG_FS].flags);
	}
	/* what is written later does not reach the register */
	mm_write_gdt_entry(m, 1, 0, 0);
	EXPECT_EQ(0x93, regs(m)->seg[SEG_FS].access);
	machine_delete(m);
}

/* --- loading -------------------------------------------------------------- */

/* Entry 1 with this access byte, its selector with this RPL. */
static const struct load_row {
	const char *what;
	u8 user, reg, access, rpl;
	u32 vector; /* error: 8, but for 0 */
} loads[] = {
	{ "data, its own", 0, SEG_DS, 0x92, 0, 0 },
	{ "data, read-only", 0, SEG_DS, 0x90, 0, 0 },
	{ "data, RPL too low", 0, SEG_DS, 0x92, 1, FAULT_GP },
	{ "data, for all", 0, SEG_DS, 0xF2, 3, 0 },
	{ "data of 2, RPL 3", 0, SEG_ES, 0xD2, 3, FAULT_GP },
	{ "data of 2, RPL 2", 0, SEG_ES, 0xD2, 2, 0 },
	{ "data of 0, by a user", 1, SEG_DS, 0x92, 0, FAULT_GP },
	{ "data of 3, RPL 0, by a user", 1, SEG_DS, 0xF2, 0, 0 },
	{ "expand-down is data", 0, SEG_GS, 0x96, 0, 0 },
	{ "expand-down of 0, by a user", 1, SEG_GS, 0x96, 0, FAULT_GP },
	{ "code, not readable", 0, SEG_DS, 0x98, 0, FAULT_GP },
	{ "code, readable", 0, SEG_DS, 0x9A, 0, 0 },
	{ "code of 0, by a user", 1, SEG_FS, 0x9A, 3, FAULT_GP },
	{ "conforming of 0, by a user", 1, SEG_FS, 0x9E, 3, 0 },
	{ "conforming, not readable", 0, SEG_FS, 0x9C, 0, FAULT_GP },
	{ "a system descriptor", 0, SEG_FS, 0x82, 0, FAULT_GP },
	{ "an LDT, not present", 0, SEG_FS, 0x02, 0, FAULT_GP },
	{ "data, not present", 0, SEG_FS, 0x12, 0, FAULT_NP },
	{ "rights come before presence", 1, SEG_FS, 0x12, 3, FAULT_GP },
	{ "stack", 0, SEG_SS, 0x92, 0, 0 },
	{ "stack, expand-down", 0, SEG_SS, 0x96, 0, 0 },
	{ "stack, RPL", 0, SEG_SS, 0x92, 3, FAULT_GP },
	{ "stack, DPL", 0, SEG_SS, 0xF2, 0, FAULT_GP },
	{ "stack, read-only", 0, SEG_SS, 0x90, 0, FAULT_GP },
	{ "stack, code", 0, SEG_SS, 0x9A, 0, FAULT_GP },
	{ "stack, not present", 0, SEG_SS, 0x12, 0, FAULT_SS },
	{ "stack, not present, DPL", 0, SEG_SS, 0x72, 0, FAULT_GP },
	{ "stack of a user", 1, SEG_SS, 0xF2, 3, 0 },
	{ "stack of a user, RPL", 1, SEG_SS, 0xF2, 0, FAULT_GP },
	{ "jump", 0, SEG_CS, 0x98, 0, 0 },
	{ "jump, RPL", 0, SEG_CS, 0x98, 1, FAULT_GP },
	{ "jump outwards", 0, SEG_CS, 0xF8, 0, FAULT_GP },
	{ "jump inwards", 1, SEG_CS, 0x98, 3, FAULT_GP },
	{ "jump of a user, RPL 0", 1, SEG_CS, 0xF8, 0, 0 },
	{ "jump inwards, conforming", 1, SEG_CS, 0x9C, 3, 0 },
	{ "jump outwards, conforming", 0, SEG_CS, 0xFC, 0, FAULT_GP },
	{ "conforming: RPL does not count", 0, SEG_CS, 0x9C, 3, 0 },
	{ "jump to data", 0, SEG_CS, 0x92, 0, FAULT_GP },
	{ "jump to a TSS", 0, SEG_CS, 0x89, 0, FAULT_GP },
	{ "jump, not present", 0, SEG_CS, 0x18, 0, FAULT_NP },
	{ "jump inwards, not present", 1, SEG_CS, 0x18, 0, FAULT_GP },
};

static void check_load(struct machine *m, const struct load_row *row)
{
	const u16 selector = 8 | row->rpl;
	struct segment before;
	struct fault f;
	bool loaded;

	mm_set_mode(m, row->user);
	mm_write_gdt_entry(m, 1, 0xFFFF, row->access << 8);
	before = regs(m)->seg[row->reg];
	loaded = mm_load_segment(m, row->reg, selector, &f);
	expect_fault(row->what, &f, row->vector, row->vector ? 8 : 0);
	EXPECT_EQ(!row->vector, loaded);
	EXPECT_EQ((row->access | !row->vector) << 8, gdt_words(m, 0, 1)[1]);
	if (row->vector)
		EXPECT(!memcmp(&before, &regs(m)->seg[row->reg],
			       sizeof(before)));
	else
		EXPECT_EQ(row->access | 1u, regs(m)->seg[row->reg].access);
	if (!row->vector && row->reg != SEG_CS)
		EXPECT_EQ(selector, regs(m)->seg[row->reg].selector);
	if (!row->vector && row->reg == SEG_CS)
		EXPECT_EQ(8 | regs(m)->cpl, regs(m)->seg[SEG_CS].selector);
	EXPECT_EQ(row->user ? 3 : 0, regs(m)->cpl);
	EXPECT_STR("sound", pc_broken(segment_validate(m)));
}

TEST(loads)
{
	for (u32 i = 0; i < ARRAY_SIZE(loads); i++) {
		struct machine *m = setup();

		check_load(m, &loads[i]);
		machine_delete(m);
	}
}

TEST(selectors_that_lead_nowhere)
{
	struct machine *m = setup();
	struct fault f;

	for (u32 reg = 0; reg < NR_SEG_REGS; reg++) {
		EXPECT(!mm_load_segment(m, reg, 0x67, &f));
		expect_fault("TI", &f, FAULT_GP, 0x64);
		EXPECT(!mm_load_segment(m, reg, 0x64, &f));
		expect_fault("TI, kernel code", &f, FAULT_GP, 0x64);
		EXPECT(!mm_load_segment(m, reg, 0x6C, &f));
		expect_fault("TI, kernel data", &f, FAULT_GP, 0x6C);
		EXPECT(!mm_load_segment(m, reg, 0x4, &f));
		expect_fault("TI, index 0", &f, FAULT_GP, 0x4);
		EXPECT(!mm_load_segment(m, reg, 0x103, &f));
		expect_fault("limit", &f, FAULT_GP, 0x100);
		EXPECT(!mm_load_segment(m, reg, 0xFFFF, &f));
		expect_fault("the last", &f, FAULT_GP, 0xFFFC);
	}
	machine_delete(m);
}

TEST(null_selectors)
{
	struct machine *m = setup();
	struct fault f;

	for (u32 reg = 0; reg < NR_SEG_REGS; reg++) {
		bool may = reg != SEG_CS && reg != SEG_SS;

		EXPECT_EQ(may, mm_load_segment(m, reg, 3, &f));
		expect_fault("null", &f, may ? 0 : FAULT_GP, 0);
		EXPECT_EQ(may		  ? 3
			  : reg == SEG_CS ? 0x60
					  : 0x68,
			  regs(m)->seg[reg].selector);
		EXPECT_EQ(may, !regs(m)->seg[reg].access);
		EXPECT_EQ(may, !regs(m)->seg[reg].limit);
	}
	machine_delete(m);
}

/* --- modes ---------------------------------------------------------------- */

TEST(to_user_mode_and_back)
{
	struct machine *m = setup();
	struct fault f;

	EXPECT(mm_load_segment(m, SEG_DS, 0x68, &f));
	mm_set_mode(m, false);
	EXPECT_EQ(0x68, regs(m)->seg[SEG_DS].selector);
	mm_write_gdt_entry(m, 1, 0xFFFF, 0x9E00); /* conforming, of 0 */
	EXPECT(mm_load_segment(m, SEG_FS, 8, &f));
	EXPECT(mm_load_segment(m, SEG_GS, 0x68, &f));
	mm_set_mode(m, true);
	EXPECT_EQ(3, regs(m)->cpl);
	EXPECT_EQ(0x73, regs(m)->seg[SEG_CS].selector);
	EXPECT_EQ(0x7B, regs(m)->seg[SEG_SS].selector);
	EXPECT_EQ(0x7B, regs(m)->seg[SEG_DS].selector);
	EXPECT_EQ(0x7B, regs(m)->seg[SEG_ES].selector);
	EXPECT_EQ(8, regs(m)->seg[SEG_FS].selector);
	EXPECT_EQ(0, regs(m)->seg[SEG_GS].selector);
	EXPECT_EQ(0, regs(m)->seg[SEG_GS].access);
	EXPECT_EQ(0x00CFFB00, gdt_words(m, 0, 14)[1]);
	EXPECT_EQ(0x00CFFA00, gdt_words(m, 1, 14)[1]);
	EXPECT(mm_load_segment(m, SEG_GS, 2, &f));
	EXPECT(mm_load_segment(m, SEG_ES, 8, &f));
	mm_set_mode(m, false);
	EXPECT_EQ(0, regs(m)->cpl);
	EXPECT_EQ(0x60, regs(m)->seg[SEG_CS].selector);
	EXPECT_EQ(0x68, regs(m)->seg[SEG_SS].selector);
	EXPECT_EQ(0x7B, regs(m)->seg[SEG_ES].selector);
	EXPECT_EQ(8, regs(m)->seg[SEG_FS].selector);
	EXPECT_EQ(2, regs(m)->seg[SEG_GS].selector);
	/* a null register stays as it is, and so does one of users' data */
	EXPECT(mm_load_segment(m, SEG_FS, 0x7B, &f));
	mm_set_mode(m, true);
	EXPECT_EQ(0x7B, regs(m)->seg[SEG_FS].selector);
	EXPECT_EQ(2, regs(m)->seg[SEG_GS].selector);
	EXPECT_STR("sound", pc_broken(segment_validate(m)));
	machine_delete(m);
}

/* --- using ---------------------------------------------------------------- */

/* Entry 1 in FS (SS where `ss'), limit 0xFFF, or 0xFFFFF; in pages with
 * G. */
static const struct use_row {
	const char *what;
	u32 high; /* of the descriptor */
	u8 ss, kind;
	u32 offset, len, vector;
} uses[] = {
	{ "the last byte", 0x9200, 0, ACCESS_READ, 0xFFF, 1, 0 },
	{ "past it", 0x9200, 0, ACCESS_READ, 0x1000, 1, FAULT_GP },
	{ "up to it", 0x9200, 0, ACCESS_READ, 0xFFC, 4, 0 },
	{ "across it", 0x9200, 0, ACCESS_WRITE, 0xFFD, 4, FAULT_GP },
	{ "the stack's", 0x9200, 1, ACCESS_WRITE, 0xFFD, 4, FAULT_SS },
	{ "in pages", 0x809200, 0, ACCESS_READ, 0xFFFFFF, 1, 0 },
	{ "past the last page", 0x809200, 0, ACCESS_READ, 0x1000000, 1,
	  FAULT_GP },
	{ "4 GiB, its end", 0x8F9200, 0, ACCESS_READ, 0xFFFFFFFF, 1, 0 },
	{ "4 GiB, a wrap", 0x8F9200, 0, ACCESS_READ, 0xFFFFFFFF, 2, FAULT_GP },
	{ "read-only", 0x9000, 0, ACCESS_WRITE, 0, 1, FAULT_GP },
	{ "read-only, read", 0x9000, 0, ACCESS_READ, 0, 1, 0 },
	{ "code, written", 0x9A00, 0, ACCESS_WRITE, 0, 1, FAULT_GP },
	{ "code, read", 0x9A00, 0, ACCESS_READ, 0, 1, 0 },
	{ "conforming code has no down", 0x9E00, 0, ACCESS_READ, 0, 1, 0 },
	{ "down: the limit", 0x9600, 0, ACCESS_READ, 0xFFF, 1, FAULT_GP },
	{ "down: above it", 0x9600, 0, ACCESS_READ, 0x1000, 1, 0 },
	{ "down: 64 KiB", 0x9600, 0, ACCESS_READ, 0xFFFF, 1, 0 },
	{ "down: past 64 KiB", 0x9600, 0, ACCESS_READ, 0xFFFF, 2, FAULT_GP },
	{ "down, B: 64 KiB", 0x409600, 0, ACCESS_READ, 0xFFFF, 2, 0 },
	{ "down, B: 4 GiB", 0x409600, 0, ACCESS_READ, 0xFFFFFFFF, 1, 0 },
	{ "down, B: a wrap", 0x409600, 0, ACCESS_READ, 0xFFFFFFFF, 2,
	  FAULT_GP },
	{ "down, SS: the limit", 0x9600, 1, ACCESS_READ, 0, 1, FAULT_SS },
	{ "down, read-only", 0x9400, 0, ACCESS_WRITE, 0x1000, 1, FAULT_GP },
};

TEST(uses)
{
	for (u32 i = 0; i < ARRAY_SIZE(uses); i++) {
		const struct use_row *row = &uses[i];
		const struct access a = { row->kind, row->ss ? SEG_SS : SEG_FS,
					  row->offset, row->len };
		/* base 0xFFFFF000: what is linear wraps */
		struct machine *m = setup();
		struct fault f = { 0 };
		vaddr_t addr = 0;

		mm_write_gdt_entry(m, 1,
				   0xF0000FFF | (row->high & 0xF0000) >> 4,
				   row->high | 0xFF0000FF);
		EXPECT(mm_load_segment(m, a.seg, 8, &f));
		EXPECT_EQ(!row->vector, segment_linear(m, &a, &addr, &f));
		expect_fault(row->what, &f, row->vector, 0);
		if (!row->vector)
			EXPECT_EQ(0xFFFFF000 + row->offset, addr);
		machine_delete(m);
	}
}

TEST(a_null_register_and_a_fetch)
{
	struct machine *m = setup();
	struct access a = { ACCESS_READ, SEG_GS, 0, 1 };
	struct fault f = { 0 };
	vaddr_t addr;

	EXPECT(!segment_linear(m, &a, &addr, &f));
	expect_fault("null", &f, FAULT_GP, 0);
	/* a fetch is CS's, and asks for no right to read */
	mm_write_gdt_entry(m, 1, 0xFFF, 0x9800);
	EXPECT(mm_load_segment(m, SEG_CS, 8, &f));
	a = (struct access){ ACCESS_EXEC, SEG_CS, 0xFFF, 1 };
	EXPECT(segment_linear(m, &a, &addr, &f));
	a.kind = ACCESS_READ;
	EXPECT(!segment_linear(m, &a, &addr, &f));
	expect_fault("read through CS", &f, FAULT_GP, 0);
	a = (struct access){ ACCESS_EXEC, SEG_DS, 0xFFF, 2 };
	EXPECT(!segment_linear(m, &a, &addr, &f));
	expect_fault("fetch past the limit", &f, FAULT_GP, 0);
	machine_delete(m);
}

/* --- a reset -------------------------------------------------------------- */

TEST(a_reset_gives_registers_and_gdts_back)
{
	struct machine *m = setup();
	struct fault f;

	mm_write_gdt_entry(m, 1, 0xFFFF, 0x9200);
	cpus_snapshot(m);
	EXPECT(mm_load_segment(m, SEG_FS, 8, &f)); /* A */
	mm_write_gdt_entry(m, 2, 1, 2);
	mm_set_mode(m, true);
	mm_write_cr0(m, false);
	cpus_reset(m);
	EXPECT_EQ(0x9200, gdt_words(m, 0, 1)[1]);
	EXPECT_EQ(0, gdt_words(m, 0, 2)[1]);
	EXPECT_EQ(0x00CFFA00, gdt_words(m, 0, 14)[1]);
	EXPECT_EQ(0, regs(m)->seg[SEG_FS].access);
	EXPECT_EQ(0, regs(m)->cpl);
	EXPECT_EQ(0x80050033, regs(m)->cr0);
	/* a word alone is touched, and A alone */
	mm_write_gdt_entry(m, 2, 1, 2);
	cpus_reset(m);
	EXPECT_EQ(0, gdt_words(m, 0, 2)[1]);
	EXPECT(mm_load_segment(m, SEG_FS, 8, &f));
	cpus_reset(m);
	EXPECT_EQ(0x9200, gdt_words(m, 0, 1)[1]);
	machine_delete(m);
}

/* --- clauses -------------------------------------------------------------- */

#define G1 "G1: the kernel's descriptors are as boot made them"
#define G2 "G2: control registers have their fixed bits"
#define G3 "G3: a segment register is null or present, accessed"
#define G4_CS "G4: CS is code and has CPL"
#define G4_SS "G4: SS is writable and of CPL"

NEGATIVE(a_user_segment_for_the_kernel, QUICK, G1)
{
	gdt_words(m, 1, 15)[1] &= ~0x6000u;
}

NEGATIVE(a_tss_moved, QUICK, G1)
{
	gdt_words(m, 0, 31)[0] += 1 << 16;
}

NEGATIVE(paging_off, QUICK, G2)
{
	m->cpu[0].r.cr0 &= ~(1u << 31);
}

NEGATIVE(pae_on, QUICK, G2)
{
	m->cpu[1].r.cr4 |= 0x20;
}

NEGATIVE(a_directory_inside_a_frame, QUICK, G2)
{
	m->cpu[1].r.cr3 |= 0x20;
}

NEGATIVE(a_register_not_present, QUICK, G3)
{
	m->cpu[0].r.seg[SEG_DS].access &= 0x7F;
}

NEGATIVE(a_null_register_with_a_limit, QUICK, G3)
{
	m->cpu[0].r.seg[SEG_GS].limit = 1;
}

NEGATIVE(a_jump_to_data, QUICK, G4_CS)
{
	m->cpu[0].r.seg[SEG_CS].access = 0x93;
}

NEGATIVE(a_privilege_that_no_code_has, QUICK, G4_CS)
{
	m->cpu[0].r.cpl = 3;
}

NEGATIVE(a_stack_of_users, QUICK, G4_SS)
{
	m->cpu[0].r.seg[SEG_SS].access |= 0x60;
}

CLAUSES("segment.c", segment_validate, setup)
