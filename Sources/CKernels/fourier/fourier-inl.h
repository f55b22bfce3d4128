// Fourier transforms of lines of channel vectors, written once and compiled per instruction set by
// `fourier_<tier>.c`.
//
// Mixed-radix Stockham transform (Van Loan 1992, section 1.7): passes alternate between two buffers and leave the
// result in natural order. An inverse transform is a forward one with real and imaginary parts exchanged.

// Vector types are passed between inlined functions only, so the vector calling convention does not matter.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang fp contract(fast)

enum { LANES = CK_FOURIER_LANES };
typedef float lanes __attribute__((vector_size(4 * CK_FOURIER_LANES)));
typedef struct pair {
    lanes re, im;
} pair;

#define INLINE static inline __attribute__((always_inline))

INLINE pair plus(pair a, pair b) { return (pair){a.re + b.re, a.im + b.im}; }
INLINE pair minus(pair a, pair b) { return (pair){a.re - b.re, a.im - b.im}; }
/// a times -i.
INLINE pair times_minus_i(pair a) { return (pair){a.im, -a.re}; }
/// a times c + i s, for w = {c, s}.
INLINE pair times(pair a, const float *w) {
    return (pair){a.re * w[0] - a.im * w[1], a.re * w[1] + a.im * w[0]};
}

/// One pass: groups of `radix` elements `length / radix` apart, `stride` independent transforms side by side.
typedef struct pass {
    const float *twiddles;
    size_t length, stride, groups;
} pass;

INLINE void pass2(pass p, const pair *restrict x, pair *restrict y) {
    size_t s = p.stride, m = p.groups * s;
    for (size_t g = 0; g < p.groups; g++) {
        const float *w = p.twiddles + 2 * g * s;
        for (size_t q = 0; q < s; q++) {
            const pair *a = x + g * s + q;
            pair *b = y + 2 * g * s + q;
            pair a0 = a[0], a1 = a[m];
            b[0] = plus(a0, a1);
            b[s] = times(minus(a0, a1), w);
        }
    }
}

INLINE void pass4(pass p, const pair *restrict x, pair *restrict y) {
    size_t s = p.stride, m = p.groups * s;
    for (size_t g = 0; g < p.groups; g++) {
        const float *w1 = p.twiddles + 2 * g * s, *w2 = p.twiddles + 4 * g * s, *w3 = p.twiddles + 6 * g * s;
        for (size_t q = 0; q < s; q++) {
            const pair *a = x + g * s + q;
            pair *b = y + 4 * g * s + q;
            pair even = plus(a[0], a[2 * m]), even1 = minus(a[0], a[2 * m]);
            pair odd = plus(a[m], a[3 * m]), odd1 = times_minus_i(minus(a[m], a[3 * m]));
            b[0] = plus(even, odd);
            b[s] = times(plus(even1, odd1), w1);
            b[2 * s] = times(minus(even, odd), w2);
            b[3 * s] = times(minus(even1, odd1), w3);
        }
    }
}

/// Elements j and radix - j share a cosine and, up to its sign, a sine: half the multiplications of a direct sum.
INLINE void pass_odd(pass p, size_t radix, pair *sums, pair *differences, const pair *restrict x, pair *restrict y) {
    size_t s = p.stride, m = p.groups * s, half = radix / 2, unit = p.length / radix;
    for (size_t g = 0; g < p.groups; g++)
        for (size_t q = 0; q < s; q++) {
            const pair *a = x + g * s + q;
            pair *b = y + radix * g * s + q;
            pair first = a[0], total = first;
            for (size_t j = 1; j <= half; j++) {
                sums[j - 1] = plus(a[j * m], a[(radix - j) * m]);
                differences[j - 1] = minus(a[j * m], a[(radix - j) * m]);
                total = plus(total, sums[j - 1]);
            }
            b[0] = total;
            for (size_t k = 1; k <= half; k++) {
                pair even = first, odd = {{0}, {0}};
                for (size_t j = 1, turn = k; j <= half; j++, turn = turn + k < radix ? turn + k : turn + k - radix) {
                    const float *w = p.twiddles + 2 * turn * unit;
                    even = (pair){even.re + sums[j - 1].re * w[0], even.im + sums[j - 1].im * w[0]};
                    odd = (pair){odd.re - differences[j - 1].re * w[1], odd.im - differences[j - 1].im * w[1]};
                }
                odd = times_minus_i(odd);
                b[k * s] = times(plus(even, odd), p.twiddles + 2 * g * k * s);
                b[(radix - k) * s] = times(minus(even, odd), p.twiddles + 2 * g * (radix - k) * s);
            }
        }
}

INLINE void pass3(pass p, const pair *restrict x, pair *restrict y) {
    pair sums[1], differences[1];
    pass_odd(p, 3, sums, differences, x, y);
}

INLINE void pass5(pass p, const pair *restrict x, pair *restrict y) {
    pair sums[2], differences[2];
    pass_odd(p, 5, sums, differences, x, y);
}

/// Transforms `x`, using `y` as the second buffer; returns the one that holds the result. `y` is followed by scratch
/// for `length` more pairs.
static pair *transformed(const ck_fourier_plan *plan, pair *x, pair *y) {
    pair *spare = y > x ? y + plan->length : x + plan->length;
    pass p = {plan->twiddles, plan->length, 1, plan->length};
    for (size_t f = 0; f < plan->count; f++) {
        size_t radix = plan->factors[f];
        p.groups /= radix;
        switch (radix) {
        case 2: pass2(p, x, y); break;
        case 3: pass3(p, x, y); break;
        case 4: pass4(p, x, y); break;
        case 5: pass5(p, x, y); break;
        default: pass_odd(p, radix, spare, spare + radix / 2, x, y);
        }
        p.stride *= radix;
        pair *done = y;
        y = x;
        x = done;
    }
    return x;
}

INLINE lanes load(const float *x, size_t count) {
    lanes v = {0};
    if (count >= LANES)
        memcpy(&v, x, sizeof v);
    else
        memcpy(&v, x, count * sizeof(float));
    return v;
}

INLINE void store(float *x, lanes v, size_t count) {
    if (count >= LANES)
        memcpy(x, &v, sizeof v);
    else
        memcpy(x, &v, count * sizeof(float));
}

INLINE size_t at_most_lanes(size_t total, size_t before) {
    size_t left = total > before ? total - before : 0;
    return left < LANES ? left : LANES;
}

/// Two real sequences are transformed as one complex one, z = x1 + i x2, and separated by the symmetry of their
/// spectra.
static void real(const ck_fourier_plan *plan, const float *x, size_t channels, float scale, float interior,
                 float *spectrum, float *scratch) {
    size_t n = plan->length;
    pair *a = (pair *)scratch, *b = a + n;
    for (size_t c = 0; c < channels; c += 2 * LANES) {
        size_t first = at_most_lanes(channels, c), second = at_most_lanes(channels, c + LANES);
        for (size_t i = 0; i < n; i++) {
            const float *from = x + i * channels + c;
            a[i] = (pair){load(from, first), load(from + LANES, second)};
        }
        const pair *z = transformed(plan, a, b);
        for (size_t k = 0; k <= n / 2; k++) {
            size_t mirror = k ? n - k : 0;
            float f = 0.5f * scale * (k == mirror ? 1 : interior);
            pair here = z[k], there = z[mirror];
            float *to = spectrum + 2 * k * channels + c;
            store(to, (here.re + there.re) * f, first);
            store(to + LANES, (here.im + there.im) * f, second);
            store(to + channels, (here.im - there.im) * f, first);
            store(to + channels + LANES, (there.re - here.re) * f, second);
        }
    }
}

static void real_inverse(const ck_fourier_plan *plan, const float *spectrum, size_t channels, float scale,
                         float interior, float *x, float *scratch) {
    size_t n = plan->length;
    pair *a = (pair *)scratch, *b = a + n;
    for (size_t c = 0; c < channels; c += 2 * LANES) {
        size_t first = at_most_lanes(channels, c), second = at_most_lanes(channels, c + LANES);
        for (size_t k = 0; k <= n / 2; k++) {
            size_t mirror = k ? n - k : 0;
            const float *from = spectrum + 2 * k * channels + c;
            pair one = {load(from, first), load(from + channels, first)};
            pair two = {load(from + LANES, second), load(from + channels + LANES, second)};
            float f = scale * (k == mirror ? 1 : interior), g = k == mirror ? 0 : f;
            // Real and imaginary parts exchanged, for the inverse.
            a[k] = (pair){two.re * f + one.im * g, one.re * f - two.im * g};
            a[mirror] = (pair){two.re * f - one.im * g, one.re * f + two.im * g};
        }
        const pair *z = transformed(plan, a, b);
        for (size_t i = 0; i < n; i++) {
            float *to = x + i * channels + c;
            store(to, z[i].im, first);
            store(to + LANES, z[i].re, second);
        }
    }
}

static void complex_lines(const ck_fourier_plan *plan, float *lines, size_t stride, size_t channels, int inverse,
                          float scale, float *scratch) {
    size_t n = plan->length;
    pair *a = (pair *)scratch, *b = a + n;
    for (size_t c = 0; c < channels; c += LANES) {
        size_t count = at_most_lanes(channels, c);
        float *re = lines + c + (inverse ? channels : 0), *im = lines + c + (inverse ? 0 : channels);
        for (size_t i = 0; i < n; i++) a[i] = (pair){load(re + i * stride, count), load(im + i * stride, count)};
        const pair *z = transformed(plan, a, b);
        for (size_t i = 0; i < n; i++) {
            store(re + i * stride, z[i].re * scale, count);
            store(im + i * stride, z[i].im * scale, count);
        }
    }
}

const ck_fourier CK_NAME(ck_fourier_table) = {
    .real = real,
    .real_inverse = real_inverse,
    .complex = complex_lines,
};
