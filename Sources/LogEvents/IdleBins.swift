/// How idle times are counted: 8 bins an octave from 1 ms.
public enum IdleBins {
  public static let perOctave = 8
  public static let count = 33 * 8
  /// One count a bin.
  public typealias Counts = InlineArray<264, UInt32>

  /// The bin of a gap in milliseconds: the octave by its highest bit, the rest by the next three bits.
  ///
  /// Both stand in the highest bits of a floating-point number (IEEE 754, binary64): the exponent, which is
  /// told from 1023 on, and the first bits behind the leading one.
  @inlinable
  public static func bin(_ gap: Int64) -> Int {
    let bits = Double(max(1, gap)).bitPattern &>> 49
    return min(count - 1, Int(truncatingIfNeeded: bits) &- 1023 &* perOctave)
  }
}
