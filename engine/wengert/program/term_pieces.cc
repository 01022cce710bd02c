#include "wengert/program/term_pieces.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace wengert::program {
namespace {

constexpr size_t kMostInTurn = 16;
constexpr size_t kShortest = 32;  // of an even piece

int64_t StrideOf(Operand a, Operand b) { return int64_t{b.index()} - a.index(); }

// Whether b follows a as c follows b, and all are of one operation.
bool IsEven(const RecordedGraph& graph, Operand a, Operand b, Operand c) {
  return StrideOf(a, b) == StrideOf(b, c) &&
         graph.nodes[b.index()].op == graph.nodes[a.index()].op &&
         graph.nodes[b.index()].op == graph.nodes[c.index()].op;
}

// How many arrays take turns, told from the middle; 1 if it isn't clear.
size_t TurnOf(const RecordedGraph& graph, absl::Span<const Operand> terms) {
  const size_t middle = terms.size() / 2;
  for (size_t turn = 1; turn <= kMostInTurn && 2 * turn < middle; ++turn) {
    size_t k = 0;
    while (k < turn && IsEven(graph, terms[middle + k - 2 * turn], terms[middle + k - turn],
                              terms[middle + k])) {
      ++k;
    }
    if (k == turn) return turn;
  }
  return 1;
}

std::vector<Operand> ArrayByArray(absl::Span<const Operand> terms, size_t arrays) {
  std::vector<Operand> sorted;
  sorted.reserve(terms.size());
  for (size_t first = 0; first < arrays; ++first) {
    for (size_t k = first; k < terms.size(); k += arrays) sorted.push_back(terms[k]);
  }
  return sorted;
}

// Where the terms from `begin` on stop following each other evenly.
size_t EndOfEven(const RecordedGraph& graph, absl::Span<const Operand> terms, size_t begin) {
  size_t end = std::min(begin + 2, terms.size());
  while (end < terms.size() && IsEven(graph, terms[end - 2], terms[end - 1], terms[end])) ++end;
  return end;
}

// Leaves are read one by one where others are between them.
bool IsStream(const RecordedGraph& graph, absl::Span<const Operand> even) {
  const int64_t stride = StrideOf(even[0], even[1]);
  return stride == 0 || stride == 1 || !graph.nodes[even[0].index()].is_leaf();
}

}  // namespace

std::vector<TermPiece> PiecesOf(const RecordedGraph& graph, absl::Span<const Operand> terms) {
  const std::vector<Operand> sorted = ArrayByArray(terms, TurnOf(graph, terms));
  std::vector<TermPiece> pieces;
  TermPiece rest;
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    end = EndOfEven(graph, sorted, begin);
    const bool is_short = end - begin < kShortest;
    if (is_short) end = begin + 1;
    const absl::Span<const Operand> terms_here(sorted.data() + begin, end - begin);
    if (!is_short && IsStream(graph, terms_here)) {
      pieces.push_back({{terms_here.begin(), terms_here.end()}, true});
    } else {
      rest.terms.insert(rest.terms.end(), terms_here.begin(), terms_here.end());
    }
  }
  if (!rest.terms.empty()) pieces.push_back(std::move(rest));
  return pieces;
}

}  // namespace wengert::program
