// The settings of glibc's allocator.
#pragma once

/// Lets freed memory stay with the process, up to 256 MB, instead of being returned, fetched again and cleared.
void allocator_keep_freed(void);
