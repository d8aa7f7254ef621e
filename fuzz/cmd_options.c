// SPDX-License-Identifier: MIT
/*
 * cmd_options.c - the command line: one table of options a command, from
 * which parsing, checks and --help derive.
 *
 * --name VALUE, --name=VALUE, -x VALUE; options and operands may be mixed;
 * what follows -- and a lone - are operands.  Numbers are decimal or 0x hex.
 */
#include "cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* One line, also where a file's name has a newline in it. */
int cmd_error(const char *format, ...)
{
	va_list args;
	char *line;

	fflush(stdout);
	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		line = NULL;
	va_end(args);
	for (char *s = line; s && *s; s++)
		if ((u8)*s < 0x20 || *s == 0x7F)
			*s = '?';
	fprintf(stderr, "mmtwin: %s\n", line ? line : "not enough memory");
	free(line);
	return CMD_UNUSABLE;
}

int cmd_error_file(const char *path)
{
	return cmd_error("%s: %s", path, strerror(errno));
}

static void help(const struct cmd_usage *usage)
{
	printf("mmtwin %s\n%s\n", usage->line, usage->doc);
	if (usage->option[0].name)
		putchar('\n');
	for (const struct cmd_option *o = usage->option; o->name; o++) {
		char left[40];
		const char *value = o->kind == OPT_FLAG	  ? ""
				    : o->kind == OPT_TEXT ? " X"
							  : " N";

		if (o->letter)
			snprintf(left, sizeof(left), "-%c, --%s%s", o->letter,
				 o->name, value);
		else
			snprintf(left, sizeof(left), "    --%s%s", o->name,
				 value);
		printf("  %-22s %s\n", left, o->doc);
	}
	printf("\nExit status: 0 well, 1 a finding, 2 unusable input.\n");
}

/* Everything of s; `max` at most. */
static bool parse_number(const char *s, u64 max, u64 *value)
{
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	errno = 0;
	*value = strtoull(s, &end, s[0] == '0' && s[1] == 'x' ? 16 : 10);
	return errno == 0 && *end == '\0' && *value <= max;
}

static bool set_option(const struct cmd_option *o, const char *value)
{
	u64 n;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)o->to = true;
		return true;
	case OPT_TEXT:
		*(const char **)o->to = value;
		return true;
	case OPT_U32:
		if (!parse_number(value, UINT32_MAX, &n))
			return false;
		*(u32 *)o->to = (u32)n;
		return true;
	case OPT_U64:
		if (!parse_number(value, UINT64_MAX, &n))
			return false;
		*(u64 *)o->to = n;
		return true;
	}
	return false;
}

/* The option that an argument names; *value: what stands behind its '='. */
static const struct cmd_option *find_option(const struct cmd_option *o,
					    const char *arg, const char **value)
{
	size_t n = strcspn(arg, "=");

	*value = NULL;
	for (; o->name; o++) {
		if (arg[1] != '-') {
			if (o->letter && arg[1] == o->letter && !arg[2])
				return o;
			continue;
		}
		if (n == strlen(o->name) + 2 &&
		    memcmp(arg + 2, o->name, n - 2) == 0) {
			if (arg[n])
				*value = arg + n + 1;
			return o;
		}
	}
	return NULL;
}

/* One option at argv[*at]; *at moves over a value of its own. */
static bool take_option(const struct cmd_usage *usage, const char *command,
			int argc, char **argv, int *at)
{
	const char *arg = argv[*at], *value;
	const struct cmd_option *o = find_option(usage->option, arg, &value);

	if (!o || (o->kind == OPT_FLAG && value)) {
		cmd_error("%s: %s: no such option (see --help)", command, arg);
		return false;
	}
	if (o->kind != OPT_FLAG && !value) {
		if (*at + 1 >= argc) {
			cmd_error("%s: %s: a value is missing", command, arg);
			return false;
		}
		value = argv[++*at];
	}
	if (set_option(o, value))
		return true;
	cmd_error("%s: --%s: no usable number: %s", command, o->name, value);
	return false;
}

int cmd_parse(const struct cmd_usage *usage, int argc, char **argv, int *status)
{
	const char *command = argv[0];
	bool options = true;
	u32 nr = 0;

	*status = CMD_UNUSABLE;
	for (int i = 1; i < argc; i++) {
		if (!options || argv[i][0] != '-' || !argv[i][1]) {
			argv[nr++] = argv[i];
		} else if (strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (strcmp(argv[i], "--help") == 0 ||
			   strcmp(argv[i], "-h") == 0) {
			help(usage);
			*status = CMD_OK;
			return -1;
		} else if (!take_option(usage, command, argc, argv, &i)) {
			return -1;
		}
	}
	if (nr >= usage->operands_min && nr <= usage->operands_max)
		return (int)nr;
	cmd_error("usage: mmtwin %s", usage->line);
	return -1;
}
