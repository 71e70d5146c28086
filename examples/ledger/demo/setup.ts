import { join } from 'node:path'
import type { SeededRandom } from '@zkstack/concurrency'
import { bytesEqual, ed25519, loadCryptoBackends, signatureScheme, toHex } from '@zkstack/crypto'
import { freePorts } from '@zkstack/node/testing'
import {
  createGenesis,
  defaultLeaderSelection,
  generateNodeKey,
  generateValidatorKey,
  genesisToJson,
  type Schedule,
} from '@zkstack/roles'
import type { LedgerGenesis } from '../src/index.js'
import type { ValidatorConfig } from './messages.js'
import { schemes, type DemoOptions } from './options.js'
import { viewTimeoutMs } from './timing.js'

/** A holder of an account. */
export interface Person {
  /** 32-byte Ed25519 secret. */
  readonly seed: Uint8Array
  readonly address: Uint8Array
}

/** Everything that is decided before the first process starts. */
export interface DemoSetup {
  readonly schedule: Schedule
  /** In the order of the schedule: v1 is the schedule's first. */
  readonly validators: readonly ValidatorConfig[]
  readonly people: readonly Person[]
  readonly chainId: bigint
}

const chainId = 1270n
const personCount = 12
const openingBalance = 1_000_000_000n

/** Room for transactions beside the extra payload, in bytes. */
const transactionRoomBytes = 1024 * 1024

function makePeople(random: SeededRandom): Person[] {
  return Array.from({ length: personCount }, (_, i) => {
    const seed = random.split(`person ${i}`).bytes(32)
    return { seed, address: ed25519.publicKey(seed) }
  })
}

/** Makes keys, genesis and configurations, all from the seed but for the ports. */
export async function prepareDemo(
  o: DemoOptions,
  folder: string,
  random: SeededRandom,
): Promise<DemoSetup> {
  await loadCryptoBackends()
  const scheme = signatureScheme(schemes[o.scheme].id)
  if (scheme === undefined) throw new Error(`the library lacks the signature scheme ${o.scheme}`)
  const keys = Array.from({ length: o.validators }, (_, i) =>
    generateValidatorKey(scheme, random.split(`validator ${i}`)),
  )
  const created = createGenesis({
    chainId,
    forkNumber: 0n,
    firstBlock: 0n,
    signatureScheme: scheme.id,
    schedule: {
      validators: keys.map(({ publicKey }) => ({ key: publicKey, weight: 1n, leader: true })),
      leaderSelection: defaultLeaderSelection,
    },
    proofsOfPossession: scheme.needsProofOfPossession
      ? keys.map((key) => key.provePossession())
      : [],
  })
  if (!created.ok) throw new Error(`the genesis is refused: ${created.error.code}`)
  const { schedule } = created.value
  if (schedule === undefined) throw new Error('the genesis has no schedule')

  const people = makePeople(random)
  const ledgerGenesis: LedgerGenesis = {
    chainId,
    firstBlock: 0n,
    balances: Object.fromEntries(people.map(({ address }) => [toHex(address), openingBalance])),
  }
  const firstPort = await freePorts(o.validators, random.split('ports'))
  const nodeKeys = keys.map((_, i) => generateNodeKey(random.split(`node ${i}`)))
  const addresses = keys.map((_, i) => `127.0.0.1:${firstPort + i}`)
  const peers = nodeKeys.map(({ publicKey }, i) => ({ key: publicKey, addr: addresses[i] ?? '' }))
  const validators = schedule.validators.map(({ key: publicKey }, i): ValidatorConfig => {
    const key = keys.find((k) => bytesEqual(k.publicKey, publicKey))
    const nodeKey = nodeKeys[i]
    if (key === undefined || nodeKey === undefined)
      throw new Error('the schedule has a validator that nobody made')
    return {
      folder: join(folder, `v${i + 1}`),
      genesis: genesisToJson(created.value),
      ledgerGenesis,
      validatorKey: key.exposeText(),
      nodeKey: nodeKey.exposeText(),
      listen: addresses[i] ?? '',
      // Of each pair, the later one dials.
      outbound: peers.slice(0, i),
      inbound: peers.slice(i + 1).map((peer) => peer.key),
      fillerBytes: o.payload,
      maxPayloadBytes: o.payload + transactionRoomBytes,
      viewTimeoutMs: viewTimeoutMs(o.payload),
    }
  })
  return { schedule, validators, people, chainId }
}
