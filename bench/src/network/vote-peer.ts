import { Ctx, realClock, systemRandom, yieldTurn } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, signatureScheme } from '@zkstack/crypto'
import { createNetwork, libp2pTransport, networkLimits, type Network } from '@zkstack/network'
import { generateNodeKey, HashedProposal, verifySigned, viewOf, type Signed } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import type { FromPeer, PeerSetup, ToPeer, VoteTime } from './vote-peer-messages.js'

/** One node of the measurement of votes beside large proposals, in a process of its own; told what to do by its parent. */

await loadCryptoBackends()
const committee = testCommittee(6, { scheme: signatureScheme(2) ?? fail('there is no Ed25519') })
const { scope, genesis } = committee
/** Kept here until the end: telling the parent costs as much as a vote does. */
const votes: VoteTime[] = []

function fail(what: string): never {
  throw new TypeError(what)
}

/** Microseconds of a clock that all processes of the machine share. */
function now(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

function tell(message: FromPeer): void {
  process.send?.(message)
}

async function start({ validator, outbound, payloadBytes }: PeerSetup): Promise<Network> {
  const store = memoryStore()
  const nodeKey = generateNodeKey(systemRandom)
  const key = committee.key(validator)
  const network = await createNetwork({
    genesis,
    scope: () => scope,
    nodeKey,
    validator: { publicKey: key.publicKey, sign: (hash) => Promise.resolve(key.sign(hash)) },
    transport: libp2pTransport(),
    listen: '127.0.0.1:0',
    peers: { outbound: outbound.map(({ key: of, addr }) => ({ key: Uint8Array.from(of), addr })) },
    blocks: new BlockQueue(store, { capacity: 10 }),
    store,
    limits: networkLimits({ genesis, maxPayloadBytes: Math.max(payloadBytes, 1) }),
    clock: realClock,
    random: systemRandom,
    verifyBlock: () => Promise.resolve(ok(undefined)),
    onConsensusMessage: (message) => {
      handle(message)
      return Promise.resolve()
    },
    onEvent: (e) => {
      if (e.type === 'peerConnected') tell({ type: 'connected' })
      if (e.type === 'peerMisbehaved' || e.type === 'warning') throw new TypeError(e.type)
    },
  })
  const [addr = ''] = network.addresses
  tell({ type: 'listens', key: [...nodeKey.publicKey], addr })
  return network
}

/** What a replica does with a message at least: it looks at its signature. */
function handle(message: Signed): void {
  if (!verifySigned(message, scope.schedule)) throw new TypeError('a wrong signature')
  const view = Number(viewOf(message.msg).number)
  const from = scope.schedule.indexOf(message.key) ?? fail('a stranger')
  if (message.msg.type === 'leaderProposal') tell({ type: 'arrived', view, at: now() })
  else votes.push({ from, view, at: now() })
}

/** Sends votes at random times, `meanMs` apart. */
async function vote(
  network: Network,
  validator: number,
  first: number,
  o: { count: number; meanMs: number },
) {
  for (let i = 0; i < o.count; i++) {
    await new Promise((resolve) => setTimeout(resolve, 2 * o.meanMs * Math.random()))
    const view = BigInt(first + i)
    const value = committee.commit(view, view)
    const message = committee.sign(validator, { type: 'replicaCommit', value })
    votes.push({ from: validator, view: Number(view), at: now() })
    network.broadcast(message)
  }
  tell({ type: 'voted' })
}

/** Hashes, signs and sends a proposal for a view that the validator leads, as a replica does. */
async function propose(
  network: Network,
  validator: number,
  view: number,
  payload: Uint8Array,
): Promise<void> {
  const before = BigInt(view) - 1n
  const justification = {
    type: 'commit',
    qc: committee.commitQc(committee.commit(before, before)),
  } as const
  const hasher = HashedProposal.start({ payload, justification })
  while (hasher.result === undefined) {
    hasher.next()
    await yieldTurn()
  }
  const message = committee.sign(validator, { type: 'leaderProposal', value: hasher.result })
  tell({ type: 'proposed', view, at: now() })
  network.broadcast(message)
}

async function main(): Promise<void> {
  const setup = JSON.parse(process.argv[2] ?? '') as PeerSetup
  const { validator } = setup
  const payload = systemRandom.bytes(Math.min(setup.payloadBytes, 65_536))
  const whole = new Uint8Array(setup.payloadBytes)
  for (let at = 0; at < whole.length; at += payload.length)
    whole.set(payload.subarray(0, whole.length - at), at)
  const network = await start(setup)
  const running = network.run(Ctx.root())
  process.on('message', (message: ToPeer) => {
    if (message.type === 'vote') void vote(network, validator, message.first, message).catch(abort)
    else if (message.type === 'propose')
      void propose(network, validator, message.view, whole).catch(abort)
    else if (message.type === 'report') tell({ type: 'votes', votes })
    else void network.stop().catch(abort)
  })
  await running
  process.disconnect()
}

function abort(e: unknown): never {
  process.stderr.write(`${String(e)}\n`)
  process.exit(1)
}

await main()
