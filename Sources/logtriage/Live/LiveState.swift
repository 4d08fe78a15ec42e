import LogIntake
import Pipeline

/// Where a tail keeps what it has counted, and how far it has read.
struct LiveState {
  mutating func save(_ run: inout LiveRun, _ files: [FollowedFile]) throws {}
}
