/// Every format there is, in the order in which ties are broken.
///
/// A new format is one line here.
package enum FormatShelf {
  package static let all: [any LogFormat.Type] = [
    DataPowerText.self,
    DataPowerCSV.self,
    DataPowerJSON.self,
    DataPowerXML.self,
    CAGatewayLog.self,
    CAGatewayConsole.self,
    CAAuditBlocks.self,
    ApacheErrorLog.self,
    ApacheErrorObjects.self,
    ModJKLog.self,
    WebSpherePlugin.self,
    ApacheForensic.self,
    HAProxyLog.self,
    F5Log.self,
    F5Requests.self,
    TraefikLog.self,
    NginxError.self,
    NginxAccess.self,
    ApacheAccess.self,
    ApacheAccessNamed.self,
    EnvoyAccess.self,
    EnvoyObjects.self,
    AWSLoadBalancer.self,
    AzureGateway.self,
    GoogleLoadBalancer.self,
    NetScalerLog.self,
    KempLog.self,
    SquidAccess.self,
    NormalizedEvents.self,
  ]

  package static func named(_ name: String) -> (any LogFormat.Type)? {
    all.first { $0.card.name == name } ?? all.first { $0.card.product == name }
  }
}
