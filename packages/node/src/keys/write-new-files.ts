import { open, rm } from 'node:fs/promises'

/** A file that is not there yet. */
export interface NewFile {
  readonly path: string
  readonly text: string
  /** Default: what the process gives. */
  readonly mode?: number
}

/** Writes all of these files, or leaves none of them. @throws the platform's error, `EEXIST` when one is there. */
export async function writeNewFiles(files: readonly NewFile[]): Promise<void> {
  const made: string[] = []
  try {
    for (const { path, text, mode } of files) {
      const file = await open(path, 'wx', mode)
      made.push(path)
      try {
        await file.writeFile(text)
      } finally {
        await file.close()
      }
    }
  } catch (e) {
    for (const path of made) await rm(path, { force: true })
    throw e
  }
}
