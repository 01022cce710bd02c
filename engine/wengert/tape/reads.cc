#include "wengert/tape/reads.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "wengert/base/check.h"
#include "wengert/tape/record.h"
#include "wengert/tape/tape.h"

namespace wengert {

thread_local constinit PrimalReads* Var::reads_ = nullptr;

PrimalReads::PrimalReads(const Tape& tape, bool refuse)
    : tape_(tape), refuse_(refuse), outer_(Var::reads_) {
  Var::reads_ = this;
}

PrimalReads::~PrimalReads() { Var::reads_ = outer_; }

void PrimalReads::Note(const Var& read) {
  ++count_;
  if (!refuse_) return;
  const uint32_t node = tape_.NodeOf(read, "Var::value");
  ThrowUsageError("Var::value",
                  absl::StrCat("a Function that refuses plain reads is recording, and node ", node,
                               " (", InfoOf(tape_.nodes()[node].op).text, ") was read"),
                  "use Index(var) for a table lookup, Freeze(var) for a deliberate constant, or "
                  "a comparison for a branch");
}

void Var::NoteRead() const {
  for (PrimalReads* reads = reads_; reads != nullptr; reads = reads->outer_) {
    if (reads->tape_.IsAlive(fields_)) return reads->Note(*this);
  }
}

int64_t Index(const Var& x) {
  constexpr double kLargest = 9007199254740992.0;  // 2^53
  const double index = std::floor(x.fields_.primal);
  if (!(std::fabs(index) <= kLargest)) {
    ThrowUsageError("Index", absl::StrCat("there is no whole number below ", x.fields_.primal),
                    "look up finite numbers of at most 2^53");
  }
  if (!x.is_constant()) Tape::RecordGuard(Op::kFloor, x, x, index);
  return static_cast<int64_t>(index);
}

double Freeze(const Var& x) { return x.fields_.primal; }

}  // namespace wengert
