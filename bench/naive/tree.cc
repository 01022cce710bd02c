#include "bench/naive/tree.h"

#include <cmath>
#include <ostream>
#include <unordered_set>

#include "bench/naive/match.h"

namespace bench::naive {
namespace {

using Seen = std::unordered_set<const Node*>;

void Visit(const Tree& tree, Seen& seen) {
  if (!seen.insert(&tree.node()).second) return;
  std::visit(Match{
                 [](const Constant&) {},
                 [](const Var&) {},
                 [&](const ReLU& r) { Visit(r.x, seen); },
                 [&](const Negate& n) { Visit(n.x, seen); },
                 [&](const auto& binary) {
                   Visit(binary.x, seen);
                   Visit(binary.y, seen);
                 },
             },
             tree.node().op);
}

// Stateless, so that a block made with it is as large as one of std::make_shared.
std::size_t bytes_asked_for = 0;

template <class T>
struct MeasuringAllocator {
  using value_type = T;

  MeasuringAllocator() = default;
  template <class U>
  MeasuringAllocator(const MeasuringAllocator<U>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    bytes_asked_for += count * sizeof(T);
    return std::allocator<T>().allocate(count);
  }
  void deallocate(T* memory, std::size_t count) { std::allocator<T>().deallocate(memory, count); }

  friend bool operator==(MeasuringAllocator, MeasuringAllocator) = default;
};

}  // namespace

Tree::Tree(double literal)
    : Tree(std::signbit(literal) ? -Tree(-literal) : Make({Constant{literal}})) {}

std::vector<Tree> Variables(std::span<const double> point) {
  std::vector<Tree> variables;
  variables.reserve(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) variables.push_back(Make({Var{i, &point[i]}}));
  return variables;
}

std::ostream& operator<<(std::ostream& out, const Tree& tree) {
  std::visit(Match{
                 [&](const Constant& c) { out << "Constant " << c.value; },
                 [&](const Var& v) { out << "Var " << v.name; },
                 [&](const ReLU& r) { out << "ReLU (" << r.x << ")"; },
                 [&](const Add& s) { out << "Add (" << s.x << ") (" << s.y << ")"; },
                 [&](const Multiply& p) { out << "Multiply (" << p.x << ") (" << p.y << ")"; },
                 [&](const Negate& n) { out << "Negate (" << n.x << ")"; },
             },
             tree.node().op);
  return out;
}

std::size_t CountNodes(const Tree& tree) {
  Seen seen;
  Visit(tree, seen);
  return seen.size();
}

std::size_t BytesPerNode() {
  bytes_asked_for = 0;
  std::allocate_shared<const Node>(MeasuringAllocator<Node>(), Node{Constant{0.0}});
  return bytes_asked_for;
}

}  // namespace bench::naive
