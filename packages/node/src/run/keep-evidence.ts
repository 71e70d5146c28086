import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorOf, type Logger } from '@zkstack/concurrency'
import { keccak256, toHex } from '@zkstack/crypto'
import { encodeEvidence, type ConsensusNode } from '@zkstack/executor'

/** What {@link keepEvidence} takes. */
export interface KeepEvidenceOptions {
  readonly node: Pick<ConsensusNode, 'on'>
  /** Made with the first evidence. */
  readonly folder: string
  readonly logger: Logger
}

/** One proof is enough; a validator that contradicts itself all day must not fill the disk. */
const MOST_FILES = 1_000

/**
 * Writes each evidence into a file of its own, named after its hash, so that it outlives the process. Disposing of the result waits for
 * what is being written.
 */
export function keepEvidence({ node, folder, logger }: KeepEvidenceOptions): AsyncDisposable {
  let isFull = false
  let writing = Promise.resolve()
  const keep = async (bytes: Uint8Array, name: string): Promise<void> => {
    if (isFull) return
    const [file, unfinished] = [join(folder, name), join(folder, '.unfinished')]
    try {
      await mkdir(folder, { recursive: true })
      const names = await readdir(folder)
      const isThere = names.includes(name)
      if (isThere && (await stat(file)).size === bytes.length) return
      if (!isThere && names.length >= MOST_FILES) {
        isFull = true
        logger.warn('no more evidence is kept: the folder is full', { folder, files: names.length })
        return
      }
      // a file is there whole or not at all, after a power cut too
      await writeFile(unfinished, bytes, { flush: true })
      await rename(unfinished, file)
      logger.warn('evidence is kept; zkstack evidence verifies it', { file })
    } catch (e) {
      logger.error('evidence cannot be kept', { file, error: errorOf(e) })
    }
  }
  const off = node.on('evidence', (evidence) => {
    const bytes = encodeEvidence(evidence)
    const name = `${evidence.conflict}-${toHex(keccak256(bytes)).slice(0, 16)}.evidence`
    writing = writing.then(() => keep(bytes, name))
  })
  return {
    async [Symbol.asyncDispose]() {
      off()
      await writing
    },
  }
}
