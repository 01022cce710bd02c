#include "wengert/sweep/record_replay.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <tuple>

#include "wengert/ops/rule.h"
#include "wengert/sweep/forward_records.h"
#include "wengert/sweep/records.h"

namespace wengert {
namespace {

constexpr uint32_t kStretch = 16384;  // records; ends at the guard behind them

// f(outcome), with the guard's operation as a function of a and b.
template <class F>
void WithOutcome(Op op, F f) {
  VisitOp(op, [&](auto rule) {
    using R = decltype(rule);
    if constexpr (HasTrait(R::op, kFlat) && R::arity == 1) {
      f([](double a, double) { return R::Value(a); });
    }
    if constexpr (HasTrait(R::op, kFlat) && R::arity == 2) {
      f([](double a, double b) { return R::Value(a, b); });
    }
  });
}

// f(whether the outcome is the expected one, as a function of a and b). An expected outcome that
// the compiler knows makes one comparison of two, without a branch that could be mispredicted.
template <class F>
void WithCheck(Op op, double expected, F f) {
  WithOutcome(op, [&](auto outcome) {
    if (expected == 1.0) return f([=](double a, double b) { return outcome(a, b) == 1.0; });
    if (expected == 0.0) return f([=](double a, double b) { return outcome(a, b) == 0.0; });
    f([=](double a, double b) { return outcome(a, b) == expected; });
  });
}

}  // namespace

RecordReplay::RecordReplay(const Tape& tape) : tape_(tape) {
  const Tape::Records records = tape.records();
  LayOutGuards(records);
  LayOutCodes(records);
}

uint32_t RecordReplay::PlaceOf(const VarFields& operand) {
  if (!operand.is_constant()) return operand.record;
  const bool again =
      !constants_.empty() && std::memcmp(&constants_.back(), &operand.primal, sizeof(double)) == 0;
  if (!again) constants_.push_back({operand.primal});
  return tape_.records().size + static_cast<uint32_t>(constants_.size() - 1);
}

// Stretches, as far as guards tell where they end.
void RecordReplay::LayOutGuards(const Tape::Records& records) {
  uint32_t first = 0;
  size_t done = 0;
  const auto end_stretch = [&](uint32_t end_record, size_t end_guard) {
    LayOutChecks(records, done, end_guard);
    stretches_.push_back({first, end_record, 0, nullptr, runs_.size()});
    first = end_record;
    done = end_guard;
  };
  for (size_t k = 0; k < records.guards.size(); ++k) {
    const uint32_t position = records.guards[k].position;
    if (position >= first + kStretch) end_stretch(position, k);
  }
  end_stretch(records.size, records.guards.size());
}

void RecordReplay::LayOutChecks(const Tape::Records& records, size_t begin, size_t end) {
  const auto first = static_cast<ptrdiff_t>(guards_.size());
  for (size_t k = begin; k < end; ++k) guards_.push_back(static_cast<uint32_t>(k));
  const auto kind = [&](uint32_t k) {
    const RecordedGuard& guard = records.guards[k];
    const bool has_constant = guard.b.is_constant();
    const auto constant = has_constant ? std::bit_cast<uint64_t>(guard.b.primal) : uint64_t{0};
    return std::tuple(guard.op, guard.outcome, has_constant, constant);
  };
  std::stable_sort(guards_.begin() + first, guards_.end(),
                   [&](uint32_t a, uint32_t b) { return kind(a) < kind(b); });
  for (size_t k = begin; k < end; ++k) {
    const RecordedGuard& guard = records.guards[guards_[k]];
    if (k == begin || kind(guards_[k]) != kind(guards_[k - 1])) {
      runs_.push_back({guard.op, guard.outcome, guard.b.is_constant(), 0});
    }
    checks_.push_back({PlaceOf(guard.a), PlaceOf(guard.b)});
    runs_.back().end_check = static_cast<uint32_t>(checks_.size());
  }
}

// From the end, the only way there is.
void RecordReplay::LayOutCodes(const Tape::Records& records) {
  codes_.reserve(records.size + stretches_.size());
  const Word* end = records.end;
  for (auto stretch = stretches_.rbegin(); stretch != stretches_.rend(); ++stretch) {
    codes_.push_back(kBottomCode);
    for (uint32_t record = stretch->end_record; record > stretch->first_record;) {
      const uint32_t code = end[-1].bits;
      codes_.push_back(static_cast<uint16_t>(code));
      end = CodeBefore(end);
      if (!IsTail(code)) --record;
    }
    stretch->code = codes_.size();
    stretch->words = end;
  }
  std::reverse(codes_.begin(), codes_.end());
  for (Stretch& stretch : stretches_) stretch.code = codes_.size() - stretch.code;
}

std::vector<Cell> RecordReplay::MakePrimals() const {
  const Tape::Records records = tape_.records();
  std::vector<Cell> primals(records.primals, records.primals + records.size);
  primals.insert(primals.end(), constants_.begin(), constants_.end());
  return primals;
}

std::optional<RecordReplay::Flip> RecordReplay::Sweep(std::vector<Cell>& primals) const {
  const Cell* const cells = primals.data();
  const Check* check = checks_.data();
  const Run* run = runs_.data();
  for (const Stretch& stretch : stretches_) {
    ForwardRecords(&codes_[stretch.code], stretch.words, stretch.first_record, primals.data());
    unsigned hold = 1;
    for (const Run* const end = runs_.data() + stretch.end_run; run != end; ++run) {
      WithCheck(run->op, run->outcome, [&](auto holds) {
        const Check* const last = checks_.data() + run->end_check;
        if (run->has_constant) {
          const double b = cells[check->b].value;
          for (; check != last; ++check) hold &= unsigned{holds(cells[check->a].value, b)};
        }
        for (; check != last; ++check) {
          hold &= unsigned{holds(cells[check->a].value, cells[check->b].value)};
        }
      });
    }
    if (hold == 0) return FirstFlip(stretch, cells);
  }
  return std::nullopt;
}

RecordReplay::Flip RecordReplay::FirstFlip(const Stretch& stretch, const Cell* cells) const {
  size_t run = &stretch == stretches_.data() ? 0 : (&stretch)[-1].end_run;
  size_t check = run == 0 ? 0 : runs_[run - 1].end_check;
  Flip first = {guards_.size(), 0.0};
  for (; run < stretch.end_run; ++run) {
    WithOutcome(runs_[run].op, [&](auto outcome) {
      for (; check < runs_[run].end_check; ++check) {
        const double now = outcome(cells[checks_[check].a].value, cells[checks_[check].b].value);
        if (now != runs_[run].outcome && guards_[check] < first.guard) {
          first = {guards_[check], now};
        }
      }
    });
  }
  return first;
}

const Word* RecordReplay::EndOf(uint32_t record) const {
  const Tape::Records records = tape_.records();
  const Word* end = records.end;
  for (uint32_t newest = records.size - 1; newest > record; --newest) end = RecordBefore(end);
  return end;
}

size_t RecordReplay::bytes() const {
  return codes_.size() * sizeof(codes_[0]) + stretches_.size() * sizeof(Stretch) +
         checks_.size() * (sizeof(Check) + sizeof(guards_[0])) + runs_.size() * sizeof(Run) +
         constants_.size() * sizeof(Cell);
}

}  // namespace wengert
