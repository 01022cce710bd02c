#include "bench/workloads/gaussian_mixture.h"

namespace bench {
namespace {

// Q (p - mu) of one component, and p - mu beside it.
void Whiten(size_t d, const double* point, const double* mean, const double* diagonal,
            const double* lower, double* centered, double* scaled) {
  for (size_t i = 0; i < d; ++i) {
    centered[i] = point[i] - mean[i];
    scaled[i] = diagonal[i] * centered[i];
  }
  for (size_t i = 0; i < d; ++i) {
    for (size_t j = i + 1; j < d; ++j) scaled[j] += *lower++ * centered[i];
  }
}

// Adds what -weight |Q (p - mu)|^2 / 2 contributes to the adjoints of Q and mu.
void PushNorm(size_t d, double weight, const double* centered, const double* scaled,
              const double* diagonal, const double* lower, double* mean_bar, double* diagonal_bar,
              double* lower_bar) {
  for (size_t i = 0; i < d; ++i) {
    const double scaled_bar = -weight * scaled[i];
    diagonal_bar[i] += scaled_bar * centered[i];
    double centered_bar = scaled_bar * diagonal[i];
    for (size_t j = i + 1; j < d; ++j) {
      const double other_bar = -weight * scaled[j];
      *lower_bar++ += other_bar * centered[i];
      centered_bar += other_bar * *lower++;
    }
    mean_bar[i] -= centered_bar;
  }
}

// Replaces v by exp(v - max v); returns the maximum and the sum of the new values.
struct Shifted {
  double largest, sum;
};
Shifted ShiftedExp(std::vector<double>& v) {
  Shifted result{*std::max_element(v.begin(), v.end()), 0.0};
  for (double& each : v) {
    each = std::exp(each - result.largest);
    result.sum += each;
  }
  return result;
}

}  // namespace

double GaussianMixture::hand(const double* x, double* g) const {
  const size_t d = dimension, k = components, factor_size = FactorSize();
  const double *alpha = x, *means = alpha + k, *factors = means + k * d;
  double *alpha_bar = g, *means_bar = alpha_bar + k, *factors_bar = means_bar + k * d;
  std::fill_n(g, n(), 0.0);
  std::vector<double> diagonals(k * d), diagonals_bar(k * d), log_diagonals(k);
  std::vector<double> log_diagonals_bar(k, -m), centered(k * d), scaled(k * d), term(k);

  double prior = 0.0;
  for (size_t c = 0; c < k; ++c) {
    const double* factor = factors + c * factor_size;
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < d; ++i) {
      const double q = diagonals[c * d + i] = std::exp(factor[i]);
      sum += factor[i];
      squares += q * q;
      diagonals_bar[c * d + i] = gamma * gamma * q;
    }
    for (size_t i = d; i < factor_size; ++i) {
      squares += factor[i] * factor[i];
      factors_bar[c * factor_size + i] = gamma * gamma * factor[i];
    }
    log_diagonals[c] = sum;
    prior += 0.5 * gamma * gamma * squares - m * sum;
  }

  double likelihood = 0.0;
  for (size_t p = 0; p < count; ++p) {
    for (size_t c = 0; c < k; ++c) {
      Whiten(d, &points[p * d], means + c * d, &diagonals[c * d], factors + c * factor_size + d,
             &centered[c * d], &scaled[c * d]);
      double norm = 0.0;
      for (size_t i = 0; i < d; ++i) norm += scaled[c * d + i] * scaled[c * d + i];
      term[c] = alpha[c] + log_diagonals[c] - 0.5 * norm;
    }
    const Shifted shifted = ShiftedExp(term);
    likelihood += std::log(shifted.sum) + shifted.largest;
    for (size_t c = 0; c < k; ++c) {
      const double weight = term[c] / shifted.sum;
      alpha_bar[c] += weight;
      log_diagonals_bar[c] += weight;
      PushNorm(d, weight, &centered[c * d], &scaled[c * d], &diagonals[c * d],
               factors + c * factor_size + d, means_bar + c * d, &diagonals_bar[c * d],
               factors_bar + c * factor_size + d);
    }
  }

  term.assign(alpha, alpha + k);
  const Shifted shifted = ShiftedExp(term);
  const double total = static_cast<double>(count);
  for (size_t c = 0; c < k; ++c) {
    alpha_bar[c] -= total * term[c] / shifted.sum;
    for (size_t i = 0; i < d; ++i) {
      factors_bar[c * factor_size + i] +=
          log_diagonals_bar[c] + diagonals_bar[c * d + i] * diagonals[c * d + i];
    }
  }
  return Constant() + likelihood - total * (std::log(shifted.sum) + shifted.largest) + prior;
}

}  // namespace bench
