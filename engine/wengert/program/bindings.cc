#include "wengert/program/bindings.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace wengert::program {
namespace {

template <class T>
std::string BytesOf(const std::vector<T>& values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

// The number of `values` in `all`, where equal ones are kept once.
template <class T>
uint32_t Intern(std::vector<T> values, std::vector<std::vector<T>>& all,
                std::unordered_map<std::string, uint32_t>& numbers) {
  const auto [place, is_new] =
      numbers.try_emplace(BytesOf(values), static_cast<uint32_t>(all.size()));
  if (is_new) all.push_back(std::move(values));
  return place->second;
}

bool SameBits(double a, double b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

}  // namespace

Cell Bindings::NewArray(uint32_t length) {
  // Lanes are written a pack at a time, also where the last pack isn't full.
  const Cell first = RoundedUp(blocks_.cells) + kHalo;
  blocks_.cells = first + RoundedUp(length) + kHalo;
  arrays_.push_back({first, length});
  return first;
}

Cell Bindings::ConstantCell(double value) {
  const auto [place, is_new] =
      constant_cells_.try_emplace(std::bit_cast<uint64_t>(value), blocks_.cells);
  if (is_new) blocks_.presets.emplace_back(blocks_.cells++, value);
  return place->second;
}

uint32_t Bindings::Column(std::vector<double> values) {
  return Intern(std::move(values), blocks_.columns, columns_);
}

Bindings::Bound Bindings::Bind(std::vector<Move>& copies) {
  const Reading& first = readings_.front();
  const bool all_constant = std::all_of(readings_.begin(), readings_.end(),
                                        [](const Reading& r) { return r.is_constant; });
  if (all_constant) {
    const auto is_same = [&](const Reading& r) { return SameBits(r.constant, first.constant); };
    if (std::all_of(readings_.begin(), readings_.end(), is_same)) return {first.constant, {}};
    std::vector<double> values;
    for (const Reading& r : readings_) values.push_back(r.constant);
    return {std::nullopt, {Access::kColumn, Column(std::move(values))}};
  }
  for (Reading& r : readings_) {
    if (r.is_constant) r = {false, ConstantCell(r.constant), 0.0};
  }
  const auto is_same = [&](const Reading& r) { return r.cell == first.cell; };
  if (std::all_of(readings_.begin(), readings_.end(), is_same)) {
    return {std::nullopt, {Access::kCell, first.cell}};
  }
  if (const std::optional<Source> stream = BindStream(copies)) return {std::nullopt, *stream};
  return {std::nullopt, BindTable()};
}

const Bindings::Array* Bindings::ArrayOf(Cell cell) const {
  auto array = std::upper_bound(arrays_.begin(), arrays_.end(), cell,
                                [](Cell c, const Array& a) { return c < a.first; });
  if (array == arrays_.begin()) return nullptr;
  --array;
  return cell < array->first + array->length ? &*array : nullptr;
}

std::optional<Source> Bindings::BindStream(std::vector<Move>& copies) {
  const auto count = static_cast<uint32_t>(readings_.size());
  const uint32_t middle = count / 2;
  const Cell base = readings_[middle].cell - middle;
  const Array* array = ArrayOf(readings_[middle].cell);
  if (array == nullptr || readings_[middle].cell < middle) return std::nullopt;
  if (base + kHalo < array->first || base + count > array->first + array->length + kHalo) {
    return std::nullopt;
  }
  std::vector<Move> needed;
  for (uint32_t k = 0; k < count; ++k) {
    const Cell from = readings_[k].cell, to = base + k;
    if (from == to) continue;
    const bool is_spare = to < array->first || to >= array->first + array->length;
    const auto held = spare_.find(to);
    if (!is_spare || (held != spare_.end() && held->second != from)) return std::nullopt;
    if (held == spare_.end()) needed.push_back({to, from});
  }
  for (const Move& move : needed) spare_[move.to] = move.from;
  copies.insert(copies.end(), needed.begin(), needed.end());
  return Source{Access::kStream, base};
}

Source Bindings::BindTable() {
  std::vector<uint32_t> cells;
  for (const Reading& r : readings_) cells.push_back(r.cell);
  // The lanes of a whole pack are read.
  cells.resize(RoundedUp(static_cast<uint32_t>(cells.size())), cells.back());
  return {Access::kTable, Intern(std::move(cells), blocks_.tables, tables_)};
}

}  // namespace wengert::program
