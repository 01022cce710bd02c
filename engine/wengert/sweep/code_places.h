#ifndef WENGERT_SWEEP_CODE_PLACES_H_
#define WENGERT_SWEEP_CODE_PLACES_H_

// Where the operands of a code stand among the words before it (tape/stream.h). For sweeps that
// have a function for every code.

#include <array>
#include <cstddef>
#include <cstdint>

#include "wengert/tape/stream.h"

namespace wengert::coded {

// In words from the operation's first.
constexpr int OffsetOf(const Form& form, size_t operand) {
  int words = 0;
  for (size_t k = 0; k < operand; ++k) words += WordsOf(form.operands[k]);
  return words;
}

// The first operand with that shape, 3 if there is none.
constexpr size_t FirstOf(const Form& form, Shape shape) {
  size_t k = 0;
  while (k < 3 && form.operands[k] != shape) ++k;
  return k;
}

constexpr int CountOf(const Form& form, Shape shape) {
  int count = 0;
  for (Shape operand : form.operands) count += operand == shape ? 1 : 0;
  return count;
}

constexpr int CountIn(uint32_t code, Shape shape) {
  if (!IsOperation(code)) return 0;
  return CountOf(FirstForm(code), shape) + (IsJoined(code) ? CountOf(OuterForm(code), shape) : 0);
}

// The operands of a code that are nodes, in words from the code's first.
struct NodePlaces {
  std::array<int, 3> at = {};
  int count = 0;

  constexpr void Add(const Form& form, int begin) {
    for (size_t k = 0; k < 3; ++k) {
      if (form.operands[k] != Shape::kNode) continue;
      at[static_cast<size_t>(count++)] = begin + OffsetOf(form, k);
    }
  }
};

constexpr NodePlaces NodePlacesOf(uint32_t code) {
  NodePlaces places;
  if (IsOperation(code)) places.Add(FirstForm(code), 0);
  if (IsJoined(code)) places.Add(OuterForm(code), WordsOf(FirstForm(code)));
  return places;
}

template <uint32_t code>
inline constexpr NodePlaces kNodePlaces = NodePlacesOf(code);

// Whether one of the code's nodes is record `node`. The operands are at `begin`.
template <uint32_t code>
bool HasNode(const Word* begin, ptrdiff_t node) {
  constexpr NodePlaces kNodes = kNodePlaces<code>;
  const auto is_node = [&](int k) {
    return k < kNodes.count &&
           begin[kNodes.at[static_cast<size_t>(k)]].bits == static_cast<size_t>(node);
  };
  return is_node(0) || is_node(1) || is_node(2);
}

}  // namespace wengert::coded

#endif  // WENGERT_SWEEP_CODE_PLACES_H_
