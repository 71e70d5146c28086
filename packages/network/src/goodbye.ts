/**
 * Why a connection was refused or ended; the side that decides tells the other, and both log it.
 *
 * Refusals of the hello: `GENESIS_MISMATCH`, `BAD_SIGNATURE`, `ALREADY_CONNECTED`, `LIMIT`, `BANNED`,
 * `VERSION`, `TIMEOUT`, `MALFORMED`. Later: `SHUTDOWN` (the node stops), `MISBEHAVED` (a rule was broken),
 * `UNRESPONSIVE` (no answer to a ping or a call), `LOST` (the connection broke without a word; never sent).
 */
export type GoodbyeCode =
  | 'GENESIS_MISMATCH'
  | 'BAD_SIGNATURE'
  | 'ALREADY_CONNECTED'
  | 'LIMIT'
  | 'BANNED'
  | 'VERSION'
  | 'TIMEOUT'
  | 'MALFORMED'
  | 'SHUTDOWN'
  | 'MISBEHAVED'
  | 'UNRESPONSIVE'
  | 'LOST'

/** A {@link GoodbyeCode} with its explanation for people. */
export interface Goodbye {
  readonly code: GoodbyeCode
  readonly text: string
  /** Who said it. */
  readonly by: 'us' | 'peer'
}
