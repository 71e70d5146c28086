import { hash32, keccak256, type Hash32 } from '@zkstack/crypto'
import type { L1Log } from '@zkstack/l1'
import { hashBridgeExit, type BridgeExit, type NetworkId } from '@zkstack/pessimistic-proof'
import { decodeEventLog, parseAbi, toEventSelector } from 'viem'
import { addressOf, bytesOf, hashOf, hexOf } from '../contracts/bytes-of.js'

/** An event of L1's contracts that changes a tree. */
export type BridgeLog =
  /** A leaf of the mainnet exit tree. */
  | {
      readonly type: 'deposit'
      readonly exit: BridgeExit
      readonly leaf: Hash32
      readonly index: number
    }
  /** The first half of a leaf of the L1 info tree. */
  | { readonly type: 'exitRoots'; readonly mer: Hash32; readonly rer: Hash32 }
  /** The second half. */
  | {
      readonly type: 'infoLeaf'
      readonly root: Hash32
      readonly leafCount: number
      readonly blockHash: Hash32
      readonly timestamp: bigint
    }
  /** A leaf of the rollup exit tree. */
  | { readonly type: 'localExitRoot'; readonly networkId: NetworkId; readonly root: Hash32 }

const abi = parseAbi([
  'event BridgeEvent(uint8 leafType, uint32 originNetwork, address originAddress, uint32 destinationNetwork, address destinationAddress, uint256 amount, bytes metadata, uint32 depositCount)',
  'event UpdateL1InfoTree(bytes32 indexed mainnetExitRoot, bytes32 indexed rollupExitRoot)',
  'event UpdateL1InfoTreeV2(bytes32 currentL1InfoRoot, uint32 indexed leafCount, uint256 blockhash, uint64 minTimestamp)',
  'event VerifyBatchesTrustedAggregator(uint32 indexed rollupID, uint64 numBatch, bytes32 stateRoot, bytes32 exitRoot, address indexed aggregator)',
])

/** The selectors of all events that {@link decodeBridgeLog} reads. */
export const bridgeSelectors: readonly Hash32[] = abi.map((event) => hashOf(toEventSelector(event)))

/** Reads one of these events. @throws Error when it is none */
export function decodeBridgeLog({ topics, data }: L1Log): BridgeLog {
  const [selector, ...indexed] = topics.map(hexOf)
  if (selector === undefined) throw new Error('an anonymous event')
  const { eventName, args } = decodeEventLog({
    abi,
    topics: [selector, ...indexed],
    data: hexOf(data),
  })
  switch (eventName) {
    case 'BridgeEvent': {
      const exit: BridgeExit = {
        leafType: args.leafType === 0 ? 'transfer' : 'message',
        tokenInfo: {
          originNetwork: args.originNetwork,
          originTokenAddress: addressOf(args.originAddress),
        },
        destNetwork: args.destinationNetwork,
        destAddress: addressOf(args.destinationAddress),
        amount: args.amount,
        metadata: keccak256(bytesOf(args.metadata)),
      }
      return { type: 'deposit', exit, leaf: hashBridgeExit(exit), index: args.depositCount }
    }
    case 'UpdateL1InfoTree':
      return {
        type: 'exitRoots',
        mer: hashOf(args.mainnetExitRoot),
        rer: hashOf(args.rollupExitRoot),
      }
    case 'UpdateL1InfoTreeV2':
      return {
        type: 'infoLeaf',
        root: hashOf(args.currentL1InfoRoot),
        leafCount: args.leafCount,
        blockHash: wordOf(args.blockhash),
        timestamp: args.minTimestamp,
      }
    case 'VerifyBatchesTrustedAggregator':
      return { type: 'localExitRoot', networkId: args.rollupID, root: hashOf(args.exitRoot) }
  }
}

function wordOf(value: bigint): Hash32 {
  const word = new Uint8Array(32)
  for (let rest = value, i = 31; i >= 0; i--, rest >>= 8n) word[i] = Number(rest & 255n)
  return hash32(word)
}
