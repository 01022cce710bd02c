#ifndef WENGERT_TAPE_ADJOINTS_H_
#define WENGERT_TAPE_ADJOINTS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "wengert/tape/var.h"

namespace wengert {

class Tape;

// The result of a reverse sweep: d root / d node for every node up to the root, in one array.
// Valid until the next sweep into it; it names nodes of its tape, which must be alive and neither
// cleared nor rewound past the Vars asked for.
class Adjoints {
 public:
  // The adjoint of v: d root / d v. Zero for a constant and for what was recorded after the root,
  // also on a tape that was rewound since. UsageError for a Var that isn't alive on this tape.
  // O(1).
  double operator[](const Var& v) const;

  // The adjoints of the independents in order of their creation: the gradient. UsageError if the
  // tape was cleared or rewound since the sweep.
  void Gradient(absl::Span<double> gradient) const;
  std::vector<double> Gradient() const;

  // One adjoint a node, from node 0 to the root. A Var's adjoint needs no nodes; this sweeps the
  // tape once more, at the first call. UsageError if the tape was cleared or rewound since.
  absl::Span<const double> nodes() const;

  // Whether these are adjoints of `tape` as it is: neither cleared nor rewound since the sweep.
  bool AreOf(const Tape& tape) const;

 private:
  friend class Tape;
  double AtRecord(uint32_t record) const {
    return record + size_t{1} < records_.size() ? records_[record + size_t{1}] : 0.0;
  }
  const std::vector<double>& SweepNodes(uint32_t root) const;
  void Zero(size_t size);

  void CheckCurrent(const char* where) const;

  const Tape* tape_ = nullptr;
  uint32_t stamp_ = 0;           // of the tape at the sweep
  std::vector<double> records_;  // one adjoint a record up to the root, after a 0
  mutable std::vector<double> nodes_;
};

}  // namespace wengert

#endif  // WENGERT_TAPE_ADJOINTS_H_
