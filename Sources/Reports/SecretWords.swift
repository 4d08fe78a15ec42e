/// What a secret or a name is told by: the word before it, or its own looks.
enum SecretWords {
  /// Headers whose whole value is secret.
  static let headers = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "cookie2", "set-cookie2",
    "x-api-key", "x-auth-token", "x-amz-security-token", "x-csrf-token",
  ]
  /// Credentials follow in the next word.
  static let schemes = ["bearer", "basic", "digest", "negotiate", "ntlm", "apikey"]
  /// Keys of a user's name.
  static let users = [
    "user", "username", "user_name", "userid", "user_id", "login", "email", "e-mail", "mail",
    "account", "principal", "uname", "remote_user", "remoteuser", "x-remote-user", "uid",
  ]
  private static let secrets = ["sid", "sig", "auth", "pass", "assertion", "samlresponse"]
  private static let partsOfSecrets = [
    "token", "secret", "passw", "passphrase", "pwd", "session", "apikey", "api-key", "api_key",
    "jwt", "credential", "signature", "cookie", "nonce", "otp", "access_key", "accesskey",
    "private_key",
  ].map { Array($0.utf8) }

  /// Whether the value of a key, in small letters, is secret.
  ///
  /// By bytes: a report asks of each word in it, and `String.contains` takes thirty times as long.
  static func isSecret(_ key: String) -> Bool {
    let bytes = Array(key.utf8)
    return secrets.contains(key)
      || bytes.indices.contains { at in partsOfSecrets.contains(where: bytes[at...].starts(with:)) }
  }

  /// Long words of small and capital letters with digits, or of many hexadecimal digits.
  static func isOpaque(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count >= 24 else { return false }
    let hasDigit = word.contains(where: SecretText.isDigit)
    let hasUpper = word.contains(where: SecretText.isUpper)
    let hasLower = word.contains { $0 &- 97 < 26 }
    if hasDigit, hasUpper, hasLower { return true }
    return word.count >= 32 && hasDigit
      && word.allSatisfy { SecretText.isDigit($0) || ($0 | 0x20) &- 97 < 6 }
  }
}
