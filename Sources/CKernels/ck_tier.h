// How a kernel family is compiled once per instruction set.
//
// A family `foo` keeps its loops in `foo/foo-inl.h`, written once as plain C that the compiler vectorises.
// Each of `foo/foo_scalar.c`, `foo/foo_avx2.c` and `foo/foo_avx512.c` includes the system headers, then:
//
//     #define CK_TIER avx512
//     CK_TARGET_BEGIN_AVX512
//     #include "foo-inl.h"
//     CK_TARGET_END
//
// and `foo/foo.c` chooses a table of function pointers by `ck_tier`. Public prototypes: `include/ck_foo.h`.
#ifndef CK_TIER_H
#define CK_TIER_H

#define CK_PASTE_(a, b) a##_##b
#define CK_PASTE(a, b) CK_PASTE_(a, b)
/// `CK_NAME(ck_foo_add)` is `ck_foo_add_avx512` in the AVX-512 variant.
#define CK_NAME(name) CK_PASTE(name, CK_TIER)

#define CK_TARGET_BEGIN_AVX2                                                                                 \
    _Pragma("clang attribute push(__attribute__((target(\"avx2,fma,f16c\"))), apply_to = function)")
#define CK_TARGET_BEGIN_AVX512                                                                               \
    _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c\"), min_vector_width(512))), apply_to = function)")
#define CK_TARGET_BEGIN_AVX512_BF16                                                                          \
    _Pragma("clang attribute push(__attribute__((target(\"avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c\"), min_vector_width(512))), apply_to = function)")
#define CK_TARGET_END _Pragma("clang attribute pop")

#endif
