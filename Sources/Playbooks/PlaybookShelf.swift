/// Every playbook there is.
///
/// A new cause is one line here.
package enum PlaybookShelf {
  package static let all: [any Playbook] = [
    NothingListens(),
    SilentDrop(),
    NoRoute(),
    ResolverFailure(),
    SomeConnectsFail(),
    BrokenHandshake(),
    Overload(),
    SlowAnswer(),
    StalledBody(),
    CutConnections(),
    KeepaliveRace(),
    NoMemberLeft(),
    BadAnswer(),
    OneMember(),
    OneGateway(),
    Restarts(),
    RecentChange(),
    FillingResource(),
    ImpatientCallers(),
    BacklogCapture(),
    SharedCause(),
    Timer(),
    BadRequest(),
    FailingHardware(),
    ApplicationErrors(),
  ]
}
