// SPDX-License-Identifier: MIT
/* repro_text.c - comments and statements that keep to the margin. */
#include "repro_state.h"

#include <string.h>

#define COLUMNS 80u

/* Words behind " * ", broken at the margin. */
void repro_comment(FILE *to, const char *indent, const char *text)
{
	size_t room = COLUMNS - 8 * strlen(indent) - 4;

	while (*text) {
		size_t n = strlen(text);

		if (n > room) {
			n = room;
			while (n && (text[n] != ' ' || text[n - 1] == ' '))
				n--;
			if (!n)
				n = room;
		}
		fprintf(to, "%s * %.*s\n", indent, (int)n, text);
		text += n;
		text += strspn(text, " ");
	}
}

/*
 * How much of the line is printed where only `room' columns are: up to the
 * last comma of the outermost call that has one there.  0: all of it.
 */
static size_t break_at(const char *line, size_t room)
{
	size_t best = 0;
	int depth = 0, best_depth = 0;

	for (size_t n = 0; n < room; n++) {
		depth += line[n] == '(' || line[n] == '{';
		depth -= line[n] == ')' || line[n] == '}';
		if (line[n] != ',' || line[n + 1] != ' ' ||
		    (best && depth > best_depth))
			continue;
		best = n + 1;
		best_depth = depth;
	}
	return best;
}

static void write_line(FILE *to, u32 tabs, const char *line, size_t len)
{
	static const char indent[] = "\t\t\t\t\t";
	size_t room = COLUMNS - 8 * tabs;

	fprintf(to, "%.*s", (int)tabs, indent);
	while (len > room) {
		size_t n = break_at(line, room);

		if (!n)
			break;
		fprintf(to, "%.*s\n%.*s", (int)n, line, (int)tabs + 1, indent);
		line += n + 1;
		len -= n + 1;
		room = COLUMNS - 8 * (tabs + 1);
	}
	fprintf(to, "%.*s\n", (int)len, line);
}

void repro_statements(FILE *to, u32 tabs, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		u32 deeper = (u32)strspn(text, "\t");

		write_line(to, tabs + deeper, text + deeper, len - deeper);
		text += len + (text[len] == '\n');
	}
}

void repro_statement(FILE *to, const char *text)
{
	repro_statements(to, 1, text);
}
