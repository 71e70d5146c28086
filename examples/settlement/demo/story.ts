import type { DemoStatus } from './status.js'

/** Who plays a part: the two chains, the settlement node, and L1. */
export const lanes = ['A', 'B', 'node', 'L1'] as const

/** One of {@link lanes}. */
export type Lane = (typeof lanes)[number]

/** What kind of thing happens; the picture has a sign for each. */
export type HappeningKind =
  'deposit' | 'action' | 'settled' | 'crash' | 'restart' | 'reorg' | 'refused' | 'withdrawal'

/** Something that happened, in the words of the picture: a title of about 36 characters, and more about it. */
export interface Happening {
  readonly kind: HappeningKind
  readonly lane: Lane
  /** Where it leads, if it leads somewhere. */
  readonly to?: Lane
  readonly title: string
  readonly detail?: string
  readonly atMs: number
  readonly epoch: bigint
}

/** Shows lines as they come, and how everything is meanwhile, if it can. */
export interface StoryView {
  line(atMs: number, text: string, style: LineStyle): void
  status?(status: DemoStatus): void
  /** Nothing comes any more. */
  close?(): void
}

/** The meaning of a line. */
export type LineStyle = 'plain' | 'news' | 'good' | 'bad'

const styles: Readonly<Record<HappeningKind, LineStyle>> = {
  deposit: 'news',
  action: 'news',
  settled: 'good',
  crash: 'bad',
  restart: 'good',
  reorg: 'bad',
  refused: 'good',
  withdrawal: 'good',
}

/** Tells what happens while it does, and remembers it for the picture; and what was checked. */
export class Story {
  readonly happenings: Happening[] = []
  /** What held. */
  readonly held: string[] = []
  /** What did not, with both values. */
  readonly failures: string[] = []
  /** The epoch of L1. */
  epoch = 0n
  /** Certificates of other chains that are settled. */
  settledElsewhere = 0
  readonly #view: StoryView
  readonly #nowMs: () => number
  readonly #startMs: number

  /** @param nowMs monotonic, in milliseconds */
  constructor(view: StoryView, nowMs: () => number) {
    this.#view = view
    this.#nowMs = nowMs
    this.#startMs = nowMs()
  }

  /** Milliseconds since the start. */
  get atMs(): number {
    return this.#nowMs() - this.#startMs
  }

  /** Something by the way. */
  tell(text: string, style: LineStyle = 'plain'): void {
    this.#view.line(this.atMs, text, style)
  }

  /** Something that belongs into the picture. */
  happened(happening: Omit<Happening, 'atMs' | 'epoch'>): void {
    const { title, detail, kind } = happening
    this.happenings.push({ ...happening, atMs: this.atMs, epoch: this.epoch })
    this.tell(detail === undefined ? title : `${title}: ${detail}`, styles[kind])
  }

  /** Something that must hold; what does not is remembered. @param shown how a value is written; default: as it is */
  check<T extends string | bigint>(
    what: string,
    { actual, expected }: { readonly actual: T; readonly expected: T },
    shown: (value: T) => string = String,
  ): void {
    if (actual === expected) {
      this.held.push(what)
      this.tell(`  ✓ ${what}: ${shown(actual)}`, 'good')
      return
    }
    const failure = `${what}: expected ${shown(expected)}, got ${shown(actual)}`
    this.failures.push(failure)
    this.tell(`  ✗ ${failure}`, 'bad')
  }
}
