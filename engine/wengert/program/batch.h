#ifndef WENGERT_PROGRAM_BATCH_H_
#define WENGERT_PROGRAM_BATCH_H_

// Value and gradient of a recording at many points at once, a point to a lane. Needs no loops in
// the recording: the loop is the one over the points (batch_body.h), so every operation of the tape
// is executed in lanes.
//
//   points, k x n              rows, each of a block of points              k x n, k, k
//   row by row     ->   x_0 ... x_n-1   ->   gradient, y, holds     ->     row by row
//               transposed           kernels                  transposed
//
// Lanes don't mix: the bits at a point don't depend on k, on its place, or on its neighbours.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "wengert/base/aligned.h"
#include "wengert/program/lane_kernels.h"
#include "wengert/program/lower.h"
#include "wengert/tape/tape.h"

namespace wengert::program {

struct BatchOptions {
  const LaneKernels* kernels = nullptr;  // null: the best this machine has
  uint32_t packs = 0;                    // of a block of points; 0: by what it needs (batch.cc)
};

// Immutable, shared by threads, each with a Workspace.
class Batch {
 public:
  // The first n independents of `tape` are x, the others p. Takes about a microsecond a node.
  // ResourceExhausted where words can't name all places: for some 170000 inputs, or values that are
  // needed at once.
  static absl::StatusOr<std::unique_ptr<const Batch>> Build(const Tape& tape, size_t n,
                                                            Operand dependent,
                                                            const BatchOptions& options = {});

  class Workspace {
   public:
    size_t bytes() const;

   private:
    friend class Batch;
    AlignedBuffer inputs_, outputs_, slots_, uniforms_, numbers_;
    LaneContext context_;
  };
  std::unique_ptr<Workspace> MakeWorkspace() const;

  // At k points, `points` and `gradients` being k x n row by row, `values` and `holds` k. Where a
  // guard of the recording doesn't hold, or a result isn't finite, holds is 0 and the results there
  // don't count; else 1. Doesn't allocate.
  void Gradient(absl::Span<const double> points, absl::Span<const double> p,
                absl::Span<double> values, absl::Span<double> gradients, absl::Span<uint8_t> holds,
                Workspace& workspace) const;

  size_t width() const { return size_t{code_.packs} * kPackWidth; }  // points in a block
  size_t instructions() const { return code_.instructions; }         // a block
  size_t bytes() const;
  std::string Listing() const;

 private:
  Batch() = default;
  void Prepare(absl::Span<const double> p, Workspace& workspace) const;
  void LoadPoints(const double* points, size_t lanes, double* rows) const;

  LoweredBody code_;
  const LaneKernels* kernels_ = nullptr;
  size_t n_ = 0;
};

}  // namespace wengert::program

#endif  // WENGERT_PROGRAM_BATCH_H_
