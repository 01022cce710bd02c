// What one instruction of a lane program costs on a block of 16 packs, or 1: sums of 1 to 20 terms,
// accumulations, functions, for each SIMD width this machine has. A benchmark runs a program of 64
// such instructions at changing places of 24 KiB, is verified against plain loops first, and
// reports ns an instruction and ns a lane. Takes Google Benchmark's flags.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "wengert/ops/rule.h"
#include "wengert/ops/value_functions.h"
#include "wengert/program/lane_kernels.h"

namespace bench {
namespace {

using wengert::Op;
namespace program = wengert::program;
using program::FixedPlaceOf;
using program::PlaceOf;

constexpr int kInstructions = 64;
constexpr uint32_t kOperands = 16;  // vectors that are read
constexpr uint32_t kResults = 8;    // vectors that are written
constexpr uint32_t kUniforms = 16;
constexpr uint32_t kPacks = program::kMaxPacks;
constexpr size_t kLanes = size_t{kPacks} * program::kPackWidth;

// Base 0: vectors, operands first; base 1: numbers, then accumulators, a pack each.
struct Memory {
  alignas(64) double vectors[(kOperands + kResults) * kLanes];
  alignas(64) double uniforms[2 * kUniforms * 8];

  Memory() {
    int i = 0;
    for (double& x : vectors) x = 0.1 + 0.8 * std::abs(std::sin(++i));
    for (double& x : uniforms) x = &x < uniforms + kUniforms * 8 ? 0.5 : 0;
  }
};

class Program {
 public:
  // Appends instruction number i; operands change from one to the next.
  using Instruction = std::vector<uint32_t> (*)(uint32_t i, uint32_t terms);

  Program(Instruction instruction, uint32_t terms, uint32_t packs) : lanes_(packs * 8) {
    for (uint32_t i = 0; i < kInstructions; ++i) {
      const std::vector<uint32_t> words = instruction(i, terms);
      words_.insert(words_.end(), words.begin(), words.end());
    }
    context_->bases[0] = memory_.vectors;
    context_->bases[1] = memory_.uniforms;
    context_->packs = static_cast<int>(packs);
    context_->lanes = static_cast<int>(lanes_);
  }

  void Run(const program::LaneKernels& kernels) {
    kernels.run(words_.data(), words_.data() + words_.size(), *context_);
  }
  const Memory& memory() const { return memory_; }
  size_t lanes() const { return lanes_; }

 private:
  size_t lanes_;
  Memory memory_;
  std::vector<uint32_t> words_;
  std::unique_ptr<program::LaneContext> context_ = std::make_unique<program::LaneContext>();
};

uint32_t Operand(uint32_t i) { return PlaceOf(0, i % kOperands * kPacks); }
uint32_t Result(uint32_t i) { return PlaceOf(0, (kOperands + i % kResults) * kPacks); }
uint32_t Number(uint32_t i) { return FixedPlaceOf(1, i % kUniforms); }
uint32_t Accumulator(uint32_t i) { return FixedPlaceOf(1, kUniforms + i % kUniforms); }

std::vector<uint32_t> SumOfProducts(uint32_t i, uint32_t terms) {
  std::vector<uint32_t> words = {program::kSum, Result(i), 1,
                                 program::GroupOf(program::kXY, terms)};
  for (uint32_t k = 0; k < terms; ++k) {
    words.push_back(Operand(i + k));
    words.push_back(Operand(3 * i + 5 * k));
  }
  return words;
}
std::vector<uint32_t> SumOfScaled(uint32_t i, uint32_t terms) {
  std::vector<uint32_t> words = {program::kSum, Result(i), 1,
                                 program::GroupOf(program::kXU, terms)};
  for (uint32_t k = 0; k < terms; ++k) {
    words.push_back(Operand(i + k));
    words.push_back(Number(3 * i + 5 * k));
  }
  return words;
}
std::vector<uint32_t> Accumulate(uint32_t i, uint32_t terms) {
  std::vector<uint32_t> words = SumOfProducts(i, terms);
  words[0] = program::kAccumulate;
  words[1] = Accumulator(i);
  return words;
}
std::vector<uint32_t> AccumulateProducts(uint32_t i, uint32_t terms) {
  std::vector<uint32_t> words = {program::kAccumulateProducts, Operand(i), terms};
  for (uint32_t k = 0; k < terms; ++k) {
    words.push_back(Operand(i + 3 * k));
    words.push_back(Accumulator(i + k));
  }
  return words;
}
// An operation by its number, of as many operands as it has.
std::vector<uint32_t> Value(uint32_t i, uint32_t op) {
  std::vector<uint32_t> words = {program::kValue + op, Result(i)};
  for (int k = 0; k < ArityOf(static_cast<Op>(op)); ++k) {
    words.push_back(Operand(i + static_cast<uint32_t>(k)));
  }
  return words;
}
std::vector<uint32_t> FirstPartial(uint32_t i, uint32_t op) {
  std::vector<uint32_t> words = Value(i, op);
  words[0] = program::kPartial + 3 * op;
  words.push_back(Operand(i + 7));
  return words;
}

void Require(double computed, double expected, const std::string& name) {
  const double error = std::abs(computed - expected) / std::abs(expected);
  if (error < 1e-14) return;
  std::fprintf(stderr, "%s: %.17g instead of %.17g\n", name.c_str(), computed, expected);
  std::exit(1);
}

// The last instructions' results, one for each of the kResults vectors, and all accumulators.
void Verify(Program& program, Program::Instruction instruction, uint32_t terms,
            const std::string& name, const program::LaneKernels& kernels) {
  const Memory before;
  program.Run(kernels);
  const auto vector = [&](uint32_t word, size_t lane) {
    return before.vectors[size_t{word & 0xfffff} * 8 + lane];
  };
  const auto factor = [&](uint32_t word, size_t lane) {
    return word >> 31 != 0 ? before.uniforms[word & 0xfffff] : vector(word, lane);
  };
  std::vector<double> sums(kUniforms);
  for (uint32_t i = 0; i < kInstructions; ++i) {
    const auto words = instruction(i, terms);
    for (size_t lane = 0; lane < program.lanes(); ++lane) {
      double y = 0;
      if (words[0] == program::kSum || words[0] == program::kAccumulate) {
        for (size_t at = 4; at < words.size(); at += 2) {
          y += vector(words[at], lane) * factor(words[at + 1], lane);
        }
        if (words[0] == program::kAccumulate) sums[i % kUniforms] += y;
      } else if (words[0] == program::kAccumulateProducts) {
        for (uint32_t k = 0; k < terms; ++k) {
          sums[(i + k) % kUniforms] += vector(words[1], lane) * vector(words[3 + 2 * k], lane);
        }
      } else if (words[0] < program::kPartial) {
        const double b = words.size() > 3 ? vector(words[3], lane) : 0;
        y = wengert::kValueFunctions[terms](vector(words[2], lane), b, 0);
      } else {
        continue;  // partials are tests' concern
      }
      const size_t at = (kOperands + i % kResults) * kLanes + lane;
      const bool is_stored = words[0] == program::kSum || words[0] < program::kPartial;
      if (is_stored && i + kResults >= kInstructions) {
        Require(program.memory().vectors[at], y, name);
      }
    }
  }
  for (size_t k = 0; k < kUniforms; ++k) {
    double s = 0;
    for (size_t lane = 0; lane < 8; ++lane) {
      s += program.memory().uniforms[(kUniforms + k) * 8 + lane];
    }
    if (sums[k] != 0) Require(s, sums[k], name);
  }
}

void Register(const std::string& name, Program::Instruction instruction, uint32_t terms,
              uint32_t packs = kPacks) {
  for (const program::LaneKernels& kernels : program::AvailableKernels()) {
    const std::string full_name = absl::StrCat(name, "/", kernels.name);
    benchmark::RegisterBenchmark(full_name.c_str(), [=, &kernels](benchmark::State& state) {
      auto code = std::make_unique<Program>(instruction, terms, packs);
      Verify(*code, instruction, terms, full_name, kernels);
      for (auto _ : state) {
        code->Run(kernels);
        benchmark::ClobberMemory();
      }
      const double runs = static_cast<double>(state.iterations()) * kInstructions;
      using benchmark::Counter;
      const Counter::Flags per = Counter::kIsRate | Counter::kInvert;
      state.counters["instruction"] = Counter(runs, per);
      state.counters["lane"] = Counter(runs * static_cast<double>(code->lanes()), per);
    });
  }
}

uint32_t OpByText(const std::string& text) {
  for (int i = 1; i < wengert::kOpCount; ++i) {
    if (text == InfoOf(static_cast<Op>(i)).text) return static_cast<uint32_t>(i);
  }
  std::fprintf(stderr, "no operation is called %s\n", text.c_str());
  std::exit(1);
}

void RegisterAll() {
  for (uint32_t terms : {1u, 2u, 4u, 8u, 20u}) {
    Register(absl::StrCat("sum of products/", terms), SumOfProducts, terms);
    Register(absl::StrCat("sum of scaled/", terms), SumOfScaled, terms);
    Register(absl::StrCat("accumulate/", terms), Accumulate, terms);
    Register(absl::StrCat("accumulate products/", terms), AccumulateProducts, terms);
  }
  // Where an instruction's own cost shows.
  Register("one pack/sum of products/2", SumOfProducts, 2, 1);
  Register("one pack/accumulate/1", Accumulate, 1, 1);
  Register("one pack/value/max", Value, OpByText("max"), 1);
  for (const char* text : {"add", "mul", "div", "sqrt", "max", "exp", "log", "tanh", "sigmoid",
                           "erfc", "sin", "pow", "log1p"}) {
    Register(absl::StrCat("value/", text), Value, OpByText(text));
  }
  for (const char* text : {"log", "tanh", "sigmoid", "erfc", "pow"}) {
    Register(absl::StrCat("partial/", text), FirstPartial, OpByText(text));
  }
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::RegisterAll();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
