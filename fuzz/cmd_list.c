// SPDX-License-Identifier: MIT
/*
 * cmd_list.c - `mmtwin list`: the tables that everything derives from, for
 * people and, with --json, for scripts.
 */
#include "cmd.h"

#include "../oracle/oracle.h"

#include <string.h>

static bool json;

/* One row: a name, and a sentence about it. */
static void row(const char *name, const char *doc)
{
	if (!json) {
		printf("%-22s %s\n", name, doc);
		return;
	}
	printf("{\"name\":");
	cmd_json_string(stdout, name);
	printf(",\"doc\":");
	cmd_json_string(stdout, doc);
	printf("}\n");
}

static void op_row_json(const struct op_info *op, u32 code)
{
	printf("{\"name\":\"%s\",\"code\":%u,\"weight\":%u,\"doc\":", op->name,
	       code, op->weight);
	cmd_json_string(stdout, op->doc);
	printf(",\"args\":[");
	for (u32 i = 0; op->arg[i].kind != ARG_END; i++)
		printf("%s{\"name\":\"%s\",\"kind\":\"%s\",\"default\":%u}",
		       i ? "," : "", op->arg[i].name,
		       arg_info[op->arg[i].kind].name, op->arg[i].deflt);
	printf("]}\n");
}

static void op_row(const struct op_info *op)
{
	char args[96] = "";

	for (u32 i = 0; op->arg[i].kind != ARG_END; i++) {
		size_t n = strlen(args);

		snprintf(args + n, sizeof(args) - n, "%s%s", i ? " " : "",
			 op->arg[i].name);
	}
	printf("%-24s %-26s %s\n", op->name, args, op->doc);
}

static void list_ops(void)
{
	for (u32 i = 0; i < NR_OP_CODES; i++) {
		const struct op_info *op = &op_info[op_codes[i]];

		if (json)
			op_row_json(op, op_codes[i]);
		else
			op_row(op);
	}
}

static void list_targets(void)
{
	for (u32 i = 0; i < nr_target_rows; i++)
		row(target_rows[i].name, target_rows[i].doc);
}

static void list_reports(void)
{
#define X(name, doc) row(#name, doc);
	REPORT_KINDS(X)
#undef X
}

static void list_rules(void)
{
	for (u32 i = 0; i < NR_RULES; i++)
		row(rule_name((enum rule)i), rule_doc((enum rule)i));
}

struct list {
	const char *name;
	void (*print)(void);
};

static const struct list lists[] = {
	{ "ops", list_ops },
	{ "targets", list_targets },
	{ "reports", list_reports },
	{ "rules", list_rules },
};

int list_main(int argc, char **argv)
{
	const struct cmd_option option[] = {
		{ "json", 0, OPT_FLAG, &json, "one JSON object a line" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = { "list ops|targets|reports|rules",
					 "Prints one of the tables.", 1, 1,
					 option };
	int status;

	if (cmd_parse(&usage, argc, argv, &status) < 0)
		return status;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(argv[0], lists[i].name) == 0) {
			lists[i].print();
			return CMD_OK;
		}
	return cmd_error("list: %s: no such list", argv[0]);
}
