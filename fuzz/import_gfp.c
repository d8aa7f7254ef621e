// SPDX-License-Identifier: MIT
/*
 * import_gfp.c - the GFP flags of later kernels, by name, as 2.6.12 has them.
 *
 *	GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO
 *	-> GFP_HIGHUSER|__GFP_COMP|__GFP_ZERO, __GFP_MOVABLE dropped
 *
 * Names, not numbers: the bits have been renumbered many times.  A composite
 * that later kernels made of more than 2.6.12 has is that of 2.6.12, and what
 * it loses is counted under the name of the flag.  __GFP_WAIT was split in
 * two in 4.4: direct reclaim is the half that may sleep, and 2.6.12 always
 * wakes kswapd.  Tested by tests/test_import.c.
 */
#include "import.h"

#include <string.h>

struct gfp_name {
	const char *name;
	gfp_t gfp;
	const char *lost; /* what 2.6.12 has not, of a composite */
};

#define TRANSHUGE_LIGHT                                                        \
	((GFP_HIGHUSER & ~__GFP_WAIT) | __GFP_COMP | __GFP_NOMEMALLOC |        \
	 __GFP_NOWARN)

static const struct gfp_name gfp_names[] = {
	{ "GFP_KERNEL", GFP_KERNEL, NULL },
	{ "GFP_KERNEL_ACCOUNT", GFP_KERNEL, "__GFP_ACCOUNT" },
	{ "GFP_HIGHUSER_MOVABLE", GFP_HIGHUSER, "__GFP_MOVABLE" },
	{ "GFP_HIGHUSER", GFP_HIGHUSER, NULL },
	{ "GFP_USER", GFP_USER, NULL },
	{ "GFP_ATOMIC", GFP_ATOMIC, NULL },
	{ "GFP_NOWAIT", 0, NULL },
	{ "GFP_NOFS", GFP_NOFS, NULL },
	{ "GFP_NOIO", GFP_NOIO, NULL },
	{ "GFP_DMA", GFP_DMA, NULL },
	{ "GFP_TEMPORARY", GFP_KERNEL, "__GFP_RECLAIMABLE" },
	{ "GFP_TRANSHUGE", TRANSHUGE_LIGHT | __GFP_WAIT, "__GFP_MOVABLE" },
	{ "GFP_TRANSHUGE_LIGHT", TRANSHUGE_LIGHT, "__GFP_MOVABLE" },
	{ "__GFP_DMA", __GFP_DMA, NULL },
	{ "__GFP_HIGHMEM", __GFP_HIGHMEM, NULL },
	{ "__GFP_WAIT", __GFP_WAIT, NULL },
	{ "__GFP_RECLAIM", __GFP_WAIT, NULL },
	{ "__GFP_DIRECT_RECLAIM", __GFP_WAIT, NULL },
	{ "__GFP_HIGH", __GFP_HIGH, NULL },
	{ "__GFP_IO", __GFP_IO, NULL },
	{ "__GFP_FS", __GFP_FS, NULL },
	{ "__GFP_COLD", __GFP_COLD, NULL },
	{ "__GFP_NOWARN", __GFP_NOWARN, NULL },
	{ "__GFP_REPEAT", __GFP_REPEAT, NULL },
	{ "__GFP_RETRY_MAYFAIL", __GFP_REPEAT, NULL },
	{ "__GFP_NOFAIL", __GFP_NOFAIL, NULL },
	{ "__GFP_NORETRY", __GFP_NORETRY, NULL },
	{ "__GFP_NO_GROW", __GFP_NO_GROW, NULL },
	{ "__GFP_COMP", __GFP_COMP, NULL },
	{ "__GFP_ZERO", __GFP_ZERO, NULL },
	{ "__GFP_NOMEMALLOC", __GFP_NOMEMALLOC, NULL },
	{ "none", 0, NULL },
	{ "0", 0, NULL },
};

void import_count(struct import_names *names, const char *name, size_t len)
{
	struct import_count *c = names->of;

	if (len >= IMPORT_NAME_MAX)
		len = IMPORT_NAME_MAX - 1;
	for (u32 i = 0; i < names->nr; i++, c++)
		if (strlen(c->name) == len && memcmp(c->name, name, len) == 0) {
			c->n++;
			return;
		}
	if (names->nr == IMPORT_NAMES || len == 0) {
		names->others++;
		return;
	}
	names->nr++;
	for (size_t i = 0; i < len; i++)
		c->name[i] = name[i] > ' ' && name[i] < 127 ? name[i] : '?';
	c->name[len] = '\0';
	c->n = 1;
}

static const struct gfp_name *gfp_by_name(const char *s, size_t len)
{
	const size_t nr = sizeof(gfp_names) / sizeof(gfp_names[0]);

	for (size_t i = 0; i < nr; i++)
		if (strlen(gfp_names[i].name) == len &&
		    memcmp(gfp_names[i].name, s, len) == 0)
			return &gfp_names[i];
	return NULL;
}

gfp_t import_gfp(const char *s, size_t len, struct import_names *dropped)
{
	const char *end = s + len;
	gfp_t gfp = 0;

	while (s < end) {
		const char *bar = memchr(s, '|', (size_t)(end - s));
		size_t n = (size_t)((bar ? bar : end) - s);
		const struct gfp_name *name = gfp_by_name(s, n);

		if (name)
			gfp |= name->gfp;
		else
			import_count(dropped, s, n);
		if (name && name->lost)
			import_count(dropped, name->lost, strlen(name->lost));
		s += n + 1;
	}
	return gfp;
}
