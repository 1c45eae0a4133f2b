// The kernels as builds with the trait DoublePrecision compile them.
#pragma once
#ifndef VITRAIL_DOUBLE
#define VITRAIL_DOUBLE
#endif
#include "vector_kernels.h"
