// Selects the instruction sets of a test run before any test runs.
#ifndef TEST_TIER_H
#define TEST_TIER_H

/// Written in Swift, in TestSupport.
void lathe_test_tier(void);

#endif
