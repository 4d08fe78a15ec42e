/// What stands in a digest's file: `logtriage digest --describe`.
///
/// A test walks a digest of all samples and finds every key here.
enum DigestGuide {
  static let text = """
    A digest is one JSON object, written without blanks, keys in the order of the alphabet. Times are
    milliseconds since 1970 in UTC, -1 is an unknown duration, absent keys are unknown. Hashes are whole
    numbers of 64 bits: a reader that takes numbers for floating point must take them for text.

    format        logtriage-digest; logtriage-ledger where every `digest` is left out
    parts         what each file told, or several files added up (merge --sum):
      files       the files of the part, in the order of their paths:
        content   what the bytes of the log, unpacked, are told apart by: hash, bytes
        asked     the time that was asked for, where not all was: since, until (RFC 3339)
        summary   path, format, and what became of the content: lines, records, events, chatter (records
                  that tell nothing of a backend), joined (that tell of an exchange again), repeated
                  (that say so of another record), faults (that cannot be read) with faultKinds (kind,
                  count, firstLine, sample), outside (events outside the asked time), isTooOld (left unread),
                  sameAs (the file that was counted instead), assumedZone, assumedYear, problem (why it
                  was not read to its end), bundle (others: no logs; specials: links, devices)
      digest      what they told; none of a file that is no log or is counted under another name

    digest:
    version       5
    backends      one for each `backend`, `gateway` and `journal` (access, error, state): see below
    coverage      series: when any record was written; every count is 1
    streams       one for each log, by `name`: digest with first and last record, successes, failures,
                  gateways
    changes       of members and gateways, the earliest 4096 as members (time, kind, backend, gateway,
                  stream), and their count
    suppressions  a logger's word that it dropped records: members (time, spanMilliseconds, count, stream)
    aborts        exchanges that callers ended, by backend; clientAborts: all of them
    gatewayFaults failures of a gateway's own settings
    unattributed  failures that name neither backend, pool nor service
    pieces        where parts of files were read: pieces by file, each from start to end
    transactions  by gateway: told, the 256 with the smallest hashes (id, time)

    digest of a backend:
    failures, successes  series of failed and served exchanges
    classes       failed exchanges by class (connect-refused, response-timeout ...)
    classSeries   failures by class in time, as columns: index, outcome, count; level as of a series
    entries       records of failures; entriesWithTransaction: those with a transaction; attempts: those
                  of a transaction that had failed already
    spread        failures of which only a span of time is known
    runs          the longest of `count` stretches of failures without a success: stream, failures,
                  firstFailure, lastFailure, lastSuccess, nextSuccess
    stretches     ends of such runs in pieces whose neighbours are not there: file, stream, piece, opening
                  (time, failures), lastRequest, head, firstSuccess, lastSuccess, tail (count, first,
                  last)
    samples       of each class (outcome) the earliest event and two chosen by hash
    failedSample, servedSample  the exchanges with the smallest hashes, at most limit
    durations     of failed exchanges by class (outcome), in bins of 32 an octave: bin, count, least, most
    work          a series of all exchanges with a duration: count, milliseconds (their sum)
    idle          how long the backend had been idle before all requests and before failures: counts in
                  bins of 8 an octave from 1 ms
    fine          failures by second (seconds, counts) in windows whose hash lies below hashLimit
    hasMilliseconds  whether a time was finer than a second
    pools, services, addresses, products, successStreams  sets: names, the first 8 by the alphabet

    A series has cells of 2^level seconds: index (start in cells since 1970), count, first, last, and of
    failures an exemplar, the event with the smallest hash; limit is how many cells there may be before
    they double.
    An event or exchange has time, outcome, hash, gateway, file, line, and where known client, service,
    status, code, duration, path or uri, message, transaction.

    """
}
