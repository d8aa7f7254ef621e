// SPDX-License-Identifier: MIT
/*
 * import_frames.c - who owns which frame of a trace, and the ops that follow.
 *
 *	owner[pfn] = slot of the block that the frame belongs to, 0: none
 *	block[slot] = head, order, frames that have not been freed
 *
 * So a block that was split and freed in parts goes with its last part
 * (2.6.12 has no split_page()), and one whose frames are handed out anew,
 * without a free in between (compaction, events that were lost), is freed
 * before that.  Slots are used again, the last freed first, so that their
 * numbers stay small.  Tested by tests/test_import.c.
 */
#include "import_state.h"

#include <stdlib.h>

static u32 *owner_of(struct importer *im, pfn_t pfn)
{
	u32 **leaf = &im->owner[pfn / LEAF_FRAMES];

	if (!*leaf)
		*leaf = calloc(LEAF_FRAMES, sizeof(**leaf));
	return *leaf ? *leaf + pfn % LEAF_FRAMES : NULL;
}

/* --- slots and ops, of objects too --------------------------------------- */

u32 import_slot(struct importer *im)
{
	u32 slot = im->free_slot, room = im->room_slots;
	struct block *block;

	if (slot) {
		im->free_slot = im->block[slot].left;
		return slot;
	}
	if (im->nr_slots + 1 >= SLOTS_MAX) {
		import_fail(im, "more is live than there are slots");
		return 0;
	}
	if (im->nr_slots + 1 >= room) {
		room = room ? 2 * room : 1024;
		block = realloc(im->block, room * sizeof(*block));
		if (!block) {
			import_fail(im, "out of memory");
			return 0;
		}
		im->block = block;
		im->room_slots = room;
	}
	return ++im->nr_slots;
}

void import_slot_put(struct importer *im, u32 slot)
{
	im->block[slot].left = im->free_slot;
	im->free_slot = slot;
}

bool import_op(struct importer *im, const struct op *op, u32 cpu)
{
	struct op *new = program_append(im->p, op);

	if (!new)
		return import_fail(im, "out of memory");
	new->cpu = (u8)(cpu % NR_CPUS);
	return true;
}

/* --- blocks --------------------------------------------------------------- */

static bool emit_free(struct importer *im, u32 slot, u32 cpu)
{
	im->free.arg[im->arg_page] = slot;
	import_slot_put(im, slot);
	im->sum->live--;
	return import_op(im, &im->free, cpu);
}

/* What is left of a block is freed: nobody owns its frames now. */
static bool free_block(struct importer *im, u32 slot, u32 cpu)
{
	const struct block *b = &im->block[slot];

	for (u32 i = 0; i < 1u << b->order; i++) {
		u32 *owner = owner_of(im, b->head + i);

		if (*owner == slot)
			*owner = 0;
	}
	im->sum->free_implied++;
	return emit_free(im, slot, cpu);
}

/* The frames' former owners, if there are any, have lost them unseen. */
static bool free_implied(struct importer *im, pfn_t pfn, u32 nr, u32 cpu)
{
	for (u32 i = 0; i < nr; i++) {
		u32 *owner = owner_of(im, pfn + i);

		if (!owner)
			return import_fail(im, "out of memory");
		if (*owner && !free_block(im, *owner, cpu))
			return false;
	}
	return true;
}

bool import_page_alloc(struct importer *im, pfn_t pfn, u32 order, gfp_t gfp,
		       u32 cpu)
{
	u32 slot;

	if (!free_implied(im, pfn, 1u << order, cpu))
		return false;
	slot = import_slot(im);
	if (!slot)
		return false;
	for (u32 i = 0; i < 1u << order; i++)
		*owner_of(im, pfn + i) = slot;
	im->block[slot] = (struct block){ pfn, 1u << order, (u8)order };
	im->alloc.out = slot;
	im->alloc.arg[im->arg_order] = order;
	im->alloc.arg[im->arg_gfp] = gfp;
	im->sum->alloc++;
	if (++im->sum->live > im->sum->live_max)
		im->sum->live_max = im->sum->live;
	return import_op(im, &im->alloc, cpu);
}

bool import_page_free(struct importer *im, pfn_t pfn, u32 order, u32 cpu)
{
	u32 known = 0, blocks = 0;

	for (u32 i = 0; i < 1u << order; i++) {
		u32 *owner = owner_of(im, pfn + i);
		u32 slot;

		if (!owner)
			return import_fail(im, "out of memory");
		slot = *owner;
		if (!slot)
			continue;
		*owner = 0;
		known++;
		if (--im->block[slot].left)
			continue;
		blocks++;
		if (!emit_free(im, slot, cpu))
			return false;
	}
	im->sum->free += blocks;
	im->sum->free_unknown += !known;
	im->sum->free_in_parts += known && !blocks;
	return true;
}

/* --- life ---------------------------------------------------------------- */

void import_frames_init(struct importer *im)
{
	im->alloc = op_default(OP_alloc_pages);
	im->free = op_default(OP___free_pages);
	im->arg_order = op_arg_of_kind(&op_info[OP_alloc_pages], ARG_ORDER);
	im->arg_gfp = op_arg_of_kind(&op_info[OP_alloc_pages], ARG_GFP);
	im->arg_page =
		op_arg_of_kind(&op_info[OP___free_pages], ARG_PAGES_FREED);
}

void import_frames_free(struct importer *im)
{
	for (u32 i = 0; i < LEAVES; i++)
		free(im->owner[i]);
	free(im->block);
}
