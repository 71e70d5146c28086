import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@zkstack/concurrency'
import { ed25519Scheme, fromHex } from '@zkstack/crypto'
import { FrameRecorder } from '../../testing/index.js'
import { readLedger } from './file-chain.js'

/** What a run of kills showed. */
export interface KillReport {
  readonly kills: number
  /** Blocks that every node committed. */
  readonly height: number
  /** Messages that were sent. */
  readonly messages: number
  /** What must not be: empty. */
  readonly faults: readonly string[]
}

/** The longest that a process lives once its nodes have started, in milliseconds. */
const longestLifeMs = 1_500
/** Blocks that must come after the last kill. */
const blocksAtEnd = 3
const nodes = 6

/** Kills a process with six validators on real LevelDB again and again, at random moments, and looks at what they said. */
export async function killRun(o: {
  readonly kills: number
  readonly seed: string | number
  /** Nodes that lose their votes at each start: a negative control. Default false. */
  readonly forgetful?: boolean
  readonly onKill?: (done: number) => void
}): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'zkstack-kills-'))
  const random = seededRandom(`kills ${o.seed}`)
  const watch = new Watcher()
  const args = o.forgetful === true ? [folder, 'forgetful'] : [folder]
  try {
    for (let kill = 1; kill <= o.kills; kill++) {
      // From the very start on: the opening of the stores is a moment like any other.
      const phase = random.float() < 0.25 ? 'ready' : 'started'
      await live(args, watch, async (until) => {
        await until(phase)
        await sleep(random.float() * longestLifeMs)
      })
      o.onKill?.(kill)
    }
    const goal = Math.max(...watch.heights) + blocksAtEnd
    const isOver = (): boolean =>
      watch.faults().length > 0 || watch.heights.every((height) => height >= goal)
    await live(args, watch, async (until) => until(isOver))
    return {
      kills: o.kills,
      height: Math.min(...watch.heights),
      messages: watch.messages,
      faults: [...watch.faults(), ...compareLedgers(folder)],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** How long anything may take, in milliseconds. */
const patienceMs = 90_000

type Until = (what: string | (() => boolean)) => Promise<void>

async function live(
  args: readonly string[],
  watch: Watcher,
  wait: (until: Until) => Promise<void>,
): Promise<void> {
  const script = fileURLToPath(new URL('kill-victim.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const said = new Set<string>()
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      said.add(line.split(' ')[0] ?? '')
      watch.heard(line)
    }
    child.emit('said')
  })
  try {
    await wait(
      (what) =>
        new Promise((resolve, reject) => {
          const name = typeof what === 'string' ? what : 'the blocks'
          const timer = setTimeout(
            () => reject(new Error(`waited in vain for ${name}`)),
            patienceMs,
          )
          const look = (): void => {
            if (typeof what === 'string' ? !said.has(what) : !what()) return
            clearTimeout(timer)
            resolve()
          }
          child.on('said', look).on('close', () => {
            clearTimeout(timer)
            reject(new Error(`the process ended before ${name}`))
          })
          look()
        }),
    )
  } finally {
    child.kill('SIGKILL')
    await closed
  }
}

/** What is known from outside, across all lives. */
class Watcher {
  readonly heights = Array.from({ length: nodes }, () => 0)
  readonly #recorder = new FrameRecorder(ed25519Scheme.current)
  readonly #faults: string[] = []
  messages = 0

  heard(line: string): void {
    const [what, first = '', second = ''] = line.split(' ')
    if (what === 'sent') this.#sent(first, second)
    if (what === 'commit') this.#committed(Number(first), Number(second))
    if (what === 'failed') this.#faults.push(line)
  }

  faults(): string[] {
    const double = this.#recorder.doubleVotes.map(
      ({ validator, view, kind }) =>
        `${validator.slice(0, 8)} contradicts itself in view ${view}: ${kind}`,
    )
    return [...this.#faults, ...double]
  }

  #sent(protocol: string, hex: string): void {
    const frame = fromHex(hex)
    if (frame === undefined) return
    this.messages += 1
    this.#recorder.observe(protocol, frame)
  }

  /** A block may have been committed and the process killed before it said so; nothing else may be missing. */
  #committed(node: number, number: number): void {
    const next = this.heights[node] ?? 0
    if (number !== next && number !== next + 1) {
      this.#faults.push(`node ${node} commits block ${number} after block ${next - 1}`)
    }
    this.heights[node] = number + 1
  }
}

/** Every ledger is a beginning of the longest one. */
function compareLedgers(folder: string): string[] {
  const ledgers = Array.from({ length: nodes }, (_, node) =>
    readLedger(join(folder, `ledger-${node}`)),
  )
  const longest = ledgers.reduce((a, b) => (b.length > a.length ? b : a))
  return ledgers.flatMap((ledger, node) =>
    ledger.every((line, i) => line === longest[i] && line.startsWith(`${i} `))
      ? []
      : [`the ledger of node ${node} is another one`],
  )
}
