// What a process may still take of memory, and what it says when there is none.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The soft limit of addresses (`ulimit -v`); UINT64_MAX without one.
uint64_t memory_address_limit(void);

/// The soft limit of writable memory (`ulimit -d`); UINT64_MAX without one.
uint64_t memory_data_limit(void);

/// Whether the system would give `count` blocks of writable memory, each of `bytes`; nothing stays taken or is touched.
int memory_can_take(int count, size_t bytes);

/// Answers a trap or an abort at a time when the system refuses memory by one line of text, `message`, on standard
/// error and exit code 1; any other trap goes its way. An orderly end at such a time does not wait for the threads of
/// libraries.
///
/// Swift's own allocations, and those of libraries, end so. `message` must stay; the first call counts.
void memory_report_exhaustion(const char *message);

/// Writes `line` to standard error, and what standard output holds where no thread is just printing, and ends the process
/// with exit code 1. Nothing else is torn down: other threads may be at work on it.
_Noreturn void memory_end(const char *line);
