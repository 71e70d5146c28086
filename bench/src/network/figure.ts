/** The benches of the network, each with a table of its own. */
export const networkTables = ['votes', 'parts', 'transactions', 'blocks', 'sync', 'flood'] as const

/** What was measured once: a line of the JSON, and a row of a table. */
export interface NetworkFigure {
  readonly table: (typeof networkTables)[number]
  /** `network::table/key=value …`. */
  readonly name: string
  /** What the row says, by the heads of the columns. */
  readonly cells: Readonly<Record<string, string>>
  /** Figures without rounding, by names that end in their unit. */
  readonly values: Readonly<Record<string, number>>
}

/** Shows a figure, and tells it to the process that has started this one. */
export async function publish(figure: NetworkFigure): Promise<void> {
  const text = Object.entries(figure.cells).map(([head, cell]) => `${head} ${cell}`)
  process.stdout.write(`${figure.name}\n  ${text.join(', ')}\n`)
  const send = process.send?.bind(process)
  if (send === undefined) return
  await new Promise<void>((resolve, reject) => {
    send(figure, undefined, undefined, (e) => {
      if (e) reject(e)
      else resolve()
    })
  })
}

/** `×1.23`. */
export const times = (value: number): string => `×${value.toFixed(2)}`
/** `12.3 ms`. */
export const milliseconds = (value: number): string =>
  `${value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ms`
/** `80 %`. */
export const percent = (value: number): string => `${(100 * value).toFixed(0)} %`
