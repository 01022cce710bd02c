#ifndef WENGERT_DERIVE_WORKSPACE_H_
#define WENGERT_DERIVE_WORKSPACE_H_

#include <cstddef>

#include "absl/types/span.h"
#include "wengert/base/buffer.h"
#include "wengert/tape/node.h"

namespace wengert {

// The memory that a driver sweeps in. It grows to what the largest call needed and is kept, so
// that a driver which is called again doesn't allocate. Nothing of a call survives in it. One
// thread at a time; threads that share a tape have a workspace each.
class Workspace {
 public:
  size_t reserved_bytes() const {  // taken from the system
    return tangents_.bytes() + adjoints_.bytes() + values_.bytes() + dependents_.bytes();
  }

  // For the drivers: room for `count` records of doubles, uninitialised.
  template <class T>
  T* Tangents(size_t count) {
    return Room<T>(tangents_, count);
  }
  template <class T>
  T* Adjoints(size_t count) {
    return Room<T>(adjoints_, count);
  }
  double* Values(size_t count) { return Room<double>(values_, count); }
  Operand* Dependents(size_t count) {
    dependents_.Reserve(count);
    return dependents_.data();
  }

 private:
  template <class T>
  static T* Room(Buffer<double>& buffer, size_t count) {
    static_assert(sizeof(T) % sizeof(double) == 0 && alignof(T) == alignof(double));
    buffer.Reserve(count * (sizeof(T) / sizeof(double)));  // NOLINT(bugprone-sizeof-expression)
    return reinterpret_cast<T*>(buffer.data());
  }

  Buffer<double> tangents_;
  Buffer<double> adjoints_;
  Buffer<double> values_;
  Buffer<Operand> dependents_;
};

}  // namespace wengert

#endif  // WENGERT_DERIVE_WORKSPACE_H_
