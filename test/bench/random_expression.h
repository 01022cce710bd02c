#ifndef TEST_BENCH_RANDOM_EXPRESSION_H_
#define TEST_BENCH_RANDOM_EXPRESSION_H_

#include <cstdint>
#include <random>

namespace bench::naive {

enum class Sharing { kNone, kSubtrees };

// Draws expressions of + - * relu and negation: from one seed the same one for every scalar T.
// Each operand has a statement of its own, since C++ leaves open which one is computed first.
template <class T, class Leaf>
class ExpressionGenerator {
 public:
  // `leaf` is called for the leaves, from left to right.
  ExpressionGenerator(uint64_t seed, Sharing sharing, Leaf leaf)
      : random_(seed), sharing_(sharing), leaf_(leaf) {}

  // An expression with at most `leaves` paths from its root to a leaf.
  T Draw(int leaves) {
    if (leaves == 1) return Below(5) == 0 ? T(Below(5) - 2.0) : leaf_();
    switch (Below(6)) {
      case 0:
        return -Draw(leaves);
      case 1:
        return relu(Draw(leaves));
      default:
        return DrawBinary(leaves);
    }
  }

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }

  T DrawBinary(int leaves) {
    const bool shared = sharing_ == Sharing::kSubtrees && Below(3) == 0;
    const int left_leaves = shared ? leaves / 2 : 1 + Below(leaves - 1);
    const T x = Draw(left_leaves);
    const T y = shared ? x : Draw(leaves - left_leaves);
    switch (Below(5)) {
      case 0:
        return x - y;
      case 1:
      case 2:
        return x + y;
      default:
        return x * y;
    }
  }

  std::mt19937_64 random_;
  Sharing sharing_;
  Leaf leaf_;
};

template <class T, class Leaf>
T RandomExpression(uint64_t seed, Sharing sharing, int leaves, Leaf leaf) {
  return ExpressionGenerator<T, Leaf>(seed, sharing, leaf).Draw(leaves);
}

}  // namespace bench::naive

#endif  // TEST_BENCH_RANDOM_EXPRESSION_H_
