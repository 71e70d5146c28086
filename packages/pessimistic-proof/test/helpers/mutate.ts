import type { SeededBytes } from '../../testing/index.js'

/** Way to a part of a value. */
export type Path = readonly (string | number)[]

/** Ways to every number, flag, byte string and absent member of a value; lists that are not empty count as a whole, too. */
export function fieldsOf(value: unknown, path: Path = []): Path[] {
  if (Array.isArray(value)) {
    if (value.length === 0) return []
    return [path, ...value.flatMap((item, i) => fieldsOf(item, [...path, i]))]
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [path]
  return Object.entries(value).flatMap(([name, member]) => fieldsOf(member, [...path, name]))
}

/** The value with one field changed to another of its type; a list loses an item, or gains a second one of the same. */
export function mutated<T>(value: T, path: Path, random: SeededBytes): T {
  return change(value, path, random) as T
}

function change(value: unknown, [step, ...rest]: Path, random: SeededBytes): unknown {
  if (step === undefined) return other(value, random)
  const isAbsentSignature = rest.length === 0 && typeof step === 'number'
  if (Array.isArray(value) && isAbsentSignature && value[step] === undefined) {
    return value.with(step, { r: random.bigint(), s: random.bigint(), oddYParity: false })
  }
  if (Array.isArray(value))
    return value.with(Number(step), change(value[Number(step)], rest, random))
  const members = value as Readonly<Record<string, unknown>>
  return { ...members, [step]: change(members[step], rest, random) }
}

function other(value: unknown, random: SeededBytes): unknown {
  if (Array.isArray(value)) return otherList(value as readonly unknown[], random)
  if (value instanceof Uint8Array) return otherBytes(value, random)
  switch (typeof value) {
    case 'boolean':
      return !value
    case 'bigint':
      return value === 0n || random.below(2) === 0 ? value + 1n : value - 1n
    case 'number':
      return value < 2 ** 32 - 2 ? value + 1 : value - 1
    case 'string':
      return value === 'transfer' ? 'message' : 'transfer'
    default:
      return random.hash()
  }
}

function otherList(items: readonly unknown[], random: SeededBytes): readonly unknown[] {
  const at = random.below(items.length)
  return random.below(2) === 0 ? items.toSpliced(at, 1) : items.toSpliced(at, 0, items[at])
}

function otherBytes(bytes: Uint8Array, random: SeededBytes): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(1)
  const at = random.below(bytes.length)
  return bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.below(8)))
}
