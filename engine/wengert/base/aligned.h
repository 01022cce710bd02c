#ifndef WENGERT_BASE_ALIGNED_H_
#define WENGERT_BASE_ALIGNED_H_

// A fixed number of doubles, zero at first, that begin at a cache line.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>

namespace wengert {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t size)
      : data_(new (std::align_val_t(kAlignment)) double[size]), size_(size) {
    std::fill_n(data_.get(), size, 0.0);
  }

  double* data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kAlignment = 64;
  struct Free {
    void operator()(double* data) const { ::operator delete[](data, std::align_val_t(kAlignment)); }
  };
  std::unique_ptr<double[], Free> data_;
  size_t size_ = 0;
};

}  // namespace wengert

#endif  // WENGERT_BASE_ALIGNED_H_
