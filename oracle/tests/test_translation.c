// SPDX-License-Identifier: MIT
/*
 * test_translation.c - walks, TLBs, the kernel's tables and directories
 * against figures worked out on paper.  Sections are those of the IA-32 SDM,
 * vol. 3, where no other is named.
 *
 * The machine: 20 MiB low, 4 MiB high, vmalloc from 0xC2000000 on.
 */
#include "puppet_areas.h"

#define DIRECT(paddr) (PAGE_OFFSET + (paddr))
#define KM_USER0_CPU0 0xFFFFA000u

static struct translated look(const struct pair *p, vaddr_t addr, bool write,
			      bool user)
{
	return translate_dry(p->o, 0, addr, write, user, TLB_ALL);
}

static u32 code_of(const struct pair *p, vaddr_t addr, bool write, bool user)
{
	struct translated t = look(p, addr, write, user);

	return t.fault.vector ? t.fault.error : ~0u;
}

static u32 tlb_word(const struct pair *p, vaddr_t addr, bool large)
{
	const struct tlb_entry *e = tlb_find(p->o, 0, addr, large);

	return e ? e->word : 0;
}

static bool touch(struct pair *p, vaddr_t addr, bool write)
{
	return !translate(p->o, 0, addr, write, false).fault.vector;
}

static struct pair *pair_mapped(u32 prot, u32 *pgd, pfn_t *pfn)
{
	struct pair *p = pair_tables(1);

	*pgd = good_pgd(p);
	*pfn = good_page(p, GFP_KERNEL);
	EXPECT_EQ(0, good_map_page(p, *pgd, USER_ADDR, *pfn, prot));
	good_switch(p, *pgd);
	return p;
}

/* --- walks ---------------------------------------------------------------- */

/*
 * 4.6: what each pair of words allows.  U is needed of both at CPL 3, RW of
 * both for a write at CPL 3 or with WP; 4.7: the code has P (1) if both are
 * present, W (2), U (4).
 */
TEST(rights)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);

	for (u32 i = 0; i < 512; i++) {
		u32 pde = i & 7, pte = i >> 3 & 7, both = pde & pte;
		bool write = i & 64, user = i & 128, wp = i & 256;
		u32 code = (write ? 2 : 0) | (user ? 4 : 0), want = ~0u;

		EXPECT(model_write_cr0(p->o, silent(p), wp, &p->d));
		good_set_pde(p, pgd, USER_ADDR, pde);
		good_set_pte(p, pgd, USER_ADDR, pte);
		if (!(both & PAGE_PRESENT))
			want = code;
		else if ((user && !(both & PAGE_USER)) ||
			 (write && (user || wp) && !(both & PAGE_RW)))
			want = code | 1;
		EXPECT_EQ(want, code_of(p, USER_ADDR, write, user));
	}
	pair_delete(p);
}

/* 4.3: a large page's reserved bits; bit 12 is none of them. */
TEST(reserved_bits)
{
	u32 pgd, *word;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);

	word = table_words(p->o, directory_at(p->o, pgd));
	for (u32 bit = 12; bit < 24; bit++) {
		word[1] = 1u << bit | 0xE7;
		EXPECT_EQ(bit > 12 && bit < 22 ? 13 : ~0u,
			  code_of(p, 0x00400000, false, true));
	}
	word[1] = 0x00C010E7; /* bit 12 is of no frame */
	EXPECT_EQ(0x00C45678, look(p, 0x00445678, true, true).at);
	word[1] = 0;
	EXPECT(word_at(p, pgd, USER_ADDR) & 0x003FE000);
	good_set_pde(p, pgd, USER_ADDR, 0xE7);
	EXPECT_EQ(9, code_of(p, USER_ADDR, false, false));
	EXPECT_EQ(15, code_of(p, USER_ADDR, true, true));
	/* not present comes first */
	good_set_pde(p, pgd, USER_ADDR, 0xE6);
	EXPECT_EQ(0, code_of(p, USER_ADDR, false, false));
	pair_delete(p);
}

/* 4.8: A in both, D in the leaf on a write; nothing on a fault. */
TEST(accessed_and_dirty)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);
	u32 frame = pfn << PAGE_SHIFT;

	good_set_pde(p, pgd, USER_ADDR, 0x007);
	good_set_pte(p, pgd, USER_ADDR, 0x005);
	EXPECT(!touch(p, USER_ADDR, true));
	EXPECT_EQ(0x007, word_at(p, pgd, USER_ADDR) & 0xFFF);
	EXPECT_EQ(frame | 0x005, pte_at(p, pgd, USER_ADDR));
	EXPECT(touch(p, USER_ADDR, false));
	EXPECT_EQ(0x027, word_at(p, pgd, USER_ADDR) & 0xFFF);
	EXPECT_EQ(frame | 0x025, pte_at(p, pgd, USER_ADDR));
	EXPECT_EQ(frame | 0x005, tlb_word(p, USER_ADDR, false));
	good_set_pte(p, pgd, USER_ADDR, 0x107);
	EXPECT(model_invlpg(p->o, silent(p), USER_ADDR, &p->d));
	EXPECT(touch(p, USER_ADDR, true));
	EXPECT_EQ(frame | 0x167, pte_at(p, pgd, USER_ADDR));
	EXPECT_EQ(frame | 0x147, tlb_word(p, USER_ADDR, false));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* The last 4 MiB of the direct map are whole; then there is nothing. */
TEST(direct_map)
{
	struct pair *p = pair_tables(1);

	EXPECT_EQ(M(12) + 5, look(p, DIRECT(M(12) + 5), true, false).at);
	EXPECT_EQ(M(20) - 1, look(p, DIRECT(M(20) - 1), true, false).at);
	EXPECT_EQ(0, code_of(p, DIRECT(M(20)), false, false));
	EXPECT_EQ(5, code_of(p, DIRECT(0), false, true));
	EXPECT_EQ(0, code_of(p, 0, false, false));
	EXPECT_EQ(0x00C001E3, word_at(p, 0, DIRECT(M(12))));
	EXPECT_EQ(0, word_at(p, 0, 0));
	pair_delete(p);
}

/* --- TLB ------------------------------------------------------------------ */

/* 4.10.4: invlpg drops a page, global too; CR3 spares what is global. */
TEST(flushes)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);

	EXPECT(touch(p, USER_ADDR, true) && touch(p, DIRECT(M(4)), false));
	EXPECT_EQ(M(4) | 0x143, tlb_word(p, DIRECT(M(4)), true));
	EXPECT(model_flush_tlb(p->o, silent(p), &p->d));
	EXPECT_EQ(0, tlb_word(p, USER_ADDR, false));
	EXPECT(tlb_word(p, DIRECT(M(4)), true));
	EXPECT(model_invlpg(p->o, silent(p), DIRECT(M(5)), &p->d));
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT(touch(p, DIRECT(M(4)), false));
	EXPECT(model_write_cr4(p->o, silent(p), true, &p->d));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	EXPECT(model_write_cr4(p->o, silent(p), false, &p->d));
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT(touch(p, DIRECT(M(4)), false));
	EXPECT_EQ(0, p->o->tlb[0].nr_global);
	pair_delete(p);
}

/* A fault drops what is remembered; so the next access sees the tables. */
TEST(a_fault_drops)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(1, &pgd, &pfn);

	EXPECT(touch(p, USER_ADDR, false));
	good_set_pte(p, pgd, USER_ADDR, 0x27);
	EXPECT(!touch(p, USER_ADDR, true));
	EXPECT(touch(p, USER_ADDR, true));
	pair_delete(p);
}

/* A write through an entry without D walks anew, and sees the change. */
TEST(a_clean_entry_is_walked)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);

	EXPECT(touch(p, USER_ADDR, false));
	EXPECT_EQ(0, good_map_page(p, pgd, USER_ADDR, pfn, 3));
	EXPECT(touch(p, USER_ADDR, false));
	good_set_pte(p, pgd, USER_ADDR, 0x025);
	EXPECT(!look(p, USER_ADDR, false, true).fault.vector);
	EXPECT_EQ(3, code_of(p, USER_ADDR, true, false));
	pair_delete(p);
}

/* Many, on few buckets, in and out. */
TEST(many_entries)
{
	struct pair *p = pair_small();
	struct model *o = p->o;

	for (u32 i = 0; i < 5000; i++)
		EXPECT(tlb_put(o, 0, i << 12, i % 3 == 0,
			       1 | (i % 2 ? TLB_GLOBAL : 0)));
	EXPECT(!model_self_check(o));
	for (u32 i = 0; i < 5000; i += 7)
		tlb_drop(o, 0, i << 12);
	EXPECT(!model_self_check(o));
	tlb_drop_local(o, 0);
	EXPECT_EQ(o->tlb[0].nr, o->tlb[0].nr_global);
	EXPECT(!model_self_check(o));
	tlb_drop_everywhere(o);
	EXPECT_EQ(0, o->tlb[0].nr + o->tlb[0].nr_large);
	EXPECT(!model_self_check(o));
	pair_delete(p);
}

/* A high page is zeroed through slot 5, which its CPU remembers. */
TEST(atomic_slot_of_a_high_page)
{
	struct pair *p = pair_tables(1);
	pfn_t pfn = good_page(p, GFP_HIGHUSER | __GFP_ZERO);
	u32 frame = pfn << PAGE_SHIFT;

	EXPECT(pfn >= 5120);
	EXPECT_EQ(frame | 0x163, pte_at(p, 0, KM_USER0_CPU0));
	EXPECT_EQ(frame | 0x143, tlb_word(p, KM_USER0_CPU0, false));
	EXPECT_EQ(1, p->o->tlb[0].nr);
	good_page(p, GFP_KERNEL | __GFP_ZERO);
	EXPECT_EQ(1, p->o->tlb[0].nr);
	pair_delete(p);
}

/* --- the kernel's tables -------------------------------------------------- */

/* Frame 1500 is in the second 4 MiB: PDE 769; its word is number 476. */
TEST(split_and_restore)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p), table;

	EXPECT_EQ(0, good_attr(p, 1500, 2, 0x161));
	table = word_at(p, 0, DIRECT(M(4)));
	EXPECT_EQ(0x163, table & 0xFFF);
	EXPECT_EQ(table, word_at(p, pgd, DIRECT(M(4))));
	EXPECT_EQ(1499 << 12 | 0x163, pte_at(p, 0, DIRECT(1499 << 12)));
	EXPECT_EQ(1500 << 12 | 0x161, pte_at(p, 0, DIRECT(1500 << 12)));
	EXPECT_EQ(2, table_of(p->o, table_below(p->o, table))->odd);
	EXPECT(!model_self_check(p->o));
	EXPECT_EQ(0, good_attr(p, 1501, 1, 0x163));
	EXPECT_EQ(0, good_attr(p, 1499, 1, 0x163));
	EXPECT_EQ(table, word_at(p, 0, DIRECT(M(4))));
	EXPECT_EQ(0, good_attr(p, 1500, 1, 0x103)); /* A and D come with it */
	EXPECT_EQ(M(4) | 0x1E3, word_at(p, 0, DIRECT(M(4))));
	EXPECT_EQ(M(4) | 0x1E3, word_at(p, pgd, DIRECT(M(4))));
	EXPECT_EQ(IS_ALLOCATED, p->o->frame[table >> 12].is);
	EXPECT(!model_self_check(p->o));
	good_global_flush(p);
	EXPECT(p->o->frame[table >> 12].is != IS_ALLOCATED);
	EXPECT(!model_self_check(p->o));
	model_reset(p->o);
	EXPECT_EQ(M(4) | 0x1E3, word_at(p, 0, DIRECT(M(4))));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* A directory made before the table was; one read completes it (2.5). */
TEST(sync)
{
	struct pair *p = pair_tables(1);
	u32 pgd = good_pgd(p);
	pfn_t pfn = good_page(p, GFP_KERNEL);

	EXPECT_EQ(VM_START, good_vmap(p, &pfn, 1, 0x103));
	good_switch(p, pgd);
	EXPECT_EQ(pfn << 12, look(p, VM_START, true, false).at);
	EXPECT_EQ(4, code_of(p, VM_START, false, true));
	EXPECT(!touch(p, VM_START + PAGE_SIZE, false));
	/* the fault stood, and the word was copied all the same */
	EXPECT_EQ(0x067, word_at(p, pgd, VM_START) & 0xFFF);
	EXPECT(touch(p, VM_START, true));
	EXPECT_EQ(pfn << 12 | 0x163, pte_at(p, pgd, VM_START));
	EXPECT(!model_self_check(p->o));
	good_vunmap(p, VM_START);
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT_EQ(1, p->o->frame[pfn].count);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* mem=nopentium: 20 MiB are 5 tables, of which pg0 has two. */
TEST(without_large_pages)
{
	struct boot_line line = line_of(M(24), M(1004), 1);
	struct pair *p;

	line.word[line.nr++] = (struct boot_word){ .kind = BOOT_NOPENTIUM };
	p = pair_new(&line);
	EXPECT(pair_boots(p, &line));
	EXPECT_EQ(11, p->claims.nr);
	EXPECT_EQ(CLAIM_direct_pt, p->claims.claim[5].label);
	EXPECT_EQ(CLAIM_direct_pt, p->claims.claim[7].label);
	EXPECT_EQ(CLAIM_fixmap_pt, p->claims.claim[8].label);
	EXPECT_EQ(0x1000, p->claims.claim[5].start);
	EXPECT(pair_mem_init(p));
	EXPECT_EQ(0, p->o->now.layout.pse);
	EXPECT_EQ(0x00400007, word_at(p, 0, DIRECT(0)));
	EXPECT_EQ(0x00401007, word_at(p, 0, DIRECT(M(4))));
	EXPECT_EQ(0x00001067, word_at(p, 0, DIRECT(M(8))));
	EXPECT_EQ(0x00003067, word_at(p, 0, DIRECT(M(16))));
	EXPECT_EQ(M(20) - 4096 + 0x163, pte_at(p, 0, DIRECT(M(20) - 4096)));
	EXPECT_EQ(M(9), look(p, DIRECT(M(9)), true, false).at);
	EXPECT_EQ(0, code_of(p, DIRECT(M(20)), false, false));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- directories ---------------------------------------------------------- */

/* Each gives back what it took: a page, two tables, the directory. */
TEST(life_of_a_directory)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);
	pfn_t table = word_at(p, pgd, USER_ADDR) >> PAGE_SHIFT;

	EXPECT_EQ(0, good_map_page(p, pgd, 0, pfn, 0));
	EXPECT_EQ(3, p->o->frame[pfn].count);
	EXPECT_EQ(2, p->o->frame[pfn].mapcount);
	EXPECT_EQ(pfn << 12 | 0x0A0, pte_at(p, pgd, 0));
	EXPECT(!model_self_check(p->o));
	good_switch(p, 0);
	EXPECT_EQ(0, good_exit_mmap(p, pgd));
	EXPECT_EQ(1, p->o->frame[pfn].count);
	EXPECT_EQ(0, p->o->frame[pfn].mapcount);
	EXPECT_EQ(IS_PCP, p->o->frame[table].is);
	EXPECT_EQ(TABLE_NONE, directory_at(p->o, pgd));
	EXPECT(!model_self_check(p->o));
	/* it is the next one, and as it was made */
	EXPECT_EQ(pgd, good_pgd(p));
	EXPECT_EQ(0, word_at(p, pgd, USER_ADDR));
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* Unmapped by the last who has it. */
TEST(the_last_mapping)
{
	u32 pgd;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);

	good_page_free(p, pfn);
	EXPECT_EQ(IS_ALLOCATED, p->o->frame[pfn].is);
	EXPECT(touch(p, USER_ADDR, true));
	EXPECT_EQ(0, good_unmap(p, pgd, 0, 0xC0000));
	EXPECT_EQ(IS_PCP, p->o->frame[pfn].is);
	EXPECT_EQ(0, p->o->tlb[0].nr);
	EXPECT(!model_self_check(p->o));
	pair_delete(p);
}

/* --- stores, and the books ------------------------------------------------ */

/* What the machine lives on is spared; all else is as before afterwards. */
TEST(stores)
{
	struct access a = access_at(ACCESS_WRITE, SEG_DS, DIRECT(M(8) - 2), 8);
	struct pair *p = pair_tables(1);
	struct told t = { .where.nr = 2 };
	u8 buf[8];

	memset(p->ram + M(8) - 2, 0x5C, 8);
	t.where.piece[0].start = (u32)M(8) - 2;
	t.where.piece[0].len = 2;
	t.where.piece[1].start = (u32)M(8);
	t.where.piece[1].len = 6;
	EXPECT(access_told(p, a, t));
	for (u32 i = 0; i < 8; i++)
		EXPECT_EQ(0x5C, p->ram[M(8) - 2 + i]);
	a.offset = DIRECT(SWAPPER_PG_DIR_PADDR) - 4;
	EXPECT(!model_before_store(p->o, 0, &a, buf));
	a.offset = DIRECT(GDT_PADDR + 8);
	EXPECT(!model_before_store(p->o, 0, &a, buf));
	a.offset = good_pgd(p) + 16;
	EXPECT(!model_before_store(p->o, 0, &a, buf));
	a.offset = 16; /* it faults */
	EXPECT(model_before_store(p->o, 0, &a, buf));
	pair_delete(p);
}

/* Each book, made to lie. */
TEST(self_check)
{
	u32 pgd, number, *word;
	pfn_t pfn;
	struct pair *p = pair_mapped(3, &pgd, &pfn);
	struct model *o = p->o;

	EXPECT_EQ(0, good_attr(p, 1500, 1, 0x161));
	EXPECT(!model_self_check(o));
#define LIES(field, text)                                                      \
	do {                                                                   \
		(field) ^= 1;                                                  \
		EXPECT_STR(text, model_self_check(o));                         \
		(field) ^= 1;                                                  \
	} while (0)
	number = table_below(o, word_at(p, 0, DIRECT(M(4))));
	LIES(table_of(o, number)->odd, "a split page's odd words are "
				       "miscounted");
	number = directory_at(o, pgd);
	word = table_words(o, number);
	LIES(word[0], "a directory leads to what is no such table");
	LIES(word[768], "a directory disagrees with the template");
	LIES(table_of(o, number)->live, "a free directory has user words");
	LIES(table_of(o, number)->prev, "pgd_list's links disagree");
	word = table_words(o, o->now.translation.template);
	LIES(word[5], "the template has user words");
	LIES(o->frame[pfn].mapcount, "a mapping holds no reference");
	o->frame[pfn].count++;
	o->frame[pfn].mapcount++;
	EXPECT_STR("mapcounts are not the words' sum", model_self_check(o));
	o->frame[pfn].count--;
	o->frame[pfn].mapcount--;
	EXPECT(touch(p, USER_ADDR, true));
	LIES(o->tlb[0].nr_large, "a TLB's counts disagree");
	LIES(o->tlb[0].entry[0].addr, "an entry of a TLB is not found");
	EXPECT(!model_self_check(o));
	pair_delete(p);
}
