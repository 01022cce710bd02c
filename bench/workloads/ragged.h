#ifndef BENCH_WORKLOADS_RAGGED_H_
#define BENCH_WORKLOADS_RAGGED_H_

// Loops that aren't periodic: each iteration has as many steps as its row has entries, or its
// vertex neighbours. Made-up data, the same on every platform.

#include <cstddef>
#include <random>
#include <vector>

namespace bench {

inline std::vector<double> RaggedNumbers(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> numbers(count);
  for (double& each : numbers) each = 0.5 + static_cast<double>(random() % 1000) / 1000.0;
  return numbers;
}

// Sum of squares of A x - 1, A sparse, by rows; constants are its entries.
class SparseResiduals {
 public:
  SparseResiduals(size_t rows, size_t n, size_t longest_row) : n_(n), begin_{0} {
    std::mt19937 random(7);
    for (size_t i = 0; i < rows; ++i) {
      for (size_t k = 1 + random() % longest_row; k > 0; --k) columns_.push_back(random() % n);
      begin_.push_back(columns_.size());
    }
    entries_ = RaggedNumbers(columns_.size(), 8);
  }

  size_t n() const { return n_; }
  std::vector<double> x0() const { return RaggedNumbers(n_, 9); }

  template <class T>
  T operator()(const T* x) const {
    T sum = 0.0;
    for (size_t i = 0; i + 1 < begin_.size(); ++i) {
      T row = 0.0;
      for (size_t k = begin_[i]; k < begin_[i + 1]; ++k) row += entries_[k] * x[columns_[k]];
      const T residual = row - 1.0;
      sum += residual * residual;
    }
    return sum;
  }

 private:
  size_t n_;
  std::vector<size_t> begin_, columns_;
  std::vector<double> entries_;
};

// How rough a surface is: the squared distance of each vertex from the mean of its neighbours,
// divided by the length of the edges there. A grid whose squares are divided by either diagonal.
class MeshRoughness {
 public:
  explicit MeshRoughness(size_t side) : side_(side), neighbours_(side * side) {
    std::mt19937 random(3);
    const auto join = [&](size_t v, size_t w) {
      neighbours_[v].push_back(w);
      neighbours_[w].push_back(v);
    };
    for (size_t i = 0; i < side; ++i) {
      for (size_t j = 0; j < side; ++j) {
        const size_t v = i * side + j;
        if (j + 1 < side) join(v, v + 1);
        if (i + 1 < side) join(v, v + side);
        if (i + 1 == side || j + 1 == side) continue;
        if (random() % 2 == 0) {
          join(v, v + side + 1);
        } else {
          join(v + 1, v + side);
        }
      }
    }
  }

  size_t n() const { return 3 * side_ * side_; }
  std::vector<double> x0() const {
    std::vector<double> x = RaggedNumbers(n(), 4);
    for (size_t v = 0; v < side_ * side_; ++v) {
      x[3 * v] += static_cast<double>(v / side_);
      x[3 * v + 1] += static_cast<double>(v % side_);
    }
    return x;
  }

  template <class T>
  T operator()(const T* x) const {
    using std::sqrt;
    T sum = 0.0;
    for (size_t v = 0; v < neighbours_.size(); ++v) {
      T mean[3] = {0.0, 0.0, 0.0}, length = 0.0;
      for (size_t w : neighbours_[v]) {
        T squares = 0.0;
        for (size_t c = 0; c < 3; ++c) {
          const T edge = x[3 * w + c] - x[3 * v + c];
          mean[c] += edge;
          squares += edge * edge;
        }
        length += sqrt(squares);
      }
      sum += (mean[0] * mean[0] + mean[1] * mean[1] + mean[2] * mean[2]) / length;
    }
    return sum;
  }

 private:
  size_t side_;
  std::vector<std::vector<size_t>> neighbours_;
};

}  // namespace bench

#endif  // BENCH_WORKLOADS_RAGGED_H_
