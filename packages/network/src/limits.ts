import { maxMessageBytes, payloadPartBytes, payloadPartCount, type Genesis } from '@zkstack/roles'
import { maxPartFrameBytes } from './parts/part-frame.js'

const KB = 1024
const MB = 1024 * KB

/** A token bucket: `burst` at once, one more every `refreshMs`. */
export interface Rate {
  readonly burst: number
  readonly refreshMs: number
}

/** The largest frame of each protocol in bytes, checked on the length prefix before anything is kept. */
export interface FrameLimits {
  readonly hello: number
  readonly consensus: number
  readonly proposals: number
  readonly blockRange: number
  readonly blockRequest: number
  readonly block: number
  readonly transactions: number
  readonly ping: number
  readonly peers: number
  readonly addresses: number
  readonly epochVote: number
  readonly epochRequest: number
  readonly epochCertificate: number
}

/** Sizes, rates and times of the network; made by {@link networkLimits}. */
export interface NetworkLimits {
  /** Largest payload of a block, in bytes. */
  readonly maxPayloadBytes: number
  /** Largest transaction, in bytes. */
  readonly maxTransactionBytes: number
  readonly frames: FrameLimits
  /** Whole hello, from the proven node key to the proven validator key. */
  readonly helloTimeoutMs: number
  /** One attempt to connect. */
  readonly dialTimeoutMs: number
  /** First and longest pause between attempts to connect to a static peer. */
  readonly redialMinMs: number
  readonly redialMaxMs: number
  /** Share of the pause that is random, to either side. */
  readonly redialJitter: number
  /** A connection that lived so long resets the pause. */
  readonly healthyAfterMs: number
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
  /** Connections that may be in their hello at once, beside those of static peers. */
  readonly maxPendingInbound: number
  /** How long a peer that broke a rule stays out, when it is a stranger and when it is a configured peer. */
  readonly banMs: number
  readonly banStaticMs: number
  /** In this time a peer works off one of the 100 points that ban it. */
  readonly faultDecayMs: number
  /** Attempts to connect to peers that others told us of, all together, and how many of them at once. */
  readonly dialRate: Rate
  readonly maxDials: number
  /** Pause between questions for more peers, while some are wanted. */
  readonly peersRequestMs: number
  /** Questions for peers, of each peer. */
  readonly peersRequestRate: Rate
  /** Lists of validator addresses, of each peer. */
  readonly addressRate: Rate
  /** Votes for the committee of the next epoch, of each peer. */
  readonly epochVoteRate: Rate
  /** Certificates of epochs asked for, of each peer. */
  readonly epochRequestRate: Rate
  /** Answers to those requests, all together. */
  readonly epochAnswerRate: Rate
  /** Pause before a peer is asked again for a certificate that it has not got; it doubles up to 64 times that. */
  readonly epochRetryMs: number
  /** How often a validator announces its address again. */
  readonly announceMs: number
  /** Least time between two announcements that answer another address for our key. */
  readonly announceAgainMs: number
  /** Hellos with one stranger; beyond it connections are cut. */
  readonly greetingRate: Rate
  /** Hellos with strangers, all together. */
  readonly helloRate: Rate
  /** Pings answered per peer. */
  readonly pingRate: Rate
  /** Consensus messages per peer. */
  readonly consensusRate: Rate
  /** Parts of large proposals per peer. */
  readonly proposalPartRate: Rate
  /** Announcements of our block range per peer. */
  readonly blockRangeRate: Rate
  /** Least time between two announcements of our block range to a committee member, which learns of blocks from votes. */
  readonly memberRangeMs: number
  /** Blocks given to a peer. */
  readonly blockRequestRate: Rate
  /** Their bytes, in KiB. */
  readonly blockKibRate: Rate
  /** Transactions taken from a peer; a frame costs as much as 7 of them besides. */
  readonly transactionRate: Rate
  /** Their bytes, in KiB. */
  readonly transactionKibRate: Rate
  /** Silence on requests for blocks. */
  readonly blockTimeoutMs: number
  /** Requests for blocks outstanding at one peer. */
  readonly blockInflight: number
  /** Heights in one request. */
  readonly blocksPerRequest: number
  /** Bytes of blocks in one answer; a single block may be larger. */
  readonly answerBytes: number
  /** Most that an answer may hold: that, or the largest block. */
  readonly maxAnswerBytes: number
  /** Heights that sync holds at once: asked for, being verified, or waiting to become durable. */
  readonly syncWindow: number
  /** Bytes of those blocks; what is asked for counts with the most that may come. */
  readonly syncWindowBytes: number
  /** After this long without an answer another peer is asked too. */
  readonly syncHedgeMs: number
  /** Pause between two looks at the head of the fallback source. */
  readonly fallbackPollMs: number
  /** How long a committee member waits for consensus to bring a block at the tip before it asks for it. */
  readonly syncGraceMs: number
  /** Transactions waiting for one peer; further ones are not sent to it. */
  readonly transactionQueue: number
  readonly transactionQueueBytes: number
  /** How long transactions are collected for a frame, unless it is full before. */
  readonly transactionBatchMs: number
  /** Transactions remembered as seen, and for how long. */
  readonly seenTransactions: number
  readonly seenTransactionMs: number
  /** How long a rejected transaction is not looked at again; each further rejection doubles it, up to `seenTransactionMs`. */
  readonly rejectedTransactionMs: number
}

/** What {@link networkLimits} computes from. */
export interface NetworkLimitsInit extends Partial<
  Omit<NetworkLimits, 'frames' | 'maxAnswerBytes'>
> {
  readonly genesis: Genesis
  /** Largest committee, for a genesis without a fixed one. Default 100. */
  readonly maxValidators?: number
}

/**
 * The limits of a chain: frame sizes follow from its scheme, committee and payload limit.
 * @see the table of constants in the network specification (section 11); where a figure differs, the line says why
 * @throws RangeError when a size or time is not a positive number, a rate is none, or a name is not one of a limit
 */
export function networkLimits(init: NetworkLimitsInit): NetworkLimits {
  const { genesis, maxValidators = 100, ...given } = init
  const chosen = checkedLimits(given)
  const maxPayloadBytes = chosen.maxPayloadBytes ?? DEFAULT_MAX_PAYLOAD_BYTES
  const maxTransactionBytes = chosen.maxTransactionBytes ?? DEFAULT_MAX_TRANSACTION_BYTES
  const validators = genesis.schedule?.length ?? maxValidators
  const sizeFor = (payloadBytes: number): number =>
    maxMessageBytes({ validators, scheme: genesis.scheme, maxPayloadBytes: payloadBytes })
  const message = sizeFor(maxPayloadBytes)
  // a block is a payload and a certificate: never more than the largest message; 1 kB for the answer around it
  const maxAnswerBytes = Math.max(message, chosen.answerBytes ?? defaults.answerBytes) + KB
  return {
    ...defaults,
    // never so small that the blocks of several peers could not be under way
    syncWindowBytes: Math.max(SYNC_WINDOW_BYTES, 4 * maxAnswerBytes),
    proposalPartRate: proposalPartRate(maxPayloadBytes),
    ...chosen,
    maxPayloadBytes,
    maxTransactionBytes,
    maxAnswerBytes,
    frames: {
      ...fixedFrames,
      // a larger payload travels in parts
      consensus: sizeFor(Math.min(maxPayloadBytes, payloadPartBytes)),
      proposals: maxPartFrameBytes(maxPayloadBytes, sizeFor(0)),
      // a larger block travels in parts
      block: payloadPartBytes + KB,
      // signers and their aggregate, which every message with a certificate has room for
      epochCertificate: sizeFor(0),
      // many small transactions share a frame, or one of the largest has its own
      transactions: Math.max(64 * KB, maxTransactionBytes + KB),
    },
  }
}

type ChosenLimits = Omit<NetworkLimitsInit, 'genesis' | 'maxValidators'>

/** What was chosen: absent is what is undefined. @throws RangeError */
function checkedLimits(given: ChosenLimits): ChosenLimits {
  const chosen = Object.entries(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of chosen) checkLimit(name, value)
  return Object.fromEntries(chosen)
}

function checkLimit(name: string, value: unknown): void {
  if (!limitNames.has(name)) throw new RangeError(`${name} is no limit of the network`)
  if (name.endsWith('Rate')) {
    checkRate(name, value)
    return
  }
  if (typeof value !== 'number' || !(value > 0 || (value === 0 && mayBeZero.has(name)))) {
    throw new RangeError(`${name} must be positive, is ${String(value)}`)
  }
  const isFine =
    name === 'redialJitter'
      ? value <= 1
      : name.endsWith('Ms')
        ? Number.isFinite(value)
        : Number.isSafeInteger(value)
  if (!isFine) throw new RangeError(`${name} must not be ${value}`)
}

function checkRate(name: string, value: unknown): void {
  const { burst, refreshMs } = (value ?? {}) as Partial<Record<keyof Rate, unknown>>
  const isBurst = typeof burst === 'number' && (burst === Infinity || Number.isSafeInteger(burst))
  if (isBurst && burst >= 1 && typeof refreshMs === 'number' && refreshMs >= 0) return
  throw new RangeError(`${name} must be { burst, refreshMs }, of at least 1 and 0`)
}

/** Era's deployed limit is 2.5 MB (decimal). */
const DEFAULT_MAX_PAYLOAD_BYTES = 2_500_000
/** Era's local networks use 100 000. */
const DEFAULT_MAX_TRANSACTION_BYTES = 100_000

/** Memory of sync. */
const SYNC_WINDOW_BYTES = 64 * MB

const mayBeZero: ReadonlySet<string> = new Set([
  'redialJitter',
  'syncGraceMs',
  'memberRangeMs',
  'transactionBatchMs',
])

const fixedFrames = {
  hello: 10 * KB, // handshake frame
  blockRange: 10 * KB, // push_block_store_state
  blockRequest: KB, // get_block request
  ping: KB,
  peers: 10 * KB, // as the other small protocols; 32 addresses need 2
  addresses: 100 * KB, // push_validator_addrs
  epochVote: KB, // a key and a signature
  epochRequest: KB,
}

const defaults = {
  helloTimeoutMs: 5_000, // preface and handshake timeout
  helloRate: { burst: 10, refreshMs: 100 }, // accept rate; each hello may cost us a pairing check
  dialTimeoutMs: 10_000, // libp2p's dial timeout
  redialMinMs: 500, // upstream retries every 20 s; a restarted peer should be back within a view or two
  redialMaxMs: 20_000, // CONNECT_RETRY
  redialJitter: 0.25,
  healthyAfterMs: 60_000,
  pingIntervalMs: 10_000, // ping
  pingTimeoutMs: 10_000,
  pingRate: { burst: 10, refreshMs: 100 }, // upstream 2/1 s; a doubted connection is pinged at once
  maxPendingInbound: 64, // twice upstream's listen backlog
  banMs: 600_000,
  banStaticMs: 20_000, // a committee must not lose a member for minutes over one bad frame
  faultDecayMs: 6_000, // 100 points in the 10 minutes of a ban
  dialRate: { burst: 8, refreshMs: 1_000 },
  maxDials: 4,
  peersRequestMs: 30_000,
  peersRequestRate: { burst: 4, refreshMs: 5_000 },
  addressRate: { burst: 8, refreshMs: 1_000 }, // upstream 1/5 s: then a start of n validators takes n times as long
  epochVoteRate: { burst: 8, refreshMs: 1_000 }, // one an epoch
  epochRequestRate: { burst: 16, refreshMs: 500 },
  epochAnswerRate: { burst: 16, refreshMs: 100 }, // reading a record decodes the keys of a committee
  epochRetryMs: 1_000,
  announceMs: 600_000, // ADDRESS_ANNOUNCER_INTERVAL
  announceAgainMs: 5_000, // two nodes with one key must not talk each other into a flood
  greetingRate: { burst: 8, refreshMs: 500 }, // a stranger with the shortest of our own pauses
  consensusRate: { burst: 1_000, refreshMs: 1 }, // four labels per view: room for 250 views/s and a re-send of all
  blockRangeRate: { burst: 10, refreshMs: 50 }, // upstream 2/200 ms delays followers; a range is 20 bytes
  memberRangeMs: 250, // a member that is not behind has no use for it: as long as it waits for consensus anyway
  blockRequestRate: { burst: 1_024, refreshMs: 0.1 }, // per block; upstream 10/100 ms cannot follow a chain of 100 blocks/s
  transactionRate: { burst: 2_000, refreshMs: 0.2 }, // per transaction, and 7 per frame: frames are batches
  transactionKibRate: { burst: 4 * KB, refreshMs: 0.05 }, // 20 MiB/s: more than a committee puts into blocks
  blockKibRate: { burst: 64 * KB, refreshMs: 1 / 64 }, // 64 MiB/s, twice what a store takes in
  blockTimeoutMs: 10_000, // get_block timeout
  blockInflight: 5, // INFLIGHT of get_block
  blocksPerRequest: 64,
  answerBytes: 512 * KB,
  syncWindow: 512, // max_block_queue_size is 20: not enough for a path of 100 ms; bytes are bounded by themselves
  syncHedgeMs: 2_000,
  fallbackPollMs: 5_000, // upstream's 500 ms serve a node without peers
  syncGraceMs: 250, // a wide-area round trip: the spread within which a committee finalizes a block
  transactionQueue: 1_000, // tx broadcast capacity
  transactionQueueBytes: 4 * MB,
  transactionBatchMs: 2, // a frame of many costs hardly more than a frame of one
  seenTransactions: 65_536,
  seenTransactionMs: 120_000,
  rejectedTransactionMs: 5_000, // a nonce gap closes, a balance grows: but not before the next blocks
}

const limitNames: ReadonlySet<string> = new Set([
  ...Object.keys(defaults),
  'maxPayloadBytes',
  'maxTransactionBytes',
  'syncWindowBytes',
  'proposalPartRate',
])

/** Two of the largest payloads at once, and 31 MiB/s: a part costs the receiver half a millisecond. */
function proposalPartRate(maxPayloadBytes: number): Rate {
  return { burst: 2 * (1 + payloadPartCount(maxPayloadBytes)), refreshMs: 2 }
}
