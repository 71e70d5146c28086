import type { SeededRandom } from '@zkstack/concurrency'
import type { Fault } from './fault.js'

/** What {@link drawFaults} needs to know. */
export interface DrawFaultsOptions {
  readonly random: SeededRandom
  /** Nodes that can suffer. */
  readonly nodes: number
  readonly viewTimeoutMs: number
  /** Faults begin within this time. */
  readonly withinMs: number
}

/** Draws what goes wrong in a run: nothing in some, up to eight faults of all kinds in others. */
export function drawFaults(o: DrawFaultsOptions): Fault[] {
  const draw = new Draw(o.random)
  const faults: Fault[] = []
  for (let node = 0; node < o.nodes; node++) {
    if (draw.chance(0.3)) {
      const speed = draw.between(0.95, 1.05)
      faults.push({ type: 'skew', node, speed, utcOffsetMs: draw.between(-60_000, 60_000) })
    }
  }
  const count = draw.below(9)
  for (let i = 0; i < count; i++) faults.push(drawFault(draw, o))
  return faults
}

type Kind = Exclude<Fault['type'], 'skew'>

const kinds: readonly Kind[] = [
  'crash',
  'crash',
  'crashAtWrite',
  'crashAtWrite',
  'stop',
  'partition',
  'partition',
  'mute',
  'trouble',
  'trouble',
  'slowDisk',
]

function drawFault(draw: Draw, o: DrawFaultsOptions): Fault {
  const { viewTimeoutMs, withinMs } = o
  const node = draw.below(o.nodes)
  const at = draw.between(0, withinMs)
  const lastsMs = draw.between(0.1, 2.5) * viewTimeoutMs
  const type = draw.oneOf(kinds)
  switch (type) {
    case 'crash':
      return { type, node, at, downMs: lastsMs, silently: draw.chance(0.5) }
    case 'stop':
      return { type, node, at, downMs: lastsMs }
    case 'crashAtWrite': {
      const point = draw.oneOf(['before', 'torn', 'after'] as const)
      return { type, node, write: 1 + draw.below(60), point, downMs: lastsMs }
    }
    case 'partition': {
      const how = draw.oneOf(['cut', 'hold'] as const)
      return { type, at, lastsMs, groups: drawGroups(draw, o.nodes), how }
    }
    case 'mute':
      return { type, node, at, lastsMs }
    case 'trouble':
      return {
        type,
        at,
        lastsMs,
        ...(draw.chance(0.5) && { node }),
        loss: draw.between(0, 0.3),
        duplicate: draw.between(0, 0.3),
        reorder: draw.between(0, 0.5),
        delayMs: draw.chance(0.3) ? draw.between(0, viewTimeoutMs) : 0,
      }
    case 'slowDisk':
      return { type, node, at, lastsMs, writeMs: draw.between(0.01, 0.5) * viewTimeoutMs }
  }
}

/** Two or three groups. */
function drawGroups(draw: Draw, nodes: number): number[][] {
  const groups: number[][] = Array.from({ length: 2 + draw.below(2) }, () => [])
  for (let node = 0; node < nodes; node++) groups[draw.below(groups.length)]?.push(node)
  return groups.filter((group) => group.length > 0)
}

class Draw {
  readonly #random: SeededRandom

  constructor(random: SeededRandom) {
    this.#random = random
  }

  chance(probability: number): boolean {
    return this.#random.float() < probability
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.#random.float()
  }

  below(n: number): number {
    return Math.floor(n * this.#random.float())
  }

  oneOf<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new RangeError('choices: there are none')
    return choice
  }
}
