#include "test/support/graphs.h"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <sstream>
#include <stdexcept>

#include "wengert/program/evaluate.h"

namespace wengert::testing {
namespace {

using program::Graph;
using program::Instruction;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void Refuse(const std::string& word) {
  throw std::invalid_argument("no part of a listing: " + word);
}

uint32_t NumberIn(const std::string& word, size_t from) {
  char* end;
  const unsigned long number = std::strtoul(word.c_str() + from, &end, 10);
  if (*end != '\0' || word.size() == from) Refuse(word);
  return static_cast<uint32_t>(number);
}

Operand OperandOf(const std::string& word, Graph& graph) {
  if (word[0] == 'v') {
    const uint32_t index = NumberIn(word, 1);
    if (index >= graph.nodes.size()) Refuse(word);
    return Operand::Node(index);
  }
  char* end;
  const double value = std::strtod(word.c_str(), &end);
  if (*end != '\0') Refuse(word);
  graph.constants.push_back(value);
  return Operand::Constant(static_cast<uint32_t>(graph.constants.size() - 1));
}

Op OpOf(const std::string& text) {
  for (int i = 1; i < kOpCount; ++i) {
    if (InfoOf(static_cast<Op>(i)).text == text) return static_cast<Op>(i);
  }
  Refuse(text);
}

Instruction NodeOf(std::istringstream& words, Graph& graph) {
  std::string word;
  words >> word;
  if (word == "leaf") {
    words >> word;
    return Instruction::Leaf(NumberIn(word, 0));
  }
  Instruction node;
  if (word == "partial") {
    words >> word;
    node.partial = static_cast<int8_t>(NumberIn(word, 0));
    words >> word >> word;
  }
  node.op = OpOf(word);
  for (Operand& operand : node.arguments()) {
    if (!(words >> word)) Refuse("a missing operand");
    operand = OperandOf(word, graph);
  }
  if (words >> word) Refuse(word);
  return node;
}

class Draw {
 public:
  Draw(uint64_t seed, const RandomGraphOptions& options) : random_(seed), options_(options) {
    if (!options_.ops.empty()) return;
    for (int i = 1; i < kOpCount; ++i) options_.ops.push_back(static_cast<Op>(i));
  }

  Graph Run() {
    for (uint32_t k = 0; k < options_.leaves; ++k) graph_.nodes.push_back(Instruction::Leaf(k));
    for (uint32_t k = 0; k < options_.nodes; ++k) graph_.nodes.push_back(Node());
    for (uint32_t k = 0; k < options_.roots; ++k) graph_.roots.push_back(AnyOperand());
    return std::move(graph_);
  }

 private:
  bool OneIn(uint64_t n) { return random_() % n == 0; }
  uint64_t Below(uint64_t n) { return random_() % n; }

  double Constant() {
    const std::vector<double> plain = {0, -0.0, 1, -1, 2, 0.5, -4, 1e-3, 3};
    if (options_.special && OneIn(6)) return std::vector<double>{kInf, -kInf, kNan}[Below(3)];
    return plain[Below(plain.size())];
  }

  // Rather a late node than an early one: then expressions are deep.
  Operand AnyOperand() {
    const size_t size = graph_.nodes.size();
    if (size == 0 || OneIn(5)) {
      graph_.constants.push_back(Constant());
      return Operand::Constant(static_cast<uint32_t>(graph_.constants.size() - 1));
    }
    const size_t back = OneIn(3) ? Below(size) : Below(std::min<size_t>(size, 8));
    return Operand::Node(static_cast<uint32_t>(size - 1 - back));
  }

  Instruction Node() {
    if (OneIn(6)) return Again();
    if (options_.partials && OneIn(6)) return Partial();
    Instruction node;
    node.op = AnyOp();
    for (Operand& operand : node.arguments()) {
      operand = &operand != node.operands && OneIn(6) ? node.operands[0] : AnyOperand();
    }
    return node;
  }

  // What has identities comes often, else they would hardly ever meet.
  Op AnyOp() {
    const Op any = options_.ops[Below(options_.ops.size())];
    return HasTrait(any, kRing) || HasTrait(any, kFlat) || OneIn(2)
               ? any
               : options_.ops[Below(options_.ops.size())];
  }

  Instruction Again() {
    Instruction node = graph_.nodes[Below(graph_.nodes.size())];
    if (node.partial < 0 && HasTrait(node.op, kCommutes))
      std::swap(node.operands[0], node.operands[1]);
    return node;
  }

  Instruction Partial() {
    const size_t y = Below(graph_.nodes.size());
    Instruction node = graph_.nodes[y];
    if (node.is_leaf() || node.partial >= 0) return node;
    node.partial = static_cast<int8_t>(Below(static_cast<uint64_t>(node.arity())));
    node.operands[ArityOf(node.op)] = Operand::Node(static_cast<uint32_t>(y));
    return node;
  }

  std::mt19937_64 random_;
  RandomGraphOptions options_;
  Graph graph_;
};

double Fraction(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

}  // namespace

Graph GraphOf(const std::string& listing) {
  Graph graph;
  std::istringstream lines(listing);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word)) continue;
    if (word == "root" || word == "roots") {
      while (words >> word) graph.roots.push_back(OperandOf(word, graph));
      continue;
    }
    if (word != "v" + std::to_string(graph.nodes.size())) Refuse(word);
    const Instruction node = NodeOf(words, graph);
    graph.nodes.push_back(node);
  }
  return graph;
}

bool SameGraph(const Graph& a, const Graph& b) {
  if (a.nodes != b.nodes || a.roots != b.roots || a.constants.size() != b.constants.size()) {
    return false;
  }
  for (size_t k = 0; k < a.constants.size(); ++k) {
    if (std::bit_cast<uint64_t>(a.constants[k]) != std::bit_cast<uint64_t>(b.constants[k])) {
      return false;
    }
  }
  return true;
}

std::vector<double> RootValues(const Graph& graph, absl::Span<const double> leaves) {
  std::vector<double> values, roots;
  program::Evaluate(graph, leaves, values);
  for (Operand root : graph.roots) roots.push_back(program::ValueOf(graph, values, root));
  return roots;
}

Graph RandomGraph(uint64_t seed, const RandomGraphOptions& options) {
  return Draw(seed, options).Run();
}

std::vector<double> SpecialPoint(std::mt19937_64& random, size_t size) {
  const std::vector<double> special = {0,     -0.0, 1,      -1,     kInf,
                                       -kInf, kNan, 5e-324, -1e308, 0x1p-1030};
  std::vector<double> x;
  while (x.size() < size) {
    x.push_back(random() % 2 == 0 ? special[random() % special.size()] : 8 * Fraction(random) - 4);
  }
  return x;
}

std::vector<double> OrdinaryPoint(std::mt19937_64& random, size_t size) {
  std::vector<double> x;
  while (x.size() < size) x.push_back(std::exp2(4 * Fraction(random) - 3));
  return x;
}

bool SeesSignOfNan(const Graph& graph, absl::Span<const double> leaves) {
  std::vector<double> values;
  program::Evaluate(graph, leaves, values);
  for (const Instruction& node : graph.nodes) {
    if (node.op == Op::kCopysign && std::isnan(program::ValueOf(graph, values, node.operands[1]))) {
      return true;
    }
  }
  return false;
}

}  // namespace wengert::testing
