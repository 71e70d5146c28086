/** What was tried on a settlement node, and what became of the certificates meanwhile. */
export interface Tally {
  /** As `a process, SIGKILL, on a real L1`. */
  readonly what: string
  /** What went wrong, and how often, as `SIGKILL`: 14. */
  readonly tried: Readonly<Record<string, number>>
  /** Certificates that had to settle. */
  readonly certificates: number
  /** Of those, the ones that did not. */
  readonly lost: number
  /** Settlements or jobs beyond one for each certificate, and everything in the database that contradicts itself. */
  readonly wrong: readonly string[]
}

/** Adds one to a count. */
export function count(tried: Record<string, number>, what: string, times = 1): void {
  tried[what] = (tried[what] ?? 0) + times
}

/** The tallies as a table in Markdown. */
export function tallyTable(tallies: readonly Tally[]): string {
  const rows = tallies.map(({ what, tried, certificates, lost, wrong }) => {
    const all = Object.entries(tried).map(([name, times]) => `${times} ${name}`)
    return `| ${[what, all.join(', '), certificates, lost, wrong.length].join(' | ')} |`
  })
  return [
    '| on | tried | certificates | lost | wrong |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}
