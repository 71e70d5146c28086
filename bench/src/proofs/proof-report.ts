import type { ProofCost } from './measure-proofs.js'

/** Digits that a figure of that size deserves. */
function round(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value >= 1 ? value.toFixed(1) : value.toPrecision(2)
}

/** One line an operation, for the terminal. */
export function lineOfProof({ name, medianMs, p95Ms, floorMs, floorOf }: ProofCost): string {
  const floor =
    floorMs === undefined
      ? `${round(1_000 / medianMs)} a second`
      : `${round(medianMs / floorMs)} × the floor of ${round(floorMs)} ms (${floorOf})`
  return `${name}\n  median ${round(medianMs)} ms, p95 ${round(p95Ms)} ms, ${floor}`
}

/** The table of the package's README. */
export function proofTable(costs: readonly ProofCost[], machine: string, date: string): string {
  const rows = costs.map(({ name, medianMs, p95Ms, floorMs, floorOf }) => {
    const floor =
      floorMs === undefined ? ['', '', ''] : [floorOf, round(floorMs), round(medianMs / floorMs)]
    return `| ${[name.replace('pessimistic::', ''), round(medianMs), round(p95Ms), ...floor].join(' | ')} |`
  })
  return [
    `Measured ${date} by \`npm run bench -- --only pessimistic\` on ${machine}.`,
    '*Floor*: what the work named costs alone, run by turns with the operation: no hash is made twice, and nothing but hashes costs.',
    'A transition that tries one signature on several digests shares work between its recoveries, and can be below the sum.',
    '',
    '| operation | median ms | p95 ms | floor | floor ms | × floor |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
