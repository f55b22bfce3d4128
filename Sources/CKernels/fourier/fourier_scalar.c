// Fourier transforms without instruction-set requirements; also the reference for the other tiers.
#include <string.h>

#include "../ck_tier.h"
#include "ck_fourier.h"

#define CK_TIER scalar
#include "fourier-inl.h"
