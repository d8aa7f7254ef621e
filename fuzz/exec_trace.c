// SPDX-License-Identifier: MIT
/*
 * exec_trace.c - what the text of a trace says of objects and the machine's
 * records do not: which cache an object is of, how much was asked for.
 *
 * The op in progress knows it of its own object.  Others (a constructor's, a
 * pool's, the allocator's own) are looked for in the slabs of all caches, and
 * bytes_req is then what they got.
 */
#include "exec_callbacks.h"
#include "trace_text.h"

/* The cache of the object that the op itself takes or gives, or NULL. */
static struct kmem_cache *own_cache(struct exec *x, const struct op *op,
				    u32 *asked)
{
	const struct slot *s = exec_slot(x, op->arg[0]);

	switch (op->code) {
	case OP_kmem_cache_alloc:
	case OP_kmem_cache_free:
	case OP_kmem_cache_free_addr:
		*asked = exec_cache_size(x, s->addr);
		return mm_ptr(x->m, s->addr);
	case OP_kmalloc:
	case OP_kzalloc:
		*asked = op->arg[0];
		return mm_kmem_find_general_cachep(x->m, op->arg[0],
						   op->arg[1]);
	case OP_kcalloc:
		*asked = op->arg[0] * op->arg[1];
		return mm_kmem_find_general_cachep(x->m, *asked, op->arg[2]);
	default:
		return NULL;
	}
}

static bool in_slabs(const struct exec *x, u32 nr, const struct cache_info *i,
		     u32 addr)
{
	while (nr--)
		if (addr - x->slabs[nr].s_mem < i->num * i->objsize)
			return true;
	return false;
}

static struct kmem_cache *cache_of(struct exec *x, u32 addr)
{
	struct kmem_cache *cache = NULL;
	struct cache_info info;

	while ((cache = mm_cache_next(x->m, cache))) {
		mm_cache_info(x->m, cache, &info);
		for (u32 list = 0; list < NR_SLAB_LISTS; list++)
			if (in_slabs(x,
				     exec_slabs(x, cache, (enum slab_list)list),
				     &info, addr))
				return cache;
	}
	return NULL;
}

static void object(void *arg, const struct trace_record *t,
		   struct trace_object *o)
{
	struct exec *x = arg;
	const struct op *op = &x->p->op[x->at];
	struct kmem_cache *cache = NULL;
	struct cache_info info;

	o->site = op_info[op->code].name;
	if (t->event == TRACE_kfree)
		return;
	if (t == &x->out.trace[x->out.nr_trace - 1])
		cache = own_cache(x, op, &o->bytes_req);
	if (!cache)
		cache = cache_of(x, t->pfn);
	if (!cache)
		return; /* it went with its slab */
	mm_cache_info(x->m, cache, &info);
	o->bytes_alloc = info.objsize;
	if (!o->bytes_req)
		o->bytes_req = info.user_size;
	o->cache = mm_kmem_cache_name(x->m, cache);
	if (t->event == TRACE_kmem_cache_alloc ||
	    t->event == TRACE_kmem_cache_free)
		o->site = o->cache;
}

void exec_trace(struct exec *x)
{
	trace_text_print(x->opt.trace, x->at, &x->out, object, x);
}
