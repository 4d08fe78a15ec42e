/// What the C library says of a failed call, in the languages that gateways are run in.
///
/// Old JVMs print these texts in the system's language, with no number beside them. Only such parts are
/// listed as have no letter outside ASCII where the script allows, so that Latin-1 and JSON escapes
/// match too. Source: glibc, po/*.po (2.31 to 2.40), strerror and gai_strerror.
enum SystemErrorText: CaseIterable {
  case refused, timedOut, unreachable, reset, brokenPipe, unknownHost

  /// The text's meaning; `nil` when none is in the range.
  init?(_ record: Span<UInt8>, _ range: ByteRange) {
    for kind in Self.allCases
    where kind.parts.contains(where: { record.find($0, in: range) != nil }) {
      self = kind
      return
    }
    return nil
  }

  private var parts: [String] {
    switch self {
    case .refused:
      [
        "onnection refused", "Verbindungsaufbau abgelehnt", "Verbindung verweigert",
        "Connexion refus", "Conexión rehusada", "rehusada", "Conexión rechazada", "rechazada",
        "Connessione rifiutata", "recusada", "Verbinding is geweigerd", "Verbinding geweigerd",
        "rbindelse v", "Forbindelse afvist", "Forbindelsen afvist", "Spojení odmítnuto",
        "czenie odrzucone", "В соединении отказано", "Bağlantı reddedildi", "接続を拒否されました",
        "拒绝连接", "连接被拒绝", "拒絕連線", "연결이 거부",
      ]
    case .timedOut:
      [
        "onnection timed out", "Die Wartezeit f", "expiration du d", "lai d'attente d",
        "Expiró el tiempo de conexión", "el tiempo de conexi", "Connessione scaduta",
        "Tempo esgotado para conex", "tempo limite", "Verbinding is verlopen",
        "Wachttijd voor verbinding", "Upłynął limit czasu", "Przekroczony czas", "Vypršel čas",
        "Время ожидания соединения истекло", "Bağlantı zaman aşımı", "接続がタイムアウトしました",
        "连接超时", "連線逾時", "연결 시간 초과",
      ]
    case .unreachable:
      [
        "o route to host", "is unreachable", "Keine Route zum Zielrechner",
        "Netzwerk ist nicht erreichbar", "Aucun chemin d'acc", "seau n'est pas accessible",
        "Aucune route", "No existe ninguna ruta", "La red es inaccesible", "inalcanzable",
        "Nessun instradamento", "Rete non raggiungibile", "rete non è raggiungibile",
        "rota para o host", "rede está fora de alcance", "Geen route naar host",
        "Netwerk is onbereikbaar", "Brak trasy do hosta", "Sieć jest niedostępna",
        "Нет маршрута до узла", "Сеть недоступна", "ホストへの経路がありません", "ネットワークに届きません",
        "ネットワークに到達できません", "没有到主机的路由", "网络不可达", "沒有主機路由", "호스트로 갈 루트가 없",
      ]
    case .reset:
      [
        "onnection reset", "Kommunikationspartner zur", "initialisée par le correspondant",
        "par le correspondant", "reinicializada por la", "Connessione interrotta dal",
        "Conexão fechada pela outra ponta", "pela outra ponta", "Verbinding is weggevallen",
        "Verbinding verbroken", "zerwane przez drug", "Соединение разорвано", "接続が相手からリセット",
        "连接被对方重", "連線被對方重", "연결이 상대편에 의해",
      ]
    case .brokenPipe:
      [
        "roken pipe", "Relais bris", "Tubería rota", "Pipe interrotta", "Pipe quebrado",
        "Gebroken pijp", "Przerwany potok", "Обрыв канала", "パイプが切断", "断开的管道", "파이프가 깨어짐",
      ]
    case .unknownHost:
      [
        "ame or service not known", "Der Name oder der Dienst ist nicht bekannt",
        "Namensauflösung", "bei der Namensaufl", "Nom ou service inconnu",
        "solution du nom", "Nombre o servicio desconocido", "resolución del nombre",
        "Nome o servizio sconosciuto", "risoluzione del nome", "Nome ou serviço desconhecido",
        "resolução de nome", "Naam of dienst is onbekend", "Имя или служба не известны",
        "名前またはサービスが不明", "名前解決に一時的に失敗", "未知的名称或服务", "域名解析暂时失败",
      ]
    }
  }
}
