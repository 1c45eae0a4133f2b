#include "allocator.h"

#ifdef __GLIBC__
#include <malloc.h>

void allocator_keep_freed(void) {
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
}
#else
void allocator_keep_freed(void) {}
#endif
