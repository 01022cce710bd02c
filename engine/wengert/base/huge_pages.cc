#include "wengert/base/huge_pages.h"

#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace wengert {

void PreferHugePages(void* block, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  constexpr size_t kSmallPage = 4096;
  constexpr size_t kWorthwhile = size_t{4} << 20;
  if (bytes < kWorthwhile) return;
  const size_t misaligned = reinterpret_cast<uintptr_t>(block) % kSmallPage;
  char* const begin = static_cast<char*>(block) + (kSmallPage - misaligned) % kSmallPage;
  madvise(begin, bytes - kSmallPage, MADV_HUGEPAGE);
#else
  (void)block;
  (void)bytes;
#endif
}

}  // namespace wengert
