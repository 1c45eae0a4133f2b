// The scheduler's calls that glibc shows to C alone.
#pragma once

/// Fills `cores` with the numbers of the cores that the calling thread may run on; returns how many, at most `limit`.
int affinity_allowed_cores(int *cores, int limit);

/// Binds the calling thread to some cores; without effect where that is refused.
void affinity_bind(const int *cores, int count);
