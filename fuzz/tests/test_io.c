// SPDX-License-Identifier: MIT
/* test_io.c - files appear whole or not at all; walks are sorted. */
#include "../io.h"
#include "../../ci/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static const char *in_dir(const char *name)
{
	static char path[4][160];
	static u32 next;
	char *p = path[next++ % 4];

	if (!dir[0]) {
		strcpy(dir, "/tmp/mmtwin_test_io.XXXXXX");
		if (!mkdtemp(dir))
			abort();
	}
	snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static bool put(const char *path, const char *text)
{
	struct out_file o;

	if (!out_open(&o, path))
		return false;
	fputs(text, o.f);
	return out_close(&o);
}

static bool holds(const char *path, const char *text)
{
	struct buffer b;
	bool same;

	if (!io_read(path, &b))
		return false;
	same = b.size == strlen(text) && memcmp(b.data, text, b.size) == 0;
	buffer_free(&b);
	return same;
}

static u32 entries;

static bool count_entry(void *arg, const char *path)
{
	(void)arg;
	(void)path;
	entries++;
	return true;
}

TEST(a_file_is_replaced_as_a_whole)
{
	const char *path = in_dir("a");
	struct out_file o;

	EXPECT(put(path, "one"));
	EXPECT(holds(path, "one"));
	EXPECT(out_open(&o, path));
	fputs("half of tw", o.f);
	fflush(o.f);
	EXPECT(holds(path, "one"));
	EXPECT(access(o.temp, F_OK) == 0);
	EXPECT(out_close(&o));
	EXPECT(holds(path, "half of tw"));
	unlink(path);
}

TEST(an_aborted_file_leaves_nothing)
{
	const char *path = in_dir("b");
	struct out_file o;
	char temp[200];

	EXPECT(out_open(&o, path));
	snprintf(temp, sizeof(temp), "%s", o.temp);
	fputs("half", o.f);
	out_abort(&o);
	EXPECT(access(temp, F_OK) != 0);
	EXPECT(access(path, F_OK) != 0);
}

/* What a full disk does: the stream cannot be flushed. */
TEST(a_failed_write_leaves_what_was_there)
{
	const char *path = in_dir("c");
	struct out_file o;
	char temp[200];
	int full = open("/dev/full", O_WRONLY);

	EXPECT(full >= 0);
	EXPECT(put(path, "before"));
	EXPECT(out_open(&o, path));
	snprintf(temp, sizeof(temp), "%s", o.temp);
	EXPECT(dup2(full, fileno(o.f)) >= 0);
	fputs("after", o.f);
	EXPECT(!out_close(&o));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT(access(temp, F_OK) != 0);
	EXPECT(holds(path, "before"));
	close(full);
	unlink(path);
}

TEST(permissions_are_the_usual_ones)
{
	const char *path = in_dir("d");
	mode_t mask = umask(022);
	struct stat st;

	EXPECT(put(path, ""));
	EXPECT(stat(path, &st) == 0);
	EXPECT_EQ(0644, st.st_mode & 0777);
	umask(mask);
	unlink(path);
}

TEST(a_link_stays_a_link)
{
	const char *path = in_dir("e"), *link = in_dir("f");
	struct stat st;

	EXPECT(put(path, "old"));
	EXPECT(symlink(path, link) == 0);
	EXPECT(put(link, "new"));
	EXPECT(holds(path, "new"));
	EXPECT(lstat(link, &st) == 0);
	EXPECT(S_ISLNK(st.st_mode));
	unlink(link);
	unlink(path);
}

TEST(a_device_is_written_in_place)
{
	struct stat st;

	EXPECT(put("/dev/null", "text"));
	EXPECT(!put("/dev/full", "text"));
	EXPECT_EQ(ENOSPC, errno);
	EXPECT(stat("/dev/full", &st) == 0);
	EXPECT(S_ISCHR(st.st_mode));
}

TEST(what_cannot_be_opened_says_why)
{
	struct out_file o;
	struct buffer b;

	EXPECT(!out_open(&o, in_dir("no/where")));
	EXPECT_EQ(ENOENT, errno);
	EXPECT(!out_open(&o, in_dir("")));
	EXPECT_EQ(EISDIR, errno);
	EXPECT(!io_read(in_dir("none"), &b));
	EXPECT_EQ(ENOENT, errno);
	EXPECT(!io_read(in_dir(""), &b));
	EXPECT_EQ(EISDIR, errno);
}

TEST(large_files_are_read_whole)
{
	const char *path = in_dir("g");
	const size_t size = 1000003;
	char *text = malloc(size + 1);

	memset(text, 'x', size);
	text[size] = '\0';
	EXPECT(put(path, text));
	EXPECT(holds(path, text));
	free(text);
	unlink(path);
}

struct walk {
	char seen[1024];
	u32 left; /* ends the walk at 0 */
};

static bool note(void *arg, const char *path)
{
	struct walk *w = arg;

	strcat(w->seen, path + strlen(dir) + 1);
	strcat(w->seen, " ");
	return --w->left != 0;
}

TEST(walks_are_sorted_and_take_programs_only)
{
	static const char *const names[] = { "w/b.ops",	  "w/a.ops", "w/sub/1f",
					     "w/.hidden", "w/x.txt", "w/README",
					     "w/c" };
	struct walk w = { "", 100 };
	char *culprit;

	mkdir(in_dir("w"), 0777);
	mkdir(in_dir("w/sub"), 0777);
	for (u32 i = 0; i < 7; i++)
		EXPECT(put(in_dir(names[i]), ""));
	EXPECT(io_walk(in_dir("w"), note, &w, &culprit));
	EXPECT_STR("w/a.ops w/b.ops w/c w/sub/1f ", w.seen);
	w = (struct walk){ "", 2 };
	EXPECT(!io_walk(in_dir("w"), note, &w, &culprit));
	EXPECT_EQ(0, errno);
	EXPECT_STR("w/a.ops w/b.ops ", w.seen);
	w = (struct walk){ "", 2 };
	EXPECT(io_walk(in_dir("w/x.txt"), note, &w, &culprit));
	EXPECT_STR("w/x.txt ", w.seen);
	for (u32 i = 0; i < 7; i++)
		unlink(in_dir(names[i]));
	rmdir(in_dir("w/sub"));
	rmdir(in_dir("w"));
}

TEST(a_walk_names_the_culprit)
{
	char *culprit;

	EXPECT(!io_walk(in_dir("nothing"), count_entry, NULL, &culprit));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_STR(in_dir("nothing"), culprit);
	free(culprit);
	EXPECT_EQ(0, entries);
}

TEST(nothing_is_left)
{
	char *culprit;

	EXPECT(io_walk(in_dir(""), count_entry, NULL, &culprit));
	EXPECT_EQ(0, entries);
	EXPECT(rmdir(dir) == 0);
}
