import { drawBox, type Segment } from 'zkstack-example-ledger/demo/styled-line.js'
import { formatTime } from './plain-view.js'
import type { ChainStatus, DemoStatus } from './status.js'

/** Wider terminals are not filled, in columns. */
const widest = 92

const nodeStyles = { starts: 'busy', runs: 'good', killed: 'dead' } as const

/** The present as lines of one width, the columns of the terminal but at most 92. */
export function drawFrame(s: DemoStatus, columns: number, colour: boolean): string[] {
  const rows: (readonly Segment[] | undefined)[] = [
    [
      [`${formatTime(s.atMs).trim().padEnd(9)}`, 'dim'],
      ['L1 block ', 'dim'],
      [String(s.l1Block).padEnd(6), 'bold'],
      ['epoch ', 'dim'],
      [String(s.epoch).padEnd(4), 'bold'],
      ...bar(s.epochProgress, 16),
    ],
    undefined,
    [['      blocks    exits certified  certificate    the user has', 'dim']],
    ...s.chains.map(chainRow),
    undefined,
    [
      ['settlement node ', 'dim'],
      [s.node.padEnd(9), nodeStyles[s.node]],
      ['real certificates settled ', 'dim'],
      [`${s.settled} of ${s.certificates}`, 'bold'],
    ],
    [
      ['in the bridge ', 'dim'],
      [s.inBridge.padEnd(14), 'bold'],
      ['withdrawn on L1 ', 'dim'],
      [s.withdrawn, 'bold'],
    ],
  ]
  return drawBox('Two chains on a local L1', rows, Math.min(columns, widest), colour)
}

function chainRow({ name, ...chain }: ChainStatus): Segment[] {
  const isSettled = chain.exits === chain.certifiedExits
  return [
    [name.padEnd(4), 'accent'],
    [String(chain.blocks).padStart(8)],
    [String(chain.exits).padStart(9)],
    [String(chain.certifiedExits).padStart(10), isSettled ? 'good' : 'busy'],
    ['  '],
    [chain.certificate.padEnd(15), chain.certificate.endsWith('settled') ? 'good' : 'busy'],
    [chain.balance, 'bold'],
  ]
}

function bar(share: number, width: number): Segment[] {
  const full = Math.round(share * width)
  return [
    ['█'.repeat(full), 'accent'],
    ['░'.repeat(width - full), 'dim'],
  ]
}
