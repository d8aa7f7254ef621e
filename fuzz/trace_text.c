// SPDX-License-Identifier: MIT
/*
 * trace_text.c - what people read: ftrace text of the machine's moves, and a
 * finding with the ops that led to it.
 *
 * Time is the op's number, in microseconds.
 */
#include "trace_text.h"

#include "codec.h"
#include "exec.h"
#include "op_words.h"

#include <string.h>

static const char *const zone_name[] = { "DMA", "Normal", "HighMem" };

static void print_page(FILE *to, const struct trace_record *t)
{
	fprintf(to, " page=%08x pfn=0x%x order=%u", t->pfn * PAGE_STRUCT_BYTES,
		t->pfn, t->order);
}

static void print_gfp(FILE *to, gfp_t gfp)
{
	char text[320];

	text_gfp(text, sizeof(text), gfp);
	fprintf(to, " gfp_flags=%s", text);
}

/* In the words of 6.1, which has them all. */
static void print_object(FILE *to, const struct trace_record *t,
			 const struct trace_object *o)
{
	fprintf(to, " call_site=%s+0x0/0x0 ptr=%08x", o->site, t->pfn);
	if (t->event == TRACE_kmem_cache_free)
		fprintf(to, " name=%s", o->cache);
	if (t->event == TRACE_kfree || t->event == TRACE_kmem_cache_free)
		return;
	fprintf(to, " bytes_req=%u bytes_alloc=%u", o->bytes_req,
		o->bytes_alloc);
	print_gfp(to, t->arg);
	fprintf(to, " node=-1 accounted=false");
}

/* Those of kernel mappings; only the first is an event of Linux too. */
static void print_mapping(FILE *to, const struct trace_record *t)
{
	switch (t->event) {
	case TRACE_alloc_vmap_area:
		fprintf(to, " va_start=0x%x size=%u kind=%u", t->pfn, t->arg,
			t->order);
		break;
	case TRACE_free_vmap_area:
		fprintf(to, " va_start=0x%x kind=%u", t->pfn, t->order);
		break;
	case TRACE_kmap_high:
		fprintf(to, " pfn=0x%x slot=%u", t->pfn, t->arg);
		break;
	default:
		fprintf(to, " slots=%u", t->arg);
		break;
	}
}

static void print_record(FILE *to, const struct trace_record *t,
			 trace_object_t object, void *arg)
{
	struct trace_object o = { "", "", 0, 0 };

	fprintf(to, "%s:", event_words[t->event].name);
	switch (t->event) {
	case TRACE_mm_page_alloc:
		print_page(to, t);
		fprintf(to, " migratetype=0");
		print_gfp(to, t->arg);
		break;
	case TRACE_mm_page_free:
		print_page(to, t);
		break;
	case TRACE_mm_page_alloc_zone_locked:
	case TRACE_mm_page_pcpu_drain:
		print_page(to, t);
		fprintf(to, " migratetype=0 zone=%s list=%s",
			zone_name[t->zone],
			t->temp == PCP_COLD ? "cold" : "hot");
		break;
	case TRACE_mm_vmscan_wakeup_kswapd:
		fprintf(to, " nid=0 zone=%s order=%u", zone_name[t->zone],
			t->order);
		break;
	case TRACE_mm_vmscan_direct_reclaim_begin:
	case TRACE_oom_kill:
		fprintf(to, " order=%u", t->order);
		print_gfp(to, t->arg);
		break;
	case TRACE_alloc_vmap_area:
	case TRACE_free_vmap_area:
	case TRACE_kmap_high:
	case TRACE_kmap_flush:
		print_mapping(to, t);
		break;
	default:
		object(arg, t, &o);
		print_object(to, t, &o);
		break;
	}
	fputc('\n', to);
}

void trace_text_print(FILE *to, u32 at, const struct outcome *out,
		      trace_object_t object, void *arg)
{
	for (u32 i = 0; i < out->nr_trace; i++) {
		fprintf(to, "         mmtwin-1       [%03u] .....  %5u.%06u: ",
			out->task.cpu, at / 1000000, at % 1000000);
		print_record(to, &out->trace[i], object, arg);
	}
}

#define STORY_OPS 5 /* how many ops before the finding are shown */

static void print_value(FILE *to, const char *what, u64 value)
{
	fprintf(to, "%s %llu (0x%llx)", what, (unsigned long long)value,
		(unsigned long long)value);
}

const char *finding_sentence(const struct finding *f)
{
	size_t n = strlen(f->clause);

	if (!f->doc)
		return "";
	return strncmp(f->doc, f->clause, n) == 0 && f->doc[n] == ':'
		       ? f->doc + n + 2
		       : f->doc;
}

void finding_print(FILE *to, const struct finding *f, const struct program *p,
		   const char *replay_path)
{
	u32 first = f->op > STORY_OPS ? f->op - STORY_OPS : 0;
	u32 last = f->op < p->nr ? f->op + 1 : p->nr;
	char text[TEXT_OP_BYTES];

	fprintf(to, "FINDING %s\n", f->signature);
	fprintf(to, "  %s, %s: %s\n", f->layer, f->clause, finding_sentence(f));
	fprintf(to, "  field %s", f->field);
	if (f->expected != f->actual) {
		print_value(to, ": expected", f->expected);
		print_value(to, ", actual", f->actual);
	}
	fputc('\n', to);
	for (u32 i = first; i < last; i++) {
		text_op(text, sizeof(text), &p->op[i]);
		fprintf(to, "  %c op %u: %s\n", i == f->op ? '>' : ' ', i + 1,
			text);
	}
	if (f->op >= p->nr)
		fprintf(to, "  > at the end of the program\n");
	if (replay_path)
		fprintf(to, "  replay: mmtwin run %s\n", replay_path);
}
