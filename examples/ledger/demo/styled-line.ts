/** Colours by meaning, as SGR codes. */
const codes = {
  plain: '',
  dim: '2',
  bold: '1',
  good: '32',
  busy: '33',
  dead: '31',
  accent: '36',
} as const

/** A meaning that has a colour. */
export type Style = keyof typeof codes

/** A piece of a line in one style; its text holds characters of width 1 only. */
export type Segment = readonly [text: string, style?: Style]

const paint = (text: string, style: Style, colour: boolean): string =>
  colour && style !== 'plain' && text !== '' ? `\x1b[${codes[style]}m${text}\x1b[0m` : text

/** Joins segments into exactly `width` columns: cut with an ellipsis, or padded with blanks. */
export function fitLine(segments: readonly Segment[], width: number, colour: boolean): string {
  const total = segments.reduce((sum, [text]) => sum + [...text].length, 0)
  const limit = total > width ? Math.max(0, width - 1) : width
  let used = 0
  let line = ''
  for (const [text, style = 'plain'] of segments) {
    const shown = [...text].slice(0, limit - used).join('')
    used += [...shown].length
    line += paint(shown, style, colour)
  }
  if (total > width && width > 0) {
    line += '…'
    used += 1
  }
  return line + ' '.repeat(width - used)
}

/** A frame around rows; `undefined` stands for a rule. Every line has exactly `width` columns. */
export function drawBox(
  title: string,
  rows: readonly (readonly Segment[] | undefined)[],
  width: number,
  colour: boolean,
): string[] {
  const inner = Math.max(0, width - 4)
  const edge = (text: string): string => paint(text, 'dim', colour)
  const head = [...` ${title} `].slice(0, inner).join('')
  const top =
    edge('╭─') +
    paint(head, 'bold', colour) +
    edge(`${'─'.repeat(Math.max(0, width - 3 - [...head].length))}╮`)
  const body = rows.map((row) =>
    row === undefined
      ? edge(`├${'─'.repeat(Math.max(0, width - 2))}┤`)
      : `${edge('│')} ${fitLine(row, inner, colour)} ${edge('│')}`,
  )
  return [top, ...body, edge(`╰${'─'.repeat(Math.max(0, width - 2))}╯`)]
}
