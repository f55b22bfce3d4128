// The matmul kernels: scalar.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "ck_matmul.h"
#include "../ck_tier.h"

#define CK_TIER scalar
#define CK_LANES 4
#define TILE_ROWS 4
#define CK_BFLOAT_ROWS 0
#include "matmul-inl.h"
