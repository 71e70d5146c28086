import type { RecordingSink } from '@zkstack/bft'
import type { ZkStackError } from '@zkstack/concurrency'
import { openRingFile } from '@zkstack/storage'
import { NodeError } from '../errors.js'

/** Where every input of the replica is kept: in a ring file, or wherever a sink of the user's own puts it. */
export type RecordingOptions =
  | {
      /** The file; its folder exists. One node, one file. */
      readonly path: string
      /** Size that the file never exceeds; the oldest quarter goes when it is full. Default 64 MiB. */
      readonly maxBytes?: number
    }
  | { readonly sink: RecordingSink }

/** A recording in use. */
export interface OpenRecording {
  readonly sink: RecordingSink
  close(): Promise<void>
}

/** Opens what the options name. @throws StorageError when the file cannot be used. */
export async function openRecording(
  o: RecordingOptions | undefined,
  warn: (error: ZkStackError) => void,
): Promise<OpenRecording | undefined> {
  if (o === undefined) return undefined
  if ('sink' in o) return { sink: o.sink, close: () => Promise.resolve() }
  const file = await openRingFile(o.path, {
    maxBytes: o.maxBytes,
    onFailure: (cause) => {
      warn(
        new NodeError('RECORDING_FAILED', `nothing more is recorded: ${cause.message}`, { cause }),
      )
    },
  })
  return { sink: file, close: () => file.close() }
}
