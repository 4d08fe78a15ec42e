import LogEvents

/// Google Cloud's `statusDetails`.
enum GoogleGuide {
  static let table = CodeTable(
    product: "Google Cloud Load Balancing",
    source: "Google Cloud documentation, Application Load Balancer logging, statusDetails messages",
    entries: GoogleStatusDetails.table.map {
      .init(
        $0.name, "statusDetails: " + $0.name.replacing("_", with: " "), $0.outcome,
        caveat: caveats[$0.name] ?? "")
    } + [
      .init(
        "response_sent_by_backend", "statusDetails: the backend answered; its status counts", .ok,
        .http5xx),
      .init(
        "via_upstream",
        "statusDetails of regional balancers: the backend answered; its status counts", .ok,
        .http5xx),
    ])

  private static let caveats = [
    "failed_to_connect_to_backend": "Refused, timed out, unreachable and TLS are told alike.",
    "failed_to_pick_backend": "A consequence of health checks, or of a group without instances.",
    "backend_timeout": "The backend service's timeout: 30 s by default.",
    "client_disconnected_after_partial_response": "Comes with status 200.",
    "backend_connection_closed_after_partial_response_sent": "Comes with status 200.",
    "backend_connection_closed_before_data_sent_to_client":
      "Often a keep-alive timeout of the backend below 600 s.",
  ]
}
