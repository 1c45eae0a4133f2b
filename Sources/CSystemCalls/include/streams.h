// The C library's standard streams, which Swift 6 takes for shared mutable state.
#pragma once

/// Flushes standard output; 0 when all was written, the `errno` of this flush, or −1 when an earlier write failed.
int standard_output_flush(void);
