import Correlator
import LogEvents

/// As `RedactedReport`, for what pages show beyond the cases.
extension Redactor {
  mutating func redact(_ detail: inout Detail) {
    for name in detail.cube.backends + detail.cube.gateways { learn(host: name) }
    var told = self
    detail.cube.rename { $0 == Cube.others ? $0 : told.text($0) }
    for index in detail.traits.indices {
      detail.traits[index].backend = told.text(detail.traits[index].backend)
      for row in detail.traits[index].rows.indices {
        let value = detail.traits[index].rows[row].value
        detail.traits[index].rows[row].shown = told.uri(value) ?? value
      }
    }
    for index in detail.moments.indices {
      detail.moments[index].backend = told.text(detail.moments[index].backend)
    }
    var samples: [String: [Exemplar]] = [:]
    for (backend, kept) in detail.samples.sorted(by: { $0.key < $1.key }) {
      var kept = kept
      for index in kept.indices { told.redact(&kept[index]) }
      samples[told.text(backend), default: []] += kept
    }
    detail.samples = samples
    for index in detail.changes.indices {
      detail.changes[index].backend = told.text(detail.changes[index].backend)
      detail.changes[index].gateway = told.text(detail.changes[index].gateway)
      detail.changes[index].stream = told.text(detail.changes[index].stream)
    }
    for index in detail.streams.indices {
      detail.streams[index].name = told.text(detail.streams[index].name)
    }
    self = told
  }
}
