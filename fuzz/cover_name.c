// SPDX-License-Identifier: MIT
/*
 * cover_name.c - the state that a counter stands for, as a word that fits a
 * file's name: "rule-w2", "report-double_free", "pcp-dma-hot-full".
 *
 * A name undoes the sum that cover.c does for its counter, least part first.
 * Tested by tests/test_features.c.
 */
#include "cover_states.h"
#include "op_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const zone_word[] = { "dma", "normal", "high" };
static const char *const filling_word[] = { "empty", "low", "some", "near",
					    "full" };
static const char *const many_word[] = { "none", "one", "more" };

static int event_name(char *buf, size_t room, u32 n)
{
	static const char *const order[] = { "one", "few", "many", "most" };
	static const char *const at[] = { "dry",	"half-min",
					  "below-min",	"below-low",
					  "below-high", "above-high" };
	u32 order_class = n % NR_ORDER_CLASSES, position, zone;

	n /= NR_ORDER_CLASSES;
	position = n % NR_POSITIONS;
	n /= NR_POSITIONS;
	zone = n % NR_ZONES;
	return snprintf(buf, room, "%s-%s-%s-%s",
			event_words[n / NR_ZONES].name, order[order_class],
			zone_word[zone], at[position]);
}

static int pcp_name(char *buf, size_t room, u32 n)
{
	u32 filling = n % NR_FILLINGS, temp;

	n /= NR_FILLINGS;
	temp = n % NR_PCP_TEMPS;
	return snprintf(buf, room, "pcp-%s-%s-%s", zone_word[n / NR_PCP_TEMPS],
			temp ? "cold" : "hot", filling_word[filling]);
}

/* "on-8": on the slab, up to 8 objects a slab */
static void cache_word(char word[16], u32 class)
{
	static const char *const objects[] = { "1", "8", "31", "more" };

	snprintf(word, 16, "%s-%s", class / 4 ? "off" : "on",
		 objects[class % 4]);
}

static int slabs_name(char *buf, size_t room, u32 n)
{
	u32 list[NR_SLAB_LISTS];
	char cache[16];

	for (u32 i = NR_SLAB_LISTS; i-- > 0; n /= NR_MANY)
		list[i] = n % NR_MANY;
	cache_word(cache, n);
	return snprintf(buf, room, "slabs-%s-%s-%s-%s", cache,
			many_word[list[0]], many_word[list[1]],
			many_word[list[2]]);
}

static int array_name(char *buf, size_t room, u32 n)
{
	u32 filling = n % NR_FILLINGS;
	char cache[16];

	n /= NR_FILLINGS;
	cache_word(cache, n / 2);
	return snprintf(buf, room, "array-%s-%s-%s", n % 2 ? "shared" : "own",
			cache, filling_word[filling]);
}

static int pool_name(char *buf, size_t room, u32 n)
{
	static const char *const reserve[] = { "empty", "short", "full" };

	return snprintf(buf, room, "pool-%s-sleepers-%s", reserve[n / NR_MANY],
			many_word[n % NR_MANY]);
}

static int fault_name(char *buf, size_t room, u32 n)
{
	static const char *const word[] = { "np-0", "np",   "ss-0",
					    "ss",   "gp-0", "gp" };

	if (n < 6)
		return snprintf(buf, room, "fault-%s", word[n]);
	return snprintf(buf, room, "fault-pf-%u", n - 6);
}

/* The bits that are set, in the order of cover_cpu(). */
static int cpu_name(char *buf, size_t room, u32 n)
{
	static const char *const bit[] = { "user",   "no-wp",	"no-pge",
					   "atomic", "process", "large",
					   "many",   "small",	"global" };
	int len = snprintf(buf, room, "cpu%s", n ? "" : "-plain");

	for (u32 i = 0; i < 9 && (size_t)len < room; i++)
		if (n >> (8 - i) & 1)
			len += snprintf(buf + len, room - (size_t)len, "-%s",
					bit[i]);
	return len;
}

static int mappings_name(char *buf, size_t room, u32 n)
{
	static const char *const window[] = { "none", "few", "half", "all" };

	return snprintf(buf, room, "mapped-areas-%s-kmaps-%s%s",
			many_word[n % NR_MANY], window[n / NR_MANY % 4],
			n / NR_MANY / 4 ? "-used" : "");
}

struct part {
	u32 first;
	int (*name)(char *buf, size_t room, u32 n);
};

/* From the last to the first. */
static const struct part parts[] = {
	{ FIRST_MAPPINGS, mappings_name }, { FIRST_CPU, cpu_name },
	{ FIRST_FAULT, fault_name },	   { FIRST_POOL, pool_name },
	{ FIRST_ARRAY, array_name },	   { FIRST_SLABS, slabs_name },
	{ FIRST_LIST, pcp_name },	   { FIRST_EVENT, event_name },
};

int cover_name(char *buf, size_t room, u32 index)
{
	int len;

	if (index >= NR_STATES)
		return snprintf(buf, room, "state-%u", index);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (index >= parts[i].first)
			return parts[i].name(buf, room, index - parts[i].first);
	if (index >= FIRST_REPORT)
		return snprintf(buf, room, "report-%s",
				report_words[index - FIRST_REPORT].name);
	len = snprintf(buf, room, "rule-%s", rule_name((enum rule)index));
	for (char *s = buf; *s; s++)
		*s = (char)tolower((u8)*s);
	return len;
}
