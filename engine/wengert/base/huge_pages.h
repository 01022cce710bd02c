#ifndef WENGERT_BASE_HUGE_PAGES_H_
#define WENGERT_BASE_HUGE_PAGES_H_

#include <cstddef>

namespace wengert {

// Asks the system to back a large block with huge pages, where it leaves that to programs: arrays
// of a tape are walked from end to end, and with small pages a good part of that time goes to
// address translation. A wish, not a need; small blocks are left alone.
void PreferHugePages(void* block, size_t bytes);

}  // namespace wengert

#endif  // WENGERT_BASE_HUGE_PAGES_H_
