/// Every playbook there is.
///
/// A new cause is one line here.
package enum PlaybookShelf {
  package static let all: [any Playbook] = [
    NothingListens(),
    SilentDrop(),
    Overload(),
    KeepaliveRace(),
    BacklogCapture(),
    SharedCause(),
    Timer(),
    BadRequest(),
    FailingHardware(),
    ApplicationErrors(),
  ]
}
