#ifndef WENGERT_PROGRAM_TRANSPOSE_H_
#define WENGERT_PROGRAM_TRANSPOSE_H_

#include <cstddef>

namespace wengert::program {

struct Shape {
  size_t rows, columns;
};

// to[j][i] = from[i][j]. Strides are those from row to row, in doubles. Taken in squares of eight,
// whose rows are a cache line each on both sides.
void Transpose(const double* from, Shape shape, size_t from_stride, double* to, size_t to_stride);

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_TRANSPOSE_H_
