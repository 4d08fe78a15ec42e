import LogEvents

/// What `statusDetails` of a Google Cloud balancer stands for.
///
/// Source: Google Cloud documentation, "Global external Application Load Balancer logging and
/// monitoring", HTTP success and failure messages.
enum GoogleStatusDetails {
  static let table: [(name: String, outcome: Outcome)] = [
    ("response_from_cache", .ok), ("response_from_cache_validated", .ok),
    ("byte_range_caching", .ok), ("direct_response", .info),
    ("failed_to_connect_to_backend", .connectRefused),
    ("failed_to_pick_backend", .poolExhausted), ("backend_timeout", .responseTimeout),
    ("backend_connection_closed", .prematureClose),
    ("backend_connection_closed_before_data_sent_to_client", .prematureClose),
    ("backend_connection_closed_after_partial_response_sent", .prematureClose),
    ("backend_early_response_with_non_error_status", .other),
    ("aborted_request_due_to_backend_early_response", .other),
    ("backend_response_corrupted", .badGatewayResponse),
    ("backend_response_headers_too_long", .badGatewayResponse),
    ("backend_interim_response_not_supported", .badGatewayResponse),
    ("malformed_chunked_body", .badGatewayResponse),
    ("failed_to_negotiate_alpn", .tlsFailure),
    ("ssl_certificate_chain_verification_failed", .tlsFailure),
    ("ssl_certificate_san_verification_failed", .tlsFailure),
    ("client_disconnected_before_any_response", .clientAbort),
    ("client_disconnected_after_partial_response", .clientAbort),
    ("client_timed_out", .clientAbort), ("handled_by_identity_aware_proxy", .info),
    ("denied_by_security_policy", .info), ("redirected_by_security_policy", .info),
    ("banned_by_security_policy", .info), ("throttled_by_security_policy", .overload),
    ("http_to_https_redirect", .info), ("body_not_allowed", .info), ("headers_too_long", .info),
    ("http_version_not_supported", .info), ("invalid_request_headers", .info),
    ("required_body_but_no_content_length", .info), ("unsupported_method", .info),
    ("upgrade_header_rejected", .info), ("uri_too_long", .info), ("websocket_closed", .ok),
    ("websocket_handshake_failed", .badGatewayResponse), ("config_not_found", .other),
    ("internal_error", .other),
  ]

  static func outcome(
    _ record: Span<UInt8>, _ details: ByteRange, status: Int, hasServer: Bool
  ) -> Outcome {
    if record.isAbsent(details) {
      guard status >= 500 else { return .ok }
      return hasServer ? .http5xx : .other
    }
    if record.equals(details, "response_sent_by_backend")
      || record.equals(details, "via_upstream")
    {
      return status >= 500 ? .http5xx : .ok
    }
    if let known = table.first(where: { record.equals(details, $0.name) }) { return known.outcome }
    if record.has("client_cert_", at: details.start)
      || record.has("server_cert_", at: details.start)
    {
      return .tlsFailure
    }
    if record.has("invalid_http2_client_", at: details.start) { return .info }
    if record.has("invalid_http2_", at: details.start) { return .badGatewayResponse }
    return .other
  }
}
