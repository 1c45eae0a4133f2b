/// `total` things given out in proportion to `weights`, by largest remainders (Hamilton, 1792): each gets the whole part
/// of its share, and those with the largest rest get one more, of equal rests the first.
///
/// None gets more than its capacity; what then cannot be given out is left over.
func apportion(_ total: Int, among weights: [Double], capacities: [Int]? = nil) -> [Int] {
  let sum = weights.reduce(0, +)
  precondition(total >= 0 && sum > 0, "apportion: \(total) things by weights that sum to \(sum)")
  let shares = weights.map { Double(total) * $0 / sum }
  var counts = shares.indices.map { min(Int(shares[$0]), capacities?[$0] ?? .max) }
  let places = shares.indices.filter { counts[$0] < capacities?[$0] ?? .max }.sorted {
    let (first, second) = (shares[$0] - Double(counts[$0]), shares[$1] - Double(counts[$1]))
    return first == second ? $0 < $1 : first > second
  }
  for place in places.prefix(max(0, total - counts.reduce(0, +))) { counts[place] += 1 }
  return counts
}
