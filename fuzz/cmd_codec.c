// SPDX-License-Identifier: MIT
/*
 * cmd_codec.c - inputs for the targets that run no program, for smoke tests
 * without an engine: generated programs in the form that is asked for, half
 * of them with bytes flipped, cut out, doubled or added.
 */
#include "cmd_codec.h"
#include "codec.h"

#include <stdlib.h>
#include <string.h>

static bool wire_input(const struct program *p, struct buffer *b)
{
	u32 bad;

	b->size = wire_size(p);
	b->data = malloc(b->size);
	if (!b->data)
		return false;
	b->size = wire_encode(p, b->data, b->size, NULL, &bad);
	return true;
}

/* A line of ftrace for each op; frames follow from slots. */
static void trace_line(FILE *f, const struct op *op, u32 at)
{
	const struct op_info *info = &op_info[op->code];
	int order = op_arg_of_kind(info, ARG_ORDER);
	int gfp = op_arg_of_kind(info, ARG_GFP);
	int page = op_arg_of_kind(info, ARG_PAGES_FREED);
	char flags[400];

	fprintf(f, "  task-1  [00%u] d..1. 1.%06u: ", op->cpu, at);
	if (op->out != SLOT_NONE && gfp >= 0) {
		text_gfp(flags, sizeof(flags), op->arg[gfp]);
		fprintf(f,
			"mm_page_alloc: page=1 pfn=0x%x order=%u "
			"migratetype=0 gfp_flags=%s\n",
			16 + op->out * 8, order < 0 ? 0 : op->arg[order],
			flags);
	} else if (page >= 0) {
		fprintf(f, "mm_page_free: page=1 pfn=0x%x order=0\n",
			16 + op->arg[page] * 8);
	} else {
		fprintf(f, "kmalloc: call_site=%s+0x1/0x2 ptr=0\n", info->name);
	}
}

static bool stream_input(enum codec_form form, const struct program *p,
			 struct buffer *b)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	bool ok;

	if (!f)
		return false;
	if (form == FORM_TEXT)
		text_write(f, p);
	else
		for (u32 i = 0; i < p->nr; i++)
			trace_line(f, &p->op[i], i);
	ok = fclose(f) == 0;
	b->data = (u8 *)text;
	b->size = size;
	return ok;
}

/* One edit of the bytes; they never grow past the room of `size` + 64. */
static void edit(struct buffer *b, size_t room, struct prng *r)
{
	size_t at = prng_below(r, (u32)b->size);
	size_t n = 1 + prng_below(r, 16), left = b->size - at;

	n = n < left ? n : left;
	switch (prng_below(r, 4)) {
	case 0:
		b->data[at] ^= (u8)(1u << prng_below(r, 8));
		break;
	case 1:
		b->data[at] = (u8)prng_u64(r);
		break;
	case 2:
		memmove(b->data + at, b->data + at + n, left - n);
		b->size -= n;
		break;
	default:
		if (b->size + n > room)
			return;
		memmove(b->data + at + n, b->data + at, left);
		b->size += n;
	}
}

bool codec_input(enum codec_form form, const struct program *p, struct prng *r,
		 struct buffer *b)
{
	size_t room;
	u8 *data;

	b->data = NULL;
	b->size = 0;
	if (form == FORM_WIRE ? !wire_input(p, b) : !stream_input(form, p, b)) {
		buffer_free(b);
		return false;
	}
	room = b->size + 64;
	data = realloc(b->data, room);
	if (!data) {
		buffer_free(b);
		return false;
	}
	b->data = data;
	if (prng_one_in(r, 2))
		for (u32 n = 1 + prng_below(r, 8); n && b->size; n--)
			edit(b, room, r);
	return true;
}
