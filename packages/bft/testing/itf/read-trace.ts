import { ItfCursor } from './itf-cursor.js'
import { ItfError } from './itf-error.js'

/** Largest trace that is read, in bytes: as a file, and again when unpacked. */
export const maxTraceBytes = 128 * 1024 * 1024

const mostStates = 100_000

/** A trace in the Informal Trace Format whose states are read one at a time. */
export interface ItfTrace {
  /** What the trace says it was made from; for people. */
  readonly source: string
  readonly states: readonly ItfCursor[]
}

/**
 * Reads a trace file, `.itf.json` or the same packed by gzip, told apart by its first two bytes.
 *
 * @throws ItfError
 */
export async function readTrace(file: Uint8Array): Promise<ItfTrace> {
  if (file.length > maxTraceBytes) throw tooLarge(file.length)
  const packed = file[0] === 0x1f && file[1] === 0x8b
  return parseTrace(packed ? await unpack(file) : file)
}

function tooLarge(bytes: number): ItfError {
  return new ItfError('TOO_LARGE', `${bytes} bytes or more, where ${maxTraceBytes} are the limit`)
}

async function unpack(file: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = new Blob([Uint8Array.from(file)])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.length
      if (length > maxTraceBytes) throw tooLarge(length)
      parts.push(value)
    }
  } catch (e) {
    if (e instanceof ItfError) {
      await reader.cancel()
      throw e
    }
    throw new ItfError('BAD_ARCHIVE', 'the gzip stream is damaged or cut')
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function parseTrace(bytes: Uint8Array): ItfTrace {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (e) {
    const why = e instanceof Error ? e.message.replaceAll(/\s+/g, ' ') : 'not JSON'
    throw new ItfError('NOT_JSON', why)
  }
  const root = new ItfCursor(json, 'trace')
  if (typeof json !== 'object' || json === null || !Array.isArray(Reflect.get(json, 'states'))) {
    throw new ItfError('NOT_ITF', "no list of 'states'")
  }
  const states = root.field('states').list()
  if (states.length === 0) throw new ItfError('NOT_ITF', 'a trace without states')
  if (states.length > mostStates) {
    throw new ItfError('TOO_LARGE', `${states.length} states, where ${mostStates} are the limit`)
  }
  const source = root.optionalField('#meta')?.optionalField('source')?.value
  return { source: typeof source === 'string' ? source : '', states }
}
