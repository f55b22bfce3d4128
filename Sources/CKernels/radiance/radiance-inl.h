// All radiance kernels of one CPU tier; see ck_tier.h. Contraction to fused multiply-add is allowed, reordering is
// not.
#pragma clang fp contract(fast)
#include "radiance-math-inl.h"
#include "radiance-grid-inl.h"
#include "radiance-network-inl.h"
#include "radiance-march-inl.h"
#include "radiance-vector-inl.h"

const ck_radiance_functions CK_NAME(ck_radiance_functions) = {
    CK_NAME(rays_start), CK_NAME(march),  CK_NAME(encode),         CK_NAME(composite),        CK_NAME(slab_adjoint),
    CK_NAME(lanes_sum),  CK_NAME(scatter), CK_NAME(points),        CK_NAME(points_adjoint),   CK_NAME(occupancy_update),
    CK_NAME(average),
};
