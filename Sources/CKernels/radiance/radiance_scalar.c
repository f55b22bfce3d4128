// Radiance kernels without instruction-set requirements; also the reference for the other tiers.
#include "radiance-table.h"
#define CK_TIER scalar
#include "radiance-inl.h"
