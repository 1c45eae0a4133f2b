#define _GNU_SOURCE
#include "memory_limits.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static uint64_t soft_limit(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return UINT64_MAX;
  return limit.rlim_cur;
}

uint64_t memory_address_limit(void) { return soft_limit(RLIMIT_AS); }

uint64_t memory_data_limit(void) { return soft_limit(RLIMIT_DATA); }

static void *take(size_t bytes) {
  void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return block == MAP_FAILED ? NULL : block;
}

int memory_can_take(int count, size_t bytes) {
  void **blocks = calloc((size_t)count, sizeof *blocks);
  if (blocks == NULL) return 0;
  int taken = 0;
  while (taken < count && (blocks[taken] = take(bytes)) != NULL) taken++;
  for (int index = 0; index < taken; index++) munmap(blocks[index], bytes);
  free(blocks);
  return taken == count;
}

static _Noreturn void say_and_exit(const char *line) {
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
  _exit(1);
}

void memory_end(const char *line) {
  if (ftrylockfile(stdout) == 0) fflush(stdout);
  say_and_exit(line);
}

// A request that a program without a limit would hardly be refused; OpenBLAS asks for as much.
static const size_t probe_bytes = 129 << 20;
static const int signals[] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS};
enum { signal_count = sizeof signals / sizeof signals[0] };
static struct sigaction earlier[signal_count];
static const char *text;

// Calls only what may be called while a signal is handled.
static void answer(int number) {
  void *block = take(probe_bytes);
  if (block == NULL) say_and_exit(text);
  munmap(block, probe_bytes);
  // Back to who was there before; the fault, or the signal raised here, comes again.
  for (int index = 0; index < signal_count; index++)
    if (signals[index] == number) sigaction(number, &earlier[index], NULL);
  raise(number);
}

#ifdef __GLIBC__
// At the end of a process OpenBLAS waits for threads of its own, which ask for memory without end where it is refused.
static void leave(int status, void *unused) {
  (void)unused;
  void *block = take(probe_bytes);
  if (block != NULL) return;
  if (ftrylockfile(stdout) == 0) fflush(stdout);
  _exit(status);
}
#endif

void memory_report_exhaustion(const char *message) {
  if (text != NULL) return;
  text = message;
#ifdef __GLIBC__
  on_exit(leave, NULL);
#endif
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = answer;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_NODEFER | SA_ONSTACK;
  for (int index = 0; index < signal_count; index++) sigaction(signals[index], &action, &earlier[index]);
}
