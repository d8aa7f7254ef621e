// SPDX-License-Identifier: MIT
/*
 * mutator.c - the mutators between the engines' bytes and our programs.
 *
 * Deterministic: all that is drawn comes from the caller's prng.
 * Tested by tests/test_mutator.c.
 */
#include "mutator.h"

#include "codec.h"

void mutator_init(struct mutator *m, const struct target_row *row)
{
	*m = (struct mutator){ .row = row, .did = "none" };
	program_init(&m->first);
	program_init(&m->second);
	program_init(&m->child);
}

void mutator_free(struct mutator *m)
{
	program_free(&m->first);
	program_free(&m->second);
	program_free(&m->child);
}

static struct gen_options options_for(const struct mutator *m, size_t room)
{
	size_t ops =
		room < WIRE_HEADER ? 0 : (room - WIRE_HEADER) / WIRE_RECORD;

	return (struct gen_options){
		.groups = m->row->groups,
		.ops = ops < TARGET_OPS ? (u32)ops : TARGET_OPS,
		.free_boot = m->row->free_boot,
	};
}

/* A program without ops shows nothing that another does not. */
static size_t encoded(const struct mutator *m, u8 *out, size_t room)
{
	return m->child.nr ? wire_encode(&m->child, out, room, NULL, NULL) : 0;
}

size_t mutator_vary(struct mutator *m, struct prng *r, const u8 *data,
		    size_t size, u8 *out, size_t room)
{
	struct gen_options options = options_for(m, room);
	bool ok;

	if (options.ops == 0)
		return 0;
	if (size <= WIRE_HEADER || prng_one_in(r, 8)) {
		m->did = "new";
		ok = gen_program(&m->child, r, &options);
	} else {
		m->did = "edit";
		ok = wire_decode(&m->child, data, size, TARGET_OPS_MAX) &&
		     mutate_program(&m->child, r, &options);
	}
	return ok ? encoded(m, out, room) : 0;
}

size_t mutator_cross(struct mutator *m, struct prng *r, const u8 *a,
		     size_t a_size, const u8 *b, size_t b_size, u8 *out,
		     size_t room)
{
	struct gen_options options = options_for(m, room);

	m->did = "cross";
	if (options.ops == 0 ||
	    !wire_decode(&m->first, a, a_size, TARGET_OPS_MAX) ||
	    !wire_decode(&m->second, b, b_size, TARGET_OPS_MAX) ||
	    !cross_programs(&m->child, &m->first, &m->second, r, &options))
		return 0;
	return encoded(m, out, room);
}
