#pragma once
#include <math.h>

#ifdef VITRAIL_DOUBLE
#define VK_SQRT sqrt
#else
#define VK_SQRT sqrtf
#endif
