import { NodeOptionError } from '../errors.js'

/** A value of unknown shape that has been found to be an object. */
export type Fields = Readonly<Record<string, unknown>>

/** The object at `path`. @throws NodeOptionError `OPTION_MISSING`, `OPTION_INVALID`. */
export function requireObject(value: unknown, path: string, remedy: string): Fields {
  requirePresent(value, path, remedy)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new NodeOptionError('OPTION_INVALID', path, `is ${describe(value)}, not an object`, remedy)
}

/** @throws NodeOptionError `OPTION_MISSING`. */
export function requirePresent(value: unknown, path: string, remedy: string): void {
  if (value === undefined || value === null) {
    throw new NodeOptionError('OPTION_MISSING', path, 'is missing', remedy)
  }
}

/** Refuses fields that nobody reads: most are typing errors. @throws NodeOptionError `OPTION_UNKNOWN`. */
export function refuseUnknown(value: Fields, path: string, known: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue
    throw new NodeOptionError(
      'OPTION_UNKNOWN',
      `${path}.${key}`,
      'is not an option',
      `Remove it, or use one of: ${known.join(', ')}`,
    )
  }
}

/** Names of the methods that an object must have, and may have. */
export interface Methods {
  readonly required: readonly string[]
  readonly optional?: readonly string[]
}

/** Checks that an object has methods. @throws NodeOptionError `OPTION_MISSING`, `OPTION_INVALID`. */
export function requireMethods(value: unknown, path: string, remedy: string, o: Methods): void {
  requirePresent(value, path, remedy)
  if (typeof value !== 'object' && typeof value !== 'function') {
    throw new NodeOptionError('OPTION_INVALID', path, `is ${describe(value)}`, remedy)
  }
  const methods = value as Fields
  for (const name of o.required) requireFunction(methods[name], `${path}.${name}`, remedy)
  for (const name of o.optional ?? []) {
    if (methods[name] !== undefined) requireFunction(methods[name], `${path}.${name}`, remedy)
  }
}

function requireFunction(value: unknown, path: string, remedy: string): void {
  requirePresent(value, path, remedy)
  if (typeof value === 'function') return
  throw new NodeOptionError('OPTION_INVALID', path, `is ${describe(value)}, not a function`, remedy)
}

/** An integer within bounds; absent is fine. @throws NodeOptionError `OPTION_INVALID`. */
export function checkInteger(
  value: unknown,
  path: string,
  o: { readonly min: number; readonly max: number; readonly unit: string },
): void {
  if (value === undefined) return
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= o.min && value <= o.max)
    return
  throw new NodeOptionError(
    'OPTION_INVALID',
    path,
    `is ${describe(value)}`,
    `Give a whole number of ${o.unit} from ${o.min} to ${o.max}, or leave it out`,
  )
}

/** One of some texts; absent is fine. @throws NodeOptionError `OPTION_INVALID`. */
export function checkOneOf(value: unknown, path: string, choices: readonly string[]): void {
  if (value === undefined || choices.some((choice) => choice === value)) return
  throw new NodeOptionError(
    'OPTION_INVALID',
    path,
    `is ${describe(value)}`,
    `Give one of: ${choices.map((choice) => `'${choice}'`).join(', ')}`,
  )
}

/**
 * `host:port` with a port up to 65535; IPv6 hosts in brackets. @throws NodeOptionError `OPTION_INVALID`.
 * @param o.minPort 0 where "any free port" makes sense, else 1.
 */
export function checkAddress(value: unknown, path: string, o: { readonly minPort: 0 | 1 }): void {
  const refuse = (problem: string): never => {
    throw new NodeOptionError(
      'OPTION_INVALID',
      path,
      problem,
      "Give 'host:port', such as '0.0.0.0:3054' or '[::1]:3054'",
    )
  }
  if (typeof value !== 'string') return refuse(`is ${describe(value)}, not a text`)
  const parts = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s:/[\]]+)):([0-9]+)$/.exec(value)
  if (parts === null)
    return refuse(
      value.length > 100 || LOOKS_SECRET.test(value) ? 'is another text' : `is '${value}'`,
    )
  const port = Number(parts[3])
  if (port < o.minPort || port > 65_535) {
    return refuse(`has the port ${parts[3] ?? ''}, which is not from ${o.minPort} to 65535`)
  }
}

/** A key, given in the wrong place, must not get into a message. */
const LOOKS_SECRET = /secret|[0-9a-fA-F]{32}/

/** What a wrong value is, for messages; never its content, unless that is short and harmless. */
export function describe(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'missing'
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'string':
      return value.length <= 20 && !value.includes(':') ? `the text '${value}'` : 'a text'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return 'a list'
      if (value instanceof Uint8Array) return `${value.length} bytes`
      return 'ok' in value ? 'a result whose value was not taken (see orThrow)' : 'an object'
    default:
      return `a ${typeof value}`
  }
}
