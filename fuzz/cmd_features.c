// SPDX-License-Identifier: MIT
/*
 * cmd_features.c - `mmtwin features`: what programs reach, which of them add
 * something to a corpus, and which can be spared.
 *
 *	keeper			worker (a child: a program may kill it)
 *	  fork  ------------->  for each file: publish its number, run it
 *	  wait  <-- shared: the number, features reached, counts
 *
 * When the worker dies, the file that it was at is told and left out, and
 * the next worker goes on behind it.  Tested by ci/grow-test.
 */
#include "cmd_features.h"
#include "features_pick.h"
#include "sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

enum role {
	ROLE_STANDS,	/* what it reaches is there */
	ROLE_WEIGHED,	/* ... as long as the file is */
	ROLE_CANDIDATE, /* if it reaches more, it becomes a file */
};

struct entry {
	char *path;
	off_t size;
	enum role role;
	const char *last_of; /* the argument that ends here, or NULL */
};

struct shared {
	struct death death;
	u32 next;	 /* the file that runs, or is to run */
	u32 nr_findings; /* files that show one, or kill */
	u32 grown[NR_GROWN], nr_files;
	bool failed;
	u8 have[]; /* features_nr(); then a row for each weighed file */
};

struct work {
	struct entry *entry;
	u32 nr, room, nr_weighed;
	enum role role; /* of what a walk finds */
	struct shared *s;
	size_t shared_size;
	int stderr_fd; /* the keeper's, where the worker's words go too */
	const char *into, *target;
	bool small_boot, running;
};

/* --- the files ----------------------------------------------------------- */

static bool add_entry(void *arg, const char *path)
{
	struct work *w = arg;
	struct stat st;

	if (w->nr == w->room) {
		u32 room = w->room ? 2 * w->room : 256;
		struct entry *entry = realloc(w->entry, room * sizeof(*entry));

		if (!entry)
			return false;
		w->entry = entry;
		w->room = room;
	}
	w->entry[w->nr].path = strdup(path);
	w->entry[w->nr].size = stat(path, &st) == 0 ? st.st_size : 0;
	w->entry[w->nr].role = w->role;
	w->entry[w->nr].last_of = NULL;
	return w->entry[w->nr++].path;
}

/* false: told. */
static bool add_path(struct work *w, const char *path, enum role role)
{
	char *culprit;

	w->role = role;
	if (io_walk(path, add_entry, w, &culprit))
		return true;
	if (errno)
		cmd_error_file(culprit ? culprit : path);
	else
		cmd_error("features: not enough memory");
	free(culprit);
	return false;
}

/* The shortest first: what it reaches, no longer file has to. */
static int by_size(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void sort_from(struct work *w, u32 first)
{
	if (w->nr > first)
		qsort(w->entry + first, w->nr - first, sizeof(*w->entry),
		      by_size);
}

/* --- the worker ---------------------------------------------------------- */

static void tell_finding(struct shared *s, const char *path,
			 const char *signature)
{
	s->nr_findings++;
	printf("FINDING %s\n  replay: mmtwin run %s\n", signature, path);
}

static void print_totals(const struct work *w, u32 nr_files)
{
	u32 nr = features_nr(), edges = features_edges();
	const u8 *have = w->s->have;

	printf("files=%u edges=%u states=%u findings=%u digest=%016llx\n",
	       nr_files, features_count(have, 0, edges),
	       features_count(have, edges, nr), w->s->nr_findings,
	       (unsigned long long)XXH3_64bits(have, nr));
}

static void print_running(const struct work *w, u32 i)
{
	if (!w->running || !w->entry[i].last_of)
		return;
	printf("%s ", w->entry[i].last_of);
	print_totals(w, i + 1);
}

static bool cannot_run(const char *path)
{
	cmd_error("%s: not enough memory to run it", path);
	return false;
}

static bool note_candidate(struct work *w, const char *path, struct grower *g,
			   struct program *p)
{
	struct finding f;
	enum grown how = grow_candidate(g, p, w->s->have, &f);

	w->s->grown[how]++;
	w->s->nr_files = g->nr_files;
	if (how == GROWN_FINDING)
		tell_finding(w->s, path, f.signature);
	if (how == GROWN_NO_MEMORY)
		return cannot_run(path);
	return how != GROWN_FAILED;
}

/* false: it cannot go on; told. */
static bool note(struct work *w, u32 i, struct grower *g, struct program *p)
{
	const struct entry *e = &w->entry[i];
	u32 nr = features_nr(), first_weighed = w->nr - w->nr_weighed;
	u8 *have = w->s->have;
	enum exec_status status;
	struct finding f;

	if (e->role == ROLE_CANDIDATE)
		return note_candidate(w, e->path, g, p);
	death_alarm(GROW_SECONDS);
	status = features_run(g->t, p, g->hit, &f);
	if (status == EXEC_NO_MEMORY)
		return cannot_run(e->path);
	if (status == EXEC_FINDING)
		tell_finding(w->s, e->path, f.signature);
	if (e->role == ROLE_STANDS)
		features_join(have, g->hit);
	else
		memcpy(have + (size_t)nr * (1 + i - first_weighed), g->hit, nr);
	return true;
}

static void work(struct work *w)
{
	struct grower g = { .t = features_new(w->small_boot),
			    .into = w->into,
			    .target = w->target,
			    .files_max = GROWN_FILES_MAX,
			    .nr_files = w->s->nr_files };
	struct loaded l;

	dup2(w->stderr_fd, STDERR_FILENO);
	g.hit = calloc(2, features_nr());
	g.fresh = g.hit + features_nr();
	if (!g.t || !g.hit)
		abort();
	for (; w->s->next < w->nr && !w->s->failed; w->s->next++) {
		const char *path = w->entry[w->s->next].path;

		w->s->failed = !load_program(&l, path);
		if (w->s->failed)
			break;
		w->s->failed = !note(w, w->s->next, &g, &l.p);
		if (!w->s->failed)
			print_running(w, w->s->next);
		fflush(stdout);
		loaded_free(&l);
	}
	features_delete(g.t);
	_exit(0);
}

/* false: no child could be made; told. */
static bool keep_at_work(struct work *w)
{
	w->stderr_fd = dup(STDERR_FILENO);
	while (w->s->next < w->nr && !w->s->failed) {
		pid_t pid;

		fflush(stdout);
		pid = sandbox_fork(&w->s->death);
		if (pid == 0)
			work(w);
		if (pid < 0) {
			cmd_no_child();
			return false;
		}
		if (sandbox_wait(pid, &w->s->death, true) == CHILD_ENDED)
			continue;
		tell_finding(w->s, w->entry[w->s->next].path,
			     w->s->death.signature);
		print_running(w, w->s->next++);
	}
	return true;
}

/* --- the command --------------------------------------------------------- */

static void print_grown(const struct work *w)
{
	const u32 *n = w->s->grown;

	printf("added=%u nothing_new=%u unfit=%u no_room=%u ", n[GROWN_ADDED],
	       n[GROWN_NOTHING_NEW], n[GROWN_UNFIT], n[GROWN_NO_ROOM]);
	print_totals(w, w->nr);
}

static bool print_redundant(const struct work *w)
{
	u32 nr = features_nr(), first = w->nr - w->nr_weighed;
	bool *kept = calloc(w->nr_weighed + 1, sizeof(*kept));
	bool ok = kept && features_pick(w->s->have + nr, w->nr_weighed, nr,
					w->s->have, kept) != UINT32_MAX;

	if (!ok)
		cmd_error("features: not enough memory");
	for (u32 i = 0; ok && i < w->nr_weighed; i++)
		if (!kept[i])
			printf("%s\n", w->entry[first + i].path);
	free(kept);
	return ok;
}

static u32 count_files(const struct work *w, const char *folder)
{
	size_t n = strlen(folder);
	u32 count = 0;

	for (u32 i = 0; i < w->nr; i++)
		count += w->entry[i].role == ROLE_STANDS &&
			 strncmp(w->entry[i].path, folder, n) == 0 &&
			 w->entry[i].path[n] == '/';
	return count;
}

static bool measure(struct work *w)
{
	w->shared_size =
		sizeof(*w->s) + (size_t)features_nr() * (1 + w->nr_weighed);
	w->s = sandbox_shared(w->shared_size);
	if (!w->s) {
		cmd_error("features: not enough memory");
		return false;
	}
	w->s->nr_files = w->into ? count_files(w, w->into) : 0;
	return keep_at_work(w) && !w->s->failed;
}

static int features(struct work *w, char **corpus, u32 nr_corpus,
		    const char *from, const char *weigh)
{
	u32 nr_standing;
	bool ok = true;

	for (u32 i = 0; ok && i < nr_corpus; i++) {
		u32 first = w->nr;

		ok = add_path(w, corpus[i], ROLE_STANDS);
		if (w->nr > first)
			w->entry[w->nr - 1].last_of = corpus[i];
	}
	if (ok && w->into)
		ok = add_path(w, w->into, ROLE_STANDS);
	nr_standing = w->nr;
	if (ok && from)
		ok = add_path(w, from, ROLE_CANDIDATE);
	if (ok && weigh)
		ok = add_path(w, weigh, ROLE_WEIGHED);
	sort_from(w, nr_standing);
	w->nr_weighed = weigh ? w->nr - nr_standing : 0;
	ok = ok && measure(w);
	if (ok && weigh)
		ok = print_redundant(w);
	else if (ok && from)
		print_grown(w);
	else if (ok && !w->running)
		print_totals(w, w->nr);
	if (!ok)
		return CMD_UNUSABLE;
	return w->s->nr_findings ? CMD_FINDING : CMD_OK;
}

static void work_free(struct work *w)
{
	for (u32 i = 0; i < w->nr; i++)
		free(w->entry[i].path);
	free(w->entry);
	if (w->s)
		munmap(w->s, w->shared_size);
}

int features_main(int argc, char **argv)
{
	const char *from = NULL, *weigh = NULL;
	struct work w = { .target = "pages" };
	bool states_only = false;
	const struct cmd_option option[] = {
		{ "target", 0, OPT_TEXT, &w.target, "default pages" },
		{ "grow", 0, OPT_TEXT, &w.into,
		  "a folder of the corpus, to which is added ..." },
		{ "from", 0, OPT_TEXT, &from,
		  "... what in this folder reaches more, made small" },
		{ "redundant", 0, OPT_TEXT, &weigh,
		  "print the files of this folder that can be spared" },
		{ "running", 0, OPT_FLAG, &w.running,
		  "print the totals behind each CORPUS that has a file" },
		{ "states-only", 0, OPT_FLAG, &states_only,
		  "go on in a build that counts no edges" },
		{ NULL, 0, OPT_FLAG, NULL, NULL },
	};
	const struct cmd_usage usage = {
		"features CORPUS... [--grow DIR --from DIR | --redundant DIR]",
		"Says how many edges of the machine's code and how many of its "
		"states the\nprograms reach, as the target runs them.",
		1, UINT32_MAX, option
	};
	int status, nr = cmd_parse(&usage, argc, argv, &status);
	const struct target_row *target;

	if (nr < 0)
		return status;
	target = cmd_target_by_name(w.target);
	if (!target)
		return CMD_UNUSABLE;
	if (target->form)
		return cmd_error("features: %s runs no programs", w.target);
	if (!w.into != !from || (from && weigh))
		return cmd_error("features: --grow and --from go together, "
				 "and not with --redundant");
	if (!features_edges() && !states_only)
		return cmd_error("features: this build counts no edges: take "
				 "the fuzz preset's");
	w.small_boot = !target->free_boot;
	status = features(&w, argv, (u32)nr, from, weigh);
	work_free(&w);
	return status;
}
