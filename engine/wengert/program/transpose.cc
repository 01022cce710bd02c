#include "wengert/program/transpose.h"

#include <algorithm>

namespace wengert::program {
namespace {

constexpr size_t kSquare = 8;

}  // namespace

void Transpose(const double* from, Shape shape, size_t from_stride, double* to, size_t to_stride) {
  const auto square = [&](size_t i0, size_t i1, size_t j0, size_t j1) {
    for (size_t j = j0; j < j1; ++j) {
      for (size_t i = i0; i < i1; ++i) to[j * to_stride + i] = from[i * from_stride + j];
    }
  };
  for (size_t i = 0; i < shape.rows; i += kSquare) {
    for (size_t j = 0; j < shape.columns; j += kSquare) {
      const size_t i_end = std::min(i + kSquare, shape.rows);
      const size_t j_end = std::min(j + kSquare, shape.columns);
      if (i_end - i == kSquare && j_end - j == kSquare) {
        square(i, i + kSquare, j, j + kSquare);
      } else {
        square(i, i_end, j, j_end);
      }
    }
  }
}

}  // namespace wengert::program
