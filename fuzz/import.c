// SPDX-License-Identifier: MIT
/*
 * import.c - ftrace text -> a program: see import.h.
 *
 *	  init-1  [000] d..1.  19.263217: mm_page_alloc: page=.. pfn=0x2e58 ..
 *	          ^cpu         ^time      ^name          ^key=value fields
 *
 * A line is an event if a CPU in brackets is followed by a time stamp and a
 * name; the task's name before it may hold anything.  What the event says is
 * read in import_event.c.
 */
#include "import_state.h"

#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 65536u
#define RAM_PAGES_MIN (16u << (20 - PAGE_SHIFT))
#define RAM_PAGES_MAX (1u << (32 - PAGE_SHIFT))

bool import_fail(struct importer *im, const char *reason)
{
	im->err->line =
		im->sum->lines > UINT32_MAX ? UINT32_MAX : (u32)im->sum->lines;
	if (im->err->line == 0)
		im->err->line = 1;
	snprintf(im->err->reason, sizeof(im->err->reason), "%s", reason);
	return false;
}

/* --- lines ------------------------------------------------------------- */

static const char *skip_spaces(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s;
}

/* "[003] ": the CPU; returns what follows, or NULL. */
static const char *cpu_field(const char *s, const char *end, u32 *cpu)
{
	u32 n = 0;
	const char *start = ++s;

	for (; s < end && *s >= '0' && *s <= '9' && s - start < 5; s++)
		n = n * 10 + (u32)(*s - '0');
	if (s == start || end - s < 2 || s[0] != ']' || s[1] != ' ')
		return NULL;
	*cpu = n;
	return s + 1;
}

/* Digits and dots, and a colon at the end. */
static bool is_time(const char *s, const char *end)
{
	if (end - s < 2 || end[-1] != ':')
		return false;
	for (; s < end - 1; s++)
		if ((*s < '0' || *s > '9') && *s != '.')
			return false;
	return true;
}

/* The first two tokens behind the CPU may be flags; then come time, name. */
static bool event_name(const char *s, const char *end, struct event *e)
{
	const char *space;

	for (u32 tokens = 0; tokens < 3; tokens++) {
		bool timed;

		s = skip_spaces(s, end);
		space = memchr(s, ' ', (size_t)(end - s));
		if (!space)
			return false;
		timed = is_time(s, space);
		s = space;
		if (timed)
			break;
		if (tokens == 2)
			return false;
	}
	s = skip_spaces(s, end);
	if (end - s > 5 && memcmp(s, "kmem:", 5) == 0)
		s += 5; /* as perf has it */
	space = memchr(s, ' ', (size_t)(end - s));
	e->args = space ? space : end;
	e->name = s;
	if (e->args - s < 2 || e->args[-1] != ':')
		return false;
	e->name_len = (size_t)(e->args - s) - 1;
	e->end = end;
	return true;
}

static bool find_event(const char *s, const char *end, struct event *e)
{
	while ((s = memchr(s, '[', (size_t)(end - s)))) {
		const char *rest = cpu_field(s, end, &e->cpu);

		if (rest && event_name(rest, end, e))
			return true;
		s++;
	}
	return false;
}

/* "CPU:0 [LOST 128 EVENTS]": how many; 0: another line */
static u64 lost_events(const char *s, const char *end)
{
	static const char mark[] = "[LOST ";
	const char *at = memmem(s, (size_t)(end - s), mark, sizeof(mark) - 1);
	const char *space;
	u64 n;

	if (!at)
		return 0;
	at += sizeof(mark) - 1;
	space = memchr(at, ' ', (size_t)(end - at));
	return space && import_number(at, (size_t)(space - at), &n) ? n : 0;
}

static bool line(struct importer *im, const char *s, const char *end)
{
	struct event e;
	u64 lost;

	im->sum->lines++;
	if (end - s > (ptrdiff_t)LINE_BYTES_MAX)
		return import_fail(im, "a line of more than 65536 bytes");
	if (end > s && end[-1] == '\r')
		end--;
	s = skip_spaces(s, end);
	if (s == end || *s == '#')
		return true;
	if (find_event(s, end, &e))
		return import_event(im, &e);
	lost = lost_events(s, end);
	im->sum->lost += lost;
	im->sum->no_event += !lost;
	return true;
}

static bool carry(struct importer *im, const char *data, size_t size)
{
	if (size > LINE_BYTES_MAX || im->nr_carry + size > LINE_BYTES_MAX) {
		im->sum->lines++;
		return import_fail(im, "a line of more than 65536 bytes");
	}
	memcpy(im->carry + im->nr_carry, data, size);
	im->nr_carry += size;
	return true;
}

bool importer_feed(struct importer *im, const char *data, size_t size,
		   struct text_error *err)
{
	const char *end = data + size, *nl;

	im->err = err;
	if (size == 0)
		return true;
	while ((nl = memchr(data, '\n', (size_t)(end - data)))) {
		bool ok;

		if (im->nr_carry) {
			ok = carry(im, data, (size_t)(nl - data)) &&
			     line(im, im->carry, im->carry + im->nr_carry);
			im->nr_carry = 0;
		} else {
			ok = line(im, data, nl);
		}
		if (!ok)
			return false;
		data = nl + 1;
	}
	return carry(im, data, (size_t)(end - data));
}

/* RAM for the highest frame, rounded up to a power of two; 16M to 4G. */
static void make_boot_line(struct importer *im)
{
	u32 pages = RAM_PAGES_MIN, cpus = im->sum->cpu_max + 1;
	struct boot_line *boot = &im->p->boot;

	while (pages <= im->sum->pfn_max && pages < RAM_PAGES_MAX)
		pages *= 2;
	im->sum->ram_bytes = (u64)pages * PAGE_SIZE;
	memset(boot, 0, sizeof(*boot));
	boot->nr = 2;
	boot->word[0].kind = BOOT_RAM;
	boot->word[0].size = im->sum->ram_bytes;
	boot->word[1].kind = BOOT_CPUS;
	boot->word[1].size = cpus < NR_CPUS ? cpus : NR_CPUS;
}

bool importer_end(struct importer *im, struct text_error *err)
{
	im->err = err;
	if (im->nr_carry && !line(im, im->carry, im->carry + im->nr_carry))
		return false;
	im->nr_carry = 0;
	if (im->sum->events == 0)
		return import_fail(
			im, "no trace event up to here: not ftrace's text");
	im->p->profile = PROFILE_FREE;
	if (im->boot)
		im->p->boot = *im->boot;
	else
		make_boot_line(im);
	return true;
}

struct importer *importer_new(struct program *p, const struct boot_line *boot,
			      struct import_summary *summary)
{
	struct importer *im = calloc(1, sizeof(*im));

	if (!im)
		return NULL;
	memset(summary, 0, sizeof(*summary));
	im->carry = malloc(LINE_BYTES_MAX);
	if (!im->carry) {
		free(im);
		return NULL;
	}
	im->p = p;
	im->sum = summary;
	im->boot = boot;
	import_frames_init(im);
	import_objects_init(im);
	return im;
}

void importer_delete(struct importer *im)
{
	if (!im)
		return;
	import_objects_free(im);
	import_frames_free(im);
	free(im->carry);
	free(im);
}

bool import_trace(struct program *p, const char *data, size_t size,
		  struct import_summary *summary, struct text_error *err)
{
	struct importer *im = importer_new(p, NULL, summary);
	bool ok;

	if (!im) {
		err->line = 1;
		snprintf(err->reason, sizeof(err->reason), "out of memory");
		return false;
	}
	ok = importer_feed(im, data, size, err) && importer_end(im, err);
	importer_delete(im);
	return ok;
}
