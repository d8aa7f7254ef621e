// SPDX-License-Identifier: MIT
/*
 * repro_finding.c - where a C program fails: the model's value beside the
 * machine's, or nothing where the machine fails of itself.
 */
#include "op_words.h"
#include "repro_state.h"

#include <inttypes.h>
#include <string.h>

bool repro_is_layer(const struct repro *r, const char *layer)
{
	return r->f && strcmp(r->f->layer, layer) == 0;
}

bool repro_is_field(const struct repro *r, const char *field)
{
	return r->f && r->f->field && strcmp(r->f->field, field) == 0;
}

bool repro_at_boot(const struct repro *r)
{
	return r->f && strncmp(r->f->signature, "boot-", 5) == 0;
}

bool repro_after_reset(const struct repro *r)
{
	return r->f && strncmp(r->f->signature, "reset-", 6) == 0;
}

/* Clauses of the harness itself that C can look at. */
bool repro_is_view(const struct repro *r)
{
	return repro_is_layer(r, "machine") && repro_is_field(r, "view");
}

bool repro_is_digest(const struct repro *r)
{
	return repro_is_layer(r, "oracle") && repro_is_field(r, "digest");
}

/* --- the finding -------------------------------------------------------- */

/* What the call gave, as the model's judge is told it. */
static void result_value(const struct writer *w, u32 i, char *value,
			 size_t room)
{
	const struct finding *f = w->r->f;
	u8 kind = repro_row[w->r->p->op[i].code].kind;
	bool null = strcmp(f->field, "result is null") == 0;
	char name[32];

	repro_name(w, i, name, sizeof(name));
	switch (kind) {
	case REPRO_PAGE:
		snprintf(value, room, null ? "%s == NULL" : "page_to_pfn(%s)",
			 name);
		break;
	case REPRO_ADDR:
		snprintf(value, room,
			 null ? "%s == 0"
			 : repro_is_field(w->r, "pfn")
				 ? "(mm_vaddr((void *)%s) - PAGE_OFFSET) >> "
				   "PAGE_SHIFT"
				 : "mm_vaddr((void *)%s)",
			 name);
		break;
	case REPRO_NUMBER:
		snprintf(value, room, "%s", name);
		break;
	case REPRO_INT:
		snprintf(value, room, "(u32)%s", name);
		break;
	case REPRO_FAULT:
		snprintf(value, room, "%s.%s", name,
			 strncmp(f->field, "fault.", 6) == 0 ? f->field + 6
							     : "vector");
		break;
	default:
		snprintf(value, room, null ? "%s == NULL" : "mm_vaddr(%s)",
			 name);
	}
}

/* Does the finding lie in what the last call returned? */
bool repro_asks_for_result(const struct repro *r)
{
	static const char *const fault[] = { "fault.vector", "fault.error",
					     "fault.cr2" };
	u8 kind;

	if (!r->f || r->f->op >= r->p->nr || *r->s->value)
		return false;
	kind = repro_row[r->p->op[r->f->op].code].kind;
	for (size_t i = 0; i < 3; i++)
		if (repro_is_field(r, fault[i]))
			return kind == REPRO_FAULT;
	if (repro_is_field(r, "answer") || repro_is_field(r, "result") ||
	    repro_is_field(r, "kmem_cache_shrink") ||
	    repro_is_field(r, "kmem_cache_destroy") ||
	    repro_is_field(r, "valid"))
		return kind == REPRO_INT;
	if (repro_is_field(r, "ksize") ||
	    repro_is_field(r, "kmem_cache_size") ||
	    repro_is_field(r, "nr_free_pages"))
		return kind == REPRO_NUMBER;
	if (repro_is_field(r, "pfn"))
		return kind == REPRO_PAGE || kind == REPRO_ADDR;
	if (repro_is_field(r, "address"))
		return kind == REPRO_ADDR || kind == REPRO_POINTER ||
		       kind == REPRO_NUMBER;
	if (repro_is_field(r, "result is null"))
		return kind >= REPRO_PAGE && kind <= REPRO_PGD;
	return (repro_is_field(r, "object") || repro_is_field(r, "cache") ||
		repro_is_field(r, "pool") || repro_is_field(r, "element") ||
		repro_is_field(r, "pgd") ||
		repro_is_field(r, "kmem_find_general_cachep")) &&
	       (kind == REPRO_POINTER || kind == REPRO_CACHE ||
		kind == REPRO_POOL || kind == REPRO_PGD);
}

/* The model's value, by its name in C. */
static void name_value(char *text, size_t room, const struct repro *r,
		       u64 value)
{
	if (repro_is_field(r, "report") && value < NR_REPORTS)
		snprintf(text, room, "REPORT_%s", report_words[value].name);
	else if (repro_is_field(r, "trace.event") && value < NR_TRACE_EVENTS)
		snprintf(text, room, "TRACE_%s", event_words[value].name);
	else if (repro_is_field(r, "trace.event"))
		snprintf(text, room, "NR_TRACE_EVENTS");
	else if (value > 9)
		snprintf(text, room, "%#" PRIx64 "%s", value,
			 value > UINT32_MAX ? "ull" : "");
	else
		snprintf(text, room, "%" PRIu64, value);
}

/* The model's word beside the machine's. */
static void write_difference(const struct writer *w, const char *machine)
{
	const struct story *s = w->r->s;
	const struct finding *f = w->r->f;
	bool block = *s->declaration;
	char text[512], model[64];

	snprintf(text, sizeof(text),
		 "%s: %s.  Expected %#" PRIx64 ", came %#" PRIx64 ".",
		 f->clause, f->doc ? f->doc : f->field, f->expected, f->actual);
	fputs("\n\t/*\n", w->to);
	repro_comment(w->to, "\t", text);
	fputs("\t */\n", w->to);
	if (block) {
		repro_statements(w->to, 1, "{");
		repro_statements(w->to, 2, s->declaration);
		fputc('\n', w->to);
	}
	repro_statements(w->to, 1 + block, s->look);
	name_value(model, sizeof(model), w->r, f->expected);
	snprintf(text, sizeof(text), "expect(\"%s\", %s, %s);", f->field, model,
		 machine);
	repro_statements(w->to, 1 + block, text);
	if (block)
		repro_statements(w->to, 1, "}");
}

/* What is true of a call that ends so, by what it gives. */
static void ending(const struct writer *w, u32 i, char *value, size_t room)
{
	static const char *const fault[] = { [EXPECT_PF] = "FAULT_PF",
					     [EXPECT_GP] = "FAULT_GP",
					     [EXPECT_SS] = "FAULT_SS",
					     [EXPECT_NP] = "FAULT_NP" };
	const struct op *op = &w->r->p->op[i];
	u8 kind = repro_row[op->code].kind;
	bool null = op->expect == EXPECT_NULL;
	char name[32];

	repro_name(w, i, name, sizeof(name));
	*value = '\0';
	if (op->expect >= EXPECT_PF && kind == REPRO_FAULT)
		snprintf(value, room, "%s.vector == %s", name,
			 fault[op->expect]);
	else if (kind == REPRO_FAULT && op->expect == EXPECT_OK)
		snprintf(value, room, "%s.vector == FAULT_NONE", name);
	else if (kind == REPRO_INT && op->expect <= EXPECT_ENOMEM)
		snprintf(value, room, "%s == %d", name,
			 op->expect == EXPECT_BUSY     ? 1
			 : op->expect == EXPECT_ENOMEM ? -12
						       : 0);
	else if (repro_type[kind] && kind <= REPRO_PGD &&
		 (null || op->expect == EXPECT_OK))
		snprintf(value, room, "%s %s %s", name, null ? "==" : "!=",
			 strchr(repro_type[kind], '*') ? "NULL" : "0");
}

bool repro_asks_for_ending(const struct repro *r)
{
	const struct writer w = { .r = r };
	char value[64] = "";

	if (repro_is_layer(r, "expect"))
		ending(&w, r->f->op, value, sizeof(value));
	return *value;
}

/* An op that did not end as its line says. */
static void write_ending(const struct writer *w, u32 i)
{
	const struct op *op = &w->r->p->op[i];
	char value[64], line[192];

	if (op->expect == EXPECT_BUG) {
		snprintf(line, sizeof(line),
			 "expect(\"report\", REPORT_%s, "
			 "mm_report(mmtwin_machine));",
			 report_words[op->expect_report].name);
		repro_statement(w->to, line);
		return;
	}
	ending(w, i, value, sizeof(value));
	snprintf(line, sizeof(line), "expect(\"%s\", true, %s);",
		 expect_words[op->expect - 1].name,
		 op->expect == EXPECT_OOM      ? "mm_oom(mmtwin_machine)"
		 : op->expect == EXPECT_BLOCKS ? "mm_blocked(mmtwin_machine) "
						 "!= 0"
		 : *value		       ? value
			  : "mm_report(mmtwin_machine) == REPORT_none");
	repro_statement(w->to, line);
}

void repro_write_finding(const struct writer *w, u32 i)
{
	char value[LOOK_MAX];

	if (repro_is_layer(w->r, "expect")) {
		write_ending(w, i);
	} else if (repro_is_view(w->r)) {
		repro_statement(w->to, "expect(\"view\", view, "
				       "machine_view(mmtwin_machine));");
	} else if (repro_is_digest(w->r)) {
		repro_statement(w->to, "expect(\"digest\", digest, "
				       "machine_digest(mmtwin_machine));");
	} else if (repro_is_layer(w->r, "oracle")) {
		snprintf(value, sizeof(value), "%s", w->r->s->value);
		if (!*value)
			result_value(w, i, value, sizeof(value));
		write_difference(w, value);
	} else if (w->r->died) {
		fputs("\t/* here it ends: see the report */\n", w->to);
	}
}

bool repro_can_stand_alone(const struct repro *r)
{
	if (!repro_is_layer(r, "oracle"))
		return true;
	return repro_is_digest(r) || *r->s->value || repro_asks_for_result(r);
}
