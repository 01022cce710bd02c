#ifndef WENGERT_SWEEP_UNDERFLOW_H_
#define WENGERT_SWEEP_UNDERFLOW_H_

// Whether a product or quotient underflowed since: the processor's own note, which costs arithmetic
// nothing. What it held before stays noted.

#if defined(__SSE2__)
#include <xmmintrin.h>
#else
#include <cfenv>
#endif

namespace wengert {

class UnderflowWatch {
 public:
  UnderflowWatch() : before_(Noted()) {
    if (before_) Note(false);
  }
  ~UnderflowWatch() {
    if (before_) Note(true);
  }
  UnderflowWatch(const UnderflowWatch&) = delete;
  UnderflowWatch& operator=(const UnderflowWatch&) = delete;

  bool HasSeenOne() const { return Noted(); }

 private:
#if defined(__SSE2__)
  static bool Noted() { return (_mm_getcsr() & _MM_EXCEPT_UNDERFLOW) != 0; }
  static void Note(bool noted) {
    const unsigned others = _mm_getcsr() & ~static_cast<unsigned>(_MM_EXCEPT_UNDERFLOW);
    _mm_setcsr(noted ? others | _MM_EXCEPT_UNDERFLOW : others);
  }
#else
  static bool Noted() { return std::fetestexcept(FE_UNDERFLOW) != 0; }
  static void Note(bool noted) {
    if (noted) {
      std::feraiseexcept(FE_UNDERFLOW);
    } else {
      std::feclearexcept(FE_UNDERFLOW);
    }
  }
#endif

  const bool before_;
};

}  // namespace wengert

#endif  // WENGERT_SWEEP_UNDERFLOW_H_
