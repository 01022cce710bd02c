#ifndef BENCH_NAIVE_MATCH_H_
#define BENCH_NAIVE_MATCH_H_

// Pattern matching on a variant: std::visit(Match{one lambda for each constructor}, variant).

namespace bench::naive {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};

template <class... Cases>
Match(Cases...) -> Match<Cases...>;

}  // namespace bench::naive

#endif  // BENCH_NAIVE_MATCH_H_
