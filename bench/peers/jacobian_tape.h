#ifndef BENCH_PEERS_JACOBIAN_TAPE_H_
#define BENCH_PEERS_JACOBIAN_TAPE_H_

// What the fastest libraries of C++ do, as little of it as a gradient needs: a tape of partials. An
// expression is a tree of types that lives for one statement; assigning it to a Number reduces it
// to one partial an argument, and a reverse sweep is a stream of multiply-adds:
//
//   statement s   counts[s]               1 byte
//   argument k    partials[k] indices[k]  12 bytes, in two arrays; an index is a statement's number
//
// Constant arguments and those whose partial is 0 are left out, and the sweep passes over
// statements whose adjoint is 0. The rules are the op table's, so that tapes are compared and not
// formulas.
//
// It has it easier than a library: its one tape is a global of constant address that all threads
// would share, its memory was taken before and never grows, it checks no operand. And it can't do
// what a tape of operations is for: nothing can be evaluated again, guarded, optimised or
// differentiated twice.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>

#include "wengert/ops/rule.h"

#define BENCH_INLINE [[gnu::always_inline]] inline

namespace bench::jacobian {

struct Tape {
  double* partials = nullptr;
  uint32_t* indices = nullptr;
  uint8_t* counts = nullptr;
  size_t arguments = 0, argument_limit = 0;
  uint32_t statements = 0, statement_limit = 0;  // statement 0: of constants
};
inline constinit Tape tape;

// Of the statement that is being written.
struct Arguments {
  double* partials;
  uint32_t* indices;
  size_t count = 0;
};

template <class E>
concept Expression = requires {
  E::kLeaves;
};

struct Literal {
  static constexpr size_t kLeaves = 0;
  const double value;

  BENCH_INLINE void Push(double, Arguments&) const {}
};

struct Number {
  static constexpr size_t kLeaves = 1;
  double value = 0.0;
  uint32_t statement = 0;

  Number() = default;
  Number(double constant) : value(constant) {}  // NOLINT(google-explicit-constructor)
  template <Expression E>
  BENCH_INLINE Number(const E& e) {  // NOLINT(google-explicit-constructor)
    Assign(e);
  }
  template <Expression E>
  BENCH_INLINE Number& operator=(const E& e) {
    Assign(e);
    return *this;
  }
  Number(const Number&) = default;
  Number& operator=(const Number&) = default;

  void BecomeInput() {
    statement = ++tape.statements;
    tape.counts[statement] = 0;
  }

  BENCH_INLINE void Push(double partial, Arguments& to) const {
    if (statement == 0 || partial == 0.0) return;
    to.partials[to.count] = partial;
    to.indices[to.count] = statement;
    ++to.count;
  }

 private:
  template <class E>
  BENCH_INLINE void Assign(const E& e) {
    const size_t begin = tape.arguments;
    const uint32_t next = tape.statements + 1;
    if (begin + E::kLeaves > tape.argument_limit || next >= tape.statement_limit) [[unlikely]]
      std::abort();
    Arguments to = {tape.partials + begin, tape.indices + begin};
    e.Push(1.0, to);
    value = e.value;
    if (to.count != 0) {
      tape.counts[next] = static_cast<uint8_t>(to.count);
      tape.arguments = begin + to.count;
      tape.statements = next;
    }
    statement = to.count != 0 ? next : 0;
  }
};

// Variables outlive the statement; the rest of its expression is inside its last operation.
template <class E>
using Held = std::conditional_t<std::is_same_v<E, Number>, const Number&, const E>;

template <wengert::Op op, class A>
struct Unary {
  using Rule = wengert::Rule<op>;
  static constexpr size_t kLeaves = A::kLeaves;
  Held<A> a;
  const double value = Rule::Value(a.value);

  BENCH_INLINE void Push(double after, Arguments& to) const {
    a.Push(after * Rule::template Partial<0>(a.value, value), to);
  }
};

template <wengert::Op op, class A, class B>
struct Binary {
  using Rule = wengert::Rule<op>;
  static constexpr size_t kLeaves = A::kLeaves + B::kLeaves;
  Held<A> a;
  Held<B> b;
  const double value = Rule::Value(a.value, b.value);

  BENCH_INLINE void Push(double after, Arguments& to) const {
    if constexpr (A::kLeaves > 0) {
      a.Push(after * Rule::template Partial<0>(a.value, b.value, value), to);
    }
    if constexpr (B::kLeaves > 0) {
      b.Push(after * Rule::template Partial<1>(a.value, b.value, value), to);
    }
  }
};

#define UNARY(Name, home, function, ...)                             \
  template <Expression A>                                            \
  BENCH_INLINE Unary<wengert::Op::k##Name, A> function(const A& a) { \
    return {a};                                                      \
  }
#define BINARY(Name, home, function, ...)                                                \
  template <Expression A, Expression B>                                                  \
  BENCH_INLINE Binary<wengert::Op::k##Name, A, B> function(const A& a, const B& b) {     \
    return {a, b};                                                                       \
  }                                                                                      \
  template <Expression A>                                                                \
  BENCH_INLINE Binary<wengert::Op::k##Name, A, Literal> function(const A& a, double b) { \
    return {a, {b}};                                                                     \
  }                                                                                      \
  template <Expression B>                                                                \
  BENCH_INLINE Binary<wengert::Op::k##Name, Literal, B> function(double a, const B& b) { \
    return {{a}, b};                                                                     \
  }
#define TERNARY(...)
#define ALIAS(...)
#include "wengert/ops/op_table.inc"

template <Expression E>
BENCH_INLINE Number& operator+=(Number& a, const E& b) {
  return a = a + b;
}
template <Expression E>
BENCH_INLINE Number& operator-=(Number& a, const E& b) {
  return a = a - b;
}
BENCH_INLINE bool operator>(const Number& a, const Number& b) { return a.value > b.value; }

}  // namespace bench::jacobian

#undef BENCH_INLINE

#endif  // BENCH_PEERS_JACOBIAN_TAPE_H_
