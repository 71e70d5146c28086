import {
  nameOf,
  stages,
  type MemoryResult,
  type SettlementResults,
  type ThroughputResult,
  type VerificationGas,
} from './settlement-case.js'

/** Digits that a figure of that size deserves. */
function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

const mebibytes = (bytes: number): string => round(bytes / 2 ** 20)
const kibibytes = (bytes: number): string => round(bytes / 2 ** 10)
const thousands = (value: number): string => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, '\u202f')

/**
 * The most certificates a second that the parts allow, each alone: one after another for one network, where each waits for the one
 * before; beside one another for many.
 */
export function floorOf({ case: { networks }, floors }: ThroughputResult): number {
  const parts = [floors.l1, floors.prover, floors.store]
  return networks === 1 ? 1 / parts.reduce((sum, rate) => sum + 1 / rate, 0) : Math.min(...parts)
}

/** For the terminal. */
export function linesOfThroughput(result: ThroughputResult): string[] {
  const { rate, floors, requests, gas } = result
  const floor = floorOf(result)
  const alone = `anvil ${round(floors.l1)}, prover ${round(floors.prover)}, store ${round(floors.store)}`
  const times = stages.map((stage) => {
    const { p50Ms, p95Ms } = result.stages[stage]
    return `${stage} ${round(p50Ms)} / ${round(p95Ms)}`
  })
  return [
    `${nameOf(result.case)}`,
    `  ${round(rate)} certificates/s, ${round((100 * rate) / floor)} % of floor ${round(floor)} (alone: ${alone})`,
    `  p50 / p95 ms: ${times.join(', ')}; ${round(requests)} requests to L1 for each`,
    `  gas ${thousands(gas.used)} for each, of which calldata ${thousands(gas.calldata)} (${gas.calldataBytes} bytes)`,
  ]
}

/** For the terminal. */
export function lineOfGas({ name, used, floor, proofBytes }: VerificationGas): string {
  return `settlement::gas\n  ${name} verified for ${thousands(used)} gas, ${round(used / floor)} × its precompiles (${thousands(floor)}); ${proofBytes} bytes`
}

/** For the terminal. */
export function linesOfMemory({ networks, underWay, idle }: MemoryResult): string[] {
  const lines = { 'waiting for L1': underWay, settled: idle }
  return Object.entries(lines).map(
    ([name, { resident, heap, slope, stored }]) =>
      `settlement::memory/networks=${networks} ${name}\n  resident ${mebibytes(resident)} MiB, heap ${mebibytes(heap)} MiB, ${kibibytes(slope)} KiB a network, ${round(slope / stored)} × the ${kibibytes(stored)} KiB stored of it`,
  )
}

/** The tables of the package's README. */
export function settlementTables(
  { throughput, verification, memory }: SettlementResults,
  machine: string,
  date: string,
): string {
  return [
    `Measured ${date} by \`npm run bench -- --only settlement\` on ${machine}: a settlement node, LevelDB with synced writes, the native`,
    'prover and an anvil that makes a block for each transaction, from the first submission to the last settlement. Each certificate has',
    'a claim and ten exits. *Floor*: certificates/s that anvil alone takes (the same signed transactions, until each has its receipt),',
    'that the native prover makes, and that the store writes (the same synced batches), each measured after every round with what',
    'the round made; together, one after another for one network, the slowest of the three for many. Figures are medians of the rounds.',
    '',
    ...throughputTable(throughput),
    '',
    'How long a certificate is in each stage, in milliseconds (p50 / p95); its turn comes when it is accepted and the one before is settled:',
    '',
    ...stageTable(throughput),
    ...gasTable(throughput, verification),
    ...(memory === undefined ? [] : memoryTable(memory)),
  ].join('\n')
}

function throughputTable(results: readonly ThroughputResult[]): string[] {
  const head =
    '| networks | certificates/s | of floor | floor | anvil alone | prover alone | store alone | requests to L1 each |'
  const rows = results.map((result) => {
    const { rate, floors, requests } = result
    const floor = floorOf(result)
    const share = `${((100 * rate) / floor).toFixed(0)} %`
    const figures = [floor, floors.l1, floors.prover, floors.store, requests].map(round)
    return `| ${[result.case.networks, round(rate), share, ...figures].join(' | ')} |`
  })
  return [head, '|---|---|---|---|---|---|---|---|', ...rows]
}

function stageTable(results: readonly ThroughputResult[]): string[] {
  const titles = [
    'networks',
    'submit',
    'Pending → Proven',
    '→ Candidate',
    '→ Settled',
    'turn → Settled',
  ]
  const rows = results.map(({ case: { networks }, stages: spreads }) => {
    const cells = stages.map((stage) => {
      const { p50Ms, p95Ms } = spreads[stage]
      return `${round(p50Ms)} / ${round(p95Ms)}`
    })
    return `| ${[networks, ...cells].join(' | ')} |`
  })
  return [`| ${titles.join(' | ')} |`, '|---|---|---|---|---|---|', ...rows]
}

function gasTable(
  [first]: readonly ThroughputResult[],
  verification: VerificationGas | undefined,
): string[] {
  if (first === undefined || verification === undefined) return []
  const { used, base, calldata, calldataBytes } = first.gas
  const rest = used - base - calldata
  const { name, floor, proofBytes } = verification
  const rows = [
    ['every transaction', base, ''],
    [`calldata, ${calldataBytes} bytes with a development proof of 36`, calldata, ''],
    ['contracts: roots, trees and events', rest, ''],
    [
      `${name}, ${proofBytes} bytes`,
      verification.used,
      `${thousands(floor)} for its precompiles: ${round(verification.used / floor)} ×`,
    ],
  ] as const
  return [
    '',
    'Gas of a settlement transaction, one for each certificate however many exits and claims it has, on our contracts:',
    '',
    '| part | gas | floor |',
    '|---|---|---|',
    ...rows.map(([part, gas, of]) => `| ${part} | ${thousands(gas)} | ${of} |`),
  ]
}

function memoryTable({ networks, underWay, idle }: MemoryResult): string[] {
  const rows = [
    ['a certificate of each waits for L1', underWay],
    ['a certificate of each is settled', idle],
  ] as const
  return [
    '',
    `Memory with ${networks} networks, garbage collected, beside what is stored of each on disk:`,
    '',
    '| state | resident MiB | heap MiB | KiB a network | stored KiB a network | ratio |',
    '|---|---|---|---|---|---|',
    ...rows.map(([state, { resident, heap, slope, stored }]) => {
      const figures = [mebibytes(resident), mebibytes(heap), kibibytes(slope), kibibytes(stored)]
      return `| ${[state, ...figures, round(slope / stored)].join(' | ')} |`
    }),
  ]
}
