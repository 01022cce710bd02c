// The benchmark functions compute what they say: their hand-written derivatives agree with the tape
// where it was recorded and where it was moved to, and their sizes are the published ones.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "bench/workloads/adbench.h"
#include "bench/workloads/counted.h"
#include "bench/workloads/suite.h"
#include "bench/workloads/verify.h"
#include "bench/workloads/wengert.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace bench {
namespace {

// visit(name, workload) for each with made-up data.
template <class Visit>
void VisitWorkloads(Visit&& visit) {
  for (const NamedWorkload& named : MadeUpWorkloads()) {
    std::visit([&](const auto& workload) { visit(named.name, workload); }, named.workload);
  }
}

// Value and gradient of a tape at its point agree with the hand-written ones at x.
template <class Workload>
void ExpectAgreement(const Workload& workload, const std::vector<double>& x, wengert::Tape& tape,
                     const wengert::Var& root) {
  std::vector<double> expected(x.size());
  const double value = workload.hand(x.data(), expected.data());
  EXPECT_LE(ValueError(tape.Primal(root), value), kTolerance);
  EXPECT_LE(GradientError(tape.Backward(root).Gradient(), expected), kTolerance);
}

template <class Workload>
void ExpectTapeAndHandAgree(const Workload& workload) {
  const std::vector<std::vector<double>> points = PointsAround(workload.x0(), 3);
  wengert::Tape tape;
  std::vector<wengert::Var> inputs;
  for (const std::vector<double>& x : points) {
    SCOPED_TRACE("recorded");
    ExpectAgreement(workload, x, tape, RecordAt(workload, x.data(), tape, inputs));
  }
  const wengert::Var root = RecordAt(workload, points[0].data(), tape, inputs);
  for (const std::vector<double>& x : points) {
    SCOPED_TRACE("replayed");
    ASSERT_TRUE(tape.Replay(x).ok());
    ExpectAgreement(workload, x, tape, root);
  }
}

TEST(WorkloadsTest, TapeAndHandWrittenDerivativeAgreeWhereRecordedAndWhereReplayed) {
  VisitWorkloads([](const std::string& name, const auto& workload) {
    SCOPED_TRACE(name);
    ExpectTapeAndHandAgree(workload);
  });
}

TEST(WorkloadsTest, ThePlainFunctionHasTheValueOfTheTapeToTheBit) {
  VisitWorkloads([](const std::string& name, const auto& workload) {
    const std::vector<double> x = workload.x0();
    wengert::Tape tape;
    std::vector<wengert::Var> inputs;
    EXPECT_EQ(RecordAt(workload, x.data(), tape, inputs).value(), workload(x.data())) << name;
  });
}

TEST(WorkloadsTest, OperationCountsAreThePublishedOnes) {
  const std::map<std::string, OperationCount> published = {
      {"W1 rosenbrock n=1000", {7992, 0}},         {"W2 logreg 1000x20", {45000, 2000}},
      {"W3 mlp 2-16-16-1 x100", {61777, 0}},       {"W4a gmm d10 k25 n100", {341231, 2876}},
      {"W4b gmm d10 k25 n1000", {3381431, 26276}}, {"W5 ba 1000 obs", {74000, 3000}},
      {"W6 lstm l2 b14 c32", {26072, 4805}},       {"W7 lax-wendroff 100x2000", {1382300, 0}},
      {"W8 black-scholes 1000", {25000, 5000}},    {"W9 heston 64x100", {141006, 12868}},
      {"W10 stochvol n=1000", {16012, 1003}},      {"W11 chain 1000", {4000, 0}},
  };
  size_t seen = 0;
  VisitWorkloads([&](const std::string& name, const auto& workload) {
    ASSERT_EQ(published.count(name), 1u) << name;
    EXPECT_EQ(CountOperations(workload).operations, published.at(name).operations) << name;
    EXPECT_EQ(CountOperations(workload).calls, published.at(name).calls) << name;
    ++seen;
  });
  EXPECT_EQ(seen, published.size());
}

TEST(GradientErrorTest, IsRelativeAboveAHundredthOfTheRootMeanSquare) {
  EXPECT_NEAR(GradientError({1.0, 2.0 + 2e-9}, {1.0, 2.0}), 1e-9, 1e-15);
  EXPECT_NEAR(GradientError({1.0, 1e-9}, {1.0, 0.0}), 1e-9 / (0.01 * std::sqrt(0.5)), 1e-15);
}

TEST(GradientErrorTest, IsNanWhereTheGradientIs) {
  EXPECT_TRUE(std::isnan(GradientError({NAN, 1.0}, {1.0, 1.0})));
}

std::string WriteFile(const std::string& name, const std::string& text) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path) << text;
  return path;
}

// Two dimensions, two components, three points.
constexpr char kMixture[] =
    "2 2 3\n"
    "0.5\n-0.5\n"
    "0.1 0.2\n0.3 0.4\n"
    "0.01 0.02 0.03\n-0.01 -0.02 -0.03\n"
    "1 2\n3 4\n5 6\n"
    "1.5 1\n";

// Two cameras, three points, four observations.
constexpr char kBundle[] =
    "2 3 4\n"
    "0.1 0.2 0.3 0.4 0.5 -5 1.5 0.1 0.2 0.05 0.01\n"
    "0.5 -0.5 0.25\n"
    "0.75\n"
    "0.3 -0.2\n";

TEST(ReadGaussianMixtureTest, ReadsWhatTheFileSays) {
  const auto w = ReadGaussianMixture(WriteFile("gmm.txt", kMixture));
  ASSERT_TRUE(w.ok()) << w.status();
  EXPECT_EQ(w->n(), 12u);
  EXPECT_THAT(w->x0(), testing::ElementsAre(0.5, -0.5, 0.1, 0.2, 0.3, 0.4, 0.01, 0.02, 0.03, -0.01,
                                            -0.02, -0.03));
  EXPECT_THAT(w->points, testing::ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(w->gamma, 1.5);
  EXPECT_EQ(w->m, 1.0);
  ExpectTapeAndHandAgree(*w);
}

TEST(ReadBundleAdjustmentTest, RepeatsItsLinesAndPairsCamerasWithPoints) {
  const auto w = ReadBundleAdjustment(WriteFile("ba.txt", kBundle));
  ASSERT_TRUE(w.ok()) << w.status();
  EXPECT_EQ(w->n(), 2 * 11 + 3 * 3 + 4u);
  ASSERT_EQ(w->observations.size(), 4u);
  EXPECT_EQ(w->observations[3].camera, 1u);
  EXPECT_EQ(w->observations[3].point, 0u);
  EXPECT_EQ(w->observations[3].feature[1], -0.2);
  EXPECT_EQ(w->x0()[11], 0.1);
  EXPECT_EQ(w->x0()[2 * 11 + 3], 0.5);
  EXPECT_EQ(w->x0().back(), 0.75);
  ExpectTapeAndHandAgree(*w);
}

TEST(WorkloadsFromFilesTest, TakesTheFilesThatAreNamedLikeAdBenchs) {
  const std::string directory = testing::TempDir() + "/adbench";
  std::filesystem::create_directories(directory);
  WriteFile("adbench/gmm_small.txt", kMixture);
  WriteFile("adbench/ba_small.txt", kBundle);
  WriteFile("adbench/notes.txt", "not numbers");
  const auto workloads = WorkloadsFromFiles(directory);
  ASSERT_TRUE(workloads.ok()) << workloads.status();
  ASSERT_EQ(workloads->size(), 2u);
  EXPECT_EQ((*workloads)[0].name, "ba_small");
  EXPECT_EQ((*workloads)[1].name, "gmm_small");
}

TEST(WorkloadsFromFilesTest, SaysThatTheDirectoryIsMissing) {
  EXPECT_EQ(WorkloadsFromFiles("/no/such/directory").status().code(), absl::StatusCode::kNotFound);
}

struct BadFile {
  std::string text, complaint;
};

TEST(ReadGaussianMixtureTest, NamesTheLineThatIsWrong) {
  for (const BadFile& bad : {
           BadFile{"", ":1: expected 3 numbers, found the end of the file"},
           BadFile{"2 2\n", ":1: expected 3 numbers, found 2"},
           BadFile{"2 0 3\n", ":1: expected whole numbers from 1 to 1000000, found 0"},
           BadFile{"2 2.5 3\n", ":1: expected whole numbers from 1 to 1000000, found 2.5"},
           BadFile{"2 2 3\n0.5\nx\n", ":3: \"x\" isn't a finite number"},
           BadFile{"2 2 3\n0.5\nnan\n", ":3: \"nan\" isn't a finite number"},
           BadFile{"1 1 1\n0\n0\n0\n0\n0 0\n", ":6: expected gamma > 0 and m >= 0"},
           BadFile{std::string(kMixture) + "\n7\n", ":13: expected the end of the file"},
       }) {
    const std::string path = WriteFile("bad_gmm.txt", bad.text);
    EXPECT_EQ(ReadGaussianMixture(path).status().message(), path + bad.complaint);
  }
}

TEST(ReadBundleAdjustmentTest, NamesTheLineThatIsWrong) {
  const std::string path = WriteFile("bad_ba.txt", "2 3 4\n1 2 3\n");
  EXPECT_EQ(ReadBundleAdjustment(path).status().message(),
            path + ":2: expected 11 numbers, found 3");
}

TEST(ReadBundleAdjustmentTest, SaysThatTheFileIsMissing) {
  EXPECT_EQ(ReadBundleAdjustment("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace bench
