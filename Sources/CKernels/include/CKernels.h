// Umbrella header. The interface uses scalars and pointers only; every symbol is prefixed `ck_`.
#ifndef CKERNELS_H
#define CKERNELS_H
#include "ck_arrays.h"
#include "ck_cpu.h"
#include "ck_fourier.h"
#include "ck_matmul.h"
#include "ck_sha256.h"
#include "ck_toybox.h"
#include "ck_radiance.h"
#endif
