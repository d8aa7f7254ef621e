// SPDX-License-Identifier: MIT
/*
 * cmd_file.c - programs from and to files, for every subcommand; the totals
 * and digests that run and fuzz end with.
 */
#include "cmd.h"
#include "codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct target_row *cmd_target_by_name(const char *name)
{
	const struct target_row *row = target_row_by_name(name);

	if (!row)
		cmd_error("%s: no such target (see mmtwin list targets)", name);
	return row;
}

struct exec_options cmd_replay_options(void)
{
	struct exec_options options = {
		.paint_whole = true,
		.validate_full = true,
		.digest = true,
	};

	return options;
}

/* The line whose first word is `boot`; 1 where there is none. */
static u32 find_boot_line(const struct buffer *b)
{
	const char *s = (const char *)b->data, *end = s + b->size;
	u32 line = 1;

	while (s < end) {
		const char *nl = memchr(s, '\n', (size_t)(end - s));
		const char *stop = nl ? nl : end;

		while (s < stop && (*s == ' ' || *s == '\t'))
			s++;
		if (stop - s > 4 && memcmp(s, "boot", 4) == 0 &&
		    (s[4] == ' ' || s[4] == '\t'))
			return line;
		s = stop + 1;
		line++;
	}
	return 1;
}

bool load_program(struct loaded *l, const char *path)
{
	struct text_error err = { 0, "" };
	struct buffer b;
	bool ok;

	program_init(&l->p);
	l->is_text = strcmp(path, "-") == 0 || has_suffix(path, ".ops");
	l->boot_line = 1;
	if (!io_read(path, &b)) {
		cmd_error_file(path);
		return false;
	}
	if (l->is_text) {
		ok = text_read(&l->p, (const char *)b.data, b.size, &err);
		l->boot_line = find_boot_line(&b);
	} else {
		ok = wire_decode(&l->p, b.data, b.size, UINT32_MAX);
		snprintf(err.reason, sizeof(err.reason), "out of memory");
	}
	buffer_free(&b);
	if (ok)
		return true;
	loaded_free(l);
	if (l->is_text)
		cmd_error("%s:%u: %s", path, err.line, err.reason);
	else
		cmd_error("%s: %s", path, err.reason);
	return false;
}

void loaded_free(struct loaded *l)
{
	program_free(&l->p);
}

bool save_text(const struct program *p, const char *path, const char *header)
{
	struct out_file o;

	if (!out_open(&o, path)) {
		cmd_error_file(path);
		return false;
	}
	if (header)
		fputs(header, o.f);
	text_write(o.f, p);
	if (out_close(&o))
		return true;
	cmd_error_file(path ? path : "standard output");
	return false;
}

int cmd_unbootable(const struct loaded *l, const char *path, const char *why)
{
	if (l->is_text)
		return cmd_error("%s:%u: boot line: %s", path, l->boot_line,
				 why);
	return cmd_error("%s: boot line: %s", path, why);
}

int cmd_cannot_run(const struct loaded *l, const char *path,
		   enum exec_status status, const char *why)
{
	if (status == EXEC_UNBOOTABLE)
		return cmd_unbootable(l, path, why);
	if (status == EXEC_TOO_LARGE)
		return cmd_error("%s: needs more than a 32-bit host has room "
				 "for",
				 path);
	return cmd_error("%s: not enough memory to run it", path);
}

int cmd_no_child(void)
{
	return cmd_error("no child process: %s", strerror(errno));
}

u64 cmd_fold(u64 digest, u64 with)
{
	digest = (digest << 7 | digest >> 57) ^ with;
	return digest * 0x9E3779B97F4A7C15u;
}

u64 cmd_fold_text(u64 digest, const char *s)
{
	for (; *s; s++)
		digest = cmd_fold(digest, (u8)*s);
	return digest;
}

void cmd_totals(const struct exec_stats *total, bool json)
{
	const char *format =
		json ? "{\"programs\":%llu,\"ops\":%llu,\"skipped\":%llu,"
		       "\"findings\":%llu,\"digest\":\"%016llx\"}\n"
		     : "programs=%llu ops=%llu skipped=%llu findings=%llu "
		       "digest=%016llx\n";

	printf(format, (unsigned long long)total->programs,
	       (unsigned long long)total->ops,
	       (unsigned long long)total->skipped,
	       (unsigned long long)total->findings,
	       (unsigned long long)total->digest);
}

void cmd_json_string(FILE *to, const char *s)
{
	fputc('"', to);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(to, "\\%c", *s);
		else if ((u8)*s < 0x20 || (u8)*s >= 0x7F)
			fprintf(to, "\\u%04x", (u8)*s);
		else
			fputc(*s, to);
	}
	fputc('"', to);
}

void cmd_finding_json(const struct finding *f, const char *path)
{
	printf("{\"file\":");
	cmd_json_string(stdout, path);
	printf(",\"signature\":\"%s\",\"op\":%u,\"layer\":\"%s\","
	       "\"clause\":\"%s\",\"field\":",
	       f->signature, f->op, f->layer, f->clause);
	cmd_json_string(stdout, f->field);
	printf(",\"doc\":");
	cmd_json_string(stdout, f->doc ? f->doc : "");
	printf(",\"expected\":%llu,\"actual\":%llu}\n",
	       (unsigned long long)f->expected, (unsigned long long)f->actual);
}

bool cmd_parse_and_load(const struct cmd_usage *usage, int argc, char **argv,
			struct loaded *l, int *status)
{
	if (cmd_parse(usage, argc, argv, status) < 0)
		return false;
	*status = CMD_UNUSABLE;
	return load_program(l, argv[0]);
}
