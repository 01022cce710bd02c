#ifndef WENGERT_BASE_ROUNDED_H_
#define WENGERT_BASE_ROUNDED_H_

#if defined(__FAST_MATH__) && !defined(WENGERT_ALLOW_FAST_MATH)
#error \
    "-ffast-math reorders recorded arithmetic and drops NaN: a replay computes other numbers \
than the recording. Compile without it, or define WENGERT_ALLOW_FAST_MATH to accept that."
#endif

namespace wengert {

// Returns y, rounded to double. With an FMA unit and GCC's default -ffp-contract=fast, the product
// in a recorded `a * b + c` may be fused into the sum, and the primal on the tape then differs in
// its last bit from the one a replay computes. The barrier has no instructions; it only hides from
// the compiler that y was a product. Clang by default contracts within one source expression only,
// never across an inlined operator, and needs nothing.
[[gnu::always_inline]] inline double Rounded(double y) {
#if defined(__GNUC__) && !defined(__clang__) && defined(__FP_FAST_FMA)
#if __has_builtin(__builtin_assoc_barrier)
  return __builtin_assoc_barrier(y);
#elif defined(__x86_64__)
  __asm__("" : "+x"(y));
#endif
#endif
  return y;
}

}  // namespace wengert

#endif  // WENGERT_BASE_ROUNDED_H_
