// A constructor, for test runs have no other place for what must happen before the first test.
#include "test_tier.h"

__attribute__((constructor)) static void select_tier(void) { lathe_test_tier(); }
