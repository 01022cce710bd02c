#ifndef WENGERT_TAPE_VAR_H_
#define WENGERT_TAPE_VAR_H_

#include <cstdint>
#include <iosfwd>

#include "wengert/ops/op.h"

namespace wengert {

class PrimalReads;
class Tape;

// A number whose history is recorded: its primal, and the node of the tape that computed it.
//
// A plain 16-byte value: copy it, keep it in containers, use it with auto and ?:. A Var made from
// a number is a constant; arithmetic among constants is arithmetic on numbers, unrecorded. Only
// Tape::Input makes an independent. Everything computed from an independent is recorded on the
// innermost tape of the thread. Using a Var whose tape was destroyed, cleared or rewound past it,
// or that belongs to another tape or thread, throws UsageError.
class Var {
 public:
  constexpr Var() = default;
  constexpr Var(double constant)  // NOLINT(google-explicit-constructor)
      : primal_(constant) {}

  // The primal when the Var was computed. A later Tape::Replay doesn't change it: Tape::Primal.
  // While a Function records, prefer Index or Freeze (reads.h): a replay can't see plain reads.
  double value() const {
    if (reads_ != nullptr && !is_constant()) [[unlikely]]
      NoteRead();
    return primal_;
  }
  constexpr bool is_constant() const { return stamp_ == 0; }

  Var& operator+=(const Var& b);
  Var& operator-=(const Var& b);
  Var& operator*=(const Var& b);
  Var& operator/=(const Var& b);

  // Scalar's door to the op table.
  template <Op op, class... Operands>
  static Var Apply(const Operands&... operands);

 private:
  friend class PrimalReads;
  friend class Tape;
  template <Op op>
  friend bool Compare(const Var& a, const Var& b);
  friend std::ostream& operator<<(std::ostream& out, const Var& a);
  friend int64_t Index(const Var& x);
  friend double Freeze(const Var& x);

  constexpr Var(double primal, uint32_t node, uint32_t stamp)
      : primal_(primal), node_(node), stamp_(stamp) {}
  void NoteRead() const;

  static thread_local constinit PrimalReads* reads_;  // null unless a Function records here

  double primal_ = 0.0;
  uint32_t node_ = 0;
  uint32_t stamp_ = 0;  // 0: a constant; else names the tape and its generation
};

static_assert(sizeof(Var) == 16);

// Prints the primal.
std::ostream& operator<<(std::ostream& out, const Var& a);

}  // namespace wengert

#endif  // WENGERT_TAPE_VAR_H_
