import type { Random } from '@zkstack/concurrency'

/** Something that goes wrong for a while; nodes are told by their index. */
export type Fault =
  /** SIGKILL, and a new process `lastsMs` later. */
  | { readonly kind: 'kill'; readonly node: number; readonly lastsMs: number }
  /** SIGSTOP, and SIGCONT `lastsMs` later. */
  | { readonly kind: 'pause'; readonly node: number; readonly lastsMs: number }
  /** No packet passes between these nodes and the others. */
  | { readonly kind: 'cut'; readonly apart: readonly number[]; readonly lastsMs: number }

/** Faults that begin together; the next ones begin when all have recovered and `quietMs` have passed. */
export interface Episode {
  readonly quietMs: number
  readonly faults: readonly Fault[]
}

/** What {@link drawEpisode} draws from. */
export interface FaultSpace {
  readonly validators: number
  /** Nodes from this index on are never killed, so that their memory can be followed. */
  readonly firstSpared: number
  readonly canCut: boolean
}

/** The next episode: mostly one fault, now and then two of different kinds at once. */
export function drawEpisode(random: Random, space: FaultSpace): Episode {
  const first = drawFault(random, space)
  const second = random.float() < 0.25 ? drawFault(random, space) : undefined
  const together = second !== undefined && second.kind !== first.kind && !sameNode(first, second)
  return {
    quietMs: between(random, 2_000, 12_000),
    faults: together ? [first, second] : [first],
  }
}

function drawFault(random: Random, space: FaultSpace): Fault {
  const draw = random.float()
  if (draw < 0.35) {
    const node = random.uint32() % space.firstSpared
    return { kind: 'kill', node, lastsMs: between(random, 200, 12_000) }
  }
  if (draw < 0.65 || !space.canCut) {
    const node = random.uint32() % space.validators
    return { kind: 'pause', node, lastsMs: between(random, 500, 20_000) }
  }
  return { kind: 'cut', apart: drawPart(random, space), lastsMs: between(random, 1_000, 25_000) }
}

/** Half of the time one node alone, which a committee of six survives; else any part up to a half, which stops the chain. */
function drawPart(random: Random, { validators }: FaultSpace): readonly number[] {
  const size = random.float() < 0.5 ? 1 : 1 + (random.uint32() % Math.floor(validators / 2))
  const nodes = Array.from({ length: validators }, (_, i) => ({ i, order: random.float() }))
  nodes.sort((a, b) => a.order - b.order)
  return nodes
    .slice(0, size)
    .map(({ i }) => i)
    .sort((a, b) => a - b)
}

function sameNode(a: Fault, b: Fault): boolean {
  return 'node' in a && 'node' in b && a.node === b.node
}

/** More often short than long. */
function between(random: Random, min: number, max: number): number {
  return Math.round(min * (max / min) ** random.float())
}

/** A fault in words; nodes by their names. */
export function faultText(fault: Fault): string {
  const seconds = `${(fault.lastsMs / 1000).toFixed(1)} s`
  switch (fault.kind) {
    case 'kill':
      return `v${fault.node + 1} killed, back after ${seconds}`
    case 'pause':
      return `v${fault.node + 1} paused for ${seconds}`
    case 'cut':
      return `${fault.apart.map((node) => `v${node + 1}`).join(', ')} cut off for ${seconds}`
  }
}
