/**
 * OpenMetrics text as the older text format 0.0.4: there a counter's name carries its `_total`, quotes in help texts stand as
 * they are, and nothing marks the end.
 *
 * @param counters names of the counters, without `_total`
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(openMetrics: string, counters: ReadonlySet<string>): string {
  return openMetrics
    .split('\n')
    .filter((line) => line !== '# EOF')
    .map((line) => comment(line, counters))
    .join('\n')
}

function comment(line: string, counters: ReadonlySet<string>): string {
  const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
  if (kind === undefined || name === undefined || rest === undefined) return line
  const shown = counters.has(name) ? `${name}_total` : name
  return `# ${kind} ${shown} ${rest.replaceAll('\\"', '"')}`
}
