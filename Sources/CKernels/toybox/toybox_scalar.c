// The toybox kernels for the scalar tier.
#include "toybox.h"

#define CK_TIER scalar
#include "toybox-inl.h"
