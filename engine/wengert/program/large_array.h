#ifndef WENGERT_PROGRAM_LARGE_ARRAY_H_
#define WENGERT_PROGRAM_LARGE_ARRAY_H_

// Arrays that are as long as a recording: most of what they cost is the first touch of their pages.

#include <cstddef>
#include <memory>
#include <vector>

#include "wengert/base/huge_pages.h"

namespace wengert::program {

template <class T>
void ReserveLarge(std::vector<T>& array, size_t size) {
  array.reserve(size);
  PreferHugePages(array.data(), array.capacity() * sizeof(T));
}

// With elements that mean nothing until they are written.
template <class T>
std::unique_ptr<T[]> UnwrittenArray(size_t size) {
  auto array = std::make_unique_for_overwrite<T[]>(size);
  PreferHugePages(array.get(), size * sizeof(T));
  return array;
}

template <class T>
std::vector<T> LargeArray(size_t size, const T& value = {}) {
  std::vector<T> array;
  ReserveLarge(array, size);
  array.resize(size, value);
  return array;
}

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_LARGE_ARRAY_H_
