#ifndef WENGERT_EMBED_NN_H_
#define WENGERT_EMBED_NN_H_

// Multilayer perceptrons, for any scalar.
//
// A network is a structure and one flat array of parameters, of which every neuron reads a slice:
//
//    p = [ w0 w1 b | w0 w1 b | ... | w0 ... w15 b | ... ]       weights, then bias
//          neuron 0  neuron 1        a neuron of the next layer
//
// The network owns the parameters as doubles. To evaluate it, hand it parameters of the scalar that
// is wanted back: the doubles themselves for a number, the independents that a tape makes of them
// for a recorded one.
//
//    std::mt19937_64 random(1);
//    nn::Mlp net(2, {16, 16, 1}, random);                      // 337 parameters
//    double score = net(net.parameters(), {0.5, 0.2})[0];      // a number
//
//    Tape tape;
//    std::vector<Var> p = tape.Inputs(net.parameters());
//    Var score = net(p, {0.5, 0.2})[0];                        // recorded
//    Var loss = nn::MaxMargin(std::vector<Var>{score}, {1.0}) + 1e-4 * nn::SumOfSquares(p);
//    std::vector<double> g = tape.Backward(loss).Gradient();   // in the order of the parameters
//
// A network so evaluated is a function of one span, which is what Function::Record takes, too.
// Trained on minibatches it is a function of its parameters whose own parameters are the batch:
//
//    auto loss = Function::Record(nn::BatchCrossEntropy{net}, net.parameters(), batch);
//    loss.Gradient({net.parameters(), batch}, g);              // any batch of as many rows
//
// What is done with the gradient is a line or three of one's own (engine/examples/training.cc).

#include <cmath>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "wengert/base/check.h"
#include "wengert/tape/record.h"

namespace wengert::nn {

// What a neuron does to its sum.
enum class Activation { kLinear, kRelu };

// What weights are drawn from.
enum class InitialWeights {
  kUnit,  // uniform in [-1, 1)
  kHe     // uniform, of variance 2 / inputs of the neuron (He et al., arXiv 1502.01852)
};

// y = f(b + w0 x0 + w1 x1 + ...), where f is the activation.
class Neuron {
 public:
  // The parameters are p[first], ..., p[first + inputs]: the weights, then the bias.
  Neuron(size_t first, size_t inputs, Activation activation)
      : first_(first), inputs_(inputs), activation_(activation) {}

  // As it was made.
  size_t inputs() const { return inputs_; }
  Activation activation() const { return activation_; }

  // This neuron's, among those of the whole network.
  template <class T>
  absl::Span<T> Weights(absl::Span<T> p) const {
    return p.subspan(first_, inputs_);
  }
  template <class T>
  T& Bias(absl::Span<T> p) const {
    return p[first_ + inputs_];
  }

  // p: the parameters of the whole network; x: inputs() numbers, plain or of type T.
  template <class T, class X>
  T operator()(absl::Span<const T> p, absl::Span<const X> x) const {
    const absl::Span<const T> w = Weights(p);
    T sum = Bias(p);
    for (size_t k = 0; k < inputs_; ++k) sum = sum + w[k] * T(x[k]);
    return activation_ == Activation::kRelu ? relu(sum) : sum;
  }

 private:
  size_t first_;
  size_t inputs_;
  Activation activation_;
};

// Neurons beside one another, with the same inputs.
class Layer {
 public:
  // Neuron k has the parameters from p[first + k (inputs + 1)] on.
  Layer(size_t first, size_t inputs, size_t outputs, Activation activation) {
    for (size_t k = 0; k < outputs; ++k) {
      neurons_.emplace_back(first + k * (inputs + 1), inputs, activation);
    }
  }

  // In the order of the outputs.
  const std::vector<Neuron>& neurons() const { return neurons_; }

  // A number for each neuron.
  template <class T, class X>
  std::vector<T> operator()(absl::Span<const T> p, absl::Span<const X> x) const {
    std::vector<T> y;
    y.reserve(neurons_.size());
    for (const Neuron& neuron : neurons_) y.push_back(neuron(p, x));
    return y;
  }

 private:
  std::vector<Neuron> neurons_;
};

// Layers one after the other: ReLU in the hidden ones, linear in the last.
class Mlp {
 public:
  // `sizes` are the numbers of neurons in the layers; the last is the number of outputs. Weights
  // are the same on every platform for the same state of `random`; biases are 0. UsageError unless
  // there is a layer and every number is at least 1.
  Mlp(size_t inputs, const std::vector<size_t>& sizes, std::mt19937_64& random,
      InitialWeights initial = InitialWeights::kUnit)
      : inputs_(inputs) {
    bool sound = inputs > 0 && !sizes.empty();
    for (size_t size : sizes) sound = sound && size > 0;
    if (!sound) {
      ThrowUsageError("nn::Mlp", "a network without inputs, without layers or with an empty layer",
                      "give at least one input, one layer, and one neuron a layer");
    }
    size_t count = 0;
    for (size_t size : sizes) {
      const bool last = layers_.size() + 1 == sizes.size();
      layers_.emplace_back(count, inputs, size, last ? Activation::kLinear : Activation::kRelu);
      count += size * (inputs + 1);
      inputs = size;
    }
    parameters_.resize(count);
    for (const Layer& layer : layers_) {
      for (const Neuron& neuron : layer.neurons()) {
        const double limit = initial == InitialWeights::kUnit
                                 ? 1.0
                                 : std::sqrt(6.0 / static_cast<double>(neuron.inputs()));
        for (double& w : neuron.Weights(parameters())) w = limit * Uniform(random);
      }
    }
  }

  // As it was made.
  size_t inputs() const { return inputs_; }
  size_t outputs() const { return layers_.back().neurons().size(); }
  const std::vector<Layer>& layers() const { return layers_; }

  // All of them as one list, in the order of the layers and their neurons.
  absl::Span<double> parameters() { return absl::MakeSpan(parameters_); }
  absl::Span<const double> parameters() const { return parameters_; }

  // The outputs at x, inputs() numbers, with the parameters p: a vector or span of as many scalars
  // as there are parameters. UsageError when either has another length.
  template <class P, class T = typename P::value_type>
  std::vector<T> operator()(const P& p, absl::Span<const double> x) const {
    return Evaluate<T>(p, x);
  }
  // The same at an x that is recorded, too.
  template <class P, std::same_as<Var> X>
  std::vector<Var> operator()(const P& p, absl::Span<const X> x) const {
    return Evaluate<Var>(p, x);
  }

 private:
  template <class T, class X>
  std::vector<T> Evaluate(absl::Span<const T> p, absl::Span<const X> x) const {
    if (p.size() != parameters_.size() || x.size() != inputs_) {
      ThrowUsageError("nn::Mlp",
                      absl::StrCat("evaluated with ", p.size(), " parameters at a point of ",
                                   x.size(), " numbers"),
                      absl::StrCat("the network has ", parameters_.size(), " parameters and ",
                                   inputs_, " inputs")
                          .c_str());
    }
    std::vector<T> y = layers_.front()(p, x);
    for (size_t k = 1; k < layers_.size(); ++k) y = layers_[k](p, absl::Span<const T>(y));
    return y;
  }

  // std::uniform_real_distribution may differ from one standard library to the next.
  static double Uniform(std::mt19937_64& random) {
    return std::ldexp(static_cast<double>(random() >> 11), -52) - 1.0;
  }

  size_t inputs_;
  std::vector<Layer> layers_;
  std::vector<double> parameters_;
};

// mean_i relu(1 - y_i s_i), the max-margin loss of a support vector machine: s are the scores, a
// vector or span of scalars; y are the labels, -1 or 1. UsageError unless there are as many scores
// as labels, and at least one.
template <class S, class T = typename S::value_type>
T MaxMargin(const S& scores, absl::Span<const double> labels) {
  if (scores.empty() || scores.size() != labels.size()) {
    ThrowUsageError("nn::MaxMargin",
                    absl::StrCat(scores.size(), " scores and ", labels.size(), " labels"),
                    "give one label for each score, and at least one");
  }
  T sum(0.0);
  for (size_t i = 0; i < labels.size(); ++i) sum = sum + relu(T(1.0) - T(labels[i]) * scores[i]);
  return sum * T(1.0 / static_cast<double>(labels.size()));
}

// log sum_k exp(s_k) - sum_k t_k s_k: the cross entropy of the targets t, probabilities that add to
// one, and the softmax of the scores s. No exponential overflows. UsageError unless there are as
// many targets as scores, and at least one.
template <class S, class Y, class T = typename S::value_type>
T CrossEntropy(const S& scores, const Y& targets) {
  if (scores.empty() || scores.size() != targets.size()) {
    ThrowUsageError("nn::CrossEntropy",
                    absl::StrCat(scores.size(), " scores and ", targets.size(), " targets"),
                    "give one target for each score, and at least one");
  }
  T largest = scores[0];
  for (size_t k = 1; k < scores.size(); ++k) largest = max(largest, scores[k]);
  T sum(0.0), wanted(0.0);
  for (size_t k = 0; k < scores.size(); ++k) {
    sum = sum + exp(scores[k] - largest);
    wanted = wanted + targets[k] * scores[k];
  }
  return log(sum) + largest - wanted;
}

// The mean cross entropy of a minibatch, for Function::Record: a function of the network's
// parameters p, with the batch as the Function's parameters. The batch has a row for each sample,
// net.inputs() numbers and net.outputs() targets. UsageError unless it has whole rows, at least
// one.
struct BatchCrossEntropy {
  Mlp net;  // its structure

  // One output.
  Var operator()(absl::Span<const Var> p, absl::Span<const Var> batch) const {
    const size_t row = net.inputs() + net.outputs();
    if (batch.empty() || batch.size() % row != 0) {
      ThrowUsageError("nn::BatchCrossEntropy",
                      absl::StrCat("a batch of ", batch.size(), " numbers"),
                      absl::StrCat("a row has ", net.inputs(), " inputs and ", net.outputs(),
                                   " targets, ", row, " numbers")
                          .c_str());
    }
    Var sum = 0.0;
    for (size_t first = 0; first < batch.size(); first += row) {
      sum += CrossEntropy(net(p, batch.subspan(first, net.inputs())),
                          batch.subspan(first + net.inputs(), net.outputs()));
    }
    return sum * (static_cast<double>(row) / static_cast<double>(batch.size()));
  }
};

// sum_k p_k^2, for L2 regularisation.
template <class P, class T = typename P::value_type>
T SumOfSquares(const P& p) {
  T sum(0.0);
  for (const T& each : p) sum = sum + square(each);
  return sum;
}

// "ReLU" or "linear".
inline const char* NameOf(Activation activation) {
  return activation == Activation::kRelu ? "ReLU" : "linear";
}

// "ReLU neuron(2)", "Layer of 16 ReLU neurons(2)", "Mlp of [Layer of ..., Layer of ...]": the
// number of inputs stands in brackets.
inline std::ostream& operator<<(std::ostream& out, const Neuron& neuron) {
  return out << NameOf(neuron.activation()) << " neuron(" << neuron.inputs() << ")";
}

// As above.
inline std::ostream& operator<<(std::ostream& out, const Layer& layer) {
  const size_t count = layer.neurons().size();
  const Neuron& each = layer.neurons().front();
  return out << "Layer of " << count << " " << NameOf(each.activation()) << " neuron"
             << (count == 1 ? "(" : "s(") << each.inputs() << ")";
}

// As above.
inline std::ostream& operator<<(std::ostream& out, const Mlp& net) {
  const char* separator = "Mlp of [";
  for (const Layer& layer : net.layers()) {
    out << separator << layer;
    separator = ", ";
  }
  return out << "]";
}

}  // namespace wengert::nn

#endif  // WENGERT_EMBED_NN_H_
