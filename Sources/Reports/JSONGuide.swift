/// What each key of `--format json` means, `schema` 1; a test holds that no key is missing.
///
/// Within a schema keys are added, never renamed, and keep their meaning. Absent values are left out.
package enum JSONGuide {
  package static let keys: [(key: String, meaning: String)] = [
    ("schema", "Version of this form: 1."),
    ("redaction", "What was taken out: secrets always; ips, hosts, users on demand."),
    ("window", "First and last record of all logs."),
    ("start, end", "RFC 3339, UTC. Of a finding: first and last failure."),
    ("coverage", "How much could be read: `lines`, `records`, `unreadRecords`, `share` (0 to 1)."),
    (
      "totals",
      "`failures` = `failuresInFindings` + `failuresOutside`; `induced` of them met no member to try; "
        + "`clientAborts` and `eventsOutsideWindow` are not among them."
    ),
    (
      "sources",
      "One object a file: `path`, `format`, `lines`, `records`, `events` (exchanges and changes), `chatter` "
        + "(records that tell nothing of a backend), `joined` (records of an exchange told before), "
        + "`repeated` (that say another was repeated), `faults` (not read), `faultKinds` (`kind`, "
        + "`count`, `firstLine`, `sample`), `outside` (events outside the asked window), `notOpened`, `sameAs` "
        + "(counted there), `assumedZone`, `assumedYear`, `bundle` (`others`, `specials`: what it "
        + "holds beside logs), `problem`."
    ),
    (
      "backends",
      "One object a backend: `backend`, `gateways`, `pools`, `services`, `failures` (each exchange once), "
        + "`successes` (absent where the logs tell none), `attempts` (retries of failed exchanges)."
    ),
    ("asked", "The window that was asked for: `since`, `until`."),
    (
      "clocks",
      "Gateways whose clocks are wrong: `gateway`, `reference`, `aheadSeconds`, `evidence`; applied."
    ),
    (
      "aborts",
      "Callers that left, by backend: `count`, `waitedMilliseconds`, `usualMilliseconds`, "
        + "`followsSlowness`."
    ),
    ("classes", "Failures by class; `logtriage explain CLASS` says what each means."),
    (
      "findings",
      "The worst first: `pattern`, `claim` (one sentence), `backend` or `backends`, `pool`, `services`, "
        + "`gateways`, `failures`, `requests`, and what follows."
    ),
    ("intervals", "Pairs of start and end, where the finding has several stretches."),
    (
      "lastSuccess, nextSuccess",
      "The successes around it: the onset lies between success and start."
    ),
    ("confidence, confidenceReason", "high, medium or low, and why not more."),
    ("evidence", "The numbers that the pattern rests on, by name."),
    ("rivals", "Patterns that the data do not exclude."),
    ("missing", "Data that would decide or raise the confidence."),
    (
      "causes",
      "Hypotheses, the best first: `title`, `because`, `confidence`, `refutedBy`, `owner`, `source`, `steps` "
        + "(each `text` and, where there is one, `command`)."
    ),
    (
      "demarcation",
      "The path in segments: `segment`, `verdict` (good, failing, unknown), `because`, `lines` (file:line), "
        + "`check`."
    ),
    (
      "exemplars",
      "Records as proof: `file`, `line`, `time`, `class`, `gateway`, `client`, `uri`, `code`, `message`."
    ),
    ("key", "The URL, client or factor that holds the failures."),
    ("seconds", "Period or idle time of the pattern."),
    ("of, lag", "What a `follows` finding follows, and how many seconds later."),
    (
      "sharedTraits",
      "What the failed exchanges of a backend share: `failuresLookedAt`, `successesLookedAt` (an even sample "
        + "where fewer than all), `verdict` in words, `values`."
    ),
    (
      "values",
      "One object a value: `trait` (operation, client, service, gateway), `value`, `failed` of `allFailed`, "
        + "`served` of `allServed`, `lift`, `liftAtLeast` (95 %), `isSignificant` (Fisher, Holm, 1 %)."
    ),
    ("changes", "Changes of state: `time`, `kind`, `backend`, `gateway`; the earliest 400."),
    ("silences", "Stretches in which no log said anything."),
  ]

  package static var text: String {
    keys.map { "\($0.key)\n  \($0.meaning)" }.joined(separator: "\n")
  }
}
