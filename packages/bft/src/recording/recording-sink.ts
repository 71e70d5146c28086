/**
 * Keeps the records of a replica, the newest ones, in segments: a checkpoint and the records that go on from it. Takes them
 * at once and writes them when it can; never throws and never waits.
 */
export interface RecordingSink {
  /**
   * What it can take: a `checkpoint` that begins a segment, because there is none or records were lost; a `record`; or
   * `nothing` at present.
   */
  readonly wants: 'checkpoint' | 'record' | 'nothing'
  /** Begins a segment, at the cost of the oldest one. */
  begin(checkpoint: Uint8Array): void
  /** Adds a record to the segment; false when the segment has no room for it. */
  append(record: Uint8Array): boolean
}
