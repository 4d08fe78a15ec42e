import Correlator
import LogEvents
import Playbooks

/// Section 2: what was measured, in the order of time, without a word of a cause.
struct StoryLine {
  var storyTime: String
  var sentence: String
  var storyAnchor: String
  var storyNumber: Int
  var storyPlace: Int
  var storyCount: Counted

  private static let limit = 6

  static func all(_ facts: PageFacts) -> [StoryLine] {
    // The worst are told; time orders them.
    facts.asserted.prefix(limit).sorted {
      ($0.found.interval.start, $0.place) < ($1.found.interval.start, $1.place)
    }.map { numbered in
      let ask = numbered.isGroup ? "w\(numbered.place)" : "v\(numbered.place)"
      return StoryLine(
        storyTime: PageMoment.full(numbered.found.interval.start),
        sentence: TextLayout.fit(numbered.finding.claim, 400), storyAnchor: numbered.anchor,
        storyNumber: numbered.number, storyPlace: numbered.place,
        storyCount: Tally.number(facts.series[numbered.place].total, "f", ask))
    }
  }
}
