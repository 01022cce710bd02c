#ifndef WENGERT_BASE_UNWRITTEN_H_
#define WENGERT_BASE_UNWRITTEN_H_

// A std::vector of plain records whose new elements mean nothing until they are written: resize()
// touches no memory.

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace wengert {

template <class T>
struct UnwrittenAllocator : std::allocator<T> {
  static_assert(std::is_trivially_copyable_v<T>);

  UnwrittenAllocator() = default;
  template <class U>
  UnwrittenAllocator(const UnwrittenAllocator<U>&) {}
  template <class U>
  struct rebind {
    using other = UnwrittenAllocator<U>;
  };

  void construct(T*) {}
  template <class... Arguments>
  void construct(T* at, Arguments&&... arguments) {
    std::construct_at(at, std::forward<Arguments>(arguments)...);
  }
};

template <class T>
using UnwrittenVector = std::vector<T, UnwrittenAllocator<T>>;

}  // namespace wengert

#endif  // WENGERT_BASE_UNWRITTEN_H_
