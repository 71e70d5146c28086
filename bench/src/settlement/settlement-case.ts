/** Chains whose certificates settle on a real L1, an anvil, with the native prover. */
export interface SettlementCase {
  readonly networks: number
  /** Certificates of each network. */
  readonly certificates: number
  /** Exits of each certificate; it has one claim besides. */
  readonly exits: number
  /** How often it is measured, each time from the same state of L1 and with an empty database. */
  readonly rounds: number
}

/** `settlement::throughput/key=value …`, the name under which a figure is published. */
export function nameOf({ networks, exits }: SettlementCase): string {
  return `settlement::throughput/networks=${networks} exits=${exits} imports=1`
}

/** Every case. */
export const settlementCases: readonly SettlementCase[] = [
  { networks: 1, certificates: 30, exits: 10, rounds: 3 },
  { networks: 20, certificates: 5, exits: 10, rounds: 3 },
]

/** What a certificate goes through. */
export const stages = ['submit', 'pending', 'proven', 'candidate', 'total'] as const

/**
 * - `submit`: until the answer, the certificate being on disk
 * - `pending`: from its turn (accepted, and the one before settled) to the stored proof
 * - `proven`: to the stored settlement job
 * - `candidate`: to the stored settlement
 * - `total`: from its turn to the stored settlement
 */
export type Stage = (typeof stages)[number]

/** The middle and the slow end of how long something took, in milliseconds. */
export interface Spread {
  readonly p50Ms: number
  readonly p95Ms: number
}

/** What a case came to: rates in certificates a second, each the median of the rounds. */
export interface ThroughputResult {
  readonly case: SettlementCase
  /** From the first submission to the last settlement. */
  readonly rate: number
  /** Over all certificates of all rounds. */
  readonly stages: Readonly<Record<Stage, Spread>>
  /** What no settlement can do without, each alone, measured after each round with what the round made. */
  readonly floors: {
    /** The same signed transactions, sent to the same state of L1 until each has its receipt. */
    readonly l1: number
    /** The same witnesses, made and proven natively, on the main thread. */
    readonly prover: number
    /** The same batches, synced, in an empty database. */
    readonly store: number
  }
  /** Requests to L1 for each certificate. */
  readonly requests: number
  /** Of the settlement transactions. */
  readonly gas: TransactionGas
}

/** Gas of a transaction, the median of many. */
export interface TransactionGas {
  readonly used: number
  /** What every transaction costs. */
  readonly base: number
  /** 16 for each byte of the calldata, 4 for a zero. */
  readonly calldata: number
  readonly calldataBytes: number
}

/** What a real proof costs on L1. */
export interface VerificationGas {
  /** As `SP1 Groth16 v6.1.0`. */
  readonly name: string
  readonly used: number
  /** What the precompiles alone cost that no verifier of it can do without. */
  readonly floor: number
  readonly proofBytes: number
}

/** How many networks memory is measured with. */
export const memoryNetworks = 1_000

/** Memory of a process that settles for many networks. */
export interface MemoryResult {
  readonly networks: number
  /** Each network has a certificate under way, which waits for L1. */
  readonly underWay: MemoryFigure
  /** Each network has settled its certificate, and waits for the next one. */
  readonly idle: MemoryFigure
}

/** In bytes, after the garbage is collected. */
export interface MemoryFigure {
  readonly resident: number
  /** The heap and what lies beside it. */
  readonly heap: number
  /** What each further network adds to `heap`, from half of the networks to all of them. */
  readonly slope: number
  /** What is stored of each network on disk, keys and values, which no memory of it could be without. */
  readonly stored: number
}

/** All that was measured. */
export interface SettlementResults {
  readonly throughput: readonly ThroughputResult[]
  readonly verification: VerificationGas | undefined
  readonly memory: MemoryResult | undefined
}
