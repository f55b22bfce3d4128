// Transforms of Winograd's F(6×6, 3×3): interpolation points 0, ±1, ±2, ±1/2 and infinity.
//
// A fifth fewer multiplications than F(4×4, 3×3) at twice its rounding error, still a few parts in 10^6.

/// One column of the input transform, Bᵀ d.
INLINE void input_line_6(const lanes d[8], lanes v[8]) {
#pragma clang fp contract(fast)
    lanes a = d[2] + d[6] - 4.25f * d[4], b = d[1] + d[5] - 4.25f * d[3];
    lanes c = 0.25f * d[2] - 1.25f * d[4] + d[6], e = 0.5f * d[1] - 2.5f * d[3] + 2.0f * d[5];
    lanes f = 4.0f * d[2] - 5.0f * d[4] + d[6], g = 2.0f * d[1] - 2.5f * d[3] + 0.5f * d[5];
    v[0] = d[0] - d[6] + 5.25f * (d[4] - d[2]);
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = f + g;
    v[6] = f - g;
    v[7] = d[7] - d[1] + 5.25f * (d[3] - d[5]);
}

/// One column of the weight transform, G g.
INLINE void weight_line_6(const lanes g[3], lanes u[8]) {
#pragma clang fp contract(fast)
    lanes outer = g[0] + g[2], far = g[0] + 4.0f * g[2], near = 4.0f * g[0] + g[2];
    u[0] = g[0];
    u[1] = (outer + g[1]) * (-2.0f / 9);
    u[2] = (outer - g[1]) * (-2.0f / 9);
    u[3] = (far + 2.0f * g[1]) * (1.0f / 90);
    u[4] = (far - 2.0f * g[1]) * (1.0f / 90);
    u[5] = (near + 2.0f * g[1]) * (8.0f / 45);
    u[6] = (near - 2.0f * g[1]) * (8.0f / 45);
    u[7] = g[2];
}

/// One column of the output transform, Aᵀ m.
INLINE void output_line_6(const lanes m[8], lanes y[6]) {
#pragma clang fp contract(fast)
    lanes one = m[1] + m[2], two = m[3] + m[4], half = m[5] + m[6];
    lanes slope_one = m[1] - m[2], slope_two = m[3] - m[4], slope_half = m[5] - m[6];
    y[0] = m[0] + one + two + half;
    y[1] = slope_one + 2.0f * slope_two + 0.5f * slope_half;
    y[2] = one + 4.0f * two + 0.25f * half;
    y[3] = slope_one + 8.0f * slope_two + 0.125f * slope_half;
    y[4] = one + 16.0f * two + 0.0625f * half;
    y[5] = slope_one + 32.0f * slope_two + 0.03125f * slope_half + m[7];
}
