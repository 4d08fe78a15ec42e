/// Formats that configurations call by a name without spelling them out.
///
/// Source: httpd 2.4 httpd.conf and Debian's apache2.conf; nginx documentation, ngx_http_log_module;
/// HAProxy configuration manual 2.6, "Log formats".
enum WellKnownFormats {
  static func pattern(_ dialect: OwnerFormat.Dialect, _ name: String) -> String? {
    switch dialect {
    case .apache: apache[name]
    case .nginx: name == "combined" ? nginxCombined : nil
    case .haproxy: haproxy[name]
    case .apacheError: nil
    }
  }

  private static let common = #"%h %l %u %t "%r" %>s %O"#
  private static let client = #" "%{Referer}i" "%{User-Agent}i""#

  private static let apache = [
    "common": common, "combined": common + client, "combinedio": common + client + " %I %O",
    "vhost_common": "%v " + common, "vhost_combined": "%v:%p " + common + client,
  ]

  private static let nginxCombined =
    #"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "#
    + #""$http_referer" "$http_user_agent""#

  private static let http =
    "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc "
    + "%ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r"

  private static let haproxy = [
    "httplog": http,
    "httpslog": http
      + " %[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] "
      + "%[ssl_fc_sni]/%sslv/%sslc",
    "tcplog": "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq",
  ]
}
