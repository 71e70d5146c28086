import { readFileSync } from 'node:fs'

interface ProcessorTime {
  /** All that there was, in ticks of the kernel. */
  readonly all: number
  /** What the host of a virtual machine gave to others while this one had work. */
  readonly stolen: number
}

/** Place of stolen time in the first line of `/proc/stat`; what follows it is part of what comes before. */
const stolenAt = 7

/**
 * Watches from now on. What it returns says, in a sentence, how much of the processors' time the host of this virtual machine has
 * given to others since; nothing where the kernel does not tell.
 *
 * @see https://www.kernel.org/doc/html/latest/filesystems/proc.html
 */
export function watchStolenTime(): () => string {
  const before = readProcessorTime()
  return () => {
    const now = readProcessorTime()
    if (before === undefined || now === undefined || now.all <= before.all) return ''
    const share = (now.stolen - before.stolen) / (now.all - before.all)
    return `Of the processors’ time the machine’s host gave ${(100 * share).toFixed(0)} % to others meanwhile.`
  }
}

function readProcessorTime(): ProcessorTime | undefined {
  try {
    const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n')
    const ticks = line.split(/\s+/).slice(1).map(Number)
    const all = ticks.slice(0, stolenAt + 1).reduce((sum, value) => sum + value, 0)
    return { all, stolen: ticks[stolenAt] ?? 0 }
  } catch {
    return undefined
  }
}
