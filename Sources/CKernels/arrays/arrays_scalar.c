// The scalar variant of the array kernels.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_arrays.h"
#include "../ck_tier.h"

#define CK_TIER scalar
#include "arrays-inl.h"
