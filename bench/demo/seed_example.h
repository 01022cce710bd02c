#ifndef BENCH_DEMO_SEED_EXAMPLE_H_
#define BENCH_DEMO_SEED_EXAMPLE_H_

#include <string>

namespace bench {

// Prints the seed's example with its tape and gradients. Returns the tape as a Graphviz digraph.
std::string ShowSeedExample();

}  // namespace bench

#endif  // BENCH_DEMO_SEED_EXAMPLE_H_
