import { readdir, readFile } from 'node:fs/promises'

/** What a process uses at one moment. */
export interface ProcessUsage {
  readonly residentBytes: number
  readonly openFiles: number
}

/** Reads it from `/proc`; undefined when there is no such process, or no such folder. */
export async function processUsage(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [status, files] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readdir(`/proc/${pid}/fd`),
    ])
    return {
      residentBytes: kibibytes(status, 'VmRSS') * 1024,
      openFiles: files.length,
    }
  } catch {
    return undefined
  }
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0)
}
