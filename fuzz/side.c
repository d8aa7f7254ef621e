// SPDX-License-Identifier: MIT
/* side.c - machine beside model, a row at a time: see side.h. */
#include "side.h"

#include <string.h>

#define NAME_COLUMNS 22
#define CELL_COLUMNS 46

void side_section(struct side *s, const char *title)
{
	s->title = title;
}

void side_row(struct side *s, const char *name, const char *machine,
	      const char *model)
{
	bool same = machine && model && strcmp(machine, model) == 0;

	s->rows++;
	s->differ += !same;
	if (!s->to)
		return;
	if (s->title) {
		fprintf(s->to, "\n%-*s  %-*s  %s\n", NAME_COLUMNS, s->title,
			CELL_COLUMNS, "machine", "model");
		s->title = NULL;
	}
	fprintf(s->to, "  %-*s%-*s  %s%s\n", NAME_COLUMNS, name, CELL_COLUMNS,
		machine ? machine : "-", model ? model : "-",
		same ? "" : "   <-- differs");
}

static void number(struct side *s, const char *name, u64 machine, u64 model,
		   const char *format)
{
	char a[SIDE_TEXT], b[SIDE_TEXT];

	if (!machine && !model)
		return;
	snprintf(a, sizeof(a), format, (unsigned long long)machine);
	snprintf(b, sizeof(b), format, (unsigned long long)model);
	side_row(s, name, a, b);
}

void side_number(struct side *s, const char *name, u64 machine, u64 model)
{
	number(s, name, machine, model, "%llu");
}

void side_hex(struct side *s, const char *name, u64 machine, u64 model)
{
	number(s, name, machine, model, "0x%llx");
}
