#define _GNU_SOURCE
#include "affinity.h"

#ifdef __linux__
#include <sched.h>

int affinity_allowed_cores(int *cores, int limit) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  int count = 0;
  for (int core = 0; core < CPU_SETSIZE && count < limit; core++)
    if (CPU_ISSET(core, &set)) cores[count++] = core;
  return count;
}

void affinity_bind(const int *cores, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int index = 0; index < count; index++) CPU_SET(cores[index], &set);
  sched_setaffinity(0, sizeof set, &set);
}
#else
int affinity_allowed_cores(int *cores, int limit) {
  (void)cores;
  (void)limit;
  return 0;
}

void affinity_bind(const int *cores, int count) {
  (void)cores;
  (void)count;
}
#endif
