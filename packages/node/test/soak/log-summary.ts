import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How often the logs of all nodes hold a line. */
export interface LogCount {
  readonly level: 'warn' | 'error'
  /** The code of the line, or its text where it has none. */
  readonly subject: string
  readonly count: number
}

interface LogLine {
  readonly level?: unknown
  readonly message?: unknown
  readonly code?: unknown
}

/** Counts the warnings and errors in the logs of all nodes, most frequent first. */
export async function logSummary(folder: string, nodes: number): Promise<readonly LogCount[]> {
  const counts = new Map<string, LogCount>()
  for (let node = 0; node < nodes; node++) {
    const text = await readFile(join(folder, `v${node + 1}`, 'log.jsonl'), 'utf8')
    for (const line of text.split('\n')) {
      const { level, message, code } = parse(line)
      if (level !== 'warn' && level !== 'error') continue
      const subject = typeof code === 'string' ? code : String(message)
      const key = `${level} ${subject}`
      const count = (counts.get(key)?.count ?? 0) + 1
      counts.set(key, { level, subject, count })
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

/** A line that a kill cut off, or that is none of ours, counts as nothing. */
function parse(line: string): LogLine {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
