// SPDX-License-Identifier: MIT
/*
 * bench_objects.c - `mmtwin bench kmalloc`, `mmtwin bench slab`: objects of
 * the machine beside a limit (bench_limit.c) and beside the allocators of
 * the distribution (bench_peers.c), in one run.
 *
 *	pair	64 bytes: taken and given back
 *	lifo	64 bytes: 1,000 taken, the last given back first
 *	random	10,000 of 8 .. 4096 bytes live, one after another replaced
 *	powers	one each of 32, 64 .. 131072 bytes, then all given back
 *
 * An op is an object taken and given back; who takes one writes its first
 * word.  The contenders take turns, and the median of the turns is told.
 * Each has the workloads' loops compiled for itself, so that the machine and
 * the limit are called directly and the others through a pointer, as they
 * would be through a PLT.
 *
 * The machine is used as a driver would use it: one task, and nobody reads
 * its trace, which is soon full.  Its caches are as kmalloc's own.
 */
#include "bench.h"
#include "bench_objects.h"
#include "prng.h"

#include "../alloc/mm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define force_inline inline __attribute__((always_inline))

enum workload { PAIR, LIFO, RANDOM, POWERS, NR_WORKLOADS };

static const char *const workload_name[NR_WORKLOADS] = {
	"64 B pair", "LIFO batches of 1000 of 64 B",
	"10000 live of 8..4096 B, replaced at random",
	"powers of two, 32 B..128 KiB"
};

#define BATCH 1000u
#define LIVE 10000u
#define BYTES_MIN 8u
#define BYTES_MAX 4096u
#define POWER_MIN 5u
#define NR_POWERS 13u

struct contender {
	struct machine *m;
	struct kmem_cache *cache[CLASSES]; /* of bench slab */
	u8 class_of[CLASS_STEPS];
	struct limit_objects *limit;
	struct peer peer;

	struct prng r;
	void *live[LIVE];
	struct kmem_cache *from[LIVE];
};

/*
 * What a contender is to the workloads.  Who works with caches has one in his
 * hands before he asks it for an object; to others it is NULL.
 */
struct calls {
	struct kmem_cache *(*cache)(const struct contender *c, u32 size);
	void *(*alloc)(struct contender *c, struct kmem_cache *cache, u32 size);
	void (*free)(struct contender *c, struct kmem_cache *cache,
		     void *object);
};

/* --- workloads ----------------------------------------------------------- */

static force_inline void *take(struct contender *c, struct calls call,
			       struct kmem_cache *cache, u32 size)
{
	void *object = call.alloc(c, cache, size);

	if (!object)
		abort();
	*(volatile u32 *)object = size;
	return object;
}

static force_inline void pair(struct contender *c, struct calls call, u32 n)
{
	struct kmem_cache *cache = call.cache(c, 64);

	for (u32 i = 0; i < n; i++)
		call.free(c, cache, take(c, call, cache, 64));
}

static force_inline void lifo(struct contender *c, struct calls call, u32 n)
{
	struct kmem_cache *cache = call.cache(c, 64);

	for (u32 done = 0; done < n; done += BATCH) {
		for (u32 i = 0; i < BATCH; i++)
			c->live[i] = take(c, call, cache, 64);
		for (u32 i = BATCH; i-- > 0;)
			call.free(c, cache, c->live[i]);
	}
}

static force_inline void replace(struct contender *c, struct calls call, u32 i,
				 u32 size)
{
	if (c->live[i])
		call.free(c, c->from[i], c->live[i]);
	c->from[i] = call.cache(c, size);
	c->live[i] = take(c, call, c->from[i], size);
}

static force_inline void at_random(struct contender *c, struct calls call,
				   u32 n)
{
	for (u32 i = 0; i < n; i++) {
		u64 r = prng_u64(&c->r);
		u32 slot = (u32)(((r >> 32) * LIVE) >> 32);
		u32 size = (u32)(((r & 0xFFFFFFFF) *
				  (BYTES_MAX - BYTES_MIN + 1)) >>
				 32);

		replace(c, call, slot, BYTES_MIN + size);
	}
}

static force_inline void powers(struct contender *c, struct calls call, u32 n)
{
	struct kmem_cache *cache[NR_POWERS];
	void *object[NR_POWERS];

	for (u32 i = 0; i < NR_POWERS; i++)
		cache[i] = call.cache(c, 1u << (POWER_MIN + i));
	for (u32 done = 0; done < n; done += NR_POWERS) {
		for (u32 i = 0; i < NR_POWERS; i++)
			object[i] =
				take(c, call, cache[i], 1u << (POWER_MIN + i));
		for (u32 i = 0; i < NR_POWERS; i++)
			call.free(c, cache[i], object[i]);
	}
}

/* All slots live before the first op that is measured. */
static force_inline void fill(struct contender *c, struct calls call)
{
	prng_seed(&c->r, 1);
	memset(c->live, 0, sizeof(c->live));
	for (u32 i = 0; i < LIVE; i++)
		replace(c, call, i,
			BYTES_MIN +
				prng_below(&c->r, BYTES_MAX - BYTES_MIN + 1));
}

static force_inline void drain(struct contender *c, struct calls call)
{
	for (u32 i = 0; i < LIVE; i++)
		call.free(c, c->from[i], c->live[i]);
}

enum phase { BEFORE, MEASURED, AFTER };

static force_inline void work(struct contender *c, struct calls call,
			      enum workload w, enum phase phase, u32 n)
{
	if (phase == BEFORE && w == RANDOM)
		fill(c, call);
	if (phase == AFTER && w == RANDOM)
		drain(c, call);
	if (phase != MEASURED)
		return;
	if (w == PAIR)
		pair(c, call, n);
	else if (w == LIFO)
		lifo(c, call, n);
	else if (w == RANDOM)
		at_random(c, call, n);
	else
		powers(c, call, n);
}

/* --- contenders ---------------------------------------------------------- */

#define CONTENDER(name, cache)                                                 \
	static void name##_work(struct contender *c, enum workload w,          \
				enum phase phase, u32 n)                       \
	{                                                                      \
		work(c, (struct calls){ cache, name##_alloc, name##_free }, w, \
		     phase, n);                                                \
	}

static force_inline struct kmem_cache *no_cache(const struct contender *c,
						u32 size)
{
	(void)c;
	(void)size;
	return NULL;
}

static force_inline void *kmalloc_alloc(struct contender *c,
					struct kmem_cache *cache, u32 size)
{
	(void)cache;
	return mm_kmalloc(c->m, size, GFP_KERNEL);
}

static force_inline void kmalloc_free(struct contender *c,
				      struct kmem_cache *cache, void *object)
{
	(void)cache;
	mm_kfree(c->m, object);
}

CONTENDER(kmalloc, no_cache)

static force_inline struct kmem_cache *cache_of(const struct contender *c,
						u32 size)
{
	return c->cache[c->class_of[(size + 31) / 32]];
}

static force_inline void *slab_alloc(struct contender *c,
				     struct kmem_cache *cache, u32 size)
{
	(void)size;
	return mm_kmem_cache_alloc(c->m, cache, GFP_KERNEL);
}

static force_inline void slab_free(struct contender *c,
				   struct kmem_cache *cache, void *object)
{
	mm_kmem_cache_free(c->m, cache, object);
}

CONTENDER(slab, cache_of)

static force_inline void *limit_alloc(struct contender *c,
				      struct kmem_cache *cache, u32 size)
{
	(void)cache;
	return limit_kmalloc(c->limit, size);
}

static force_inline void limit_free(struct contender *c,
				    struct kmem_cache *cache, void *object)
{
	(void)cache;
	limit_kfree(c->limit, object);
}

CONTENDER(limit, no_cache)

static force_inline void *peer_alloc(struct contender *c,
				     struct kmem_cache *cache, u32 size)
{
	(void)cache;
	return c->peer.malloc(size);
}

static force_inline void peer_free(struct contender *c,
				   struct kmem_cache *cache, void *object)
{
	(void)cache;
	c->peer.free(object);
}

CONTENDER(peer, no_cache)

/* --- a run --------------------------------------------------------------- */

#define CONTENDERS (2 + PEERS) /* the limit, the machine, the peers */
#define TURNS_MAX 15u

struct run {
	const char *name;
	struct contender *c[CONTENDERS]; /* NULL: absent */
	const char *who[CONTENDERS];
	void (*work[CONTENDERS])(struct contender *c, enum workload w,
				 enum phase phase, u32 n);
	struct peer peer[PEERS];
	double ns[CONTENDERS][TURNS_MAX];
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *ns, u32 n)
{
	qsort(ns, n, sizeof(*ns), ascending);
	return n % 2 ? ns[n / 2] : (ns[n / 2 - 1] + ns[n / 2]) / 2;
}

static void absent(const struct run *run, u32 i)
{
	const char *why = run->peer[i - 2].why;

	if (bench_json())
		printf("{\"bench\":\"%s\",\"contender\":\"%s\","
		       "\"absent\":true}\n",
		       run->name, run->who[i]);
	else
		printf("  %-10s absent: %s\n", run->who[i], why);
}

static void print_row(const struct run *run, enum workload w, u32 i, double ns,
		      double limit)
{
	if (bench_json())
		printf("{\"bench\":\"%s\",\"workload\":\"%s\","
		       "\"contender\":\"%s\",\"ns\":%.2f,\"ratio\":%.3f}\n",
		       run->name, workload_name[w], run->who[i], ns,
		       ns / limit);
	else
		printf("  %-10s %10.2f ns %8.2f\n", run->who[i], ns,
		       ns / limit);
}

/* One turn: caches are warmed before it counts.  Returns ns an op. */
static double turn(const struct run *run, u32 i, enum workload w, u32 n)
{
	u64 start;

	run->work[i](run->c[i], w, MEASURED, n / 2);
	start = bench_cpu_ns();
	run->work[i](run->c[i], w, MEASURED, n);
	return (double)(bench_cpu_ns() - start) / n;
}

static void print_rows(struct run *run, enum workload w, u32 turns)
{
	double limit = median(run->ns[0], turns);

	if (!bench_json())
		printf("%s: %s\n", run->name, workload_name[w]);
	for (u32 i = 0; i < CONTENDERS; i++) {
		if (run->c[i])
			print_row(run, w, i, median(run->ns[i], turns), limit);
		else
			absent(run, i);
	}
}

static void measure(struct run *run, enum workload w)
{
	const u32 ops[NR_WORKLOADS] = { 400000, 400000, 1200000, 390000 };
	u32 turns = bench_rounds() < TURNS_MAX ? bench_rounds() : TURNS_MAX;
	u32 n = turns > 2 ? ops[w] : ops[w] / 50;

	for (u32 i = 0; i < CONTENDERS; i++)
		if (run->c[i])
			run->work[i](run->c[i], w, BEFORE, 0);
	for (u32 k = 0; k < turns; k++)
		for (u32 i = 0; i < CONTENDERS; i++)
			if (run->c[i])
				run->ns[i][k] = turn(run, i, w, n);
	for (u32 i = 0; i < CONTENDERS; i++)
		if (run->c[i])
			run->work[i](run->c[i], w, AFTER, 0);
	print_rows(run, w, turns);
}

static struct contender *of_limit(void)
{
	struct contender *c = calloc(1, sizeof(*c));

	if (c)
		c->limit = limit_objects_new();
	if (c && c->limit)
		return c;
	free(c);
	return NULL;
}

static struct contender *of_peer(const struct peer *peer)
{
	struct contender *c = calloc(1, sizeof(*c));

	if (c)
		c->peer = *peer;
	return c;
}

/* With a cache for each size class, if wanted. */
static struct contender *of_machine(bool caches)
{
	struct contender *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	class_table(c->class_of);
	c->m = bench_boot("ram=256M cpus=8");
	for (u32 i = 0; c->m && caches && i < CLASSES; i++) {
		static const char *const name[CLASSES] = {
			"32",	"64",	 "96",	  "128",   "192",
			"256",	"512",	 "1024",  "2048",  "4096",
			"8192", "16384", "32768", "65536", "131072"
		};

		mm_set_current(c->m, (struct task){ 0 });
		c->cache[i] =
			mm_kmem_cache_create(c->m, name[i], class_bytes[i], 0,
					     SLAB_HWCACHE_ALIGN, NULL, NULL);
		if (!c->cache[i])
			abort();
	}
	if (c->m)
		return c;
	free(c);
	return NULL;
}

static bool enter(struct run *run, bool caches)
{
	run->c[0] = of_limit();
	run->who[0] = "limit";
	run->work[0] = limit_work;
	run->c[1] = of_machine(caches);
	run->who[1] = run->name;
	run->work[1] = caches ? slab_work : kmalloc_work;
	if (!run->c[0] || !run->c[1])
		return false;
	peers_open(run->peer);
	for (u32 i = 0; i < PEERS; i++) {
		run->who[2 + i] = run->peer[i].name;
		run->work[2 + i] = peer_work;
		if (!run->peer[i].malloc)
			continue;
		run->c[2 + i] = of_peer(&run->peer[i]);
		if (!run->c[2 + i])
			return false;
	}
	return true;
}

static void leave(struct run *run)
{
	if (run->c[0])
		limit_objects_delete(run->c[0]->limit);
	if (run->c[1])
		machine_delete(run->c[1]->m);
	for (u32 i = 0; i < CONTENDERS; i++)
		free(run->c[i]);
}

static int bench_objects(const char *name, bool caches)
{
	struct run *run = calloc(1, sizeof(*run));
	bool ok;

	if (!run)
		return bench_no_memory();
	run->name = name;
	ok = enter(run, caches);
	for (u32 w = 0; ok && w < NR_WORKLOADS; w++)
		measure(run, w);
	leave(run);
	free(run);
	return ok ? 0 : bench_no_memory();
}

int bench_kmalloc(void)
{
	return bench_objects("kmalloc", false);
}

int bench_slab(void)
{
	return bench_objects("slab", true);
}
