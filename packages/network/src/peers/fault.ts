/** A rule of the protocols that no honest node breaks, whatever it knows. */
export type PeerRule =
  /** A frame above the limit of its stream. */
  | 'FRAME_TOO_LARGE'
  /** Bytes that are no message of their protocol. */
  | 'MALFORMED'
  /** More streams or frames of the multiplexer than any session needs. */
  | 'FLOOD'
  /** A part of a payload that is not the one announced before. */
  | 'WRONG_PART'
  /** Another block than the one asked for. */
  | 'WRONG_BLOCK'
  /** A block that its certificate does not prove. */
  | 'INVALID_BLOCK'
  /** Block after block that was announced is not there. */
  | 'MISSING_BLOCK'
  | 'TRANSACTION_TOO_LARGE'
  /** The address of a validator, not signed by it. */
  | 'BAD_ADDRESS'
  /** More addresses than were asked for, or one validator twice. */
  | 'BAD_ADDRESS_LIST'
  /** A certificate of an epoch that its committee has not signed. */
  | 'BAD_EPOCH'

/** What a peer is charged with: a broken rule, or silence where an answer was due. */
export type PeerFault = PeerRule | 'UNRESPONSIVE'

/** The score at which a peer is banned. */
export const BAN_SCORE = 100

/** What may have a reason that the peer cannot help, so that only its repetition bans. */
const lesser: Partial<Record<PeerFault, number>> = {
  // a line or a machine that stalls
  UNRESPONSIVE: 20,
  // a range that was pruned while it was asked for
  MISSING_BLOCK: 20,
}

/** The points of a fault: what is proven bans at once, what costs time adds up. */
export function pointsOf(fault: PeerFault): number {
  return lesser[fault] ?? BAN_SCORE
}
