/// What a field of a custom HAProxy format says, and the usual names of such fields.
///
/// Source: HAProxy configuration manual, "Custom log format": the names of the variables, and what
/// published formats and Filebeat's module for HAProxy call them.
enum HAProxyField {
  case client, frontend, backend, server, address, port, state, status, time, milliseconds
  case id, uri, request, duration, connectError, clientError

  static let names: [(name: String, field: Self)] = [
    ("client", .client), ("client_ip", .client), ("client_addr", .client),
    ("client_address", .client), ("clientip", .client), ("ci", .client), ("src", .client),
    ("src_ip", .client), ("source_ip", .client), ("remote_addr", .client), ("ip", .client),
    ("fe", .frontend), ("frontend", .frontend), ("frontend_name", .frontend), ("ft", .frontend),
    ("f", .frontend), ("fe_name", .frontend), ("frontend_name_transport", .frontend),
    ("be", .backend), ("backend", .backend), ("backend_name", .backend), ("b", .backend),
    ("be_name", .backend), ("srv", .server), ("server", .server), ("server_name", .server),
    ("s", .server), ("srv_name", .server), ("srv_addr", .address), ("server_addr", .address),
    ("server_address", .address), ("server_ip", .address), ("srv_ip", .address), ("si", .address),
    ("srv_port", .port), ("server_port", .port), ("sp", .port), ("term", .state),
    ("termination_state", .state), ("tsc", .state), ("ts", .state), ("ts_state", .state),
    ("term_state", .state), ("termination", .state), ("session_state", .state), ("state", .state),
    ("termstate", .state), ("termination_state_cookie", .state), ("status", .status),
    ("status_code", .status), ("http_status", .status), ("st", .status), ("code", .status),
    ("response_code", .status), ("http_status_code", .status), ("accept", .time),
    ("accept_date", .time), ("request_date", .time), ("tr_date", .time), ("date", .time),
    ("datetime", .time), ("date_time", .time), ("ts", .time), ("timestamp", .time),
    ("time", .time), ("@timestamp", .time), ("epoch", .time), ("t", .time), ("ms", .milliseconds),
    ("id", .id), ("unique_id", .id), ("uniqueid", .id), ("request_id", .id), ("req_id", .id),
    ("reqid", .id),
    ("path", .uri), ("uri", .uri), ("url", .uri), ("http_uri", .uri), ("request_uri", .uri),
    ("http_path", .uri), ("original", .uri), ("request", .request), ("http_request", .request),
    ("req", .request),
    ("http_req", .request), ("request_line", .request), ("req_line", .request), ("ta", .duration),
    ("time_total", .duration), ("total_time", .duration),
    ("tt", .duration), ("total_time_ms", .duration), ("time_active", .duration),
    ("bc_err_str", .connectError), ("bc_err_name", .connectError), ("bc_err", .connectError),
    ("fc_err_str", .clientError), ("fc_err_name", .clientError), ("fc_err", .clientError),
  ]
}
