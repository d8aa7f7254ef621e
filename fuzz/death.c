// SPDX-License-Identifier: MIT
/*
 * death.c - signatures of deaths: see death.h.
 *
 *	alloc_pages-asan-write-free_frame	a sanitizer: access, region
 *	alloc_pages-ubsan-shift-out-of-bounds	... and its kind of overflow
 *	__free_pages-segv, -abort, -hang	signals and the alarm
 *
 * The sanitizers call __asan_on_error() and __ubsan_on_report() before they
 * print; a watched process leaves there, and so spares symbolizing a report
 * that nobody reads.  Of RAM only free frames are poisoned, so that a poison
 * report is a free frame; outside RAM nothing is mapped, which is a segv.
 */
#include "death.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* What the sanitizers' run-time libraries have, if they are there. */
const char *__asan_get_report_description(void) __attribute__((weak));
int __asan_get_report_access_type(void) __attribute__((weak));
void __ubsan_get_current_report_data(const char **kind, const char **message,
				     const char **file, unsigned *line,
				     unsigned *column, char **address)
	__attribute__((weak));
/*
 * ASan is asked through these: OSS-Fuzz counts calls by its name, and of a
 * build with another sanitizer there may be none.
 */
static const char *(*const volatile describe)(void) =
	__asan_get_report_description;
static int (*const volatile is_write)(void) = __asan_get_report_access_type;
/* Ours, that they call. */
void __asan_on_error(void);
void __ubsan_on_report(void);

static struct death *watched;
static bool announced;
static char signal_stack[65536];

/* Lower-case letters, digits and _.- are what a signature may hold. */
static void clean(char *s)
{
	for (; *s; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s - 'A' + 'a');
		else if ((*s < 'a' || *s > 'z') && (*s < '0' || *s > '9') &&
			 *s != '-' && *s != '.')
			*s = '_';
	}
}

/* Neither malloc nor stdio here: the heap may be what is broken. */
static void append(char *s, const char *more)
{
	size_t n = strlen(s);

	while (*more && n < SIGNATURE_MAX - 1)
		s[n++] = *more++;
	s[n] = '\0';
}

static void announce(const char *word, const char *signature)
{
	char line[32 + SIGNATURE_MAX] = "";
	size_t n = strlen(word), m = strlen(signature);

	memcpy(line, word, n);
	memcpy(line + n, signature, m);
	line[n + m] = '\n';
	if (write(STDERR_FILENO, line, n + m + 1) < 0)
		return; /* nobody listens */
}

static void die(const char *kind, const char *access, const char *region)
{
	struct death here = { { 0 }, 0 }, *d = watched ? watched : &here;
	u32 at;
	const char *op = exec_current_op(&at);

	if (d->signature[0])
		return; /* the first word counts */
	d->op = at;
	append(d->signature, op);
	append(d->signature, "-");
	append(d->signature, kind);
	append(d->signature, access);
	append(d->signature, region);
	clean(d->signature);
	if (watched)
		_exit(DEATH_STATUS);
	if (announced) {
		announce("DEDUP_TOKEN: ", d->signature);
		announce("ASSERTION FAILED: ", d->signature);
	}
}

void death_announce(void)
{
	announced = true;
}

void __asan_on_error(void)
{
	const char *what = describe ? describe() : "unknown";
	bool write = is_write && is_write();

	if (strcmp(what, "null-deref") == 0 || strncmp(what, "wild-", 5) == 0)
		die("segv", "", "");
	else if (strcmp(what, "stack-overflow") == 0)
		die("stack-overflow", "", "");
	else if (strcmp(what, "use-after-poison") == 0)
		die("asan", write ? "-write-" : "-read-", "free_frame");
	else
		die("asan", write ? "-write-" : "-read-", what);
}

void __ubsan_on_report(void)
{
	const char *kind = "unknown", *message, *file;
	unsigned line, column;
	char *address;

	if (__ubsan_get_current_report_data)
		__ubsan_get_current_report_data(&kind, &message, &file, &line,
						&column, &address);
	die("ubsan-", kind, "");
}

static const char *signal_word(int signal)
{
	switch (signal) {
	case SIGALRM:
		return "hang";
	case SIGABRT:
		return "abort";
	case SIGFPE:
		return "fpe";
	case SIGILL:
	case SIGTRAP:
		return "trap";
	case SIGKILL:
		return "killed";
	default:
		return "segv";
	}
}

/* Unwatched, the process dies of the same signal by the default. */
static void on_signal(int signal)
{
	die(signal_word(signal), "", "");
	if (watched)
		_exit(DEATH_STATUS);
}

static void catch_signals(int flags)
{
	static const int signals[] = { SIGSEGV, SIGBUS,	 SIGFPE, SIGILL,
				       SIGTRAP, SIGABRT, SIGALRM };
	struct sigaction act = { .sa_handler = on_signal,
				 .sa_flags = SA_ONSTACK | flags };
	stack_t stack = { .ss_sp = signal_stack,
			  .ss_size = sizeof(signal_stack) };

	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &act, NULL);
}

void death_watch(struct death *d)
{
	memset(d, 0, sizeof(*d));
	watched = d;
	catch_signals(0);
}

void death_announce_signals(void)
{
	death_announce();
	if (!__asan_get_report_description)
		catch_signals((int)SA_RESETHAND);
}

void death_alarm(u32 seconds)
{
	alarm(seconds);
}

void death_sign_unseen(struct death *d, int signal)
{
	if (d->signature[0])
		return;
	append(d->signature, "unseen-");
	append(d->signature, signal_word(signal));
}
