#include "streams.h"

#include <errno.h>
#include <stdio.h>

int standard_output_flush(void) {
  int had_failed = ferror(stdout);
  if (fflush(stdout) != 0) return errno != 0 ? errno : EIO;
  return had_failed ? -1 : 0;
}
