/// The names of backends that an operator knows to be one.
///
/// Applied where backends are tied, after the merge: a digest keeps the names as its logs wrote
/// them.
package struct BackendAliases: Sendable, Hashable {
  /// From another spelling to the name that stands for all of them.
  package var canonical: [String: String]

  package init(canonical: [String: String] = [:]) { self.canonical = canonical }
}
