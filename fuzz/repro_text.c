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
			while (n && text[n] != ' ')
				n--;
			if (!n)
				n = room;
		}
		fprintf(to, "%s * %.*s\n", indent, (int)n, text);
		text += n + (text[n] == ' ');
	}
}

/* A statement, broken behind a comma where it is too long. */
void repro_statement(FILE *to, const char *text)
{
	size_t room = COLUMNS - 8;

	fputc('\t', to);
	for (;;) {
		size_t n = room;

		if (strlen(text) <= room)
			break;
		while (n && !(text[n - 1] == ',' && text[n] == ' '))
			n--;
		if (!n)
			break;
		fprintf(to, "%.*s\n\t\t", (int)n, text);
		text += n + 1;
		room = COLUMNS - 16;
	}
	fprintf(to, "%s\n", text);
}
