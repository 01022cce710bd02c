#ifndef WENGERT_TAPE_VAR_H_
#define WENGERT_TAPE_VAR_H_

#include <cstdint>
#include <iosfwd>
#include <limits>

#include "wengert/ops/op.h"
#include "wengert/tape/stream.h"

namespace wengert {

class PrimalReads;
class Recorder;
class Tape;

// What a Var consists of. The tag is the stamp of its tape's generation, a multiple of kHints, 0
// for a constant, plus the hint (tape/stream.h): non-zero while an operation that takes this Var as
// its temporary may join its record.
struct VarFields {
  double primal = 0.0;  // its value
  uint32_t record = 0;  // its place on the tape
  uint32_t tag = 0;     // as above

  constexpr bool is_constant() const { return tag < kHints; }  // whatever its hint
};

// A number whose history is recorded: its primal, and the place on the tape where it was computed.
//
// A plain 16-byte value: copy it, keep it in containers, use it with auto and ?:. A Var made from
// a number is a constant; arithmetic among constants is arithmetic on numbers, unrecorded. Only
// Tape::Input makes an independent. Everything computed from an independent is recorded on the
// innermost tape of the thread. Using a Var whose tape was destroyed, cleared or rewound past it,
// or that belongs to another tape or thread, throws UsageError; so may using a moved-from one.
//
// A record may only be joined while a single Var names it, so copying clears the hint of both. That
// makes the first copy of a Var a write: threads that copy a Var they share need it copied once
// before, or a lock.
class Var {
 public:  // Constants; and what the fields say.
  constexpr Var() = default;
  constexpr Var(double constant)  // NOLINT(google-explicit-constructor)
      : fields_{constant, 0, 0} {}
  explicit constexpr Var(const VarFields& fields) : fields_(fields) {}

  constexpr Var(const Var& other) { Copy(other.Sealed()); }
  constexpr Var(Var&& other) noexcept {
    Copy(other.fields_);
    other.Seal();
  }
  constexpr Var& operator=(const Var& other) {
    Copy(other.Sealed());
    return *this;
  }
  constexpr Var& operator=(Var&& other) noexcept {
    Copy(other.fields_);
    if (this != &other) other.Seal();
    return *this;
  }

  // The primal when the Var was computed. A later Tape::Replay doesn't change it: Tape::Primal.
  // While a Function records, prefer Index or Freeze (reads.h): a replay can't see plain reads.
  double value() const {
    if (reads_ != nullptr && !is_constant()) [[unlikely]]
      NoteRead();
    return fields_.primal;
  }
  constexpr bool is_constant() const { return fields_.is_constant(); }
  // Recorded as the operator without the assignment is.
  Var& operator+=(const Var& b);
  Var& operator-=(const Var& b);
  Var& operator*=(const Var& b);
  Var& operator/=(const Var& b);
  Var& operator+=(Var&& b);
  Var& operator-=(Var&& b);
  Var& operator*=(Var&& b);
  Var& operator/=(Var&& b);
  Var& operator+=(double b);
  Var& operator-=(double b);
  Var& operator*=(double b);
  Var& operator/=(double b);

  // Scalar's door to the op table.
  template <Op op, class... Operands>
  static Var Apply(const Operands&... operands);

 private:
  friend class PrimalReads;
  friend class Recorder;
  friend class Tape;
  template <Op op>
  friend bool Compare(const Var& a, const Var& b);
  friend std::ostream& operator<<(std::ostream& out, const Var& a);
  friend int64_t Index(const Var& x);
  friend double Freeze(const Var& x);

  // Field by field, so that compilers needn't store what they have in registers to copy it at once.
  constexpr void Copy(const VarFields& fields) {
    fields_.primal = fields.primal;
    fields_.record = fields.record;
    fields_.tag = fields.tag;
  }
  constexpr void Seal() const {
    constexpr uint32_t kHintBits = kHints - 1;
    if ((fields_.tag & kHintBits) != 0) fields_.tag &= ~kHintBits;
  }
  constexpr const VarFields& Sealed() const {
    Seal();
    return fields_;
  }
  void NoteRead() const;

  static thread_local constinit PrimalReads* reads_;  // null unless a Function records here

  mutable VarFields fields_;
};

static_assert(sizeof(Var) == 16);

// Prints the primal.
std::ostream& operator<<(std::ostream& out, const Var& a);

}  // namespace wengert

template <>
struct std::numeric_limits<wengert::Var> : std::numeric_limits<double> {};

#endif  // WENGERT_TAPE_VAR_H_
