// SPDX-License-Identifier: MIT
/*
 * device_model.c - memory of devices: where it is, and what accesses did.
 *
 * A piece of an access lies in a device or out of it, as devices are whole
 * pages.  What a store writes stays there, other than in RAM, until a reset:
 * that pages which were stored to are zero again is looked at behind it.
 */
#include "judge.h"

void model_set_devices(struct model *o, const struct device_view *devices,
		       u32 nr)
{
	for (u32 i = 0; i < DEVICES_MAX; i++)
		o->device[i] =
			(struct device){ .bytes = i < nr ? devices[i].bytes
							 : NULL };
}

/* Its number; DEVICES_MAX: the byte is in none. */
static u32 number_at(const struct model *o, u32 start)
{
	for (u32 i = 0; i < o->now.layout.nr_devices; i++)
		if (start - o->mmio[i].start < o->mmio[i].size)
			return i;
	return DEVICES_MAX;
}

bool is_device(const struct model *o, u32 start)
{
	return number_at(o, start) != DEVICES_MAX;
}

u8 *device_bytes(const struct model *o, u32 start)
{
	u32 i = number_at(o, start);

	if (i == DEVICES_MAX || !o->device[i].bytes)
		return NULL;
	return o->device[i].bytes + (start - o->mmio[i].start);
}

void device_record(struct model *o, u32 start, u32 len, bool write)
{
	u32 i = number_at(o, start);
	struct device *v = &o->device[i % DEVICES_MAX];

	if (i == DEVICES_MAX)
		return;
	v->writes += write;
	v->reads += !write;
	v->last_offset = start - o->mmio[i].start;
	v->last_len = len;
	if (write)
		v->stored[v->last_offset / PAGE_SIZE / 64] |=
			1ull << v->last_offset / PAGE_SIZE % 64;
}

/* All but what was stored to: that is to be looked at. */
void devices_reset(struct model *o)
{
	for (u32 i = 0; i < DEVICES_MAX; i++) {
		struct device *v = &o->device[i];

		v->reads = v->writes = 0;
		v->last_offset = v->last_len = 0;
	}
}

/* The first byte of a page that is not zero; 0: all are. */
static u8 rest_of(const u8 *page)
{
	for (u32 i = 0; i < PAGE_SIZE; i++)
		if (page[i])
			return page[i];
	return 0;
}

/* One word of the bits, and its pages; they are forgotten. */
static bool wiped(struct model *o, struct device *v, u32 word,
		  struct divergence *d)
{
	const u8 *bytes = v->bytes + (size_t)word * 64 * PAGE_SIZE;
	u64 *stored = &v->stored[word];

	for (; *stored; *stored &= *stored - 1) {
		size_t page = (size_t)__builtin_ctzll(*stored);

		if (!must(o, d, RULE_I8, "byte", 0,
			  rest_of(bytes + page * PAGE_SIZE)))
			return false;
	}
	return true;
}

bool model_check_reset(struct model *o, struct divergence *d)
{
	for (u32 i = 0; i < o->now.layout.nr_devices; i++)
		for (u32 word = 0; word < DEVICE_PAGES_MAX / 64; word++)
			if (!wiped(o, &o->device[i], word, d))
				return false;
	return true;
}

static bool apart(uintptr_t a, u64 bytes, uintptr_t b, u64 bytes_b)
{
	return a + bytes <= b || b + bytes_b <= a;
}

/* In this process: from the devices before it, and from RAM. */
static bool is_apart(const struct model *o, u32 i)
{
	const struct ram_view *ram = &o->ram;
	const u64 low = (u64)ram->low_pfns * PAGE_SIZE;
	const u64 all = (u64)ram->nr_pfns * PAGE_SIZE;
	uintptr_t at = (uintptr_t)o->device[i].bytes;
	u64 bytes = o->mmio[i].size;

	for (u32 other = 0; other < i; other++)
		if (!apart(at, bytes, (uintptr_t)o->device[other].bytes,
			   o->mmio[other].size))
			return false;
	return apart(at, bytes, ram->low, low < all ? low : all) &&
	       (all <= low ||
		apart(at, bytes, ram->high + (uintptr_t)low, all - low));
}

bool model_check_device(struct model *o, u32 i, const struct device_view *v,
			struct divergence *d)
{
	const struct device *want = &o->device[i % DEVICES_MAX];
	const struct mmio_range *range = &o->mmio[i % DEVICES_MAX];

	return must(o, d, RULE_I9, "bytes", true,
		    is_apart(o, i % DEVICES_MAX)) &&
	       must(o, d, RULE_I7, "start", range->start, v->start) &&
	       must(o, d, RULE_I7, "size", range->size, v->size) &&
	       must(o, d, RULE_I6, "reads", want->reads, v->reads) &&
	       must(o, d, RULE_I6, "writes", want->writes, v->writes) &&
	       must(o, d, RULE_I6, "last_offset", want->last_offset,
		    v->last_offset) &&
	       must(o, d, RULE_I6, "last_len", want->last_len, v->last_len);
}
