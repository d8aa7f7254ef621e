// SPDX-License-Identifier: MIT
/*
 * test_audit.c - each clause of page_alloc_validate(), on a machine in which
 * a frame, a block and a compound block are owned.
 */
#include "clauses.h"
#include "../page_alloc.h"

static struct page *frame, *block, *compound; /* of orders 0, 3 and 2 */

static struct machine *setup(void)
{
	struct machine *m = pc_on(SMALL_PC);

	frame = pc_alloc(m, GFP_KERNEL, 0);
	block = pc_alloc(m, GFP_KERNEL, 3);
	compound = pc_alloc(m, GFP_KERNEL | __GFP_COMP, 2);
	if (!frame || !block || !compound)
		pc_end(SMALL_PC, "no pages");
	return m;
}

static struct page *reserved(struct machine *m)
{
	return pfn_to_page(m, pc_reserved_pfn());
}

/* Some page on a per-CPU list. */
static struct page *loose(struct machine *m)
{
	struct per_cpu_pages *pcp =
		&pc_zone(m, ZONE_NORMAL)->pageset[0].pcp[PCP_HOT];

	if (!pcp->count)
		pc_end(SMALL_PC, "an empty list");
	return page_of_link(m, pcp->list.next);
}

#define A1 "A1: what is in no block is on a per-CPU list"
#define A2 "A2: an allocated block is aligned, inside its zone"
#define A2_FREE "A2: a free block is of an order that exists"
#define A3 "A3: an allocated head is marked as handed out, only"
#define A3_TAILS "A3: tails have no references and no mark"
#define A3_LOOSE "A3: a loose frame has no mark"
#define A4_ORDER "A4: the first tail of a compound has its order"
#define A4 "A4: a compound's pages lead to its head"
#define A5 "A5: a frame bears the number of its zone"
#define A6 "A6: a reserved frame is in no block"
#define A7 "A7: totalram_pages counts what boot gave away"
#define A8 "A8: a reset will restore what is in hands"
#define A10 "A10: a block is a slab, or none of its frames is"
#define A11 "A11: a mapped frame is a single one, with as many references"
#define A12 "A12: a page table is a frame of its own"
#define A13 "A13: what the kernel has mapped is held by more than users"
#define A9 "A9: PG_highmem marks what HighMem has to give"

NEGATIVE(a_frame_that_is_lost, FULL, A1)
{
	frame->_count = -1;
}

NEGATIVE(a_free_page_too_many, BELOW, A1)
{
	pc_zone(m, ZONE_DMA)->free_pages++;
}

NEGATIVE(an_order_that_does_not_exist, FULL, A2)
{
	frame->flags |= 11u << PG_order;
}

NEGATIVE(a_slab_s_mark_on_a_tail, FULL, A10)
{
	block[7].flags |= PAGE_FLAG(slab);
}

NEGATIVE(an_order_that_is_not_aligned, FULL, A2)
{
	while (!(page_to_pfn(m, frame) & 1))
		frame = pc_alloc(m, GFP_KERNEL, 0);
	frame->flags |= 1u << PG_order;
}

NEGATIVE(a_tail_of_another_zone, FULL, A2)
{
	block[7].flags ^= 1u << PG_zone;
}

NEGATIVE(a_free_block_too_large, BELOW, A2_FREE)
{
	page_of_link(m, pc_zone(m, ZONE_DMA)->free_area[10].free_list.next)
		->private = 11;
}

NEGATIVE(never_returned, FULL, A3)
{
	frame->flags &= ~PAGE_FLAG(returned);
}

NEGATIVE(a_head_with_a_mapping, FULL, A3)
{
	frame->mapping = 4;
}

NEGATIVE(a_block_that_is_mapped, FULL, A11)
{
	block->_mapcount = 0;
}

NEGATIVE(a_table_that_is_mapped, FULL, A11)
{
	frame->_mapcount = 0;
	frame->flags |= PAGE_FLAG(table);
}

NEGATIVE(more_mappings_than_references, FULL, A11)
{
	frame->_mapcount = 1;
}

NEGATIVE(a_block_of_tables, FULL, A12)
{
	block->flags |= PAGE_FLAG(table);
}

NEGATIVE(a_slab_that_is_a_table, FULL, A12)
{
	frame->flags |= PAGE_FLAG(table) | PAGE_FLAG(slab);
}

NEGATIVE(a_mark_of_no_mapping, FULL, A13)
{
	page_kmap_inc(m, frame);
	frame->index = 0;
}

NEGATIVE(a_table_that_the_kernel_has_mapped, FULL, A13)
{
	page_kmap_inc(m, frame);
	frame->flags |= PAGE_FLAG(table);
}

NEGATIVE(a_kernel_mapping_of_what_users_alone_hold, FULL, A13)
{
	page_kmap_inc(m, frame);
	frame->_mapcount = 0;
}

NEGATIVE(a_tail_that_the_kernel_has_mapped, FULL, A3_TAILS)
{
	block[2].flags |= PAGE_FLAG(kmapped);
}

NEGATIVE(a_tail_with_an_owner, FULL, A3_TAILS)
{
	block[3]._count = 0;
}

NEGATIVE(a_tail_that_is_reserved, FULL, A3_TAILS)
{
	block[7].flags |= PAGE_FLAG(reserved);
}

NEGATIVE(a_tail_that_is_compound_alone, FULL, A3_TAILS)
{
	block[1].flags |= PAGE_FLAG(compound);
}

NEGATIVE(a_tail_that_left_its_compound, FULL, A3_TAILS)
{
	compound[2].flags &= ~PAGE_FLAG(compound);
}

NEGATIVE(a_tail_that_seems_free, BELOW, A3_TAILS)
{
	page_set_free_head(m, block + 1, 0);
}

NEGATIVE(a_loose_frame_with_an_order, FULL, A3_LOOSE)
{
	loose(m)->flags |= 1u << PG_order;
}

NEGATIVE(a_loose_frame_in_a_compound, BELOW, A3_LOOSE)
{
	loose(m)->flags |= PAGE_FLAG(compound);
}

NEGATIVE(a_compounds_order, FULL, A4_ORDER)
{
	compound[1].index = 1;
}

NEGATIVE(a_tail_of_another_head, FULL, A4)
{
	compound[3].private = ptr_link(compound + 1);
}

NEGATIVE(a_head_of_another_head, FULL, A4)
{
	compound[0].private = ptr_link(block);
}

NEGATIVE(a_zone_number, FULL, A5)
{
	reserved(m)->flags |= 3u << PG_zone;
}

NEGATIVE(reserved_and_in_a_compound, FULL, A6)
{
	reserved(m)->flags |= PAGE_FLAG(compound);
}

NEGATIVE(reserved_and_in_the_buddy, BELOW, A6)
{
	page_set_free_head(m, reserved(m), 0);
}

NEGATIVE(totalram_pages, FULL, A7)
{
	m->data->totalram_pages++;
}

NEGATIVE(reserved_and_loose, FULL, A1)
{
	frame->flags |= PAGE_FLAG(reserved);
	block->flags |= PAGE_FLAG(reserved);
}

NEGATIVE(a_head_that_no_reset_restores, FULL, A8)
{
	m->touched[page_to_pfn(m, block)] = false;
}

NEGATIVE(a_low_frame_marked_high, FULL, A9)
{
	frame->flags |= PAGE_FLAG(highmem);
}

NEGATIVE(a_tail_marked_high, FULL, A9)
{
	block[5].flags |= PAGE_FLAG(highmem);
}

NEGATIVE(a_reserved_frame_marked_high, FULL, A9)
{
	reserved(m)->flags |= PAGE_FLAG(highmem);
}

NEGATIVE(a_high_frame_without_its_mark, FULL, A9)
{
	pfn_to_page(m, m->setup.max_pfn - 1)->flags &= ~PAGE_FLAG(highmem);
}

CLAUSES("audit.c", page_alloc_validate, setup)
