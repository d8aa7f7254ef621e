// SPDX-License-Identifier: MIT
/*
 * bench_limit.c - the limit beside which kmalloc() and slabs are measured.
 *
 *	alloc	size -> class -> array: pop
 *	free	address -> frame -> its 32-byte struct page -> cache -> array:
 *		push
 *
 * Who is told a size by the one and an address alone by the other can do
 * with nothing less.  All else is idealised: every object is in an array
 * from the beginning, no array is ever empty or full, so that there are no
 * slabs, and nobody asks whether an address is an object's.
 */
#include "bench_objects.h"

#include <stdio.h>
#include <stdlib.h>

const u32 class_bytes[CLASSES] = { 32,	 64,	96,    128,   192,
				   256,	 512,	1024,  2048,  4096,
				   8192, 16384, 32768, 65536, 131072 };

/* More than the benches ever have live. */
static const u32 class_objects[CLASSES] = { 2000, 2000, 2000, 2000, 2000,
					    2000, 2000, 3000, 4000, 7000,
					    64,	  64,	64,   64,   64 };

struct limit_page {
	u32 flags;
	int count, mapcount;
	u32 private, mapping, index;
	u32 cache, slab; /* where 2.6.12 has lru */
};

_Static_assert(sizeof(struct limit_page) == PAGE_STRUCT_BYTES, "as mem_map");

struct limit_array {
	u32 avail, limit;
	u32 entry[]; /* offsets in the arena, as links are 32 bits wide */
};

struct limit_cache {
	struct limit_array *array;
	u32 bytes;
};

struct limit_objects {
	u8 *arena;
	struct limit_page *page;
	struct limit_array *array[CLASSES];
	struct limit_cache cache[CLASSES];
	u8 class_of[CLASS_STEPS];
};

void class_table(u8 of[CLASS_STEPS])
{
	u32 class = 0;

	for (u32 step = 0; step < CLASS_STEPS; step++) {
		while (step * 32 > class_bytes[class])
			class ++;
		of[step] = (u8) class;
	}
}

static void out_of_objects(void)
{
	fprintf(stderr, "mmtwin: bench: the limit is out of objects\n");
	abort();
}

void *limit_kmalloc(struct limit_objects *l, u32 size)
{
	struct limit_array *array = l->array[l->class_of[(size + 31) / 32]];

	if (array->avail == 0)
		out_of_objects();
	return l->arena + array->entry[--array->avail];
}

void limit_kfree(struct limit_objects *l, void *object)
{
	u32 link = (u32)((u8 *)object - l->arena);
	struct limit_page *page = &l->page[link >> PAGE_SHIFT];
	struct limit_array *array = l->cache[page->cache].array;

	if (array->avail == array->limit)
		out_of_objects();
	array->entry[array->avail++] = link;
}

/* The objects of a class, from `link` on; returns where they end. */
static u32 carve(struct limit_objects *l, u32 class, u32 link)
{
	u32 nr = class_objects[class], bytes = class_bytes[class];
	struct limit_array *array = l->array[class];
	u32 start = link;

	/* the first is popped first */
	array->limit = array->avail = nr;
	for (u32 i = nr; i-- > 0; link += bytes) {
		if (bytes <= PAGE_SIZE && link % PAGE_SIZE + bytes > PAGE_SIZE)
			link = (link | (PAGE_SIZE - 1)) + 1;
		array->entry[i] = link;
	}
	link = (link + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	for (u32 pfn = start >> PAGE_SHIFT; pfn < link >> PAGE_SHIFT; pfn++)
		l->page[pfn].cache = class;
	return link;
}

static bool init(struct limit_objects *l)
{
	u32 pages = 0, link = 0;

	for (u32 i = 0; i < CLASSES; i++) {
		u32 a_page = PAGE_SIZE / class_bytes[i];
		u32 nr = class_objects[i];
		size_t array = sizeof(**l->array) + 4 * nr;

		pages += a_page ? nr / a_page + 1
				: nr * (class_bytes[i] / PAGE_SIZE);
		l->array[i] = malloc(array);
		if (!l->array[i])
			return false;
		l->cache[i].array = l->array[i];
		l->cache[i].bytes = class_bytes[i];
	}
	l->arena = aligned_alloc(PAGE_SIZE, (size_t)pages * PAGE_SIZE);
	l->page = calloc(pages, sizeof(*l->page));
	if (!l->arena || !l->page)
		return false;
	for (u32 i = 0; i < CLASSES; i++)
		link = carve(l, i, link);
	class_table(l->class_of);
	return true;
}

struct limit_objects *limit_objects_new(void)
{
	struct limit_objects *l = calloc(1, sizeof(*l));

	if (l && init(l))
		return l;
	limit_objects_delete(l);
	return NULL;
}

void limit_objects_delete(struct limit_objects *l)
{
	if (!l)
		return;
	for (u32 i = 0; i < CLASSES; i++)
		free(l->array[i]);
	free(l->page);
	free(l->arena);
	free(l);
}
