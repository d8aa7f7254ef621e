/* SPDX-License-Identifier: MIT */
/*
 * child.h - what ends a process is tried in a child, and its last words are
 * read.
 */
#ifndef ALLOC_TESTS_CHILD_H
#define ALLOC_TESTS_CHILD_H

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pc.h"

/* Its stderr, cut; "survived" if it ends well.  Static storage. */
static inline const char *child_last_words(struct machine *m,
					   void (*act)(struct machine *m))
{
	static char words[8192];
	size_t n = 0;
	ssize_t got;
	int fd[2], status;
	pid_t pid;

	if (pipe(fd) || (pid = fork()) < 0) {
		perror("child");
		exit(1);
	}
	if (!pid) {
		dup2(fd[1], STDERR_FILENO);
		act(m);
		_exit(0);
	}
	close(fd[1]);
	while ((got = read(fd[0], words + n, sizeof(words) - 1 - n)) > 0)
		n += (size_t)got;
	words[n] = '\0';
	close(fd[0]);
	waitpid(pid, &status, 0);
	return status ? words : "survived";
}

#endif
