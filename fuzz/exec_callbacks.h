/* SPDX-License-Identifier: MIT */
/*
 * exec_callbacks.h - names, constructors and allocators that programs hand
 * over to the machine.  Private to the handlers of the object ops.
 */
#ifndef FUZZ_EXEC_CALLBACKS_H
#define FUZZ_EXEC_CALLBACKS_H

#include "exec_state.h"

/* "cache-<number>", or NULL for the number that stands for none. */
const char *exec_name(struct exec *x, u32 number);
/* A name as the model knows it, by the op's number or by what came back. */
u32 exec_name_id(u32 number);
u32 exec_name_id_of(const struct exec *x, const char *name);

/* The objects' size as the program asked for it; 0: it never did. */
void exec_cache_asked(struct exec *x, u32 cache, u32 size);
u32 exec_cache_size(const struct exec *x, u32 cache);

/* By enum object_life. */
kmem_ctor_t exec_ctor(u32 life);
kmem_ctor_t exec_dtor(u32 life);

/* pool_data is the cache, or the size. */
void *exec_pool_alloc_slab(gfp_t gfp, void *pool_data);
void exec_pool_free_slab(void *element, void *pool_data);
void *exec_pool_alloc_kmalloc(gfp_t gfp, void *pool_data);
void exec_pool_free_kmalloc(void *element, void *pool_data);

#endif
