/// Arrays of a digest: there are many, and none needs more room than its limit.
extension Array {
  /// Makes one of neighbours that belong together.
  mutating func foldInPlace(
    where belong: (Element, Element) -> Bool, _ absorb: (inout Element, Element) -> Void
  ) {
    var last = -1
    for at in indices {
      if last >= 0, belong(self[last], self[at]) {
        absorb(&self[last], self[at])
      } else {
        last += 1
        self[last] = self[at]
      }
    }
    removeLast(count - last - 1)
  }

  /// Gives back most of the room that as many elements and a new one do not need.
  mutating func shrink(to count: Int) {
    guard capacity > 2 * count, self.count <= count else { return }
    var smaller: [Element] = []
    smaller.reserveCapacity(count + 1)
    swap(&smaller, &self)
    append(contentsOf: smaller)
  }
}
