/* SPDX-License-Identifier: MIT */
/*
 * puppet_objects.h - an honest machine for calls about objects.
 *
 * The puppet `t` learns what an honest machine would tell: a call is judged
 * on it again and again, from the same state, and each time the fact that it
 * finds wrong is made what it had expected, until it finds none.  Then p->out
 * and what learn() returns are the call's honest outcome, for a test to
 * falsify before `o` judges it.  That `t` expects the right things is shown
 * elsewhere: by figures worked out on paper, and by the machine itself.
 */
#ifndef ORACLE_PUPPET_OBJECTS_H
#define ORACLE_PUPPET_OBJECTS_H

#include "puppet.h"

#define PUPPET_CTORS 1024
#define CACHE_CACHE (PAGE_OFFSET + KERNEL_START + 0x200000u)

/* One call; `got` is what it returned. */
struct call {
	bool (*judge)(struct model *o, const struct outcome *out,
		      const struct call *c, u32 got, struct divergence *d);
	u32 a, b, gfp; /* what the call is about */
	const pfn_t *pfn;
	struct cache_args args;
};

static struct ctor_call puppet_ctor[PUPPET_CTORS];

/* Makes one fact what was expected; false: it is none that can be told. */
static inline bool learn_fact(struct pair *p, const struct divergence *d,
			      u32 *got)
{
	if (!strncmp(d->field, "trace.", 6)) {
		if (d->expected == NR_TRACE_EVENTS)
			return false; /* a record too many */
		announce(p, p->t->due);
	} else if (!strcmp(d->field, "ctor")) {
		puppet_ctor[p->out.nr_ctor++ % PUPPET_CTORS] = p->t->due_ctor;
	} else if (!strcmp(d->field, "report")) {
		p->out.report = (enum report_kind)d->expected;
	} else if (!strcmp(d->field, "oom")) {
		p->out.oom = d->expected;
	} else if (!strcmp(d->field, "blocked")) {
		p->out.blocked = (u32)d->expected;
	} else {
		*got = (u32)d->expected;
	}
	return true;
}

static inline u32 learn(struct pair *p, const struct call *c)
{
	struct divergence d = { .field = NULL };
	u32 got = 0;

	begin(p);
	p->out.ctor = puppet_ctor;
	model_snapshot(p->t);
	for (u32 i = 0; i < PUPPET_TRACE; i++) {
		if (c->judge(p->t, &p->out, c, got, &d))
			return got;
		model_reset(p->t);
		if (!learn_fact(p, &d, &got))
			break;
	}
	TEST_FAIL("nothing is learnt: %s", d.field);
	return got;
}

static inline u32 good(struct pair *p, const struct call *c)
{
	u32 got = learn(p, c);

	EXPECT(c->judge(p->o, &p->out, c, got, &p->d));
	return got;
}

/* --- the calls ------------------------------------------------------------ */

static inline bool judge_init(struct model *o, const struct outcome *out,
			      const struct call *c, u32 got,
			      struct divergence *d)
{
	(void)c, (void)got;
	return model_kmem_cache_init(o, out, false, CACHE_CACHE, d);
}

static inline bool judge_kmalloc(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	return model_kmalloc(o, out, c->a, c->gfp, got, d);
}

static inline bool judge_kfree(struct model *o, const struct outcome *out,
			       const struct call *c, u32 got,
			       struct divergence *d)
{
	(void)got;
	return model_kfree(o, out, c->a, d);
}

/* The figures are those that the model has: they are not what is learnt. */
static inline bool judge_create(struct model *o, const struct outcome *out,
				const struct call *c, u32 got,
				struct divergence *d)
{
	struct cache_info info = { 0 };

	return model_kmem_cache_create(o, out, &c->args, got, &info, d) ||
	       (got && d->rule >= RULE_S12 && d->rule <= RULE_S16);
}

static inline bool judge_destroy(struct model *o, const struct outcome *out,
				 const struct call *c, u32 got,
				 struct divergence *d)
{
	return model_kmem_cache_destroy(o, out, c->a, (int)got, d);
}

static inline bool judge_shrink(struct model *o, const struct outcome *out,
				const struct call *c, u32 got,
				struct divergence *d)
{
	return model_kmem_cache_shrink(o, out, c->a, (int)got, d);
}

static inline bool judge_cache_alloc(struct model *o, const struct outcome *out,
				     const struct call *c, u32 got,
				     struct divergence *d)
{
	return model_kmem_cache_alloc(o, out, c->a, c->gfp, got, d);
}

static inline bool judge_cache_free(struct model *o, const struct outcome *out,
				    const struct call *c, u32 got,
				    struct divergence *d)
{
	(void)got;
	return model_kmem_cache_free(o, out, c->a, c->b, d);
}

static inline bool judge_tick(struct model *o, const struct outcome *out,
			      const struct call *c, u32 got,
			      struct divergence *d)
{
	(void)got;
	return model_tick(o, out, c->a, d);
}

/* --- whole calls, honest -------------------------------------------------- */

static inline u32 good_kmalloc(struct pair *p, u32 size, gfp_t gfp)
{
	return good(p, &(struct call){
			       .judge = judge_kmalloc, .a = size, .gfp = gfp });
}

static inline void good_kfree(struct pair *p, u32 object)
{
	good(p, &(struct call){ .judge = judge_kfree, .a = object });
}

static inline u32 good_create(struct pair *p, const struct cache_args *args)
{
	return good(p, &(struct call){ .judge = judge_create, .args = *args });
}

static inline u32 good_cache_alloc(struct pair *p, u32 cache, gfp_t gfp)
{
	return good(p, &(struct call){ .judge = judge_cache_alloc,
				       .a = cache,
				       .gfp = gfp });
}

static inline void good_cache_free(struct pair *p, u32 cache, u32 object)
{
	good(p, &(struct call){
			.judge = judge_cache_free, .a = cache, .b = object });
}

static inline u32 good_shrink(struct pair *p, u32 cache)
{
	return good(p, &(struct call){ .judge = judge_shrink, .a = cache });
}

static inline u32 good_destroy(struct pair *p, u32 cache)
{
	return good(p, &(struct call){ .judge = judge_destroy, .a = cache });
}

static inline void good_tick(struct pair *p, u32 jiffies)
{
	good(p, &(struct call){ .judge = judge_tick, .a = jiffies });
}

/* --- boot ----------------------------------------------------------------- */

/* 24 MiB with all zones; its caches are made, its snapshot is behind that. */
static inline struct pair *pair_objects(u32 cpus, bool debug)
{
	struct boot_line line = line_of(M(24), M(1004), cpus);
	struct pair *p;

	if (debug)
		line.word[line.nr++] =
			(struct boot_word){ .kind = BOOT_SLAB_DEBUG };
	p = pair_new(&line);
	EXPECT(pair_boots(p, &line));
	EXPECT(pair_mem_init(p));
	good(p, &(struct call){ .judge = judge_init });
	EXPECT(!model_self_check(p->o));
	model_snapshot(p->o);
	return p;
}

#endif
