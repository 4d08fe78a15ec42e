/// How the lines of `logtriage events` get into the engines that people have.
///
/// Each text runs as it stands: words are comments of its language. `Tests/Scripts/layouts.py` hands
/// them and real events to a parser of each engine.
package enum EventLayout: String, CaseIterable, Sendable {
  case clickhouse, elasticsearch, opentelemetry

  package var text: String {
    switch self {
    case .clickhouse: Self.clickhouseTable
    case .elasticsearch: Self.elasticsearchBulk
    case .opentelemetry: Self.openTelemetryLogs
    }
  }

  /// Sources: https://clickhouse.com/docs/en/interfaces/formats/JSONEachRow and
  /// https://clickhouse.com/docs/en/sql-reference/data-types/lowcardinality (26.9).
  private static let clickhouseTable = """
    -- Names that a record does not have are empty, as ClickHouse advises; numbers are NULL.
    --
    --   logtriage events --layout clickhouse | clickhouse-client
    --   logtriage events logs | clickhouse-client --date_time_input_format best_effort \\
    --     --query 'INSERT INTO gateway_events FORMAT JSONEachRow'
    CREATE TABLE gateway_events (
      file LowCardinality(String),
      line UInt64,
      time DateTime64(3, 'UTC'),
      source LowCardinality(String),
      format LowCardinality(String),
      gateway LowCardinality(String),
      severity LowCardinality(String),
      class LowCardinality(String),
      backend LowCardinality(String),
      pool LowCardinality(String),
      service LowCardinality(String),
      transaction String,
      client String,
      code LowCardinality(String),
      status Nullable(UInt16),
      duration_ms Nullable(UInt32),
      journal LowCardinality(String),
      uri String,
      message String,
      count UInt32 DEFAULT 1,
      span_ms UInt32 DEFAULT 0,
      note LowCardinality(String)
    ) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (backend, class, time);

    """

  /// Sources: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk and the
  /// field names of the Elastic Common Schema, https://www.elastic.co/docs/reference/ecs (9.0).
  private static let elasticsearchBulk = #"""
    # Two lines an event for the bulk interface, with the names of the Elastic Common Schema. A data
    # stream called logs-* needs no mapping of its own.
    #
    #   logtriage events --layout elasticsearch > bulk.jq
    #   logtriage events logs | jq -c -f bulk.jq | split -l 10000 --filter 'curl -sS --fail \
    #     -H "Content-Type: application/x-ndjson" --data-binary @- "$ELASTIC/logs-gateway-default/_bulk"'
    {create: {}},
    ({
      "@timestamp": .time, "message": .message, "log.level": .severity, "log.file.path": .file,
      "log.origin.file.line": .line, "observer.name": .gateway, "observer.product": .source,
      "event.dataset": .format, "event.action": .class, "event.code": .code,
      "event.outcome": ({ok: "success", info: "unknown"}[.class] // "failure"),
      "event.duration": (if .duration_ms then .duration_ms * 1000000 else null end),
      "destination.address": .backend, "service.name": .service, "transaction.id": .transaction,
      "client.address": .client, "http.response.status_code": .status, "url.original": .uri,
      "labels.pool": .pool, "labels.journal": .journal, "labels.note": .note,
      "gateway.count": (.count // 1), "gateway.span_ms": (.span_ms // 0)
    } | with_entries(select(.value != null)))

    """#

  /// Sources: https://opentelemetry.io/docs/specs/otel/logs/data-model/ (severity numbers, semantic
  /// conventions) and https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/ (one request a
  /// line).
  private static let openTelemetryLogs = #"""
    # One export request a line, as the collector's receiver `otlpjsonfile` reads them.
    #
    #   logtriage events --layout opentelemetry > otlp.jq
    #   logtriage events logs | jq -c -f otlp.jq > events.otlp.jsonl
    def text($key): select(. != null) | {key: $key, value: {stringValue: .}};
    def number($key): select(. != null) | {key: $key, value: {intValue: tostring}};
    # Numbers of jq are too short for nanoseconds.
    def nanoseconds:
      (.[0:19] + "Z" | fromdateiso8601 | tostring) + (.[20:-1] + "000")[0:3] + "000000";
    {resourceLogs: [{
      resource: {attributes: [
        (.gateway | text("host.name")), (.source | text("gateway.product"))]},
      scopeLogs: [{
        scope: {name: "logtriage"},
        logRecords: [({
          severityNumber: ({emergency: 24, alert: 22, critical: 21, error: 17, warning: 13,
            notice: 10, info: 9, debug: 5}[.severity // ""] // 0),
          severityText: (.severity // ""),
          body: {stringValue: (.message // .class)},
          attributes: [
            (.file | text("log.file.path")), (.line | number("log.file.line")),
            (.format | text("log.format")), (.class | text("error.type")),
            (.backend | text("server.address")), (.pool | text("gateway.pool")),
            (.service | text("gateway.service")), (.transaction | text("gateway.transaction")),
            (.client | text("client.address")), (.code | text("gateway.code")),
            (.status | number("http.response.status_code")),
            (.duration_ms | number("gateway.duration_ms")), (.journal | text("gateway.journal")),
            (.uri | text("url.original")), (.note | text("gateway.note")),
            (.count // 1 | number("gateway.count")), (.span_ms // 0 | number("gateway.span_ms"))]
        } + (if .time then {timeUnixNano: (.time | nanoseconds)} else {} end))]
      }]
    }]}

    """#
}
