// Function table of one CPU tier.
#ifndef CK_TOYBOX_TABLE_H
#define CK_TOYBOX_TABLE_H

#include <math.h>
#include <stddef.h>
#include <string.h>
#include "ck_toybox.h"
#include "../ck_tier.h"

typedef struct {
    void (*render)(const float *, int, const float *, const float *, const float *, int, int, int, float *, float *,
                   float *);
    void (*mask)(const float *, int, const float *, const float *, int, int, int, float *);
    void (*distance)(const float *, int, const float *, const float *, int, float *);
    void (*shadow)(const float *, int, const float *, const float *, int, const float *, float, float *);
    void (*bounds)(const float *, int, const float *, float, int, float *);
} ck_toy_table;

extern const ck_toy_table ck_toy_table_scalar;
extern const ck_toy_table ck_toy_table_avx2;
extern const ck_toy_table ck_toy_table_avx512;

#endif
