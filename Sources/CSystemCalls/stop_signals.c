#define _GNU_SOURCE
#include "stop_signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Atomic(long long) first_milliseconds;
static char notice_text[256];
static size_t notice_length;
static int ending_code;

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  // Never 0, which means that no wish has come.
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000 + 1;
}

static void answer(int number, siginfo_t *info, void *context) {
  (void)context;
  if ((number == SIGPIPE || number == SIGXFSZ) && info->si_pid == getpid()) return;
  int saved = errno;
  long long none = 0, time = now();
  if (atomic_compare_exchange_strong(&first_milliseconds, &none, time)) {
    // Nobody may be listening any more.
    if (write(STDERR_FILENO, notice_text, notice_length) < 0) errno = saved;
  } else if ((number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGUSR1) && time - none > 2000) {
    _exit(ending_code);
  }
  errno = saved;
}

void stop_signals_listen(const char *notice, int code) {
  notice_length = strnlen(notice, sizeof notice_text);
  memcpy(notice_text, notice, notice_length);
  ending_code = code;
  const int numbers[] = {SIGINT,  SIGTERM, SIGUSR1, SIGXCPU, SIGXFSZ, SIGPIPE, SIGHUP,
#ifdef SIGPWR
                         SIGPWR,
#endif
  };
  // A parent may have started this process from a thread that blocks them, as those of Dispatch do.
  sigset_t listened;
  sigemptyset(&listened);
  for (size_t index = 0; index < sizeof numbers / sizeof *numbers; index++) {
    sigaddset(&listened, numbers[index]);
    struct sigaction old, action;
    memset(&action, 0, sizeof action);
    if (numbers[index] == SIGHUP && sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    action.sa_sigaction = answer;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(numbers[index], &action, NULL);
  }
  pthread_sigmask(SIG_UNBLOCK, &listened, NULL);
}

int stop_signals_wanted(void) { return atomic_load(&first_milliseconds) != 0; }
