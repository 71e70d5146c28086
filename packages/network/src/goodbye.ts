/**
 * Why a connection was refused or ended; the side that decides tells the other, and both log it.
 *
 * Refusals of the hello: `GENESIS_MISMATCH`, `BAD_SIGNATURE`, `ALREADY_CONNECTED`, `LIMIT`, `BANNED`,
 * `VERSION`, `TIMEOUT`, `MALFORMED`. Later: `SHUTDOWN` (the node stops), `MISBEHAVED` (a rule was broken),
 * `UNRESPONSIVE` (no answer to a ping or a call), `LOST` (the connection broke without a word; never sent).
 */
export type GoodbyeCode = keyof typeof goodbyeNumbers

/** A {@link GoodbyeCode} with its explanation for people. */
export interface Goodbye {
  readonly code: GoodbyeCode
  readonly text: string
  /** Who said it. */
  readonly by: 'us' | 'peer'
}

/** Codes on the wire. */
const goodbyeNumbers = {
  LOST: 0,
  GENESIS_MISMATCH: 1,
  BAD_SIGNATURE: 2,
  ALREADY_CONNECTED: 3,
  LIMIT: 4,
  BANNED: 5,
  VERSION: 6,
  TIMEOUT: 7,
  MALFORMED: 8,
  SHUTDOWN: 9,
  MISBEHAVED: 10,
  UNRESPONSIVE: 11,
} as const

const codes = new Map<number, GoodbyeCode>(
  Object.entries(goodbyeNumbers).map(([code, number]) => [number, code as GoodbyeCode]),
)

/** Texts of peers are cut to this many characters and cleaned before they reach a log. */
const MAX_TEXT = 200

/** The number of a code on the wire. */
export function goodbyeNumber(code: GoodbyeCode): number {
  return goodbyeNumbers[code]
}

/** What a peer said, made safe to show; a code of a later version counts as `LOST`. */
export function goodbyeOfPeer(number: number, text: string): Goodbye {
  // control and other unprintable characters could forge log lines
  const clean = text.slice(0, MAX_TEXT).replace(/[^\x20-\x7e]/g, '?')
  const code = codes.get(number)
  return code
    ? { code, text: clean, by: 'peer' }
    : { code: 'LOST', text: `code ${number}: ${clean}`, by: 'peer' }
}

/** What we say. */
export function goodbye(code: GoodbyeCode, text: string): Goodbye {
  return { code, text, by: 'us' }
}
