import Correlator
import LogEvents

/// Everything of a report that comes from logs, redacted before anything is said of it: sentences,
/// commands and pages are made of what is left.
extension Redactor {
  package mutating func redact(_ classification: inout Classification) {
    for backend in classification.backends {
      learn(host: backend.name)
      for gateway in backend.gateways { learn(host: gateway) }
    }
    for found in classification.cases { if let address = found.address { learn(host: address) } }
    for index in classification.cases.indices { redact(&classification.cases[index]) }
    for index in classification.offsets.indices {
      classification.offsets[index].gateway = text(classification.offsets[index].gateway)
      classification.offsets[index].reference = text(
        ifAny: classification.offsets[index].reference)
    }
    for index in classification.aborts.indices {
      classification.aborts[index].backend = text(classification.aborts[index].backend)
    }
    for index in classification.backends.indices { redact(&classification.backends[index]) }
  }

  private mutating func redact(_ found: inout Case) {
    found.backend = text(found.backend)
    found.backends = found.backends.map { text($0) }
    found.address = text(ifAny: found.address)
    found.pool = text(ifAny: found.pool)
    found.services = found.services.map { text($0) }
    found.gateways = found.gateways.map { text($0) }
    found.confidenceReason = text(found.confidenceReason)
    found.missing = found.missing.map { text($0) }
    found.key = found.pattern == .urlConcentrated ? uri(found.key) : text(ifAny: found.key)
    for index in found.exemplars.indices { redact(&found.exemplars[index]) }
    redact(&found.surroundings)
  }

  private mutating func redact(_ around: inout Surroundings) {
    redact(&around.gateways)
    redact(&around.members)
    redact(&around.ports)
    redact(&around.unresolved)
    if var onset = around.onset {
      onset.backend = text(onset.backend)
      redact(&onset.exemplar)
      around.onset = onset
    }
    if var change = around.change {
      change.backend = text(change.backend)
      change.gateway = text(change.gateway)
      change.stream = text(change.stream)
      around.change = change
    }
  }

  private mutating func redact(_ tallies: inout [Surroundings.Tally]) {
    for index in tallies.indices { tallies[index].name = text(tallies[index].name) }
  }

  package mutating func redact(_ exemplar: inout Exemplar) {
    // What is known to be the query goes first, however it stands in the message.
    var message = exemplar.message
    if let uri = exemplar.uri, let mark = uri.firstIndex(of: "?") {
      let query = uri[uri.index(after: mark)...]
      if !query.isEmpty { message = message?.replacing(query, with: SecretText.mark) }
    }
    exemplar.message = text(ifAny: message)
    exemplar.uri = uri(exemplar.uri)
    exemplar.client = text(ifAny: exemplar.client)
    exemplar.gateway = text(ifAny: exemplar.gateway)
    exemplar.code = text(ifAny: exemplar.code)
    exemplar.file = text(exemplar.file)
  }

  private mutating func redact(_ backend: inout BackendSummary) {
    backend.name = text(backend.name)
    backend.gateways = backend.gateways.map { text($0) }
    backend.pools = backend.pools.map { text($0) }
    backend.services = backend.services.map { text($0) }
  }

  package mutating func redact(_ file: inout FileSummary) {
    file.path = text(file.path)
    file.problem = text(ifAny: file.problem)
    file.sameAs = text(ifAny: file.sameAs)
    for index in file.faultKinds.indices {
      file.faultKinds[index].sample = text(ifAny: file.faultKinds[index].sample)
    }
  }
}
