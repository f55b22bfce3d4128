// Radiance kernels without instruction-set assumptions; also the reference for the other tiers.
#include "radiance-table.h"
#define CK_TIER scalar
#include "radiance-inl.h"
