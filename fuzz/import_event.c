// SPDX-License-Identifier: MIT
/*
 * import_event.c - one event of a trace: its fields, and what is done of it.
 *
 *	mm_page_alloc: page=dee42000 pfn=0x2e58 order=0 .. gfp_flags=GFP_KERNEL
 *	kmalloc: call_site=f+0x1/0x2 [xfs] ptr=cae25fa0 bytes_req=30 ..
 *	kfree: call_site=f+0x1/0x2 ptr=00000000
 *
 * A name that is not in the table at the end is counted and left.  A field
 * that cannot be read is an error: a program made of half of what an event
 * said looks like one made of all.  Tested by tests/test_import.c.
 */
#include "import_state.h"

#include <string.h>

/* --- fields ------------------------------------------------------------ */

/* The value of `key` (with its '='), up to the next space. */
static bool field(const struct event *e, const char *key, const char **value,
		  size_t *len)
{
	size_t n = strlen(key);
	const char *s = e->args;

	while (s < e->end) {
		const char *space = memchr(s, ' ', (size_t)(e->end - s));
		const char *end = space ? space : e->end;

		if ((size_t)(end - s) > n && memcmp(s, key, n) == 0) {
			*value = s + n;
			*len = (size_t)(end - s) - n;
			return true;
		}
		s = end + 1;
	}
	return false;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

static bool digits(const char *s, size_t len, u32 base, u64 *value)
{
	*value = 0;
	if (len == 0 || len > 16)
		return false;
	for (; len; s++, len--) {
		u32 digit = (u32)digit_of(*s);

		if (digit >= base)
			return false;
		*value = *value * base + digit;
	}
	return true;
}

static bool has_0x(const char *s, size_t len)
{
	return len > 2 && s[0] == '0' && s[1] == 'x';
}

bool import_number(const char *s, size_t len, u64 *value)
{
	if (has_0x(s, len))
		return digits(s + 2, len - 2, 16, value);
	return digits(s, len, 10, value);
}

static bool number_field(const struct event *e, const char *key, u64 *value)
{
	const char *s;
	size_t len;

	return field(e, key, &s, &len) && import_number(s, len, value);
}

/* As %p prints it: hexadecimal with or without 0x, or a word for NULL. */
static bool pointer(const char *s, size_t len, u64 *value)
{
	*value = 0;
	if (len == 6 && memcmp(s, "(null)", len) == 0)
		return true;
	if (has_0x(s, len))
		return digits(s + 2, len - 2, 16, value);
	return digits(s, len, 16, value);
}

static bool event_is(const struct event *e, const char *name)
{
	return strlen(name) == e->name_len &&
	       memcmp(e->name, name, e->name_len) == 0;
}

/* --- page events -------------------------------------------------------- */

static bool pfn_and_order(struct importer *im, const struct event *e,
			  pfn_t *pfn, u32 *order)
{
	u64 frame, n;

	if (!number_field(e, "pfn=", &frame))
		return import_fail(im, "a page event without a readable pfn=");
	if (!number_field(e, "order=", &n) || n > 63)
		return import_fail(im,
				   "a page event without a readable order=");
	*order = (u32)n;
	*pfn = 0;
	if (n >= MAX_ORDER)
		return true; /* counted, not followed */
	if (frame > FRAMES_MAX - (1u << n))
		return import_fail(im, "a frame number past 64 GiB of RAM");
	*pfn = (pfn_t)frame;
	if (*pfn + (1u << n) - 1 > im->sum->pfn_max)
		im->sum->pfn_max = *pfn + (1u << n) - 1;
	return true;
}

static bool page_alloc(struct importer *im, const struct event *e)
{
	const char *flags;
	size_t len;
	pfn_t pfn;
	u32 order;

	if (!pfn_and_order(im, e, &pfn, &order))
		return false;
	if (!field(e, "gfp_flags=", &flags, &len))
		return import_fail(im, "mm_page_alloc without gfp_flags=");
	if (order >= MAX_ORDER)
		im->sum->alloc_too_large++;
	else if (pfn == 0) /* frame 0 is reserved: this was NULL */
		im->sum->alloc_failed++;
	else
		return import_page_alloc(
			im, pfn, order,
			import_gfp(flags, len, &im->sum->dropped), e->cpu);
	return true;
}

static bool page_free(struct importer *im, const struct event *e)
{
	pfn_t pfn;
	u32 order;

	if (!pfn_and_order(im, e, &pfn, &order))
		return false;
	if (order < MAX_ORDER)
		return import_page_free(im, pfn, order, e->cpu);
	im->sum->free_unknown++;
	return true;
}

static bool page_free_batched(struct importer *im, const struct event *e)
{
	(void)e;
	im->sum->free_batched++;
	return true;
}

/* --- object events ------------------------------------------------------ */

/*
 * Sets *ptr.  Kernels that hide addresses print their hash, which serves as
 * well; before they have a key for it they print a word, and *ptr is then
 * PTR_HIDDEN.
 */
static bool pointer_field(struct importer *im, const struct event *e, u64 *ptr)
{
	static const char hidden[] = "(____ptrval____)";
	const char *s;
	size_t len;

	if (!field(e, "ptr=", &s, &len))
		return import_fail(im, "an object event without ptr=");
	*ptr = PTR_HIDDEN;
	if (len == strlen(hidden) && memcmp(s, hidden, len) == 0)
		return true;
	return pointer(s, len, ptr) ||
	       import_fail(im, "an object event without a readable ptr=");
}

/* "call_site=f+0x1/0x2 [xfs] ptr=": the value may hold a space. */
static void call_site(const struct event *e, struct object_event *o)
{
	static const char key[] = "call_site=", next[] = " ptr=";
	size_t left;
	const char *end;

	o->site = "";
	o->site_len = 0;
	if (!field(e, key, &o->site, &o->site_len))
		return;
	left = (size_t)(e->end - o->site);
	end = memmem(o->site, left, next, sizeof(next) - 1);
	if (end)
		o->site_len = (size_t)(end - o->site);
}

static bool object_alloc(struct importer *im, const struct event *e,
			 bool of_cache)
{
	struct object_event o = { .cpu = e->cpu, .of_cache = of_cache };
	const char *flags;
	size_t len;
	u64 asked;

	if (!pointer_field(im, e, &o.ptr))
		return false;
	if (!number_field(e, "bytes_req=", &asked) ||
	    !number_field(e, "bytes_alloc=", &o.bytes))
		return import_fail(im, "an allocation without a readable "
				       "bytes_req= and bytes_alloc=");
	if (!field(e, "gfp_flags=", &flags, &len))
		return import_fail(im, "an allocation without gfp_flags=");
	if (of_cache)
		call_site(e, &o);
	else
		o.bytes = asked;
	if (o.ptr == 0) {
		im->sum->object_failed++;
		return true;
	}
	if (o.ptr == PTR_HIDDEN) {
		im->sum->object_hidden++;
		return true;
	}
	o.gfp = import_gfp(flags, len, &im->sum->dropped);
	return import_object_alloc(im, &o);
}

static bool event_kmalloc(struct importer *im, const struct event *e)
{
	return object_alloc(im, e, false);
}

static bool event_kmem_cache_alloc(struct importer *im, const struct event *e)
{
	return object_alloc(im, e, true);
}

static bool object_free(struct importer *im, const struct event *e,
			bool of_cache)
{
	u64 ptr;

	if (!pointer_field(im, e, &ptr))
		return false;
	if (ptr == PTR_HIDDEN) {
		im->sum->object_hidden++;
		return true;
	}
	return import_object_free(im, ptr, of_cache, e->cpu);
}

static bool event_kfree(struct importer *im, const struct event *e)
{
	return object_free(im, e, false);
}

static bool event_kmem_cache_free(struct importer *im, const struct event *e)
{
	return object_free(im, e, true);
}

/* --- all events --------------------------------------------------------- */

static const struct {
	const char *name;
	bool (*import)(struct importer *im, const struct event *e);
} kinds[] = {
	{ "kmem_cache_alloc", event_kmem_cache_alloc },
	{ "kmem_cache_free", event_kmem_cache_free },
	{ "mm_page_alloc", page_alloc },
	{ "mm_page_free", page_free },
	{ "mm_page_free_batched", page_free_batched },
	{ "kfree", event_kfree },
	{ "kmalloc", event_kmalloc },
	{ "kmalloc_node", event_kmalloc },
	{ "kmem_cache_alloc_node", event_kmem_cache_alloc },
};

bool import_event(struct importer *im, const struct event *e)
{
	u32 ops = im->p->nr;
	bool ok;

	im->sum->events++;
	if (e->cpu > im->sum->cpu_max)
		im->sum->cpu_max = e->cpu;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!event_is(e, kinds[i].name))
			continue;
		ok = kinds[i].import(im, e);
		im->sum->imported += im->p->nr > ops;
		return ok;
	}
	import_count(&im->sum->skipped, e->name, e->name_len);
	return true;
}
