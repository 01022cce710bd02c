#ifndef BENCH_NAIVE_TREE_H_
#define BENCH_NAIVE_TREE_H_

// The expression tree of "Micrograd in Haskell" (grewal.dev/posts/micrograd-haskell-2): six
// constructors, numeric literals and operators. walk.h evaluates and differentiates it.
//
// As in Haskell, a shared subtree is one object in memory. Unlike there, a variable has a name and
// reads its value from the caller's point: equal values stay apart, and a new point needs no new
// tree.

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace bench::naive {

struct Node;

// An immutable expression; a copy shares it. Its depth is limited by the stack, for destruction as
// for the walks.
class Tree {
 public:
  // A literal. Only the digits are a number: -4 is Negate (Constant 4), as in the source.
  Tree(double literal);  // NOLINT(google-explicit-constructor)
  explicit Tree(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

  const Node& node() const { return *node_; }

 private:
  std::shared_ptr<const Node> node_;
};

struct Constant {
  double value;
};
struct Var {
  std::size_t name;     // its place in the point and in the gradient
  const double* value;  // into a point that outlives the tree
};
struct ReLU {
  Tree x;
};
struct Add {
  Tree x, y;
};
struct Multiply {
  Tree x, y;
};
struct Negate {
  Tree x;
};

struct Node {
  std::variant<Constant, Var, ReLU, Add, Multiply, Negate> op;
};

inline Tree Make(Node node) { return Tree(std::make_shared<const Node>(std::move(node))); }

inline Tree operator+(Tree x, Tree y) { return Make({Add{std::move(x), std::move(y)}}); }
inline Tree operator*(Tree x, Tree y) { return Make({Multiply{std::move(x), std::move(y)}}); }
inline Tree operator-(Tree x) { return Make({Negate{std::move(x)}}); }
inline Tree operator-(Tree x, Tree y) { return std::move(x) + -std::move(y); }
inline Tree relu(Tree x) { return Make({ReLU{std::move(x)}}); }

// One variable for each number of the point.
std::vector<Tree> Variables(std::span<const double> point);

// "Add (Var 0) (Constant 3)".
std::ostream& operator<<(std::ostream& out, const Tree& tree);

// Constructors in memory: a shared subtree counts once.
std::size_t CountNodes(const Tree& tree);

// What one constructor takes from the heap.
std::size_t BytesPerNode();

}  // namespace bench::naive

#endif  // BENCH_NAIVE_TREE_H_
