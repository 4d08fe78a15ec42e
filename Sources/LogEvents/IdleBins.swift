/// How idle times are counted: 8 bins an octave from 1 ms.
public enum IdleBins {
  public static let perOctave = 8
  public static let count = 33 * 8

  /// The bin of a gap in milliseconds: the octave by its highest bit, the rest by the next three bits.
  @inlinable
  public static func bin(_ gap: Int64) -> Int {
    let value = UInt64(max(1, gap))
    let octave = 63 - value.leadingZeroBitCount
    let scaled = octave >= 3 ? value &>> UInt64(octave &- 3) : value &<< UInt64(3 &- octave)
    return min(count - 1, octave &* perOctave &+ Int(scaled & 7))
  }
}
