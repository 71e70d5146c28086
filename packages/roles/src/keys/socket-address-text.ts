import type { SocketAddress } from '../messages/std.js'

/** Text of a socket address: `ip:port`, or `[v6]:port` with the longest run of zeros as `::` (RFC 5952). */
export function formatSocketAddress({ ip, port }: SocketAddress): string {
  if (ip.length === 4) return `${ip.join('.')}:${port}`
  const text = groupsOf(ip).join(':')
  const runs = text.match(/(?:^|(?<=:))0(?::0)+(?=:|$)/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  if (longest === '') return `[${text}]:${port}`
  const at = text.search(new RegExp(`(?:^|(?<=:))${longest}(?=:|$)`))
  const before = text.slice(0, at).replace(/:$/, '')
  const after = text.slice(at + longest.length).replace(/^:/, '')
  return `[${before}::${after}]:${port}`
}

/** Inverse of {@link formatSocketAddress}, for any correct way to write the address; `undefined` for other texts. */
export function parseSocketAddress(text: string): SocketAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text)
  if (match === null) return undefined
  const port = Number(match[3])
  const ip = match[1] === undefined ? parseV4(match[2] ?? '') : parseV6(match[1])
  return ip === undefined || port > 0xffff ? undefined : { ip, port }
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part)))
    return undefined
  const numbers = parts.map(Number)
  return numbers.every((n) => n < 256) ? Uint8Array.from(numbers) : undefined
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = withoutV4(text).split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(parseGroups)
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined
  const missing = 16 - head.length - (tail?.length ?? 0)
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  const ip = new Uint8Array(16)
  ip.set(head)
  ip.set(tail ?? [], 16 - (tail?.length ?? 0))
  return ip
}

/** The text with an IPv4 address at its end written as two groups. */
function withoutV4(text: string): string {
  const last = text.lastIndexOf(':') + 1
  const v4 = parseV4(text.slice(last))
  return v4 === undefined ? text : text.slice(0, last) + groupsOf(v4).join(':')
}

/** The bytes of colon-separated groups; none for an empty text. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  if (groups.length > 8 || !groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)))
    return undefined
  return groups.flatMap((group) => {
    const number = Number.parseInt(group, 16)
    return [number >> 8, number & 0xff]
  })
}

/** The bytes two by two, in hexadecimal without leading zeros. */
function groupsOf(ip: Uint8Array): string[] {
  return Array.from({ length: ip.length / 2 }, (_, i) =>
    (((ip[2 * i] ?? 0) << 8) | (ip[2 * i + 1] ?? 0)).toString(16),
  )
}
