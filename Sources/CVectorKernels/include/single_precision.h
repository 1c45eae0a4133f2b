// The kernels as `Float` builds compile them.
#pragma once
#include "vector_kernels.h"
