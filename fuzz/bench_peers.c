// SPDX-License-Identifier: MIT
/*
 * bench_peers.c - the allocators that are measured beside the machine, in
 * the same process: glibc's own, and what the distribution has of others,
 * loaded with names of their own.
 *
 * jemalloc's thread-local memory does not fit into what glibc spares for
 * libraries that are loaded late; how much that is can only be said before a
 * process begins.
 */
#include "bench_objects.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TUNABLES "GLIBC_TUNABLES"
#define ROOM_WORD "glibc.rtld.optional_static_tls=65536"

static const struct {
	const char *name, *malloc, *free;
	const char *library[3]; /* the first that can be loaded */
} known[PEERS] = {
	{ "glibc", "malloc", "free", { NULL } },
	{ "mimalloc",
	  "mi_malloc",
	  "mi_free",
	  { "libmimalloc.so.2.0", "libmimalloc.so.2", "libmimalloc.so.3" } },
	{ "jemalloc", "malloc", "free", { "libjemalloc.so.2" } },
	{ "tcmalloc",
	  "tc_malloc",
	  "tc_free",
	  { "libtcmalloc_minimal.so.4", "libtcmalloc.so.4" } },
};

static void *load(u32 i, char why[160])
{
	void *library = NULL;

	for (u32 k = 0; k < 3 && known[i].library[k] && !library; k++) {
		library = dlopen(known[i].library[k], RTLD_NOW | RTLD_LOCAL);
		if (!library && k == 0)
			snprintf(why, 160, "%s", dlerror());
	}
	return library;
}

static void open_one(struct peer *p, u32 i)
{
	void *library = load(i, p->why);

	p->name = known[i].name;
	p->malloc = NULL;
	if (!library)
		return;
	/* ISO C has no conversion of an object's pointer to a function's */
	*(void **)&p->malloc = dlsym(library, known[i].malloc);
	*(void **)&p->free = dlsym(library, known[i].free);
	if (p->malloc && p->free)
		return;
	p->malloc = NULL;
	snprintf(p->why, sizeof(p->why), "no %s in it", known[i].malloc);
}

void peers_open(struct peer peer[PEERS])
{
	peer[0] = (struct peer){ known[0].name, malloc, free, "" };
	for (u32 i = 1; i < PEERS; i++)
		open_one(&peer[i], i);
}

bool peers_need_exec(void)
{
	const char *has = getenv(TUNABLES);
	struct peer peer[PEERS];
	char tunables[512];
	bool need = false;

	if (has && strstr(has, ROOM_WORD))
		return false;
	peers_open(peer);
	for (u32 i = 0; i < PEERS; i++)
		need |= !peer[i].malloc && strstr(peer[i].why, "static TLS");
	snprintf(tunables, sizeof(tunables), "%s%s" ROOM_WORD, has ? has : "",
		 has ? ":" : "");
	return need && setenv(TUNABLES, tunables, 1) == 0;
}
