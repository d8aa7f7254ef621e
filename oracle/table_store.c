// SPDX-License-Identifier: MIT
/*
 * table_store.c - where the model's records of page tables and directories
 * live, with their words, and how a reset puts them back.
 *
 * Records come in segments, each beside its copy of the snapshot's; those
 * that were touched since are chained.  A number whose record was unused at
 * the snapshot has no words to put back.
 *
 * Validator: translation_self_check(), in translation_self_check.c.
 */
#include "host.h"
#include "model.h"

static struct table_segment *segment_of(const struct model *o, u32 number)
{
	return o->tables.segment[number / TABLE_SEGMENT];
}

struct table *table_touch(struct model *o, u32 number)
{
	struct table *t = table_of(o, number);

	if (!t->listed) {
		t->listed = true;
		t->touched = o->tables.touched;
		o->tables.touched = number;
	}
	return t;
}

void table_set(struct model *o, u32 number, u32 index, u32 word)
{
	u32 *at = &table_words(o, number)[index];

	if (*at == word)
		return;
	table_touch(o, number);
	*at = word;
}

/* --- numbers -------------------------------------------------------------- */

static u32 number_new(struct model *o)
{
	struct translation *s = &o->now.translation;
	struct table_segment **segment =
		&o->tables.segment[s->nr / TABLE_SEGMENT];
	u32 number = s->unused;

	if (number != TABLE_NONE) {
		s->unused = table_of(o, number)->next;
		return number;
	}
	if (s->nr == TABLE_SEGMENTS * TABLE_SEGMENT)
		return TABLE_NONE;
	if (!*segment)
		*segment = model_host_alloc(sizeof(**segment));
	return *segment ? s->nr++ : TABLE_NONE;
}

u32 table_new(struct model *o, pfn_t pfn, enum table_is is)
{
	u32 number = number_new(o), *word;
	struct table *t;

	if (number == TABLE_NONE)
		return TABLE_NONE;
	t = table_touch(o, number);
	t->pfn = pfn;
	t->next = t->prev = TABLE_NONE;
	t->index = t->odd = 0;
	t->is = (u8)is;
	t->live = false;
	word = table_words(o, number);
	for (u32 i = 0; i < WORDS; i++)
		word[i] = 0;
	if (pfn < o->nr_frames)
		frame_touch(o, pfn)->table = number;
	return number;
}

void table_delete(struct model *o, u32 number)
{
	struct table *t = table_touch(o, number);

	if (t->pfn < o->nr_frames)
		frame_touch(o, t->pfn)->table = TABLE_NONE;
	t->is = TABLE_UNUSED;
	t->next = o->now.translation.unused;
	o->now.translation.unused = number;
}

/* --- life ----------------------------------------------------------------- */

bool tables_boot(struct model *o)
{
	struct tables *t = &o->tables;

	t->touched = TABLE_NONE;
	for (u32 i = 0; i < TABLE_SEGMENTS && t->segment[i]; i++)
		for (u32 k = 0; k < TABLE_SEGMENT; k++) {
			t->segment[i]->now[k] = (struct table){ .pfn = 0 };
			t->segment[i]->gold[k] = (struct table){ .pfn = 0 };
		}
	if (!t->segment[0])
		t->segment[0] = model_host_alloc(sizeof(*t->segment[0]));
	o->now.translation = (struct translation){ .nr = TABLE_NONE + 1 };
	return t->segment[0];
}

void tables_end(struct model *o)
{
	for (u32 i = 0; i < TABLE_SEGMENTS && o->tables.segment[i]; i++) {
		model_host_free(o->tables.segment[i],
				sizeof(*o->tables.segment[i]));
		o->tables.segment[i] = NULL;
	}
}

/* --- snapshot and reset --------------------------------------------------- */

static void copy(u32 *to, const u32 *from)
{
	for (u32 i = 0; i < WORDS; i++)
		to[i] = from[i];
}

static u32 unlist(struct model *o)
{
	u32 number = o->tables.touched;
	struct table *t = table_of(o, number);

	t->listed = false;
	o->tables.touched = t->touched;
	return number;
}

void tables_snapshot(struct model *o)
{
	while (o->tables.touched != TABLE_NONE) {
		u32 number = unlist(o), at = number % TABLE_SEGMENT;
		struct table_segment *s = segment_of(o, number);

		s->gold[at] = s->now[at];
		if (s->now[at].is != TABLE_UNUSED)
			copy(s->word_gold[at], s->word[at]);
	}
}

void tables_reset(struct model *o)
{
	while (o->tables.touched != TABLE_NONE) {
		u32 number = unlist(o), at = number % TABLE_SEGMENT;
		struct table_segment *s = segment_of(o, number);

		s->now[at] = s->gold[at];
		if (s->now[at].is != TABLE_UNUSED)
			copy(s->word[at], s->word_gold[at]);
	}
}
