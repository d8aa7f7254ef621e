/* SPDX-License-Identifier: MIT */
/*
 * bench_objects.h - who else hands out objects: the limit (bench_limit.c)
 * and the allocators of the distribution (bench_peers.c).
 */
#ifndef FUZZ_BENCH_OBJECTS_H
#define FUZZ_BENCH_OBJECTS_H

#include "../alloc/abi.h"

/* The size classes of kmalloc(): 32 .. 131072 bytes. */
#define CLASSES 15u
extern const u32 class_bytes[CLASSES];
/* By (size + 31) / 32 */
#define CLASS_STEPS (KMALLOC_MAX / 32 + 1)
void class_table(u8 of[CLASS_STEPS]);

struct limit_objects;

/* NULL: no memory. */
struct limit_objects *limit_objects_new(void);
void limit_objects_delete(struct limit_objects *l);
void *limit_kmalloc(struct limit_objects *l, u32 size);
void limit_kfree(struct limit_objects *l, void *object);

struct peer {
	const char *name;
	void *(*malloc)(size_t size); /* NULL: it is absent */
	void (*free)(void *object);
	char why[160];
};

#define PEERS 4u

/* glibc first; what is not installed is absent. */
void peers_open(struct peer peer[PEERS]);
/*
 * True where an allocator only fits into a process that was started with
 * more room for thread-local memory, and this one was not: the environment
 * has been made so that a new one will be.
 */
bool peers_need_exec(void);

#endif
