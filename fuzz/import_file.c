// SPDX-License-Identifier: MIT
/*
 * import_file.c - traces as files, and what was made of them as comments.
 *
 * zlib reads plain and gzipped files alike.  A gzip file that ends early or
 * whose check sum is wrong is an error, although much of it could be read:
 * a program made of half a trace looks like one made of all.
 */
#include "import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define CHUNK_BYTES (1u << 18)

static gzFile open_trace(const char *path)
{
	gzFile f;
	int fd;

	if (strcmp(path, "-") != 0) {
		f = gzopen(path, "rb");
	} else {
		fd = dup(STDIN_FILENO);
		f = fd < 0 ? NULL : gzdopen(fd, "rb");
		if (!f && fd >= 0)
			close(fd);
	}
	if (f)
		gzbuffer(f, CHUNK_BYTES);
	return f;
}

static bool unreadable(struct text_error *err, gzFile f)
{
	int code = Z_ERRNO, saved = errno;
	const char *why = f ? gzerror(f, &code) : NULL;

	err->line = 0;
	if (code == Z_ERRNO)
		why = strerror(saved ? saved : EIO);
	else if (code == Z_BUF_ERROR)
		why = "the gzip file ends too early";
	else if (strstr(why, ": ")) /* zlib's own begins with the path */
		why = strstr(why, ": ") + 2;
	snprintf(err->reason, sizeof(err->reason), "%s%s",
		 code == Z_DATA_ERROR ? "corrupt gzip file: " : "", why);
	return false;
}

/*
 * Bytes that deflate makes of a damaged file look like bad lines, long
 * before its check sum can be compared: the file is read to its end.
 */
static bool damaged(gzFile f, char *chunk)
{
	int code;

	if (gzdirect(f))
		return false;
	while (gzread(f, chunk, CHUNK_BYTES) > 0)
		;
	gzerror(f, &code);
	return code != Z_OK && code != Z_STREAM_END;
}

static bool feed_all(struct importer *im, gzFile f, struct text_error *err)
{
	char *chunk = malloc(CHUNK_BYTES);
	bool ok = true;
	int got = 0, code;

	if (!chunk)
		return unreadable(err, NULL);
	while (ok && (got = gzread(f, chunk, CHUNK_BYTES)) > 0)
		ok = importer_feed(im, chunk, (size_t)got, err);
	if (!ok && damaged(f, chunk))
		unreadable(err, f);
	free(chunk);
	if (!ok)
		return false;
	gzerror(f, &code);
	if (got < 0 || (code != Z_OK && code != Z_STREAM_END))
		return unreadable(err, f);
	return importer_end(im, err);
}

bool import_file(struct program *p, const char *path,
		 const struct boot_line *boot, struct import_summary *summary,
		 struct text_error *err)
{
	struct importer *im = importer_new(p, boot, summary);
	gzFile f;
	bool ok;

	errno = 0;
	f = im ? open_trace(path) : NULL;
	if (!f) {
		if (!im)
			errno = ENOMEM;
		unreadable(err, NULL);
		importer_delete(im);
		return false;
	}
	ok = feed_all(im, f, err);
	gzclose_r(f);
	importer_delete(im);
	return ok;
}

struct figure {
	u64 n;
	const char *what;
};

static void write_names(FILE *to, const struct import_names *names,
			const char *prefix, const char *what)
{
	if (!names->nr && !names->others)
		return;
	fprintf(to, "%s%s:", prefix, what);
	for (u32 i = 0; i < names->nr; i++)
		fprintf(to, " %s %llu", names->of[i].name,
			(unsigned long long)names->of[i].n);
	if (names->others)
		fprintf(to, " others %llu", (unsigned long long)names->others);
	fputc('\n', to);
}

static u64 all_names(const struct import_names *names)
{
	u64 n = names->others;

	for (u32 i = 0; i < names->nr; i++)
		n += names->of[i].n;
	return n;
}

u64 import_left_out(const struct import_summary *s)
{
	return s->alloc_failed + s->alloc_too_large + s->free_unknown +
	       s->free_batched + s->free_in_parts + s->object_failed +
	       s->object_large + s->object_free_large + s->object_hidden +
	       s->object_free_unknown + all_names(&s->skipped);
}

static void write_figures(FILE *to, const struct figure *figures,
			  const char *prefix)
{
	for (; figures->what; figures++)
		if (figures->n)
			fprintf(to, "%s%llu %s\n", prefix,
				(unsigned long long)figures->n, figures->what);
}

static void write_pages(FILE *to, const struct import_summary *s,
			const char *prefix)
{
	const struct figure figures[] = {
		{ s->alloc, "blocks allocated" },
		{ s->free, "blocks freed" },
		{ s->free_implied,
		  "blocks freed unseen: their frames were handed out anew" },
		{ s->live_max, "blocks live at most" },
		{ s->live, "blocks live at the end" },
		{ s->alloc_failed, "skipped: allocations that failed" },
		{ s->alloc_too_large,
		  "skipped: allocations of order 11 or more" },
		{ s->free_in_parts,
		  "skipped: frees of a part of a block: it stays" },
		{ s->free_unknown, "skipped: frees without an allocation" },
		{ s->free_batched, "skipped: mm_page_free_batched, repeats" },
		{ 0, NULL },
	};

	write_figures(to, figures, prefix);
}

static void write_objects(FILE *to, const struct import_summary *s,
			  const char *prefix)
{
	const struct figure figures[] = {
		{ s->caches, "caches, one a call site and size" },
		{ s->object_alloc, "objects allocated" },
		{ s->object_free, "objects freed" },
		{ s->kfree_null, "times kfree(NULL)" },
		{ s->object_free_implied,
		  "objects freed unseen: their addresses were handed out "
		  "anew" },
		{ s->object_live_max, "objects live at most" },
		{ s->object_live, "objects live at the end" },
		{ s->object_failed,
		  "skipped: allocations of objects that failed" },
		{ s->object_large, "skipped: kmalloc of more than 131072 "
				   "bytes, the page allocator's" },
		{ s->object_free_large, "skipped: frees of these" },
		{ s->object_hidden, "skipped: objects without an address" },
		{ s->object_free_unknown,
		  "skipped: frees of objects without an allocation" },
		{ 0, NULL },
	};

	write_figures(to, figures, prefix);
}

bool import_summary_write(FILE *to, const struct import_summary *s,
			  const char *prefix)
{
	const struct figure figures[] = {
		{ s->lost, "events that the tracer lost" },
		{ s->no_event, "lines that are no event" },
		{ 0, NULL },
	};

	fprintf(to, "%s%llu lines\n%s%llu events: %llu imported, %llu left\n",
		prefix, (unsigned long long)s->lines, prefix,
		(unsigned long long)s->events, (unsigned long long)s->imported,
		(unsigned long long)import_left_out(s));
	write_pages(to, s, prefix);
	write_objects(to, s, prefix);
	write_figures(to, figures, prefix);
	write_names(to, &s->skipped, prefix, "skipped: other events");
	write_names(to, &s->dropped, prefix, "flags that 2.6.12 has not");
	write_names(to, &s->refused, prefix, "flags that its slabs refuse");
	fprintf(to, "%shighest frame 0x%x, highest cpu %u", prefix, s->pfn_max,
		s->cpu_max);
	if (s->ram_bytes)
		fprintf(to, "; RAM for it: %lluM",
			(unsigned long long)(s->ram_bytes >> 20));
	fputc('\n', to);
	return !ferror(to);
}
