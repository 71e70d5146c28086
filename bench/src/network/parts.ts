import { fork, type ChildProcess } from 'node:child_process'
import { signatureScheme } from '@zkstack/crypto'
import { testCommittee } from '@zkstack/roles/testing'
import { median, quantile } from '../quantile.js'
import { milliseconds, publish, times } from './figure.js'
import { heapRoom } from './heap-room.js'
import type { FromPeer, PeerSetup, ToPeer, VoteTime } from './vote-peer-messages.js'

/** What is measured. */
interface PartsCase {
  readonly layer: 'ours' | 'libp2p'
  /** As far as `zkstack run` lets it, or as V8 does by itself. */
  readonly heap: 'grown' | 'default'
}

const cases: readonly PartsCase[] = [
  { layer: 'ours', heap: 'grown' },
  { layer: 'ours', heap: 'default' },
  { layer: 'libp2p', heap: 'grown' },
]

/** How long votes take, in milliseconds. */
interface VoteTimes {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly votes: number
}

/** Votes of one sender, alone and while a large proposal is under way. */
interface PartsResult {
  readonly line: 'same' | 'other'
  readonly alone: VoteTimes
  readonly beside: VoteTimes
}

const leader = 0
const voter = 1
const receiver = 2
const payloadBytes = 16 << 20
const votes = { count: 4_000, meanMs: 4 }
const pauseMs = 700
const quietMs = 250

type FromPeerOf<T> = Extract<FromPeer, { readonly type: T }>

class Peer {
  readonly #child: ChildProcess
  readonly #waiting: { is: (m: FromPeer) => boolean; resolve: (m: FromPeer) => void }[] = []
  readonly #past: FromPeer[] = []

  constructor(setup: PeerSetup, { heap }: PartsCase) {
    const script = new URL('vote-peer.ts', import.meta.url).pathname
    const flags = heap === 'grown' ? [heapRoom] : []
    const execArgv = ['--import', 'tsx', ...flags]
    this.#child = fork(script, [JSON.stringify(setup)], { execArgv })
    this.#child.on('message', (message: FromPeer) => {
      this.#past.push(message)
      for (const { is, resolve } of this.#waiting) if (is(message)) resolve(message)
    })
  }

  tell(message: ToPeer): void {
    this.#child.send(message)
  }

  /** The first message of a type that fits, past or to come. */
  hears<T extends FromPeer['type']>(
    type: T,
    fits: (m: FromPeerOf<T>) => boolean = () => true,
  ): Promise<FromPeerOf<T>> {
    const is = (m: FromPeer): m is FromPeerOf<T> => m.type === type && fits(m as FromPeerOf<T>)
    const past = this.#past.find(is)
    if (past) return Promise.resolve(past)
    return new Promise((resolve) =>
      this.#waiting.push({ is, resolve: (m) => resolve(m as FromPeerOf<T>) }),
    )
  }

  stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.tell({ type: 'stop' })
    return ended
  }
}

interface Trio {
  readonly leader: Peer
  readonly voter: Peer
  readonly receiver: Peer
}

async function startTrio(of: PartsCase): Promise<Trio> {
  const isPlain = of.layer === 'libp2p'
  const to = new Peer({ validator: receiver, outbound: [], payloadBytes, isPlain }, of)
  const { key, addr } = await to.hears('listens')
  const outbound = [{ key, addr }]
  const trio = {
    receiver: to,
    leader: new Peer({ validator: leader, outbound, payloadBytes, isPlain }, of),
    voter: new Peer({ validator: voter, outbound, payloadBytes, isPlain }, of),
  }
  await trio.leader.hears('connected')
  await trio.voter.hears('connected')
  return trio
}

/** A proposal on its way, in microseconds. */
interface Span {
  readonly from: number
  readonly to: number
}

/**
 * Both senders vote all the time. The leader proposes, waits as long as that took, and proposes again, so that whatever else
 * the machine is busy with meets both kinds of votes alike.
 */
async function run({ leader: from, voter: other, receiver: to }: Trio): Promise<Span[]> {
  for (const peer of [from, other]) peer.tell({ type: 'vote', first: 1, ...votes })
  let voting = true
  const both = Promise.all([from.hears('voted'), other.hears('voted')]).then(() => {
    voting = false
  })
  const spans: Span[] = []
  for (const views = leadViews(1); voting;) {
    const view = views.next().value
    from.tell({ type: 'propose', view })
    const { at } = await from.hears('proposed', (m) => m.view === view)
    const arrived = await to.hears('arrived', (m) => m.view === view)
    spans.push({ from: at, to: arrived.at })
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  await both
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
  return spans
}

function* leadViews(after: number): Generator<number, never> {
  const scheme = signatureScheme(2)
  if (!scheme) throw new TypeError('there is no Ed25519')
  const { schedule } = testCommittee(6, { scheme })
  for (let view = after; ; view++) if (schedule.leaderAt(BigInt(view)) === leader) yield view
}

/** The times of a sender's votes that were sent when they count. */
function timesOf(
  sent: readonly VoteTime[],
  handled: readonly VoteTime[],
  counts: (sentAt: number) => boolean,
): VoteTimes {
  const sentAt = new Map(sent.map(({ from, view, at }) => [`${from} ${view}`, at]))
  const ways = handled.flatMap(({ from, view, at }) => {
    const start = sentAt.get(`${from} ${view}`)
    return start !== undefined && counts(start) ? [(at - start) / 1_000] : []
  })
  return { p50Ms: median(ways), p95Ms: quantile(ways, 0.95), votes: ways.length }
}

async function votesOf(peer: Peer): Promise<readonly VoteTime[]> {
  peer.tell({ type: 'report' })
  return (await peer.hears('votes')).votes
}

/** How much longer a vote takes from send to handled while a 16 MiB proposal is under way; nodes in own processes, over TCP. */
async function measureParts(of: PartsCase): Promise<PartsResult[]> {
  const trio = await startTrio(of)
  const spans = await run(trio)
  const [, , warm] = spans
  if (!warm) throw new TypeError('too few proposals')
  const isDuring = (at: number, slackUs: number): boolean =>
    spans.some((span) => at >= span.from - slackUs && at <= span.to + slackUs)
  const handled = await votesOf(trio.receiver)
  const lines = { same: await votesOf(trio.leader), other: await votesOf(trio.voter) }
  const isAlone = (at: number): boolean => at > warm.from && !isDuring(at, quietMs * 1_000)
  const isBeside = (at: number): boolean => at > warm.from && isDuring(at, 0)
  const results = (['same', 'other'] as const).map((line) => ({
    line,
    alone: timesOf(lines[line], handled, isAlone),
    beside: timesOf(lines[line], handled, isBeside),
  }))
  await Promise.all([trio.leader.stop(), trio.voter.stop(), trio.receiver.stop()])
  const ms = median(spans.map((span) => (span.to - span.from) / 1_000))
  process.stdout.write(
    `a proposal of 16 MiB takes ${ms.toFixed(0)} ms (median of ${spans.length}; layer ${of.layer}, heap ${of.heap})\n`,
  )
  return results
}

async function publishAll(of: PartsCase): Promise<void> {
  const { layer, heap } = of
  for (const { line, alone, beside } of await measureParts(of)) {
    await publish({
      table: 'parts',
      name: `network::parts/layer=${layer} heap=${heap} line=${line} payload=${payloadBytes}`,
      cells: {
        layer,
        heap,
        line,
        'alone p50': milliseconds(alone.p50Ms),
        'alone p95': milliseconds(alone.p95Ms),
        'beside p50': milliseconds(beside.p50Ms),
        'beside p95': milliseconds(beside.p95Ms),
        p50: times(beside.p50Ms / alone.p50Ms),
        p95: times(beside.p95Ms / alone.p95Ms),
      },
      values: {
        aloneP50Ms: alone.p50Ms,
        aloneP95Ms: alone.p95Ms,
        besideP50Ms: beside.p50Ms,
        besideP95Ms: beside.p95Ms,
        votesAlone: alone.votes,
        votesBeside: beside.votes,
      },
    })
  }
}

for (const of of cases) await publishAll(of)
