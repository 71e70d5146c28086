import { Ctx, realClock, systemRandom, yieldTurn } from '@zkstack/concurrency'
import { loadCryptoBackends, ok, signatureScheme } from '@zkstack/crypto'
import { createNetwork, libp2pTransport, networkLimits } from '@zkstack/network'
import { generateNodeKey, HashedProposal, verifySigned, viewOf, type Signed } from '@zkstack/roles'
import { testCommittee } from '@zkstack/roles/testing'
import { BlockQueue, memoryStore } from '@zkstack/storage'
import { plainVoteLine } from './plain-vote-line.js'
import type { VoteLine, VoteLineEvents } from './vote-line.js'
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

async function ourVoteLine(
  { validator, outbound, payloadBytes }: PeerSetup,
  events: VoteLineEvents,
): Promise<VoteLine> {
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
      events.message(message)
      return Promise.resolve()
    },
    onEvent: (e) => {
      if (e.type === 'peerConnected') events.connected()
      if (e.type === 'peerMisbehaved' || e.type === 'warning') throw new TypeError(e.type)
    },
  })
  const [addr = ''] = network.addresses
  events.listens(nodeKey.publicKey, addr)
  network.run(Ctx.root()).catch(events.failed)
  return network
}

const events: VoteLineEvents = {
  listens: (key, addr) => tell({ type: 'listens', key: [...key], addr }),
  connected: () => tell({ type: 'connected' }),
  message: handle,
  failed: abort,
}

/** What a replica does with a vote at least: it looks at its signature. */
function handle(message: Signed): void {
  const { msg } = message
  const isWhole = msg.type !== 'leaderProposal' || msg.value.payload !== undefined
  if (isWhole && !verifySigned(message, scope.schedule)) throw new TypeError('a wrong signature')
  const view = Number(viewOf(message.msg).number)
  const from = scope.schedule.indexOf(message.key) ?? fail('a stranger')
  if (msg.type === 'leaderProposal') tell({ type: 'arrived', view, at: now() })
  else votes.push({ from, view, at: now() })
}

/** Sends votes at random times, `meanMs` apart. */
async function vote(
  line: VoteLine,
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
    line.broadcast(message)
  }
  tell({ type: 'voted' })
}

/** Hashes, signs and sends a proposal for a view that the validator leads, as a replica does. */
async function propose(
  line: VoteLine,
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
  line.broadcast(message)
}

async function main(): Promise<void> {
  const setup = JSON.parse(process.argv[2] ?? '') as PeerSetup
  const { validator } = setup
  const payload = systemRandom.bytes(Math.min(setup.payloadBytes, 65_536))
  const whole = new Uint8Array(setup.payloadBytes)
  for (let at = 0; at < whole.length; at += payload.length)
    whole.set(payload.subarray(0, whole.length - at), at)
  const line = setup.isPlain
    ? await plainVoteLine(setup, scope.schedule.scheme, events)
    : await ourVoteLine(setup, events)
  process.on('message', (message: ToPeer) => {
    if (message.type === 'vote') void vote(line, validator, message.first, message).catch(abort)
    else if (message.type === 'propose')
      void propose(line, validator, message.view, whole).catch(abort)
    else if (message.type === 'report') tell({ type: 'votes', votes })
    else void line.stop().then(() => process.disconnect(), abort)
  })
}

function abort(e: unknown): never {
  process.stderr.write(`${String(e)}\n`)
  process.exit(1)
}

await main()
