// Transforms of Winograd's F(4×4, 3×3): interpolation points 0, ±1, ±2 and infinity.

/// One column of the input transform, Bᵀ d.
INLINE void input_line_4(const lanes d[6], lanes v[6]) {
#pragma clang fp contract(fast)
    lanes a = d[4] - 4.0f * d[2], b = d[3] - 4.0f * d[1], c = d[4] - d[2], e = 2.0f * (d[3] - d[1]);
    v[0] = 4.0f * d[0] - 5.0f * d[2] + d[4];
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + e;
    v[4] = c - e;
    v[5] = 4.0f * d[1] - 5.0f * d[3] + d[5];
}

/// One column of the weight transform, G g.
INLINE void weight_line_4(const lanes g[3], lanes u[6]) {
#pragma clang fp contract(fast)
    lanes outer = g[0] + g[2], far = g[0] + 4.0f * g[2];
    u[0] = g[0] * 0.25f;
    u[1] = (outer + g[1]) * (-1.0f / 6);
    u[2] = (outer - g[1]) * (-1.0f / 6);
    u[3] = (far + 2.0f * g[1]) * (1.0f / 24);
    u[4] = (far - 2.0f * g[1]) * (1.0f / 24);
    u[5] = g[2];
}

/// One column of the output transform, Aᵀ m.
INLINE void output_line_4(const lanes m[6], lanes y[4]) {
#pragma clang fp contract(fast)
    lanes near = m[1] + m[2], slope = m[1] - m[2], far = m[3] + m[4], steep = m[3] - m[4];
    y[0] = m[0] + near + far;
    y[1] = slope + 2.0f * steep;
    y[2] = near + 4.0f * far;
    y[3] = slope + 8.0f * steep + m[5];
}

